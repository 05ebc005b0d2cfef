"""Alerts of absent()."""

from __future__ import annotations

from typing import Any

import pytest

from support.checking import found, group, other


def said(expr: str, scrape: str | None = None, **alert: Any) -> list[str]:
    server = (
        [] if scrape is None else [other("prometheus", "global", **{"global": {"scrape_interval": scrape}})]
    )
    rules = group({"alert": "Gone", "expr": expr, **alert})
    return [f"{each.severity}: {each.message}" for each in found(rules, *server, ids={"alerts-absent"})]


@pytest.mark.parametrize(
    "expr",
    [
        "absent(up)",
        "absent(up) == 1",
        "up == 0 or absent(up)",
        "absent(up) unless on () maintenance",
        "sum(absent(up))",
        'label_replace(absent(up), "job", "a", "", "")',
    ],
)
def test_an_alert_without_for(expr: str) -> None:
    (message,) = said(expr)
    assert message.startswith("warning: it fires without `for` when Prometheus starts")


def test_for_is_at_least_two_scrapes() -> None:
    (message,) = said("absent(up)", "15s", **{"for": "20s"})
    assert message.startswith("warning: it fires after 20 s")
    assert said("absent(up)", "15s", **{"for": "30s"}) == []


def test_a_job_may_be_scraped_at_its_own_interval() -> None:
    slow = other("scrape-config", "shop", job_name="shop", scrape_interval="1m")
    server = other("prometheus", "global", **{"global": {"scrape_interval": "15s"}})
    alert = {"alert": "Gone", "for": "1m"}
    rules = group({**alert, "expr": 'absent(up{job="shop"})'}, {**alert, "expr": 'absent(up{job="till"})'})
    (finding,) = found(rules, slow, server, ids={"alerts-absent"})
    assert finding.remedy == "say `for`: at least two scrapes, 120 s"


def test_any_for_will_do_where_the_interval_is_not_known() -> None:
    assert said("absent(up)", **{"for": "1s"}) == []


@pytest.mark.parametrize(
    "expr", ["up == 0", "absent_over_time(up[5m])", "absent{", "absentees > 0", "up unless absent(b)"]
)
def test_quiet(expr: str) -> None:
    assert said(expr) == []


@pytest.mark.parametrize(
    "expr", ["absent(up or vector(0))", "absent(vector(1))", "absent_over_time(vector(1)[5m:])"]
)
def test_what_is_always_there_is_never_absent(expr: str) -> None:
    assert said(expr, **{"for": "5m"}) == [
        f"error: it never fires: what is in `{expr.partition('(')[0]}()` always returns something"
    ]


def test_records_of_absent_need_no_for() -> None:
    assert found(group({"record": "a:b", "expr": "absent(up)"}), ids={"alerts-absent"}) == ()
