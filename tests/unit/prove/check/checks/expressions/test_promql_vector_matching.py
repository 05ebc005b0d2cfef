from __future__ import annotations

import pytest

from support.checking import dashboard, found, group, panel


def said(expr: str, *records: str) -> list[tuple[str, str]]:
    rules = [{"record": name, "expr": "sum(x)"} for name in records]
    findings = found(group({"alert": "A", "expr": expr}, *rules), ids={"promql-vector-matching"})
    assert {each.severity for each in findings} <= {"warning"}
    return [(each.message, each.remedy) for each in findings]


@pytest.mark.parametrize(
    ("expr", "message", "remedy"),
    [
        (
            "a / sum by (job) (b)",
            "/ returns nothing where the left side has the label instance: the right side has only job",
            "say what is to match: on (job) group_left",
        ),
        (
            "sum by (x, y) (a) / b",
            "/ returns nothing where the right side has the label instance: the left side has only x and y",
            "say what is to match: on (x, y) group_right",
        ),
        (
            "a and sum(b) > 1",
            "and returns nothing where the left side has the label instance: the right side has no labels",
            "say what is to match: on ()",
        ),
        (
            "a unless sum(b) > 1",
            "unless leaves nothing out where the left side has the label instance: the right side has no labels",
            "say what is to match: on ()",
        ),
        (
            "sum by (x, y) (a) / on (x) sum by (x) (b)",
            "/ on (x) fails once two series on the left differ in y alone",
            "write group_left after on (…), or leave y out",
        ),
        (
            "sum by (x) (a) / on (x) sum by (x, y, z) (b)",
            "/ on (x) fails once two series on the right differ in y or z alone",
            "write group_right after on (…), or leave y and z out",
        ),
    ],
)
def test_sides_that_do_not_match(expr: str, message: str, remedy: str) -> None:
    assert said(expr) == [(message, remedy)]


@pytest.mark.parametrize(
    "expr",
    [
        "a / b",
        "a or sum(b)",
        "a * 5",
        "sum by (x) (a) / sum by (x) (b)",
        "a / on (job) group_left sum by (job) (b)",
        "sum by (x, y) (a) / on (x) group_left sum by (x) (b)",
        "sum by (x, y) (a) / on (x) sum by (x, z) (b)",
        'sum by (x, y) (a{y="1"}) / on (x) sum by (x) (b)',
        "sum by (x, y) (a) and on (x) sum by (x) (b)",
        "a / on (x) b",
        'a{b="c"} and sum(d)',  # promql-impossible tells of it
    ],
)
def test_sides_that_may_match(expr: str) -> None:
    assert said(expr) == []


def test_what_the_project_records_may_have_other_labels() -> None:
    assert said("recorded / sum(b)", "recorded") == []
    assert said("recorded / sum(b)") != []


@pytest.mark.parametrize("expr", ["a / sum by ($x) (b)", "sum by ($x, y) (a) / on ($x) sum by ($x) (b)"])
def test_what_a_variable_stands_for_is_not_judged(expr: str) -> None:
    assert found(dashboard(panel(expr)), ids={"promql-vector-matching"}) == ()
