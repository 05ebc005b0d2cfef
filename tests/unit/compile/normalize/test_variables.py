from __future__ import annotations

from typing import Any

from grafanalib import core as G

from provision.compile.normalize.plain import plain, settle
from provision.compile.normalize.variables import normalise_variable


def normalised(template: object) -> dict[str, Any]:
    return normalise_variable(settle(plain(template), nulls=False), {"ds": "loki"})


def test_a_query_variable_asks_on_load_and_stores_no_options() -> None:
    template = G.Template(
        name="job", query="label_values(up, job)", dataSource="$ds", refresh=G.REFRESH_NEVER
    )
    assert normalised(template) == {
        "current": {},
        "datasource": {"type": "loki", "uid": "$ds"},
        "includeAll": False,
        "multi": False,
        "name": "job",
        "options": [],
        "query": "label_values(up, job)",
        "refresh": 1,
        "regex": "",
        "sort": 1,
        "type": "query",
    }


def test_refresh_on_time_range_stays() -> None:
    template = G.Template(
        name="a", query="x", refresh=G.REFRESH_ON_TIME_RANGE_CHANGE, regex="/a/", allValue=".*"
    )
    made = normalised(template)
    assert (made["refresh"], made["regex"], made["allValue"]) == (2, "/a/", ".*")


def test_all_is_grafana_s_own_value() -> None:
    assert normalised(G.Template(name="a", query="x", includeAll=True, default="All"))["current"] == {
        "text": "All", "value": "$__all",
    }  # fmt: skip
    assert normalised(G.Template(name="a", query="x", default="All"))["current"] == {
        "text": "All",
        "value": "All",
    }


def test_a_data_source_variable_has_no_data_source() -> None:
    made = normalised(G.Template(name="ds", type="datasource", query="prometheus", dataSource="x"))
    assert "datasource" not in made
    assert made["options"] == []


def test_an_interval_says_auto_only_when_it_is() -> None:
    made = normalised(G.Template(name="i", type="interval", query="1m,5m", default="1m"))
    assert not {"auto", "auto_min", "auto_count"} & set(made)
    made = normalised(G.Template(name="i", type="interval", query="1m,5m", auto=True))
    assert (made["auto"], made["auto_min"], made["auto_count"]) == (True, "10s", 30)
    assert "current" not in made


def test_hidden_labels_and_variables_stay_hidden() -> None:
    assert normalised(G.Template(name="a", query="x", hide=G.HIDE_VARIABLE))["hide"] == 2
    assert "hide" not in normalised(G.Template(name="a", query="x"))


def test_constants_and_filters_choose_nothing() -> None:
    assert normalised(G.Template(name="c", type="constant", query="5")) == {
        "name": "c",
        "query": "5",
        "type": "constant",
    }
    made = normalised(G.Template(name="f", type="adhoc", query="", dataSource="prom"))
    assert made == {"datasource": {"type": "prometheus", "uid": "prom"}, "name": "f", "type": "adhoc"}


def test_a_type_we_do_not_know_keeps_its_fields() -> None:
    made = normalised(
        {
            "name": "s",
            "type": "switch",
            "enabledValue": "1",
            "useTags": False,
            "current": {"text": "1", "value": "1"},
        }
    )
    assert made == {
        "name": "s",
        "type": "switch",
        "enabledValue": "1",
        "current": {"text": "1", "value": "1"},
    }
