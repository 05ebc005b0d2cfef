"""The checks look into dashboards of the second generation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from provision.compile.normalize import from_v2
from provision.model import Definition, Finding, Place, decode, encode
from provision.project import Project
from provision.prove.check.checks.dashboards import unknown_datasource, unknown_variable
from provision.prove.check.checks.project import promql, schema
from provision.prove.check.estate import Estate
from provision.prove.check.reading import estate_of
from provision.prove.check.tools import Tools
from support.checking import found, other
from support.second_generation import built, panel, spec


def definition(value: Any) -> Definition:
    made = from_v2(value)
    body = {"folder": "", "schema": made.schema, "spec": made.spec}
    return Definition("dashboard", "shop", encode(body), Place("dashboards/shop.py", 3))


def estate(value: Any, *others: Definition) -> Any:
    return estate_of((definition(value), *others), Project(root=Path("/nowhere"), name="test"), Tools())


def variables(of: Estate) -> Iterator[Finding]:
    return (finding for each in of.dashboards for finding in unknown_variable.check(of, each))


def sources(of: Estate) -> Iterator[Finding]:
    return (finding for each in of.dashboards for finding in unknown_datasource.check(of, each))


def said(check: Any, value: Any, *others: Definition) -> list[tuple[str, str]]:
    return [(one.subject, one.message) for one in check(estate(value, *others))]


PROM = other("datasource", "prometheus", name="Prometheus", uid="prometheus", type="prometheus")


def test_the_promql_of_panels_variables_and_annotations_is_seen() -> None:
    note = {"kind": "AnnotationQuery", "spec": {"name": "Deploys", "query": {"kind": "DataQuery", "group": "prometheus", "spec": {"expr": "changes(a[1m])"}}}}  # fmt: skip
    logs = panel('{a="b"}', title="Logs")
    logs["spec"]["data"]["spec"]["queries"][0]["spec"]["query"]["group"] = "loki"
    found = estate(spec(elements={"a/b": panel("up"), "logs": logs}, annotations=[note]))
    assert [(one.what, one.text, one.pointer) for one in found.expressions] == [
        ('panel "Up", query A', "up", "/spec/elements/a~1b/spec/data/spec/queries/0/spec/query/spec/expr"),
        ('annotation "Deploys"', "changes(a[1m])", "/spec/annotations/0/spec/query/spec/expr"),
    ]
    assert [(one.what, one.text) for one in estate(built()).expressions] == [
        ('panel "Rate", query A', 'sum(rate(http_requests_total{job="$job"}[5m]))'),
        ("variable $job", "up"),
    ]


def test_broken_promql_is_told_and_the_classic_schema_isnt_asked() -> None:
    ((subject, _),) = said(promql.check, spec(elements={"a": panel("sum(")}))
    assert subject == 'dashboard "Shop", panel "Up", query A'
    assert said(schema.check, spec()) == []


def test_unknown_data_sources_are_told() -> None:
    assert said(sources, spec(), PROM) == []
    ((subject, message),) = said(sources, spec(elements={"a": panel(datasource="gone")}), PROM)
    assert (subject, message) == (
        'dashboard "Shop", panel "Up", query A',
        "no source defines the data source 'gone'",
    )


def test_unknown_variables_are_told() -> None:
    assert said(variables, built()) == []
    written = spec(elements={"a": panel('up{job="$job"}', title="Up of $team")})
    written["layout"]["spec"]["items"][0]["spec"]["repeat"] = {"mode": "variable", "value": "zone"}
    assert sorted(message for _, message in said(variables, written)) == [
        "the dashboard doesn't define $job",
        "the dashboard doesn't define $team",
        "the dashboard doesn't define $zone",
    ]


def test_odd_shapes_break_no_check() -> None:
    odd = spec(variables=[1, {"kind": "QueryVariable"}, {"spec": {"name": "x", "query": 5}}], annotations="x")
    odd["elements"] = {"panel-1": {"kind": "Panel", "spec": {"data": 5}}}
    for check in (promql.check, sources, variables):
        assert said(check, odd) == []
    assert len(said(schema.check, odd)) == 5


def test_the_structure_that_a_server_takes_is_told_by_panel_and_variable() -> None:
    body = decode(definition(built()).body)
    body["spec"]["variables"][0]["spec"]["hide"] = "never"
    body["spec"]["elements"]["rate"]["spec"]["id"] = "1"
    odd = Definition("dashboard", "shop", encode(body), Place("dashboards/shop.py", 3))
    found = schema.check(estate_of((odd,), Project(root=Path("/nowhere"), name="test"), Tools()))
    assert [(one.subject, one.message) for one in found] == [
        ('dashboard "Shop", panel "Rate"', "'id' must be a number"),
        (
            'dashboard "Shop", variable $job',
            "'hide' must be 'dontHide' or 'hideLabel' or 'hideVariable' or 'inControlsMenu', not 'never'",
        ),
    ]


def test_checks_of_panels_and_variables_look_into_both_generations() -> None:
    visual = {
        "kind": "VizConfig",
        "group": "stat",
        "spec": {"options": {"textMode": "none"}, "fieldConfig": {"defaults": {"unit": "ms"}}},
    }
    written = spec(
        elements={"a/b": panel("rate(a_seconds_total[5m])", vizConfig=visual), "c": panel()},
        variables=[{"kind": "QueryVariable", "spec": {"name": "job", "refresh": "onDashboardLoad"}}],
    )
    ids = {"colour-only", "contradicting-unit", "panel-title-description", "panel-units", "target-rate-interval",
           "template-on-time-change-reload"}  # fmt: skip
    said = {each.id: [part.pointer for part in each.about] for each in found(definition(written), ids=ids)}
    at = "/spec/elements/a~1b/spec"
    assert said == {
        "colour-only": [f"{at}/vizConfig/spec/options/textMode"],
        "contradicting-unit": [f"{at}/vizConfig/spec/fieldConfig/defaults/unit"],
        "panel-title-description": [f"{at}/description", "/spec/elements/c/spec/description"],
        "panel-units": ["/spec/elements/c/spec/vizConfig/spec/fieldConfig/defaults"],
        "target-rate-interval": [f"{at}/data/spec/queries/0/expr"],
        "template-on-time-change-reload": ["/spec/variables/0/spec/refresh"],
    }


def test_a_variable_that_holds_an_operator() -> None:
    variable = {
        "kind": "CustomVariable",
        "spec": {"name": "op", "query": ">,<", "current": {"text": ">", "value": ">"}},
    }
    assert said(promql.check, spec(elements={"a": panel("up $op 1")}, variables=[variable])) == []
