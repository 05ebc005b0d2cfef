"""What Grafana itself puts into a panel's queries: time range, step and the window of rates."""

from __future__ import annotations

import re
import time
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any, Final

from provision.author.durations import seconds

_WIDTH: Final = 1000
"""Points in a panel that doesn't say how many; about what a screen has room for."""

_MOST_POINTS: Final = 11_000
"""More points than that no Prometheus returns, so Grafana asks for less."""

_DEFAULT_RANGE_SECONDS: Final = 3600.0
_ROUNDED_DOWN: Final = (
    (10, 1), (15, 10), (35, 20), (75, 50), (150, 100), (350, 200), (750, 500), (1500, 1000), (3500, 2000),
    (7500, 5000), (12_500, 10_000), (17_500, 15_000), (25_000, 20_000), (45_000, 30_000), (90_000, 60_000),
    (210_000, 120_000), (450_000, 300_000), (750_000, 600_000), (1_050_000, 900_000), (1_500_000, 1_200_000),
    (2_700_000, 1_800_000), (5_400_000, 3_600_000), (9_000_000, 7_200_000), (16_200_000, 10_800_000),
    (32_400_000, 21_600_000), (86_400_000, 43_200_000), (604_800_000, 86_400_000), (1_814_400_000, 604_800_000),
    (3_628_800_000, 2_592_000_000),
)  # fmt: skip
"""Grafana's steps: below so many milliseconds, a step has so many (`roundInterval` of its `rangeutil`)."""

_LONGEST_STEP_MS: Final = 31_536_000_000
_LIMITS: Final = [limit for limit, _ in _ROUNDED_DOWN]
_BACK: Final = re.compile(r"now-(?P<length>\d+)(?P<unit>[smhdwMQy])(?:/[smhdwMQyf]+)?")
_UNITS: Final = {
    "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0, "M": 2_592_000.0, "Q": 7_776_000.0,
    "y": 31_536_000.0,
}  # fmt: skip
_BEGUN: Final = re.compile(r"now/f?(?P<unit>[smhdwMQy])")


def built_in(
    dashboard: Mapping[str, Any],
    panel: Mapping[str, Any],
    scrape_seconds: float,
    target: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """The variables that Grafana itself sets for a query of a panel.

    Args:
        dashboard: its JSON.
        panel: its JSON, or of the second generation its `queryOptions`; empty for what isn't in one.
        scrape_seconds: the time between two scrapes, as the data source says.
        target: the JSON of the query.
    """
    over = _plain_seconds(str(panel.get("timeFrom") or ""), range_seconds(dashboard))
    points = panel.get("maxDataPoints")
    points = points if isinstance(points, int | float) and points > 0 else _WIDTH
    least = _plain_seconds(str(panel.get("interval") or "").lstrip(">"), scrape_seconds)
    interval = max(rounded(over / points), least)
    scrape = _plain_seconds(str((target or {}).get("interval") or "").lstrip(">"), scrape_seconds)
    factor = (target or {}).get("intervalFactor")
    step = max(interval, scrape if scrape != scrape_seconds else 0.0, rounded(over / _MOST_POINTS))
    step *= factor if isinstance(factor, int) and factor > 1 else 1
    # At least four scrapes, and one more than a step: then a rate has enough samples, and misses none between steps.
    rate_interval = max(interval + scrape, 4 * scrape)
    now = time.time()
    return {
        "__interval": _duration(step),
        "__interval_ms": f"{step * 1000:.0f}",
        "__rate_interval": _duration(rate_interval),
        "__rate_interval_ms": f"{rate_interval * 1000:.0f}",
        "__range": f"{over:.0f}s",
        "__range_s": f"{over:.0f}",
        "__range_ms": f"{over * 1000:.0f}",
        "__from": f"{(now - over) * 1000:.0f}",
        "__to": f"{now * 1000:.0f}",
        "__dashboard": str(dashboard.get("title", "")),
    }


def range_seconds(dashboard: Mapping[str, Any]) -> float:
    """How far back the dashboard looks when it is opened, in seconds; an hour when it says something unusual."""
    held = dashboard.get("time") or dashboard.get("timeSettings")
    held = held if isinstance(held, dict) else {}
    if str(held.get("to", "now")).partition("/")[0] != "now":
        return _DEFAULT_RANGE_SECONDS
    since = str(held.get("from", ""))
    if match := _BACK.fullmatch(since):
        return int(match["length"]) * _UNITS[match["unit"]] or _DEFAULT_RANGE_SECONDS
    if match := _BEGUN.fullmatch(since):
        return _UNITS[match["unit"]]
    return _DEFAULT_RANGE_SECONDS


def rounded(length: float) -> float:
    """A time in seconds as one of Grafana's steps."""
    milliseconds = length * 1000
    position = bisect_right(_LIMITS, milliseconds)
    step = _ROUNDED_DOWN[position][1] if position < len(_ROUNDED_DOWN) else _LONGEST_STEP_MS
    return step / 1000


def _plain_seconds(duration: str, otherwise: float) -> float:
    try:
        return seconds(duration) or otherwise
    except ValueError:
        return otherwise


def _duration(length: float) -> str:
    return f"{length:.0f}s" if length == int(length) else f"{length * 1000:.0f}ms"
