"""Queries of a panel: their data source, their letters, and only what their plug-in reads."""

from __future__ import annotations

import itertools
import string
from collections.abc import Iterator
from typing import Any

from provision.compile.normalize.datasources import MIXED, PROMETHEUS, Types, reference
from provision.compile.normalize.plain import Json, objects

_FIELDS_TELL = (
    ("bucketAggs", "elasticsearch"),
    ("azureMonitor", "grafana-azure-monitor-datasource"),
    ("azureLogAnalytics", "grafana-azure-monitor-datasource"),
    ("azureResourceGraph", "grafana-azure-monitor-datasource"),
    ("database", "grafana-azure-data-explorer-datasource"),
    ("humioQuery", "humio-datasource"),
    ("disableDownsampling", "opentsdb"),
    ("statsGroups", "cloudwatch"),
    ("metricName", "cloudwatch"),
    ("measurement", "influxdb"),
    ("itservice", "alexanderzobnin-zabbix-datasource"),
    ("item", "alexanderzobnin-zabbix-datasource"),
)
"""A field that only one plug-in's queries have, and the plug-in's id."""

_LIBRARY_DEFAULTS = {
    "intervalFactor": 2,
    "step": 10,
    "hide": False,
    "interval": "",
    "metric": "",
    "target": "",
}
"""What grafanalib's Target writes when its author says nothing. (Source: grafanalib 0.7.1, core.Target.)"""

LOKI = "loki"

_DEFAULT_STATISTICS = ["Average"]


def normalise_targets(panel: Json, types: Types) -> None:
    """The panel's `targets` and `datasource` as Grafana stores them.

    A target without a data source has the panel's; a panel without one has its targets', or `-- Mixed --`.

    Raises:
        ValueError: a target isn't an object.
    """
    targets = objects(panel.get("targets"), "targets")
    logs = panel.get("type") == "logs"
    own = [reference(target.pop("datasource", None), _kind(target, logs=logs), types) for target in targets]
    written_source = panel.pop("datasource", None)
    source = reference(written_source, _panels_kind(written_source, targets, own, logs=logs), types)
    if targets:
        source = source or _common([ref for ref in own if ref is not None])
        inherited = None if source is None or source.get("uid") == MIXED else source
        written: list[Json] = []
        for target, ref in zip(targets, own, strict=True):
            chosen = ref or inherited
            kind = chosen["type"] if chosen and "type" in chosen else _kind(target, logs=logs)
            for query in _query(target, kind):
                if chosen is not None:
                    query["datasource"] = dict(chosen)
                written.append(query)
        panel["targets"] = written
        assign_ref_ids(written)
    if source is not None:
        panel["datasource"] = source


def assign_ref_ids(targets: list[Json]) -> None:
    """Gives a letter to each target that has none or has an earlier target's; authors' own names stay."""
    seen: set[str] = set()
    missing = []
    for target in targets:
        ref_id = target.get("refId")
        if isinstance(ref_id, str) and ref_id and ref_id not in seen:
            seen.add(ref_id)
        else:
            missing.append(target)
    letters = _letters()
    for target in missing:
        target["refId"] = next(letter for letter in letters if letter not in seen)


def _letters() -> Iterator[str]:
    for length in itertools.count(1):
        for letters in itertools.product(string.ascii_uppercase, repeat=length):
            yield "".join(letters)


def _panels_kind(written: Any, targets: list[Json], own: list[Json | None], *, logs: bool) -> str | None:
    """The plug-in of a panel's data source that is only named: that of the queries that ask it, else of all."""
    asking = set()
    others = set()
    for target, ref in zip(targets, own, strict=True):
        if ref is None or ref.get("uid") == written:
            asking.add((ref or {}).get("type") or _kind(target, logs=logs))
        else:
            others.add(ref.get("type"))
    kinds = asking or others or {PROMETHEUS}
    return kinds.pop() if len(kinds) == 1 else None


def _kind(target: Json, *, logs: bool = False) -> str | None:
    """The plug-in a target is written for; None for SQL, which several plug-ins speak.

    Args:
        logs: whether the panel shows logs, which Prometheus has none of.
    """
    if target.get("expr"):
        return LOKI if logs else PROMETHEUS
    if "rawSql" in target:
        return None
    for field, kind in _FIELDS_TELL:
        if field in target:
            return kind
    return "graphite" if target.get("target") else PROMETHEUS


def _common(references: list[Json]) -> Json | None:
    """The data source that all of them name, or `-- Mixed --`; expressions read the others and don't count."""
    real = [ref for ref in references if ref.get("uid") != "__expr__"]
    if not real:
        return None
    return dict(real[0]) if all(ref == real[0] for ref in real) else {"type": "datasource", "uid": MIXED}


def _query(target: Json, kind: str | None) -> list[Json]:
    """The target with the fields its plug-in reads, as one query or, for several statistics, several."""
    query = {key: value for key, value in target.items() if _LIBRARY_DEFAULTS.get(key) != value}
    if "intervalFactor" in target and "metric" in target:
        _from_core_target(query, kind)
    if kind == "cloudwatch" and "metricName" in query:
        return _cloudwatch(query)
    return [query]


def _from_core_target(query: Json, kind: str | None) -> None:
    """grafanalib writes one expression under three names, and the options of several plug-ins at once."""
    if "rawSql" in query:
        for field in ("expr", "query", "legendFormat", "instant"):
            query.pop(field, None)
        query["editorMode"] = "code"
        return
    if kind == "graphite":
        for field in ("expr", "query", "legendFormat", "instant", "format"):
            query.pop(field, None)
        return
    if query.get("format") == "time_series":
        del query["format"]
    if not query.get("legendFormat"):
        query.pop("legendFormat", None)
    instant = query.pop("instant", False)
    if kind in (PROMETHEUS, "loki"):
        query.pop("query", None)
        query["editorMode"] = "code"
        if kind == PROMETHEUS:
            query.update({"instant": True, "range": False} if instant else {"range": True})
        else:
            query["queryType"] = "instant" if instant else "range"
    elif instant:
        query["instant"] = True


def _cloudwatch(query: Json) -> list[Json]:
    """One query a statistic, as Grafana's own schema version 34 has it."""
    statistics = query.pop("statistics", None) or []
    if statistics == _DEFAULT_STATISTICS or not statistics:
        statistics = [query.get("statistic", "Average")]
    query.setdefault("queryMode", "Metrics")
    query.setdefault("metricQueryType", 0)
    query.setdefault("metricEditorMode", 1 if query.get("expression") else 0)
    queries = [{**query, "statistic": statistic} for statistic in statistics]
    for further in queries[1:]:
        further.pop("refId", None)
    return queries
