from __future__ import annotations

from typing import Any

import pytest

from support.checking import dashboard, found, panel


def told(*exprs: str, required: bool = False, target: Any = None, **fields: Any) -> list[tuple[str, str]]:
    shown = panel(*exprs, **fields)
    for one in shown["targets"]:
        one.update(target or {})
    said = found(
        dashboard(shown),
        ids={"target-rate-interval"},
        checks={"target-rate-interval": {"required": required}},
    )
    return [(each.severity, each.subject.removeprefix('dashboard "Shop", panel "Orders", ')) for each in said]


def test_fixed_and_short_ranges_are_told_once_each() -> None:
    assert told("rate(a[5m])", "irate(b[1m])", "rate(c[$__interval])", "rate(d[$__rate_interval])") == [
        ("warning", "query C"),
        ("info", "query A, and 1 more"),
    ]


@pytest.mark.parametrize(
    "expr",
    [
        "increase(a[1h])",
        "rate(a[[[window]]])",
        "rate(a[${window}])",
        "rate(a[$__range])",
        'rate(a{b="[5m]"}[$__rate_interval])',
        "max_over_time(rate(a[$__rate_interval])[1h:5m])",
        "rate(a[$__rate_interval]) / avg_over_time(b[5m])",
        "a_rate[5m]",
        "rate(a[5m]",
        "deriv(a_rate[5m])",
    ],
)
def test_what_fits_the_time_range_or_is_no_rate_is_left_alone(expr: str) -> None:
    assert told(expr) == []


def test_the_range_of_a_rate_among_others_is_found() -> None:
    assert told('avg_over_time(b{x="]"}[$__range]) / rate(a[5m]) # [1h]') == [("info", "query A")]


def test_what_is_asked_for_one_moment_means_its_range() -> None:
    assert told("rate(a[1d])", target={"instant": True}) == []
    assert told("rate(a[1d])", target={"instant": True, "range": True})
    assert told("rate(a[1d])", type="table", target={"format": "table"}) == []
    assert told("rate(a[1d])", target={"hide": True}) == []


def test_required_takes_nothing_else() -> None:
    assert told("rate(a[1d])", target={"instant": True}, required=True)
    assert told("rate(a[$window])", required=True)
    assert told("rate(a[$__rate_interval])", required=True) == []
