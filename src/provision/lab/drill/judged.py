"""What the compiled definitions say of an alert: what it compares, and by which intervals it is judged and told."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provision.author.durations import seconds
from provision.compile.dialect import alertmanager
from provision.compile.dialect.grafana_matchers import object_matchers
from provision.compile.kinds import PROMETHEUS, RULE_GROUP, SCRAPE_CONFIG
from provision.lab.drill.conditions import Alternatives, Record, conditions
from provision.lab.drill.timing import Detection, Pace, Resolution, Step, detection, resolution
from provision.lab.drill.values import Signal
from provision.model import Definition, decode
from provision.prove.check.patterns import fits

# What Prometheus and Alertmanager take where nothing is said: their configurations' documentation.
_SCRAPE = _EVALUATION = "1m"
_GROUP_WAIT, _GROUP_INTERVAL = "30s", "5m"


@dataclass(frozen=True, slots=True)
class Judged:
    """One alerting rule.

    Attributes:
        labels: that the rule gives its alerts.
        compares: what it compares.
        pace: by which intervals it is judged and told.
    """

    labels: Mapping[str, str]
    compares: Alternatives
    pace: Pace


def judged(
    definitions: Sequence[Definition], alert: str, job: str, severity: str = "", resend_seconds: float = 60.0
) -> tuple[Judged, ...]:
    """The alerting rules of that name, with that severity unless none is asked for.

    Args:
        job: the scrape job whose samples the alert is about.
        resend_seconds: how often Prometheus tells again of an alert: the one number that it is started with.

    Raises:
        ValueError: there is none.
    """
    groups = [decode(item.body)["group"] for item in definitions if item.kind == RULE_GROUP]
    records = {
        rule["record"]: Record(rule["expr"], group["name"])
        for group in groups
        for rule in group["rules"]
        if "record" in rule
    }
    found = tuple(
        _judged(definitions, group, rule, job, records, resend_seconds)
        for group in groups
        for rule in group["rules"]
        if rule.get("alert") == alert and severity in ("", (rule.get("labels") or {}).get("severity"))
    )
    if not found:
        raise ValueError(f"no rule is called {alert}" + (f" with severity {severity}" if severity else ""))
    return found


def step_of(signal: Signal, history: float = math.inf) -> Step:
    """What a fault does, with so many seconds of samples before it."""
    return Step(signal.before, signal.after, signal.exposure, signal.recovery, history, signal.reloads)


def expected(rules: Sequence[Judged], step: Step) -> tuple[Detection, Resolution]:
    """When one of these rules tells of a fault at the latest, and when all of them are over."""
    detections = [detection(rule.compares, step, rule.pace) for rule in rules]
    first = Detection(
        min(found.pending for found in detections),
        min(found.firing for found in detections),
        min(found.delivered for found in detections),
    )
    resolutions = [resolution(rule.compares, step, rule.pace) for rule in rules]
    last = Resolution(max(found.quiet for found in resolutions), max(found.resolved for found in resolutions))
    return first, last


def _judged(
    definitions: Sequence[Definition],
    group: Mapping[str, Any],
    rule: Mapping[str, Any],
    job: str,
    records: Mapping[str, Record],
    resend_seconds: float,
) -> Judged:
    overall = _global(definitions)
    labels = {**(rule.get("labels") or {}), "alertname": rule["alert"]}
    wait, interval = _told(definitions, labels)
    pace = Pace(
        scrape=scrape_seconds(definitions, job),
        evaluation=seconds(group.get("interval") or overall.get("evaluation_interval") or _EVALUATION),
        for_=seconds(rule.get("for") or "0s"),
        keep_firing=seconds(rule.get("keep_firing_for") or "0s"),
        group_wait=wait,
        group_interval=interval,
        resend=resend_seconds,
    )
    return Judged(labels, conditions(rule["expr"], group["name"], records), pace)


def scrape_seconds(definitions: Sequence[Definition], job: str) -> float:
    """How often the targets of that job are scraped."""
    scraping: Mapping[str, Any] = next(
        (decode(item.body) for item in definitions if item.kind == SCRAPE_CONFIG and item.key == job), {}
    )
    return seconds(scraping.get("scrape_interval") or _global(definitions).get("scrape_interval") or _SCRAPE)


def _global(definitions: Sequence[Definition]) -> Mapping[str, Any]:
    return next(
        (decode(item.body).get("global") or {} for item in definitions if item.kind == PROMETHEUS), {}
    )


def _told(definitions: Sequence[Definition], labels: Mapping[str, str]) -> tuple[float, float]:
    """Group wait and group interval of the route that takes an alert with these labels first."""
    resource = alertmanager.shape(definitions)
    found = {"group_wait": _GROUP_WAIT, "group_interval": _GROUP_INTERVAL}
    if resource is not None:
        for route in _way(decode(resource.body)["route"], labels):
            found |= {name: route[name] for name in found if route.get(name)}
    return seconds(found["group_wait"]), seconds(found["group_interval"])


def _way(route: Mapping[str, Any], labels: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """The routes from the root to the one that takes the alert: each gives its settings to those below it."""
    yield route
    for child in route.get("routes") or ():
        if all(_holds(*matcher, labels=labels) for matcher in object_matchers(child) or ()):
            yield from _way(child, labels)
            return


def _holds(label: str, operator: str, wanted: str, *, labels: Mapping[str, str]) -> bool:
    value = labels.get(label, "")
    met = value == wanted if operator in ("=", "!=") else fits(wanted, value)
    return met is (operator in ("=", "=~"))
