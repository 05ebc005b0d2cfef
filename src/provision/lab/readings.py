"""Every panel's current value, asked of a real Prometheus and written in the panel's unit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provision.client.session import Session
from provision.compile.kinds import DASHBOARD, DATASOURCE
from provision.lab import choices, queries
from provision.lab.panel_fields import Field, field_of
from provision.model import Definition, decode
from provision.promql.names import metric_names
from provision.promql.variables import substitute

_LABEL = re.compile(r"\{\{\s*([^}\s]+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Value:
    """One series of a panel: what the legend calls it, its value, and how the panel writes that."""

    name: str
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a panel shows now.

    Attributes:
        dashboard, panel: their titles.
        values: one for each series; empty when there is no data.
        why: why there is no data, if that is known.
        error: why a query failed; empty when none did.
    """

    dashboard: str
    panel: str
    values: tuple[Value, ...] = ()
    why: str = ""
    error: str = ""


def readings(definitions: Sequence[Definition], session: Session, scrape_seconds: float) -> Iterator[Reading]:
    """What each panel of each dashboard shows now, in the dashboards' order; panels without queries, such as
    text, are left out, and so are queries of other data sources than a Prometheus.

    Args:
        scrape_seconds: the time between two scrapes.

    Raises:
        ProvisionError: the server doesn't answer. A query that it refuses is told in its reading.
    """
    source = next((item.key for item in definitions if item.kind == DATASOURCE), "prometheus")
    known = queries.metric_names(session)
    dashboards = [decode(item.body)["spec"] for item in definitions if item.kind == DASHBOARD]
    for dashboard in sorted(dashboards, key=lambda spec: str(spec.get("title", ""))):
        yield from _of_dashboard(dashboard, session, scrape_seconds, source, known)


def panels(dashboard: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The panels of a dashboard, those inside collapsed rows too."""
    for panel in dashboard.get("panels", ()):
        if panel.get("type") == "row":
            yield from panels(panel)
        else:
            yield panel


def _of_dashboard(
    dashboard: Mapping[str, Any], session: Session, scrape_seconds: float, source: str, known: frozenset[str]
) -> Iterator[Reading]:
    title = str(dashboard.get("title", ""))
    variables = (dashboard.get("templating") or {}).get("list", ())
    refused = ""
    values: dict[str, str] = {}
    try:
        values = choices.chosen(variables, session, choices.built_in(dashboard, {}, scrape_seconds), source)
    except queries.QueryError as error:
        refused = f"a variable's query: {error}"
    for panel in panels(dashboard):
        targets = [target for target in panel.get("targets", ()) if _is_asked(panel, target)]
        if not targets:
            continue
        name = str(panel.get("title") or "(no title)")
        if refused:
            yield Reading(title, name, error=refused)
            continue
        expressions = {**values, **choices.built_in(dashboard, panel, scrape_seconds)}
        try:
            yield _of_panel(title, name, panel, targets, expressions, session, known)
        except queries.QueryError as error:
            yield Reading(title, name, error=str(error))


def _is_asked(panel: Mapping[str, Any], target: Mapping[str, Any]) -> bool:
    source = target.get("datasource") or panel.get("datasource") or {}
    kind = source.get("type", "prometheus") if isinstance(source, dict) else "prometheus"
    return bool(target.get("expr")) and not target.get("hide") and kind == "prometheus"


def _of_panel(
    dashboard: str,
    name: str,
    panel: Mapping[str, Any],
    targets: Sequence[Mapping[str, Any]],
    variables: Mapping[str, str],
    session: Session,
    known: frozenset[str],
) -> Reading:
    values: list[Value] = []
    missing: set[str] = set()
    for target in targets:
        expr = substitute(target["expr"], variables)
        samples = queries.instant(session, expr)
        if not samples:
            missing |= metric_names(expr) - known
        field = field_of(panel, target)
        values += _written(samples, target, field, alone=len(targets) == 1)
    why = f"no series called {', '.join(sorted(missing))}" if missing and not values else ""
    return Reading(dashboard, name, tuple(values), why)


def _written(
    samples: Sequence[queries.Sample], target: Mapping[str, Any], field: Field, *, alone: bool
) -> Iterator[Value]:
    legend = str(target.get("legendFormat") or "")
    ordered = samples
    if target.get("format") == "table":
        ordered = sorted(samples, key=lambda sample: sample.value)
    same = _shared_labels(samples)
    for sample in ordered:
        if legend and legend != "__auto":
            name = _filled(legend, sample.labels)
        else:
            name = ", ".join(value for label, value in sorted(sample.labels.items()) if label not in same)
        if alone and len(samples) == 1 and not _LABEL.search(legend):
            name = ""
        yield Value(name.strip(), sample.value, field.written(sample.value, name))


def _filled(legend: str, labels: Mapping[str, str]) -> str:
    return _LABEL.sub(lambda match: labels.get(match[1], ""), legend)


def _shared_labels(samples: Sequence[queries.Sample]) -> set[str]:
    """The labels that say nothing, because all series have them alike."""
    first = samples[0].labels if samples else {}
    return {
        label for label, value in first.items() if all(item.labels.get(label) == value for item in samples)
    }
