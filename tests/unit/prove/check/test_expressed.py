from __future__ import annotations

from pathlib import Path

import pytest

from provision.project import Project
from provision.prove.check.expressed import facts_of, is_written, rule_of, said
from provision.prove.check.parts import Expression
from provision.prove.check.reading import estate_of
from provision.prove.check.tools import Tools
from support.checking import dashboard, found, group, panel


def expression(expr: str) -> Expression:
    estate = estate_of([dashboard(panel(expr))], Project(root=Path("/nowhere"), name="test"), Tools())
    (each,) = estate.expressions
    return each


@pytest.mark.parametrize("expr", ["$f(a)", "${f}(a)", "[[f]](a)", "$f by (b) (a)", "sum(", "sum($f (a))"])
def test_no_facts_where_a_variable_is_called(expr: str) -> None:
    assert facts_of(expression(expr)) is None


@pytest.mark.parametrize("expr", ["sum($f)", "a{b='$c'} * (d)", "sum by ($b) (a)", "rate(a[$i])"])
def test_facts_of_all_others(expr: str) -> None:
    assert facts_of(expression(expr)) is not None


def test_ranges_that_were_written() -> None:
    found = expression(
        "rate(a[5m]) + rate(a[$i]) + max_over_time(a[1h30m:]) + rate(a[ 10s ]) + rate(a[1m + 1m])"
    )
    assert [is_written(found, seconds) for seconds in (300, 5400, 10, 60)] == [True, True, True, False]
    assert not is_written(expression("rate(a[$i])"), 300)


def test_the_rule_of_an_expression() -> None:
    rules = group({"record": "a:b", "expr": "b"}, {"alert": "C", "expr": "d"})
    estate = estate_of([rules, dashboard(panel("e"))], Project(root=Path("/nowhere"), name="test"), Tools())
    found = [rule_of(each) for each in estate.expressions]
    assert [each and each.name for each in found] == [None, "a:b", "C"]


RULES = """\
groups:
- name: shop
  rules:
  - record: a:b
    expr: |
      rate(a_total[5m])
        / sum by (job) (b)
"""


def test_the_part_that_is_wrong_is_marked(tmp_path: Path) -> None:
    (tmp_path / "shop.yml").write_text(RULES)
    rules = group({"record": "a:b", "expr": "rate(a_total[5m])\n  / sum by (job) (b)\n"}, path="shop.yml")
    (finding,) = found(rules, ids={"promql-vector-matching"}, root=tmp_path)
    assert (finding.place.line, finding.column, finding.end_column) == (7, 9, 10)


def test_nothing_is_marked_where_a_variable_is_shorter_than_what_takes_its_place() -> None:
    text = "rate(a{$x}[5m]) / sum by (job) (b)"
    estate = estate_of([dashboard(panel(text))], Project(root=Path("/nowhere"), name="test"), Tools())
    (each,) = estate.expressions
    known = facts_of(each)
    assert known is not None
    assert len(each.plain) > len(text)
    finding = said(estate, "promql-rate", "info", each, "it is wrong", node=known.operations[0])
    assert finding.column is None


def test_a_pattern_of_thousands_of_characters_is_not_told_whole() -> None:
    (finding,) = found(group({"record": "a:b", "expr": f'up{{a=~"{"x" * 50_000}"}}'}), ids={"promql-regexp"})
    assert len(finding.message) < 600
    assert len(finding.remedy) < 600
