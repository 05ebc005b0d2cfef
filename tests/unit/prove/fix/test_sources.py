"""Sources with their expressions corrected where they stand literally."""

from __future__ import annotations

import json

import pytest
import yaml

from provision.catalogue.rename import Rename
from provision.promql.edits import Corrected
from provision.promql.renaming import corrected
from provision.prove.fix.python import rewritten_words
from provision.prove.fix.sources import rewritten

RENAMES = [
    Rename("old_requests_total", "new_requests_total", labels=(("backend", "service"),)),
    Rename("old_ms", "new_seconds_total", factor=1000),
    Rename("old_cpu", "new_resource", matchers=(("resource", "cpu"),)),
]
RATE = 'sum by (backend) (rate(old_requests_total{backend=~"$b"}[5m]))'


def wanted(*exprs: str) -> list[tuple[str, Corrected]]:
    found = [(expr, after) for expr in exprs if (after := corrected(expr, RENAMES)) is not None]
    assert len(found) == len(exprs)
    return found


@pytest.mark.parametrize(
    ("source", "now"),
    [
        (
            """a = 'sum by (backend) (rate(old_requests_total{backend=~"$b"}[5m]))'""",
            """a = 'sum by (service) (rate(new_requests_total{service=~"$b"}[5m]))'""",
        ),
        (
            'a = (\n    "sum by (backend) ("  # old_requests_total\n'
            '    \'rate(old_requests_\' "total{backend=~\\"$b\\"}[5m]))"\n)',
            'a = (\n    "sum by (service) ("  # old_requests_total\n'
            '    \'rate(new_requests_total\' "{service=~\\"$b\\"}[5m]))"\n)',
        ),
        (
            'a = f"sum by (backend) (rate(old_requests_total{{backend=~\\"$b\\"}}[{window}]))"',
            'a = f"sum by (service) (rate(new_requests_total{{service=~\\"$b\\"}}[{window}]))"',
        ),
        (
            """a = rf'sum by (backend) ({f}(old_requests_total{{backend=~"$b"}}[{"5" + 'm'}]))' """,
            """a = rf'sum by (service) ({f}(new_requests_total{{service=~"$b"}}[{"5" + 'm'}]))' """,
        ),
        (
            'a = """\n    sum by (backend) (rate(old_requests_total{backend=~"$b"}[5m]))\n"""',
            'a = """\n    sum by (service) (rate(new_requests_total{service=~"$b"}[5m]))\n"""',
        ),
        (
            f"a = [\n\t{RATE!r},\r\n\t{RATE!r}]",
            f"a = [\n\t{wanted(RATE)[0][1].text!r},\r\n\t{wanted(RATE)[0][1].text!r}]",
        ),
    ],
)
def test_a_literal_that_says_the_expression_is_corrected(source: str, now: str) -> None:
    result = rewritten("a.py", source, wanted(RATE))
    assert (result.text, result.placed) == (now, frozenset({0}))
    assert rewritten("a.py", now, wanted(RATE)).text == now


@pytest.mark.parametrize(
    "source",
    [
        "",
        "# sum by (backend) (rate(old_requests_total[5m]))",
        '"""old_requests_total"""',
        'a = "old_requests_total"',
        'a = f"sum by ({by}) (rate(old_requests_total{{backend=~\\"$b\\"}}[5m]))"',
        'a = f"{name}"',
        'a = f"{a}{b}{c}"',
        "a = 'sum by (backend) (rate(old_requests_total",
        "a = b'sum by (backend) (rate(old_requests_total{backend=~\"$b\"}[5m]))'",
    ],
)
def test_what_stands_nowhere_literally_is_left(source: str) -> None:
    result = rewritten("a.py", source, wanted(RATE))
    assert (result.text, result.placed) == (source, frozenset())


def test_what_is_written_is_written_as_the_literal_needs_it() -> None:
    source = """a = ["old_cpu", 'old_cpu', f"old_cpu", r'old_cpu', r"old_cpu", \"\"\"old_cpu\"\"\"]"""
    now = rewritten("a.py", source, wanted("old_cpu")).text
    assert now == (
        """a = ["new_resource{resource=\\"cpu\\"}", 'new_resource{resource="cpu"}', """
        """f"new_resource{{resource=\\"cpu\\"}}", r'new_resource{resource="cpu"}', r"old_cpu", """
        """\"\"\"new_resource{resource=\\"cpu\\"}\"\"\"]"""
    )


def test_several_expressions_in_one_source() -> None:
    source = 'a = "rate(old_ms[5m])"\nb = "rate(old_ms[5m]) / 1000"\nc = "old_ms_total"\n'
    result = rewritten("a.py", source, wanted("rate(old_ms[5m])", "rate(old_ms[5m]) / 1000"))
    assert result.placed == {0, 1}
    assert (
        result.text
        == 'a = "rate(new_seconds_total[5m]) * 1000"\nb = "rate(new_seconds_total[5m])"\nc = "old_ms_total"\n'
    )


def test_a_json_source_keeps_its_form() -> None:
    source = (
        '{ "expr" : ' + json.dumps(RATE) + ',\t"old_cpu": "\\u006fld_cpu",\n "other": "old_cpu!", "x": 1.0 }'
    )
    result = rewritten("a.json", source, wanted(RATE, "old_cpu"))
    assert result.placed == {0, 1}
    assert result.text == (
        '{ "expr" : '
        + json.dumps(wanted(RATE)[0][1].text)
        + ',\t"old_cpu": "new_resource{resource=\\"cpu\\"}",\n "other": "old_cpu!", "x": 1.0 }'
    )


def test_a_character_beyond_the_first_plane_in_json() -> None:
    expr = 'old_cpu{x="😀é"}'
    source = json.dumps({"a": expr}) + json.dumps({"a": expr}, ensure_ascii=False)
    now = 'new_resource{resource="cpu",x="😀é"}'
    result = rewritten("a.json", source, wanted(expr)).text
    assert result == json.dumps({"a": now}) + json.dumps({"a": now}, ensure_ascii=False)


@pytest.mark.parametrize(
    "written",
    [
        "sum(old_cpu)",
        "'sum(old_cpu)'",
        '"sum(old_cpu)"',
        "|-\n  sum(old_cpu)",
        "|\n    sum(old_cpu)\n",
        ">\n  sum(old_cpu)\n",
        '"\\\n  sum(\\\n  old_cpu)"',
    ],
)
def test_yaml_of_any_style_keeps_its_form(written: str) -> None:
    source = f"# old_cpu\na: {written}\nb: [old_cpu_seconds, 'sum(old_cpu) # x']  # sum(old_cpu)\n"
    result = rewritten("a.yml", source, wanted("sum(old_cpu)"))
    if not result.placed:
        assert written.startswith('"\\')
        assert result.text == source
        return
    assert yaml.safe_load(result.text)["a"].strip() == 'sum(new_resource{resource="cpu"})'
    quoted = '{resource=\\"cpu\\"}' if written.startswith('"') else '{resource="cpu"}'
    assert result.text == source.replace(
        f"a: {written}", f"a: {written.replace('old_cpu', f'new_resource{quoted}')}"
    )


def test_yaml_of_several_lines() -> None:
    expr = 'sum by (backend) (\n  rate(old_requests_total{backend=~"a"}[5m])\n)\n'
    folded = 'sum by (backend) ( rate(old_requests_total{backend=~"a"}[5m]) )'
    source = (
        'g:\n  - e: |\n      sum by (backend) (\n        rate(old_requests_total{backend=~"a"}[5m])\n      )\n'
        '  - e: >-\n      sum by (backend) (\n      rate(old_requests_total{backend=~"a"}[5m]) )\n'
        '  - e: sum by (backend) (\n      rate(old_requests_total{backend=~"a"}[5m]) )\n'
        "  - e: 'sum by (backend) (\n      rate(old_requests_total{backend=~\"a\"}[5m]) )'\n"
    )
    result = rewritten("a.yaml", source, wanted(expr, folded))
    assert result.placed == {0, 1}
    assert result.text == source.replace("old_", "new_").replace("backend", "service")


def test_yaml_that_would_say_something_else_is_left_and_doesnt_stop_others() -> None:
    rename = Rename("old_a", "b: c")
    bad = ("old_a", Corrected("b: c", wanted("old_cpu")[0][1].edits[:0]))
    source = "x: old_cpu\ny: old_a\n"
    result = rewritten("a.yml", source, [bad, *wanted("old_cpu")])
    assert rename.new == "b: c"
    assert result.text == 'x: new_resource{resource="cpu"}\ny: old_a\n'
    assert rewritten("a.yml", "a: [", wanted("old_cpu")).text == "a: ["


def test_another_kind_of_file_is_left() -> None:
    assert rewritten("a.txt", RATE, wanted(RATE)).placed == frozenset()


def test_words_in_the_pieces_of_expressions() -> None:
    source = (
        '"""old_requests_total by backend."""\n'
        'SERVICES = \'backend=~"$b"\'\nBY = "backend"\nTEXT = "the backend of old_requests_total"\n'
        'def rate(x, by="backend"): return f"sum by ({by}) (rate({x}[5m]))"\n'
        'COUNTER = f"old_requests_total{{{SERVICES}}}"\nT = "old_requests_total{{{}}}".format(SERVICES)\n'
    )
    now = rewritten_words(source, wanted(RATE), labels=True)
    assert now == (
        '"""old_requests_total by backend."""\n'
        'SERVICES = \'service=~"$b"\'\nBY = "service"\nTEXT = "the backend of old_requests_total"\n'
        'def rate(x, by="service"): return f"sum by ({by}) (rate({x}[5m]))"\n'
        'COUNTER = f"new_requests_total{{{SERVICES}}}"\nT = "new_requests_total{{{}}}".format(SERVICES)\n'
    )
    assert rewritten_words(source, wanted(RATE), labels=False) == source.replace('f"old_', 'f"new_').replace(
        'T = "old_', 'T = "new_'
    )


def test_a_source_that_holds_a_label_alone() -> None:
    assert rewritten_words('BY = "backend"', wanted(RATE), labels=True) == 'BY = "service"'
    assert rewritten_words('BY = "backend"', wanted(RATE), labels=False) == 'BY = "backend"'


def test_more_than_words_is_no_matter_of_words() -> None:
    source = 'a = "old_cpu"'
    assert rewritten_words(source, wanted("sum(old_cpu)"), labels=True) == source


def test_many_places_where_something_is_put_in_take_no_time() -> None:
    expr = "sum(old_cpu) + " + " + ".join(["a"] * 300)
    source = f'x = f"{" ".join("{" + letter + "}" for letter in "abcdefghijklmnopqrstuvw")}"'
    assert rewritten("a.py", source, wanted(expr)).text == source


def test_what_is_put_in_ends_where_the_text_goes_on() -> None:
    expr = "rate(old_cpu[5m]) / rate(old_cpu[5m] offset 5m)"
    source = 'x = f"{a} / rate(old_cpu[{w}] offset {w})"'
    assert rewritten("a.py", source, wanted(expr)).placed == frozenset()
    whole = 'x = f"rate(old_cpu[{w}]) / rate(old_cpu[{w}] offset {w})"'
    assert rewritten("a.py", whole, wanted(expr)).text == whole.replace(
        "old_cpu", 'new_resource{{resource=\\"cpu\\"}}'
    )
