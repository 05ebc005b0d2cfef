"""Every panel's current value, asked of a real Prometheus and written in the panel's unit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provision.client.prometheus import Prometheus, Sample
from provision.compile.kinds import DASHBOARD, DATASOURCE
from provision.errors import ServerRefused
from provision.lab.panel_fields import field_of
from provision.model import Definition, decode
from provision.promql.names import selectors
from provision.promql.variables import Value as Choice
from provision.promql.variables import substitute
from provision.prove.verify.choices import chosen
from provision.prove.verify.intervals import built_in
from provision.prove.verify.options import asked

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
        empty: the queries that gave nothing, each by its legend or its letter.
        why: why they gave nothing, if that is known.
        error: why a query failed; empty when none did.
    """

    dashboard: str
    panel: str
    values: tuple[Value, ...] = ()
    empty: tuple[str, ...] = ()
    why: str = ""
    error: str = ""


def readings(
    definitions: Sequence[Definition], client: Prometheus, scrape_seconds: float
) -> Iterator[Reading]:
    """What each panel of each dashboard shows now, in the dashboards' order; panels without queries, such as
    text, are left out, and so are queries of other data sources than a Prometheus.

    Args:
        scrape_seconds: the time between two scrapes.

    Raises:
        Unreachable: the server doesn't answer. A query that it refuses is told in its reading.
    """
    sources = (item.key for item in definitions if item.kind == DATASOURCE and _is_prometheus(item))
    source = next(sources, "prometheus")
    known = frozenset(client.label_values("__name__"))
    dashboards = [decode(item.body)["spec"] for item in definitions if item.kind == DASHBOARD]
    for dashboard in sorted(dashboards, key=lambda spec: str(spec.get("title", ""))):
        yield from _of_dashboard(dashboard, client, scrape_seconds, source, known)


def panels(dashboard: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The panels of a dashboard, those inside collapsed rows too."""
    for panel in dashboard.get("panels", ()):
        if panel.get("type") == "row":
            yield from panels(panel)
        else:
            yield panel


def _of_dashboard(
    dashboard: Mapping[str, Any],
    client: Prometheus,
    scrape_seconds: float,
    source: str,
    known: frozenset[str],
) -> Iterator[Reading]:
    title = str(dashboard.get("title", ""))
    variables = (dashboard.get("templating") or {}).get("list", ())
    found = chosen(
        variables,
        lambda query, _: asked(query, client),
        built_in(dashboard, {}, scrape_seconds),
        lambda _: source,
    )
    refused = next((f"a variable: {fault}" for fault in found.faults.values()), "")
    for panel in panels(dashboard):
        targets = [target for target in panel.get("targets", ()) if _is_asked(panel, target)]
        if not targets:
            continue
        name = str(panel.get("title") or "(no title)")
        if refused:
            yield Reading(title, name, error=refused)
            continue
        expressions = {**found.values, **built_in(dashboard, panel, scrape_seconds)}
        try:
            yield _of_panel(title, name, panel, targets, expressions, client, known)
        except ServerRefused as error:
            yield Reading(title, name, error=error.what)


def _is_prometheus(datasource: Definition) -> bool:
    return bool(decode(datasource.body).get("type") == "prometheus")


def _is_asked(panel: Mapping[str, Any], target: Mapping[str, Any]) -> bool:
    source = target.get("datasource") or panel.get("datasource") or {}
    kind = source.get("type", "prometheus") if isinstance(source, dict) else "prometheus"
    return bool(target.get("expr")) and not target.get("hide") and kind == "prometheus"


def _of_panel(
    dashboard: str,
    name: str,
    panel: Mapping[str, Any],
    targets: Sequence[Mapping[str, Any]],
    variables: Mapping[str, Choice],
    client: Prometheus,
    known: frozenset[str],
) -> Reading:
    values: list[Value] = []
    empty: list[str] = []
    missing: set[str] = set()
    for target in targets:
        expr = substitute(target["expr"], variables)
        samples = client.query(expr)
        if not samples:
            legend = str(target.get("legendFormat") or "")
            empty.append(str(target.get("refId", "")) if _LABEL.search(legend) or not legend else legend)
            missing |= {found.name for found in selectors(expr) if found.name} - known
        values += _written(panel, samples, target, alone=len(targets) == 1)
    why = f"no series called {', '.join(sorted(missing))}" if missing else ""
    return Reading(dashboard, name, tuple(values), tuple(empty), why)


def _written(
    panel: Mapping[str, Any], samples: Sequence[Sample], target: Mapping[str, Any], *, alone: bool
) -> Iterator[Value]:
    legend = str(target.get("legendFormat") or "")
    legend = "" if legend == "__auto" else legend
    is_table = target.get("format") == "table"
    columns = _columns(panel, samples) if is_table else _telling_labels(samples)
    field = field_of(panel, target)
    unnamed = alone and len(samples) == 1 and not is_table and not _LABEL.search(legend)
    for sample in sorted(samples, key=lambda sample: sample.value) if is_table else samples:
        name = _filled(legend, sample.labels) if legend else _joined(sample.labels, columns)
        yield Value("" if unnamed else name, sample.value, field.written(sample.value, name))


def _columns(panel: Mapping[str, Any], samples: Sequence[Sample]) -> list[str]:
    """The labels that a table shows: those that it filters for, or else those that tell its rows apart."""
    for transformation in panel.get("transformations") or ():
        if transformation.get("id") == "filterFieldsByName":
            included = (transformation.get("options") or {}).get("include") or {}
            return [name for name in included.get("names") or () if name != "Value"]
    return _telling_labels(samples)


def _telling_labels(samples: Sequence[Sample]) -> list[str]:
    """The labels that aren't alike in all series."""
    names = sorted({name for sample in samples for name in sample.labels})
    return [name for name in names if len({sample.labels.get(name) for sample in samples}) > 1]


def _joined(labels: Mapping[str, str], names: Sequence[str]) -> str:
    return ", ".join(labels[name] for name in names if labels.get(name))


def _filled(legend: str, labels: Mapping[str, str]) -> str:
    return _LABEL.sub(lambda match: labels.get(match[1], ""), legend).strip()
