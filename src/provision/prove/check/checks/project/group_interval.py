"""A group is evaluated often enough for its records to be there, and no oftener than there is something new."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.model import Finding
from provision.prove.check.estate import Estate
from provision.prove.check.rulefields import scrape_seconds, seconds_of

ID = "group-interval"

_LOOKBACK_SECONDS: Final = 300.0
"""How far a query looks back for a sample. Source: the default of Prometheus' --query.lookback-delta."""


def check(estate: Estate) -> Iterator[Finding]:
    """Intervals of groups that leave gaps, or that evaluate the same samples again."""
    for group in estate.groups:
        written = group.body.get("interval")
        interval = seconds_of(written)
        if not interval:
            continue
        scrape = scrape_seconds(estate, group)
        if interval > _LOOKBACK_SECONDS and any(rule.kind == "record" for rule in group.rules):
            yield estate.finding(
                ID, "warning", group.definition, "/group/interval", group.subject,
                f"its records are missing for {interval / 60 - 5:g} of every {interval / 60:g} minutes: a query looks back 5 "
                f"minutes for a sample, and it is evaluated every {written}",
                "evaluate it at least every 5m",
            )  # fmt: skip
        elif scrape is not None and interval < scrape:
            yield estate.finding(
                ID, "info", group.definition, "/group/interval", group.subject,
                f"it is evaluated every {written}, and there is something new only every {scrape:g} s",
                "evaluate it as often as Prometheus scrapes, or leave the interval out",
            )  # fmt: skip
