"""The parts of an expression and where they stand."""

from __future__ import annotations

import pytest

from provision.promql.outline import Part, outline


def said(expr: str) -> str:
    """The outline with each operation in brackets."""

    def told(part: Part) -> str:
        name = part.name.text if part.name else ""
        if part.kind == "operation":
            return f"[{told(part.parts[0])} {name} {told(part.parts[1])}]"
        if part.kind == "enclosed":
            return f"<{told(part.parts[0])}>"
        if part.kind in ("call", "aggregation"):
            return f"{name}({', '.join(map(told, part.parts))})"
        return name

    found = outline(expr)
    return "" if found is None else told(found)


@pytest.mark.parametrize(
    ("expr", "outlined"),
    [
        ("a + b * c", "[a + [b * c]]"),
        ("a * b + c", "[[a * b] + c]"),
        ("a - b - c", "[[a - b] - c]"),
        ("a ^ b ^ c", "[a ^ [b ^ c]]"),
        ("-a ^ b", "<[a ^ b]>"),
        ("-a * b", "[<a> * b]"),
        ("a or b and c", "[a or [b and c]]"),
        ("a > bool b unless on (x) c", "[[a > b] unless c]"),
        ("a / ignoring (x) group_left (y) b atan2 c", "[[a / b] atan2 c]"),
        ("(a + b) * 2", "[<[a + b]> * 2]"),
        ("sum by (x) (rate(a[5m])) / 1e3", "[sum(rate(a)) / 1e3]"),
        ("sum(a) without (x, y)", "sum(a)"),
        ("topk(3, a @ end()) offset -5m + 1", "[topk(3, a) + 1]"),
        ("a offset (5m * 2) + 1", "[a + 1]"),
        ("a @ 1.5 offset 5m", "a"),
        ("max_over_time(rate(a[5m])[1h:1m])", "max_over_time(rate(a))"),
        ("a[5m] smoothed", "a"),
        ("a + fill(0) b", "[a + b]"),
        ('{__name__="a", b="c"}', '"a"'),
        ('{"a.b", c!="d"}', '"a.b"'),
        ('{b="c"}', ""),
        ("Inf", "Inf"),
        ('label_replace(a, "x", "$1", "y", "(.*)")', 'label_replace(a, "x", "$1", "y", "(.*)")'),
        ("time()", "time()"),
        ("sum", "sum"),
        ("# a comment\na # another", "a"),
    ],
)
def test_operators_bind_as_in_prometheus(expr: str, outlined: str) -> None:
    assert said(expr) == outlined
    assert outline(expr) is not None


def test_parts_know_their_positions_labels_and_matchers() -> None:
    expr = 'sum by (x, "y.z") (rate(a{b=~"c", d!=\'e\'}[5m] offset 1m)) > 0'
    root = outline(expr)
    assert root is not None
    parts = {part.kind: part for part, _ in root.walk()}
    assert expr[parts["selector"].start : parts["selector"].end] == "a{b=~\"c\", d!='e'}[5m] offset 1m"
    assert expr[parts["call"].start : parts["call"].end] == "rate(a{b=~\"c\", d!='e'}[5m] offset 1m)"
    assert [token.text for token in parts["aggregation"].labels] == ["x", '"y.z"']
    assert [(each.label.text, each.op, each.value.text) for each in parts["selector"].matchers] == [
        ("b", "=~", '"c"'),
        ("d", "!=", "'e'"),
    ]
    assert parts["selector"].braces == (expr.index("{"), expr.index("}"))
    assert parts["selector"].ranged
    assert [[around.kind for around in each] for part, each in root.walk() if part.kind == "selector"] == [
        ["operation", "aggregation", "call"]
    ]


@pytest.mark.parametrize(
    "expr",
    [
        "",
        "a +",
        "(a",
        "a b",
        "sum(a",
        "a{b=}",
        "a{b c}",
        "rate(a[5m] b)",
        "a offset",
        "1 + )",
        "a[5m",
        ",",
        "(" * 80,
    ],
)
def test_what_is_not_promql_has_no_outline(expr: str) -> None:
    assert outline(expr) is None
