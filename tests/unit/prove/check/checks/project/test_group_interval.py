"""How often groups are evaluated."""

from __future__ import annotations

import pytest

from support.checking import found, group, other

RECORD = {"record": "a:b", "expr": "up"}
ALERT = {"alert": "Down", "expr": "up == 0"}
SERVER = other("prometheus", "global", **{"global": {"scrape_interval": "15s"}})


def said(interval: object, *rules: dict[str, str]) -> list[str]:
    findings = found(group(*rules, interval=interval), SERVER, ids={"group-interval"})
    return [f"{each.severity}: {each.message}" for each in findings]


def test_records_of_a_slow_group_are_missing_in_between() -> None:
    (message,) = said("15m", RECORD)
    assert message.startswith("warning: its records are missing for 10 of every 15 minutes")
    assert said("15m", ALERT) == []
    assert said("5m", RECORD) == []


def test_what_is_scraped_more_seldom_is_nothing_new() -> None:
    assert said("5s", ALERT) == ["info: it is evaluated every 5s, and there is something new only every 15 s"]
    assert said("15s", ALERT, RECORD) == []
    assert found(group(ALERT, interval="5s"), ids={"group-interval"}) == ()


@pytest.mark.parametrize("interval", [None, "often", "0s", 5, ["1h"]])
def test_quiet(interval: object) -> None:
    assert said(interval, RECORD) == []
