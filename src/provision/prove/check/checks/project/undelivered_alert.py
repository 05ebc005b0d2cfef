"""Every alert is delivered to somebody: the routes lead it to a receiver that tells someone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from provision.compile.dialect import alertmanager
from provision.compile.dialect.grafana_delivery import policy
from provision.compile.dialect.grafana_settings import GrafanaSettings
from provision.compile.kinds import CONTACT_POINT, POLICY, PROMETHEUS, RECEIVER, ROUTE
from provision.model import Finding, decode
from provision.promql.branches import branches
from provision.promql.facts import facts
from provision.promql.labels import Labels
from provision.prove.check.bodies import and_more, text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Group, Rule
from provision.prove.check.routes import AlertLabels, End, ends, is_sound
from provision.prove.check.rulefields import external_labels, labels_of

ID = "undelivered-alert"

_DELIBERATE: Final = frozenset({
    "null", "none", "blackhole", "black-hole", "black_hole", "devnull", "dev-null", "/dev/null", "noop", "nobody", "drop",
    "dropped", "ignore", "ignored", "silent", "silence", "discard",
})  # fmt: skip
"""Names of receivers that are meant to tell nobody."""


def check(estate: Estate) -> Iterator[Finding]:
    """Alerts that end at a receiver without integrations, whatever labels their series have. One finding for each
    receiver and group."""
    root = _root(estate)
    silent = _silent(estate)
    if root is None or not silent or _relabelled(estate):
        return
    for group in estate.groups:
        if estate.is_guest(group.definition):
            continue
        lost: dict[str, list[Rule]] = {}
        for rule in group.rules:
            if rule.kind == "alert":
                receiver = _lost_at(_ends(estate, root, group, rule), silent)
                if receiver:
                    lost.setdefault(receiver, []).append(rule)
        for receiver, rules in lost.items():
            yield estate.finding(
                ID, "warning", group.definition, rules[0].pointer, and_more(group.about(rules[0]), len(rules)),
                f"nobody is told of it: the routes lead it to the receiver {receiver!r}, which has no integration",
                "give the receiver an integration, or route the alert to another",
                also=[rule.pointer for rule in rules[1:]],
            )  # fmt: skip


def _root(estate: Estate) -> Mapping[str, Any] | None:
    """The routing tree; None when the project has none, or not all of it, or it isn't sound."""
    written = [body for _, body in estate.of(ROUTE)]
    for _, body in estate.of(POLICY):
        routes = body.get("routes")
        written += [body.get("root") or {}, *(routes if isinstance(routes, list) else [None])]
    if not all(map(is_sound, written)):
        return None
    if GrafanaSettings.of(estate.project).alerting:
        merged = [*policy(estate.definitions, None, lambda *_: None)]
        bodies = [decode(found.body) for found in merged] or [body for _, body in estate.of(POLICY)]
        root = bodies[0].get("root") if bodies else None
        return {**root, "routes": bodies[0].get("routes") or []} if isinstance(root, dict) else None
    if not any(definition.key == "root" for definition, _ in estate.of(ROUTE)):
        return None
    config = alertmanager.shape(estate.definitions)
    route = None if config is None else decode(config.body).get("route")
    return route if isinstance(route, dict) else None


def _silent(estate: Estate) -> frozenset[str]:
    """The receivers that tell nobody, and aren't meant to."""
    points = {}
    if GrafanaSettings.of(estate.project).alerting:
        points = {found.key: bool(body.get("integrations")) for found, body in estate.of(CONTACT_POINT)}
    receivers = {
        found.key: any(field.endswith("_configs") and held for field, held in body.items())
        for found, body in estate.of(RECEIVER)
        if isinstance(body, dict)
    }
    told = {**receivers, **points}
    return frozenset(name for name, tells in told.items() if not tells and name.lower() not in _DELIBERATE)


def _relabelled(estate: Estate) -> bool:
    """Whether Prometheus changes labels of alerts on their way, so that nothing is certain of them."""
    settings = [body.get("alerting") for _, body in estate.of(PROMETHEUS) if isinstance(body, dict)]
    return any(isinstance(each, dict) and each.get("alert_relabel_configs") for each in settings)


def _ends(estate: Estate, root: Mapping[str, Any], group: Group, rule: Rule) -> frozenset[End]:
    added = labels_of(group, rule)
    known = {name: value for name, value in added.items() if "{{" not in value}
    known = {**external_labels(estate, group), **known, "alertname": rule.name}
    found = facts(text_of(rule.body, "expr"))
    each = [Labels()] if found is None else [branch.labels for branch in branches(found.root)]
    unknown = frozenset(added) - known.keys()
    return frozenset(end for series in each for end in ends(root, AlertLabels(known, unknown, series)))


def _lost_at(taken: frozenset[End], silent: frozenset[str]) -> str:
    """The receiver at which an alert gets lost; empty when it may be delivered, or a route names it on purpose."""
    if not taken or any(end.receiver not in silent or end.names_alert for end in taken):
        return ""
    return min(end.receiver for end in taken)
