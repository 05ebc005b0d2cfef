"""A good dashboard with any parts of it replaced by anything: each check gives a verdict, none breaks."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from provision.model import Definition, Place, encode
from support.checking import group
from support.fuzzing import BOUNDED, judged
from support.second_generation import panel as element
from support.second_generation import spec as second

ALERTS = group(
    {"alert": "Slow", "expr": "latency_seconds > 0.2", "labels": {"severity": "page"}},
    {"record": "job:latency:mean", "expr": "a_seconds_sum / a_seconds_count"},
)

FIELDS = {
    "defaults": {
        "unit": "ms", "color": {"mode": "thresholds"}, "links": [{"url": "/d/gone", "title": "Go"}],
        "thresholds": {"mode": "absolute", "steps": [{"color": "green", "value": None}, {"color": "red", "value": 0.5}]},
        "mappings": [{"type": "value", "options": {"0": {"text": "down", "color": "red"}}},
                     {"type": "range", "options": {"from": 1, "to": 2, "result": {"text": " ", "color": "blue"}}}],
        "custom": {"thresholdsStyle": {"mode": "dashed"}},
    },
    "overrides": [{"matcher": {"id": "byName"}, "properties": [{"id": "unit", "value": "s"}, {"id": "links", "value": [{"url": "x"}]}]}],
}  # fmt: skip
OPTIONS = {
    "textMode": "name", "colorMode": "background", "reduceOptions": {"calcs": ["mean"], "fields": ""},
    "legend": {"showLegend": False, "displayMode": "hidden"}, "tooltip": {"mode": "none"}, "showValue": "never",
    "content": "[it](/d/gone)", "tags": ["a"], "showSearch": True,
}  # fmt: skip


def shown(number: int, type_: str, expr: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": number, "type": type_, "title": f"P{number}", "description": "d", "gridPos": {"x": 0, "y": number, "w": 25, "h": 2},
        "datasource": {"type": "prometheus", "uid": "${datasource}"}, "fieldConfig": FIELDS, "options": OPTIONS,
        "targets": [{"refId": "A", "expr": expr, "hide": False, "instant": True, "format": "table"}, {"refId": "B", "expr": "a_total"}],
        "transformations": [{"id": "reduce"}], "links": [{"url": "/d/gone"}], **fields,
    }  # fmt: skip


CLASSIC: dict[str, Any] = {
    "uid": "shop", "title": "Shop", "editable": True, "tags": ["a"],
    "links": [{"type": "dashboards", "tags": ["b"], "title": "L"}, {"type": "link", "url": "/d/gone", "title": "M"}],
    "templating": {"list": [
        {"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Data source"},
        {"name": "job", "type": "query", "query": {"query": "label_values(up, job)"}, "datasource": {"type": "prometheus", "uid": "$datasource"},
         "refresh": 1, "multi": True, "allValue": ".+", "label": "Job", "regex": ""},
    ]},
    "panels": [
        shown(1, "timeseries", "topk(99, rate(latency_seconds_sum[5m]))"),
        shown(2, "stat", "latency_seconds", fieldConfig={"defaults": FIELDS["defaults"]}),
        shown(3, "graph", "sum(a_bytes) / b_total", yaxes=[{"format": "s", "show": True}], seriesOverrides=[{"yaxis": 2}], thresholds=[{"value": 1}]),
        shown(4, "singlestat", "job:latency:mean", format="ms", thresholds="1,2", colorValue=True, valueName="avg", valueMaps=[]),
        shown(5, "logs", 'rate({a="b"} |= "x" [5m])', datasource={"type": "loki", "uid": "l"}),
        {"id": 6, "type": "row", "collapsed": True, "gridPos": {"x": 0, "y": 9, "w": 24, "h": 1}, "panels": [shown(7, "table", "up")]},
        shown(8, "text", "up"), shown(9, "dashlist", "up"), shown(10, "state-timeline", "up"),
    ],
    "rows": [{"collapse": True, "panels": [shown(11, "table-old", "up")]}],
}  # fmt: skip

SECOND: dict[str, Any] = second(
    elements={
        "a": element("latency_seconds", vizConfig={"kind": "VizConfig", "group": "stat", "spec": {"options": OPTIONS, "fieldConfig": FIELDS}},
                     links=[{"url": "/d/gone"}]),
        "b": element("rate(a_total[5m])"),
    },
    variables=[
        {"kind": "DatasourceVariable", "spec": {"name": "datasource", "pluginId": "prometheus", "label": "x"}},
        {"kind": "QueryVariable", "spec": {"name": "job", "refresh": "never", "query": {"kind": "DataQuery", "group": "prometheus",
                                           "spec": {"query": "label_values(up, job)"}}}},
    ],
    tags=["a"], editable=True,
)  # fmt: skip
SECOND["layout"] = {"kind": "RowsLayout", "spec": {"rows": [
    {"kind": "RowsLayoutRow", "spec": {"collapse": False, "layout": SECOND["layout"]}},
    {"kind": "RowsLayoutRow", "spec": {"layout": {"kind": "TabsLayout", "spec": {"tabs": [{"spec": {"layout": SECOND["layout"]}}]}}}},
]}}  # fmt: skip

JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 10**9), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=5),
    st.sampled_from([[], {}, [[]], [{}], [None], {"a": {}}, ["graph"], "rate(", "$job", "{", "[[x]]", [1, "x", {}], {"spec": 5}, {"list": {}}, "\u0000"]),
)  # fmt: skip


def paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*before, key)
        yield from paths(item, (*before, key))


def replaced(whole: dict[str, Any], changes: list[tuple[tuple[Any, ...], Any]]) -> dict[str, Any]:
    changed = copy.deepcopy(whole)
    for path, junk in changes:
        holder: Any = changed
        try:
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = copy.deepcopy(junk)
        except (KeyError, IndexError, TypeError):  # an earlier change took it away
            continue
    return changed


def verdict(body: dict[str, Any]) -> None:
    judged([Definition("dashboard", "shop", encode(body), Place("a.json", 1)), ALERTS])


def test_unchanged_they_are_looked_at_by_most_checks() -> None:
    said: set[str] = set()
    for body in ({"folder": "", "spec": CLASSIC}, {"folder": "", "schema": "v2beta1", "spec": SECOND}):
        definition = Definition("dashboard", "shop", encode(body), Place("a.json", 1))
        said |= {finding.id for finding in judged([definition, ALERTS])}
    assert said >= {
        "colour-only", "contradicting-unit", "crowded-panel", "deprecated-panel", "differing-threshold", "misplaced-panel",
        "panel-datasource", "panel-title-description", "panel-units", "target-counter-agg", "target-instance", "target-job",
        "target-logql", "target-logql-auto", "target-rate-interval", "template-datasource", "template-instance",
        "template-job", "template-on-time-change-reload", "uneditable", "unknown-dashboard",
    }  # fmt: skip


@BOUNDED
@given(st.lists(st.tuples(st.sampled_from(list(paths(CLASSIC))), JUNK), max_size=4))
def test_a_classic_dashboard_with_anything_in_it(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    verdict({"folder": "", "spec": replaced(CLASSIC, changes)})


@BOUNDED
@given(st.lists(st.tuples(st.sampled_from(list(paths(SECOND))), JUNK), max_size=4))
def test_one_of_the_second_generation_with_anything_in_it(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    verdict({"folder": "", "schema": "v2beta1", "spec": replaced(SECOND, changes)})
