"""What isn't asked is told."""

from __future__ import annotations

import pytest

from support.checking import dashboard, other, panel
from support.series_standin import KnownSeries
from support.verifying import asked

UP = {"__name__": "up", "job": "a"}
LOKI = {"type": "loki", "uid": "logs"}
TEMPO = {"type": "tempo", "uid": "traces"}
VICTORIA = {"type": "victoriametrics-metrics-datasource", "uid": "vm"}


def of(*targets, **fields):
    return {"title": "A", "targets": [{"refId": "A", **target} for target in targets], **fields}


def notes(*definitions, **more):
    return asked(*definitions, client=KnownSeries(UP), **more)[0].notes


def test_queries_of_other_languages_are_counted():
    logs = of({"expr": '{a="b"} |= `x`'}, {"expr": '{a="b"}'}, datasource=LOKI)
    mixed = of(
        {"expr": "up", "datasource": {"type": "prometheus", "uid": "p"}},
        {"query": "{}", "datasource": TEMPO},
        {"expression": "$A > 1", "datasource": {"type": "__expr__", "uid": "__expr__"}},
        datasource={"type": "datasource", "uid": "-- Mixed --"},
    )
    assert notes(dashboard(logs, mixed)) == (
        "queries that aren't PromQL aren't asked: 2 of loki, 1 of tempo",
    )


def test_of_a_data_source_of_the_project_its_type_is_known():
    source = other("datasource", "traces", uid="traces", name="Traces", type="tempo", isDefault=False)
    assert notes(source, dashboard(of({"query": "{}"}, datasource={"uid": "traces"}))) == (
        "queries that aren't PromQL aren't asked: 1 of tempo",
    )


@pytest.mark.parametrize(
    "datasource", [None, "-- Dashboard --", {"type": "prometheus", "uid": "p"}, {"uid": "$ds"}]
)
def test_nothing_is_told_where_all_are_asked(datasource):
    assert notes(dashboard(of({"expr": "up"}, datasource=datasource))) == ()


def test_a_panel_without_a_query_asks_nobody():
    assert notes(dashboard(of({"hide": False}, datasource=LOKI, type="text"))) == ()


def test_only_of_what_is_meant():
    logs = dashboard(of({"expr": '{a="b"}'}, datasource=LOKI))
    assert notes(logs, concerns=lambda one: one.place.path != "dashboards/shop.py") == ()


def test_victoriametrics_own_data_source_is_asked():
    report, _ = asked(dashboard(panel("up", datasource=VICTORIA)), client=KnownSeries(UP))
    assert [each.verdict.status for each in report.results] == ["data"]
    assert report.notes == ()
