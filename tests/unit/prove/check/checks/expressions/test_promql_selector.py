from __future__ import annotations

from typing import Any

import pytest

from provision.errors import UsageError
from support.checking import dashboard, found, group, panel


def said(expr: str, **wanted: Any) -> list[tuple[str, str]]:
    settings = {"promql-selector": {"selectors": [{"labels": ["job"], **wanted}]}}
    findings = found(
        group({"alert": "A", "expr": expr}), dashboard(panel(expr)), ids={"promql-selector"}, checks=settings
    )
    assert {each.severity for each in findings} <= {"warning"}
    return [(each.subject.partition(",")[0], each.message) for each in findings]


def test_selectors_without_a_label() -> None:
    assert said('up + up{job="a"} + up') == [
        ('dashboard "Shop"', "up is selected without a job"),
        ('rule group "shop"', "up is selected without a job"),
    ]
    assert said('up{job=~"a"}') == []


def test_only_the_selectors_that_are_meant() -> None:
    assert said("down", metric="up") == []
    assert said("upper", metric="up") == []
    assert said("rate(up[5m]) + absent(down)", call="absent|absent_over_time") == [
        ('dashboard "Shop"', "down is selected without a job"),
        ('rule group "shop"', "down is selected without a job"),
    ]
    assert said("up", kind="dashboard") == [('dashboard "Shop"', "up is selected without a job")]
    assert said("up", kind="alert") == [('rule group "shop"', "up is selected without a job")]
    assert said('{__name__="up"}', kind="record") == []
    assert said('{till="1"}', kind="alert") == [
        ('rule group "shop"', "what has no name is selected without a job")
    ]
    assert said('{till="1"}', metric="up") == []


@pytest.mark.parametrize("expr", ["$up", "up{$filters}", "sum("])
def test_what_a_variable_stands_for_is_not_judged(expr: str) -> None:
    assert said(expr, kind="dashboard") == []


def test_a_comment_says_what_to_do() -> None:
    settings = {"promql-selector": {"selectors": [{"labels": ["job"], "comment": "say whose"}]}}
    (finding,) = found(group({"alert": "A", "expr": "up"}), ids={"promql-selector"}, checks=settings)
    assert finding.remedy == "say whose"


def test_labels_must_be_named() -> None:
    with pytest.raises(UsageError, match="labels must be set"):
        found(checks={"promql-selector": {"selectors": [{}]}})
