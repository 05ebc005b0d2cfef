from __future__ import annotations

from typing import Any

import pytest
from grafanalib import core as G
from grafanalib.cloudwatch import CloudwatchMetricsTarget
from hypothesis import given
from hypothesis import strategies as st

from provision.compile.normalize.plain import plain, settle
from provision.compile.normalize.targets import assign_ref_ids, normalise_targets

PROM = {"type": "prometheus", "uid": "prom"}


def normalised(panel: dict[str, Any], types: dict[str, str] | None = None) -> dict[str, Any]:
    panel = settle(plain(panel), nulls=False)
    normalise_targets(panel, types or {})
    return panel


def test_a_prometheus_query_keeps_what_its_author_said() -> None:
    made = normalised(
        {"datasource": "prom", "targets": [G.Target(expr="up", legendFormat="{{job}}", interval="1m")]}
    )
    assert made == {
        "datasource": PROM,
        "targets": [
            {
                "datasource": PROM,
                "editorMode": "code",
                "expr": "up",
                "interval": "1m",
                "legendFormat": "{{job}}",
                "range": True,
                "refId": "A",
            }
        ],
    }


def test_what_an_author_sets_beside_the_library_s_defaults_stays() -> None:
    target = G.Target(expr="up", intervalFactor=1, step=30, hide=True, format="heatmap", metric="up")
    assert normalised({"targets": [target]})["targets"] == [
        {
            "editorMode": "code",
            "expr": "up",
            "format": "heatmap",
            "hide": True,
            "intervalFactor": 1,
            "metric": "up",
            "range": True,
            "refId": "A",
            "step": 30,
        }
    ]


def test_an_instant_query_is_no_range_query() -> None:
    (target,) = normalised({"targets": [G.Target(expr="up", instant=True)]})["targets"]
    assert (target["instant"], target["range"]) == (True, False)


def test_a_query_of_loki_goes_by_its_panel() -> None:
    loki = {"type": "loki", "uid": "loki"}
    made = normalised(
        {"datasource": loki, "targets": [G.Target(expr='{a="b"}'), G.Target(expr="x", instant=True)]}
    )
    assert [target["queryType"] for target in made["targets"]] == ["range", "instant"]
    assert made["targets"][0] == {
        "datasource": loki, "editorMode": "code", "expr": '{a="b"}', "queryType": "range", "refId": "A",
    }  # fmt: skip


def test_a_query_of_another_plug_in_keeps_its_text_under_both_names() -> None:
    flux = {"type": "influxdb", "uid": "x"}
    (target,) = normalised({"datasource": flux, "targets": [G.Target(expr="from(bucket)", instant=True)]})[
        "targets"
    ]
    assert target == {
        "datasource": flux,
        "expr": "from(bucket)",
        "query": "from(bucket)",
        "instant": True,
        "refId": "A",
    }


def test_sql_and_graphite_queries_lose_what_is_prometheus_s() -> None:
    made = normalised({"datasource": "db", "targets": [G.SqlTarget(rawSql="SELECT 1", format="table")]})
    assert made["datasource"] == {"uid": "db"}
    assert made["targets"] == [
        {
            "datasource": {"uid": "db"},
            "editorMode": "code",
            "format": "table",
            "rawQuery": True,
            "rawSql": "SELECT 1",
            "refId": "A",
        }
    ]
    made = normalised({"datasource": "g", "targets": [G.Target(target="a.*")]})
    assert made["targets"] == [
        {"datasource": {"type": "graphite", "uid": "g"}, "refId": "A", "target": "a.*"}
    ]


def test_a_panel_without_a_data_source_has_its_targets() -> None:
    made = normalised(
        {"targets": [G.Target(expr="a", datasource="prom"), G.Target(expr="b", datasource="prom")]}
    )
    assert made["datasource"] == PROM


def test_targets_of_several_data_sources_make_a_panel_mixed() -> None:
    made = normalised(
        {
            "targets": [
                G.Target(expr="a", datasource="prom"),
                G.Target(expr="b", datasource="other"),
                G.Target(expr="c"),
            ]
        }
    )
    assert made["datasource"] == {"type": "datasource", "uid": "-- Mixed --"}
    assert [target.get("datasource") for target in made["targets"]] == [
        PROM,
        {"type": "prometheus", "uid": "other"},
        None,
    ]


def test_an_expression_does_not_make_a_panel_mixed() -> None:
    sum_of = {"refId": "S", "type": "math", "expression": "$A", "datasource": "__expr__"}
    made = normalised({"targets": [G.Target(expr="a", datasource="prom"), sum_of]})
    assert made["datasource"] == PROM
    assert made["targets"][1]["datasource"] == {"type": "__expr__", "uid": "__expr__"}
    assert "datasource" not in normalised({"targets": [sum_of]})


def test_no_data_source_anywhere_is_left_out() -> None:
    assert (
        normalised({"datasource": None, "targets": [G.Target(expr="a")]})["targets"][0]
        .keys()
        .isdisjoint({"datasource"})
    )
    assert "datasource" not in normalised({"datasource": "default"})


def test_references_are_not_shared_between_targets() -> None:
    made = normalised({"datasource": "prom", "targets": [G.Target(expr="a"), G.Target(expr="b")]})
    made["targets"][0]["datasource"]["uid"] = "changed"
    assert made["targets"][1]["datasource"] == PROM
    assert made["datasource"] == PROM


def test_the_type_of_a_variable_is_what_it_chooses_from() -> None:
    made = normalised({"datasource": "$logs", "targets": [G.Target(expr="{}")]}, {"logs": "loki"})
    assert made["datasource"] == {"type": "loki", "uid": "$logs"}
    assert made["targets"][0]["queryType"] == "range"


def test_several_statistics_of_cloudwatch_are_several_queries() -> None:
    target = CloudwatchMetricsTarget(
        metricName="CPU", statistics=["Sum", "Maximum"], refId="A", expression="x"
    )
    made = normalised({"targets": [target, G.Target(expr="up", refId="B")]})["targets"]
    assert [(query["refId"], query.get("statistic")) for query in made] == [
        ("A", "Sum"),
        ("C", "Maximum"),
        ("B", None),
    ]
    assert made[0]["metricEditorMode"] == 1
    (single,) = normalised({"targets": [CloudwatchMetricsTarget(metricName="CPU", statistic="Minimum")]})[
        "targets"
    ]
    assert single["statistic"] == "Minimum"
    assert "statistics" not in single


def test_a_target_must_be_an_object() -> None:
    with pytest.raises(ValueError, match="targets must be a list of objects"):
        normalised({"targets": ["up"]})


def test_letters_are_given_where_they_lack_or_repeat() -> None:
    targets = [{"refId": "B"}, {}, {"refId": "B"}, {"refId": "errors"}, {"refId": ""}, {"refId": 5}]
    assign_ref_ids(targets)
    assert [target["refId"] for target in targets] == ["B", "A", "C", "errors", "D", "E"]


@given(st.lists(st.sampled_from(["", "A", "B", "Z", "own", None]), max_size=60))
def test_letters_are_unique_and_authors_first_ones_stay(written: list[str | None]) -> None:
    targets: list[dict[str, Any]] = [{} if ref is None else {"refId": ref} for ref in written]
    assign_ref_ids(targets)
    given_ids = [target["refId"] for target in targets]
    assert len(set(given_ids)) == len(given_ids)
    for index, ref in enumerate(written):
        if ref and ref not in written[:index]:
            assert given_ids[index] == ref
