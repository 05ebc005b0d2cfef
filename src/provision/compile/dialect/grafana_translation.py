"""Where Grafana evaluates a project's rules and delivers its alerts: what is written for Prometheus and Alertmanager,
as definitions of Grafana's kinds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from provision.author.durations import seconds
from provision.compile.dashboards import folders_for
from provision.compile.dialect import grafana_alerts, grafana_delivery
from provision.compile.dialect.grafana_remarks import Remark, Said, Tell
from provision.compile.dialect.grafana_settings import GrafanaSettings
from provision.compile.dialect.grafana_sources import Binding
from provision.compile.kinds import (
    DATASOURCE,
    GRAFANA_RULE_GROUP,
    POLICY,
    PROMETHEUS,
    RULE_GROUP,
)
from provision.errors import Problem
from provision.model import Definition, decode, encode
from provision.promql.parse import parse

Body = dict[str, Any]

_USUAL_SECONDS: Final = 60.0
"""Between evaluations where nothing says so. Source: Prometheus' default of evaluation_interval."""

_NOBODY: Final = "nobody"


@dataclass(frozen=True, slots=True)
class Translated:
    """What a Grafana is to hold, and what isn't carried over.

    Attributes:
        definitions: of all kinds, with those of Grafana's that were made of others.
        remarks: in the order of the definitions; those of severity `error` are problems, too.
        groups: keys of the rule groups that were made of others.
    """

    definitions: tuple[Definition, ...]
    remarks: tuple[Remark, ...] = ()
    groups: frozenset[str] = field(default_factory=frozenset)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What can't be pushed."""
        return tuple(_problem(remark) for remark in self.remarks if remark.said.severity == "error")


def translate(
    definitions: Sequence[Definition],
    settings: GrafanaSettings,
    bound: Binding | None = None,
    *,
    nested_folders: bool = True,
) -> Translated:
    """The definitions as they are, and where Grafana evaluates the project's rules, those that its rules, receivers,
    routes and time intervals become.

    Args:
        bound: a data source of the server that takes the place of the project's own.
        nested_folders: whether a folder can lie in another.
    """
    if not settings.alerting:
        return Translated(tuple(definitions))
    remarks: list[Remark] = []

    def tell(definition: Definition, said: Said) -> None:
        remarks.append(Remark(definition, said))

    groups = [*_groups(definitions, settings, bound, tell)]
    kept = [*definitions, *groups]
    kept += folders_for(kept)
    kept += grafana_delivery.delivery(definitions, tell)
    titles = None if settings.own_policy_tree else grafana_delivery.folder_labels(kept, nested=nested_folders)
    policies = [*grafana_delivery.policy(definitions, titles, tell)]
    kept = [*(found for found in kept if not policies or found.kind != POLICY), *policies]
    return Translated(tuple(kept), tuple(remarks), frozenset(group.key for group in groups))


# ── rules ────────────────────────────────────────────────────────────────────


def _groups(
    definitions: Sequence[Definition],
    settings: GrafanaSettings,
    bound: Binding | None,
    tell: Tell,
) -> Iterable[Definition]:
    asked = _Asked.of(definitions, bound)
    usual = _evaluation_seconds(definitions)
    taken = {found.key: found for found in definitions if found.kind == GRAFANA_RULE_GROUP}
    for definition in definitions:
        if definition.kind != RULE_GROUP:
            continue
        body = decode(definition.body)
        folder = body.get("folder") or settings.rules_folder
        datasource, why = asked.uid(body.get("datasource"))
        if why:
            tell(definition, Said("error", "", f"rule group {body['group']['name']!r}: {why}"))
        made, said = grafana_alerts.translate_group(body["group"], folder, datasource, usual)
        for each in said:
            tell(definition, each)
        for pointer, fault in _not_promql(body["group"], settings.features):
            tell(definition, Said("error", pointer, fault, checked_elsewhere=True))
        key = f"{folder}/{made['title']}"
        earlier = taken.setdefault(key, definition)
        if earlier is not definition:
            what = f"two rule groups would be {key!r} on Grafana (folder and title); the other is in {earlier.place}"
            tell(definition, Said("error", "", what, "give one of them another name or folder"))
            continue
        parts = tuple((pointer.removeprefix("/group"), place) for pointer, place in definition.parts)
        yield Definition(GRAFANA_RULE_GROUP, key, encode(made), definition.place, parts)


def _not_promql(group: Body, features: frozenset[str]) -> Iterable[tuple[str, str]]:
    """Grafana takes such an expression, and calls the rule broken when it evaluates it."""
    for number, rule in enumerate(group.get("rules") or ()):
        problem = parse(str(rule.get("expr") or ""), features)
        if problem is not None:
            name = rule.get("alert") or rule.get("record")
            yield f"/group/rules/{number}", f"rule {name!r}: its expression isn't PromQL: {problem.message}"


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which data source rules ask."""

    own: tuple[Body, ...]
    bound: Binding | None

    @classmethod
    def of(cls, definitions: Iterable[Definition], bound: Binding | None) -> _Asked:
        own = (decode(found.body) for found in definitions if found.kind == DATASOURCE)
        return cls(tuple(body for body in own if body["type"] == "prometheus"), bound)

    def uid(self, wanted: str | None) -> tuple[str, str]:
        """The uid, and why there is none, or no one."""
        if wanted is not None:
            named = [body["uid"] for body in self.own if wanted in (body["uid"], body["name"])]
            return (named[0] if named else wanted), ""
        if self.bound is not None and self.bound.type == "prometheus":
            return self.bound.uid, ""
        chosen = [body for body in self.own if body["isDefault"]] or list(self.own)
        if len(chosen) == 1:
            return chosen[0]["uid"], ""
        count = "no Prometheus data source" if not chosen else f"{len(chosen)} Prometheus data sources"
        return _NOBODY, (
            f"the project has {count} that Grafana could ask; define one, make one the default, "
            f"say Group(datasource=…), or bind one of the server with --datasource"
        )


def _evaluation_seconds(definitions: Iterable[Definition]) -> float:
    for definition in definitions:
        if definition.kind == PROMETHEUS:
            written = (decode(definition.body).get("global") or {}).get("evaluation_interval")
            try:
                return seconds(str(written)) or _USUAL_SECONDS
            except ValueError:  # the check of prometheus.yml tells of it
                return _USUAL_SECONDS
    return _USUAL_SECONDS


def _problem(remark: Remark) -> Problem:
    said = remark.said
    place = remark.definition.place_of(said.pointer)
    return Problem(place.path, place.line, said.message + (f"; {said.remedy}" if said.remedy else ""))
