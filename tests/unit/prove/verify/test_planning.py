"""What is asked of the expressions of dashboards and rules."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

from provision.model import Definition, Place, encode
from provision.project import Project
from provision.prove.check.reading import estate_of
from provision.prove.check.tools import Tools
from provision.prove.verify.library import of_library_panels
from provision.prove.verify.planning import planned, source_of
from provision.prove.verify.servers import Known, Server
from provision.prove.verify.verdicts import Asked
from support.checking import dashboard, group, other, panel
from support.series_standin import KnownSeries, knowledge

SERIES = [{"__name__": "up", "job": job, "zone": zone} for job, zone in (("api", "a"), ("web", "b"))]


def plan(
    *definitions: Definition, client: KnownSeries | None = None, scrape: float | None = None
) -> list[Asked]:
    estate = estate_of(definitions, Project(root=Path("/nowhere"), name="test"), Tools())
    server = Server(client or KnownSeries(*SERIES), "p")  # type: ignore[arg-type]
    known = Known([(server, knowledge(server.client))])
    source = source_of(estate, scrape)
    owned = groupby(estate.expressions, key=lambda each: each.owner.subject)
    return [
        each for _, found in owned for part in (list(found),) for each in planned(part[0].owner, part, estate, known, source)
    ]  # fmt: skip


def exprs(*definitions: Definition, **options: Any) -> list[str]:
    return [each.expr for each in plan(*definitions, **options)]


def variable(name: str = "job", **fields: Any) -> dict[str, Any]:
    return {"name": name, "type": "query", "query": f"label_values(up, {name})", **fields}


def test_rules_are_asked_as_they_stand():
    (asked,) = plan(group({"alert": "Down", "expr": "up == 0"}))
    assert (asked.subject, asked.expr, asked.window_seconds) == (
        'rule group "shop", alert "Down"',
        "up == 0",
        None,
    )


def test_a_panel_is_asked_with_the_values_that_it_is_opened_with():
    shop = dashboard(
        panel('rate(up{job=~"$job"}[$__rate_interval])'),
        templating={"list": [variable(includeAll=True, multi=True)]},
        time={"from": "now-6h", "to": "now"},
    )
    first, second = plan(shop)
    assert (first.expr, first.window_seconds) == ('rate(up{job=~"(api|web)"}[60s])', 21600.0)
    assert (second.what, second.expr, second.complaint) == ("variable $job", "up", "")


def test_the_window_of_rates_is_made_of_the_scrape_interval():
    shop = dashboard(panel("rate(up[$__rate_interval])"))
    assert exprs(shop) == ["rate(up[60s])"]
    assert exprs(shop, scrape=30.0) == ["rate(up[120s])"]
    source = other(
        "datasource", "prom", type="prometheus", uid="prom", isDefault=True, jsonData={"timeInterval": "5s"}
    )
    assert exprs(shop, source) == ["rate(up[20s])"]
    assert exprs(dashboard(panel("rate(up[$__rate_interval])", interval="1m")), source) == ["rate(up[65s])"]


def test_a_repeated_panel_is_asked_for_one_of_its_copies():
    variables = {"list": [variable(includeAll=True, allValue=".*"), variable("zone", includeAll=True)]}
    shop = dashboard(
        panel('up{job="$job", zone=~"$zone"}', repeat="job"),
        panel('up{job=~"$job"}'),
        {"title": "row", "type": "row", "repeat": "zone"},
        panel('up{job=~"$job", zone="$zone"}'),
        {"title": "row", "type": "row", "repeat": "zone", "panels": [panel('up{zone="$zone"} + 1')]},
        templating=variables,
    )
    assert exprs(shop)[:4] == [
        'up{job="api", zone=~"(a|b)"}',
        'up{job=~".*"}',
        'up{job=~".*", zone="a"}',
        'up{zone="a"} + 1',
    ]


def test_a_variable_that_offers_nothing_or_cannot_be_asked():
    variables = [variable(regex="/db/"), variable("zone", regex="/(/")]
    asked = plan(dashboard(panel('up{job="$job"}'), templating={"list": variables}))
    assert [each.hollow for each in asked] == [("job",), (), ()]
    assert [each.complaint for each in asked] == [
        "",
        "no value comes of it, so the variable offers none",
        "the regex '/(/' can't be read: missing ), unterminated subpattern at position 0",
    ]


def test_a_variable_is_asked_once_for_all_dashboards():
    client = KnownSeries(*SERIES)
    shops = [
        dashboard(panel('up{job="$job"}'), uid=uid, templating={"list": [variable()]}) for uid in ("a", "b")
    ]
    assert [each.expr for each in plan(*shops, client=client)] == ['up{job="api"}', "up"] * 2
    assert client.asked == ["values of job in up"]


def test_a_dashboard_of_the_second_generation():
    query = {
        "kind": "DataQuery",
        "group": "prometheus",
        "spec": {"expr": 'rate(up{job="$job"}[$__rate_interval])'},
    }
    part = {"kind": "Panel", "spec": {"title": "Up", "data": {"kind": "QueryGroup", "spec": {
        "queries": [{"kind": "PanelQuery", "spec": {"refId": "A", "query": query}}], "queryOptions": {"interval": "2m"}}}}}  # fmt: skip
    asks = {"kind": "DataQuery", "group": "prometheus", "spec": {"query": "label_values(up, job)"}}
    spec = {
        "title": "Shop",
        "elements": {"a/b": part},
        "layout": {"kind": "GridLayout", "spec": {"items": [
            {"kind": "GridLayoutItem", "spec": {"element": {"name": "a/b"}, "repeat": {"mode": "variable", "value": "job"}}}
        ]}},
        "variables": [{"kind": "QueryVariable", "spec": {"name": "job", "query": asks, "includeAll": True, "sort": "alphabeticalDesc"}}],
        "timeSettings": {"from": "now-3h", "to": "now"},
    }  # fmt: skip
    body = encode({"schema": "v2", "folder": "", "spec": spec})
    first, second = plan(Definition("dashboard", "shop", body, Place("dashboards/a.json", 1)))
    assert (first.expr, first.window_seconds) == ('rate(up{job="web"}[135s])', 10800.0)
    assert (second.what, second.expr) == ("variable $job", "up")


def test_a_library_panel_is_asked_where_it_is_shown():
    model = {"title": "Up", "type": "stat", "targets": [{"refId": "A", "expr": 'up{job=~"$job"}'}, {"refId": "B", "expr": ""},
             {"refId": "C", "expr": "x", "datasource": {"type": "loki"}}]}  # fmt: skip
    shown = {"title": "", "libraryPanel": {"uid": "lib", "name": "Up"}}
    definitions = [
        dashboard(shown, templating={"list": [variable(includeAll=True)]}),
        dashboard({"title": "", "libraryPanel": {"uid": "elsewhere"}}, uid="other"),
        other("library-panel", "lib", folder="", name="Up", model=model),
    ]
    estate = estate_of(definitions, Project(root=Path("/nowhere"), name="test"), Tools())
    server = Server(KnownSeries(*SERIES), "p")  # type: ignore[arg-type]
    known = Known([(server, knowledge(server.client))])
    first, second = (
        of_library_panels(each, estate, known, source_of(estate, None)) for each in estate.dashboards
    )
    assert [(each.owner, each.what, each.expr) for each in first] == [
        ('dashboard "Shop"', 'library panel "Up", query A', 'up{job=~"(api|web)"}')
    ]
    assert first[0].part.pointer == "/model/targets/0/expr"
    assert second == []
