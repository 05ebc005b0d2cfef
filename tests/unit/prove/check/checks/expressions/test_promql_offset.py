from __future__ import annotations

import pytest

from support.checking import found, group


def said(expr: str, retention: str = "15d") -> list[str]:
    rules = group({"record": "a:b", "expr": expr})
    findings = found(rules, ids={"promql-offset"}, prometheus_retention=retention)
    return [f"{each.severity}: {each.message}" for each in findings]


@pytest.mark.parametrize(
    "expr", ["a - a offset 16d", "max_over_time(a[1h:5m] OFFSET 16d)", "a offset 16d / b offset 16d"]
)
def test_offsets_to_what_is_deleted(expr: str) -> None:
    assert said(expr) == ["error: offset 16d finds nothing: Prometheus keeps 15d"]


@pytest.mark.parametrize("expr", ["a - a offset 15d", "a offset -16d", "a_offset", "a offset"])
def test_offsets_to_what_is_kept(expr: str) -> None:
    assert said(expr) == []


def test_nothing_is_said_where_the_retention_is_not_known() -> None:
    assert said("a offset 5y", retention="") == []
