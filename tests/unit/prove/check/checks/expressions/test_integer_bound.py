from __future__ import annotations

import pytest

from support.checking import dashboard, found, group, panel


def said(expr: str, version: str) -> list[tuple[str, str]]:
    rules = group({"record": "a:b", "expr": expr})
    findings = found(rules, ids={"integer-bound"}, prometheus_version=version)
    assert {each.severity for each in findings} <= {"warning"}
    return [(each.message, each.remedy) for each in findings]


def test_whole_numbers_since_prometheus_3() -> None:
    ((message, remedy),) = said('a_bucket{le="5"} / a_bucket{le="5"}', "3.0")
    assert message == 'le="5" meets no series: Prometheus 3 stores what it scrapes as "5.0"'
    assert remedy.startswith('write le=~"5(\\\\.0)?"')
    ((message, remedy),) = said('a{quantile!="1"}', "3.5")
    assert message.startswith('quantile!="1" leaves no series out')
    assert remedy.startswith('write quantile!~"1(')
    assert said('a_bucket{le="5"}', "2.53") == []


def test_decimal_numbers_before() -> None:
    ((message, _),) = said('a_bucket{le="5.0"}', "2.53")
    assert (
        message
        == 'le="5.0" meets no series: before Prometheus 3 it is stored as it is exposed, mostly as "5"'
    )
    assert said('a_bucket{le="5.0"}', "3.0") == []


@pytest.mark.parametrize(
    "expr", ['a{le="0.5"}', 'a{le=~"5"}', 'a{le="+Inf"}', 'a{file="5"}', 'a{le="$le"}', 'a{le="5']
)
def test_other_bounds(expr: str) -> None:
    assert found(dashboard(panel(expr)), ids={"integer-bound"}) == ()
