from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provision.model import Definition
from provision.project import Project
from provision.prove.check.queries import variable_expression
from provision.prove.check.reading import estate_of
from provision.prove.check.tools import Tools
from support.checking import dashboard, group, other, panel


def expressions(*definitions: Definition) -> list[tuple[str, str]]:
    estate = estate_of(definitions, Project(root=Path("/nowhere"), name="test"), Tools())
    return [(expression.what, expression.text) for expression in estate.expressions]


PROMETHEUS = {"type": "prometheus", "uid": "prom"}
LOKI = {"type": "loki", "uid": "loki"}


def test_panels_in_rows_and_in_old_rows_are_read() -> None:
    definition = dashboard(
        {"type": "row", "title": "Row", "panels": [panel("a")]},
        panel("b", "c"),
        rows=[{"panels": [panel("d", title="Old")]}, 5],
    )
    assert expressions(definition) == [
        ('panel "Old", query A', "d"),
        ('panel "Orders", query A', "a"),
        ('panel "Orders", query A', "b"),
        ('panel "Orders", query B', "c"),
    ]


def test_library_panels_of_an_export_are_read() -> None:
    elements = {"abc": {"name": "Orders", "model": panel("a")}, "x": 5, "y": {"model": 5}}
    assert expressions(dashboard(__elements=elements)) == [('library panel "abc", query A', "a")]


SQL = [
    "SELECT DISTINCT a FROM b",
    "select * from hosts",
    'SELECT "host"\nFROM hosts',
    "SHOW TAG VALUES WITH KEY=alias",
    "WITH x AS (SELECT 1) SELECT a FROM x",
]


def test_annotations_and_variables_are_read() -> None:
    definition = dashboard(
        annotations={
            "list": [
                {"name": "Old", "expr": "changes(a[1m])", "datasource": PROMETHEUS},
                {"name": "New", "target": {"expr": "b"}, "datasource": PROMETHEUS},
                {"name": "Log", "expr": '{a="b"}', "datasource": LOKI},
                {"name": "None"},
            ]
        },
        templating={
            "list": [
                {"name": "job", "type": "query", "query": "label_values(up, job)", "datasource": PROMETHEUS},
                {"name": "x", "type": "query", "query": {"query": "query_result(topk(1, c))"}},
                {"name": "names", "type": "query", "query": "label_values(job)"},
                {"name": "loki", "type": "query", "query": "label_values(x)", "datasource": LOKI},
                *(
                    {"name": f"sql{number}", "type": "query", "query": query, "datasource": "orders"}
                    for number, query in enumerate(SQL)
                ),
                {"name": "custom", "type": "custom", "query": "a,b"},
            ]
        },
    )
    assert expressions(definition) == [
        ("variable $job", "up"),
        ("variable $x", "topk(1, c)"),
        ('annotation "Old"', "changes(a[1m])"),
        ('annotation "New"', "b"),
    ]


def test_rules_are_read_and_empty_expressions_are_not() -> None:
    definition = group(
        {"record": "a:b", "expr": "b"}, {"alert": "A", "expr": " "}, {"expr": "c"}, {"expr": 5}
    )
    assert expressions(definition) == [('record "a:b"', "b"), ("rule 3", "c")]


@pytest.mark.parametrize(
    ("query", "expr"),
    [
        ("label_values(job)", ""),
        ('label_values(up{job=~"a,b"}, instance)', 'up{job=~"a,b"}'),
        ("label_values( sum by (a, b) (up), $label )", "sum by (a, b) (up)"),
        ("label_names()", ""),
        ("label_names(up)", "up"),
        ("metrics(node_.*)", ""),
        ("query_result(max(up) by (job))", "max(up) by (job)"),
        ("up{job='a'}", "up{job='a'}"),
        ("label_value(up, job)", ""),
        ("", ""),
        (5, ""),
    ],
)
def test_variable_expression(query: Any, expr: str) -> None:
    assert variable_expression({"query": query}) == expr


@pytest.mark.parametrize(
    ("datasource", "is_promql"),
    [
        (PROMETHEUS, True),
        ({"type": "grafana-amazonprometheus-datasource", "uid": "x"}, True),
        (LOKI, False),
        ({"type": "mysql", "uid": "x"}, False),
        ({"uid": "tempo"}, False),
        ({"uid": "prom"}, True),
        ("Thanos", True),
        ("Traces", False),
        ("unknown", True),
        ({"uid": "${source}"}, True),
        ({"uid": "$logs"}, False),
        ({"uid": "${DS_LOKI}"}, False),
        ("${DS_PROM}", True),
        ({"uid": "${nowhere}"}, True),
        ("-- Grafana --", False),
        ({"type": "datasource", "uid": "-- Dashboard --"}, False),
        (None, True),
    ],
)
def test_which_queries_are_promql(datasource: Any, is_promql: bool) -> None:
    sources = [
        other("datasource", "prom", name="Thanos", uid="prom", type="prometheus", isDefault=True),
        other("datasource", "tempo", name="Traces", uid="tempo", type="tempo"),
    ]
    variables = [
        {"name": "source", "type": "datasource", "query": "prometheus"},
        {"name": "logs", "type": "datasource", "query": "loki"},
    ]
    inputs = [{"name": "DS_LOKI", "pluginId": "loki"}, {"name": "DS_PROM", "pluginId": "prometheus"}]
    definition = dashboard(
        panel("up", datasource=datasource), templating={"list": variables}, __inputs=inputs
    )
    assert bool(expressions(definition, *sources)) is is_promql


def test_the_default_data_source_answers_where_none_is_named() -> None:
    loki = other("datasource", "loki", name="Loki", uid="loki", type="loki", isDefault=True)
    assert expressions(dashboard(panel("up")), loki) == []


def test_what_looks_like_logql_is_not_taken_for_promql() -> None:
    assert expressions(dashboard(panel('{job="a"} |= "error"', 'sum(rate({a="b"} | json [5m]))', "up"))) == [
        ('panel "Orders", query C', "up")
    ]


def test_a_query_of_its_own_data_source_in_a_mixed_panel() -> None:
    mixed = panel("up", "down", datasource={"type": "datasource", "uid": "-- Mixed --"})
    mixed["targets"][0]["datasource"] = PROMETHEUS
    mixed["targets"][1]["datasource"] = LOKI
    assert expressions(dashboard(mixed)) == [('panel "Orders", query A', "up")]


@pytest.mark.parametrize(
    "spec",
    [
        {"templating": 5},
        {"templating": {"list": {"a": 1}}},
        {"annotations": [1]},
        {"annotations": {"list": [5, {"target": 5}]}},
        {"__inputs": 5, "__elements": 5},
        {"rows": 5},
    ],
)
def test_what_has_another_form_is_passed_over(spec: dict[str, Any]) -> None:
    assert expressions(dashboard({"title": 5, "targets": "x"}, {"targets": [5, {"expr": 5}]}, **spec)) == []
