"""Requests, as every dashboard of something that answers some shows them: how many, by what, and the share that failed."""

from __future__ import annotations

from grafanalib import formatunits as units
from grafanalib.core import TimeSeries

from dashboards._panels import timeseries


def rate(counter: str, by: str = "") -> str:
    """Growth a second, summed (by labels, if some are given)."""
    return f"sum{f' by ({by})' if by else ''} (rate({counter}[$__rate_interval]))"


def share(part: str, whole: str, by: str = "") -> str:
    """The share of one counter in another: 0 while the part has no series, nothing without traffic."""
    return f"({rate(part, by)} or 0 * {rate(whole, by)}) / ({rate(whole, by)} > 0)"


def requests_by(what: str, description: str, counter: str, *labels: str) -> TimeSeries:
    """Requests a second, stacked by labels.

    Args:
        what: what they are told apart by, in words.
        counter: of the requests.
    """
    legend = " ".join(f"{{{{{label}}}}}" for label in labels)
    return timeseries(
        f"Requests by {what}",
        description,
        units.REQUESTS_PER_SEC,
        {legend: rate(counter, ", ".join(labels))},
        stacked=True,
    )
