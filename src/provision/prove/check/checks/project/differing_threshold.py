"""The thresholds of a panel are the limits beyond which the alerts on the same metric fire."""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose
from typing import Final

from provision.model import Finding
from provision.promql.variables import placeholder
from provision.prove.check.bodies import inside, objects, text_of
from provision.prove.check.estate import Estate
from provision.prove.check.limits import Limit, Subject, limits, shown
from provision.prove.check.parts import Dashboard, Group, Panel, Rule
from provision.prove.check.queries import queries_of

ID = "differing-threshold"

_GRAFANAS_OWN: Final = [80]
"""The threshold that Grafana writes into every panel, which nobody chose."""

Alerts = dict[Subject, list[tuple[Limit, Group, Rule]]]


def check(estate: Estate) -> Iterator[Finding]:
    """Panels whose thresholds are none of these limits."""
    if not estate.dashboards:
        return
    alerts: Alerts = {}
    for group in estate.groups:
        for rule in group.rules:
            if rule.kind == "alert":
                for limit in limits(text_of(rule.body, "expr"), estate.records):
                    alerts.setdefault(limit.subject, []).append((limit, group, rule))
    for dashboard in estate.dashboards if alerts else ():
        for panel in dashboard.panels:
            thresholds = list(_thresholds(panel))
            if thresholds and [value for _, value in thresholds] != _GRAFANAS_OWN:
                yield from _differing(estate, dashboard, panel, thresholds, alerts)


def _differing(
    estate: Estate, dashboard: Dashboard, panel: Panel, thresholds: list[tuple[str, float]], alerts: Alerts
) -> Iterator[Finding]:
    limited: list[tuple[float, Limit, Group, Rule]] = []
    for query in queries_of(panel, dashboard, estate.sources):
        scaled = shown(placeholder(query.text), estate.records)
        if scaled is None:
            continue
        if scaled.subject not in alerts:
            return  # the thresholds may be this query's
        for limit, group, rule in alerts[scaled.subject]:
            limited.append((limit.value * scaled.factor, limit, group, rule))
    if not limited or any(
        isclose(value, limit, rel_tol=1e-6) for _, value in thresholds for limit, *_ in limited
    ):
        return
    value, limit, group, rule = limited[0]
    path, _ = thresholds[-1]
    said = " and ".join(f"{each:g}" for _, each in thresholds)
    beyond = "above" if limit.is_upper else "below"
    yield estate.finding(
        ID,
        "warning",
        dashboard.definition,
        panel.at(path),
        dashboard.about(panel),
        f"its threshold is {said}, and {group.about(rule)} ({group.definition.place.path}) fires {beyond} {value:g}",
        "write the limit once, as a variable of the project, and use it in both",
    )


def _thresholds(panel: Panel) -> Iterator[tuple[str, float]]:
    """Path and value of each threshold that is drawn or colours something."""
    body = panel.body
    type_ = text_of(body, "type")
    defaults = inside(body, "fieldConfig", "defaults")
    found = inside(defaults, "thresholds")
    if text_of(found, "mode") != "percentage" and _is_seen(type_, defaults):
        for at, step in objects(found.get("steps"), "fieldConfig/defaults/thresholds/steps"):
            if type(step.get("value")) in (int, float) and (step["value"] or at[-2:] != "/0"):
                yield f"{at}/value", step["value"]
    if type_ == "graph":
        for at, threshold in objects(body.get("thresholds"), "thresholds"):
            if type(threshold.get("value")) in (int, float):
                yield f"{at}/value", threshold["value"]
    if type_ == "singlestat" and (body.get("colorValue") is True or body.get("colorBackground") is True):
        for text in text_of(body, "thresholds").split(","):
            try:
                yield "thresholds", float(text)
            except ValueError:  # empty, or a variable
                continue


def _is_seen(type_: str, defaults: dict[str, object]) -> bool:
    if type_ != "timeseries":
        return True
    style = text_of(inside(defaults, "custom", "thresholdsStyle"), "mode")
    return style not in ("", "off") or text_of(inside(defaults, "color"), "mode") == "thresholds"
