"""Durations of alerts that change nothing."""

from __future__ import annotations

from typing import Any

import pytest

from support.checking import found, group, other


def said(interval: str | None = None, **alert: Any) -> list[str]:
    fields = {} if interval is None else {"interval": interval}
    rules = group({"alert": "Down", "expr": "up == 0", **alert}, **fields)
    return [each.message for each in found(rules, ids={"alerts-for"})]


@pytest.mark.parametrize("field", ["for", "keep_firing_for"])
def test_nothing_is_what_goes_without_saying(field: str) -> None:
    assert said(**{field: "0s"}) == [f"`{field}: 0s` is what goes without saying"]


@pytest.mark.parametrize(
    ("field", "effect"), [("for", "second evaluation"), ("keep_firing_for", "for one evaluation")]
)
def test_shorter_than_the_interval_of_the_group(field: str, effect: str) -> None:
    (message,) = said("1m", **{field: "30s"})
    assert "shorter than the 60 s between evaluations" in message
    assert effect in message


def test_the_interval_of_the_server_counts_where_the_group_has_none() -> None:
    server = other("prometheus", "global", **{"global": {"evaluation_interval": "30s"}})
    rules = group({"alert": "Down", "expr": "up == 0", "for": "10s"})
    assert [each.severity for each in found(rules, server, ids={"alerts-for"})] == ["info"]
    usual = other("prometheus", "global", **{"global": {}})
    assert len(found(rules, usual, ids={"alerts-for"})) == 1


def test_the_server_of_others_is_not_the_project_s() -> None:
    server = other("prometheus", "global", **{"global": {"evaluation_interval": "30s"}})
    rules = group({"alert": "Down", "expr": "up == 0", "for": "10s"})
    assert found(rules, server, ids={"alerts-for"}, guests=["rules/shop.py"]) == ()


@pytest.mark.parametrize(
    "alert",
    [{"for": "1m"}, {"for": "90s"}, {}, {"for": "soon"}, {"for": True}, {"for": None}, {"for": ["1m"]}],
)
def test_quiet(alert: dict[str, Any]) -> None:
    assert said("1m", **alert) == []


def test_records_have_no_for() -> None:
    assert found(group({"record": "a:b", "expr": "up", "for": "0s"}), ids={"alerts-for"}) == ()
