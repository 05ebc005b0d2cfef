"""Counts that are gone when none is left."""

from __future__ import annotations

import pytest

from support.checking import found, group


def said(expr: str) -> list[str]:
    findings = found(group({"alert": "Few", "expr": expr}), ids={"vanishing-count"})
    assert {each.severity for each in findings} <= {"warning"}
    return [each.remedy for each in findings]


@pytest.mark.parametrize(
    "expr",
    [
        "count(up == 1) < 3",
        "3 >= count(up == 1)",
        "sum(up == 1) <= 3",
        "count((a unless b)) < 2",
        "count(up == 1) < 3 or down == 1",
        "count(a > 1 or b > 1) < 2 * 3",
    ],
)
def test_a_count_of_what_meets_a_condition(expr: str) -> None:
    (remedy,) = said(expr)
    assert remedy.endswith("(…) or vector(0)), in parentheses, before comparing")


def test_a_count_by_a_label() -> None:
    assert said("count by (job, zone) (up == 1) < 3") == [
        "add zeros for what is there without the condition: (count by (job, zone) (…) or 0 * count by (job, zone) (…))"
    ]


@pytest.mark.parametrize(
    "expr",
    [
        "count(up) < 3",
        "count(up == 1) > 3",
        "3 < count(up == 1)",
        "count(up == 0) >= 1",
        "count(up == 1) < bool 3",
        "count(up == 1) < count(up)",
        "(count(up == 1) or vector(0)) < 3",
        "count(up == 1) < 3 or absent(up == 1)",
        "count(up == 1) < 0",
        "max(up == 1) < 3",
        "count(up == bool 1) < 3",
        "count(up == 1",
    ],
)
def test_quiet(expr: str) -> None:
    assert said(expr) == []


def test_records_are_left_alone() -> None:
    assert found(group({"record": "a:b", "expr": "count(up == 1) < 3"}), ids={"vanishing-count"}) == ()
