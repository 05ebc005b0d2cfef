"""The second generation's schemas: what a server keeps of a dashboard, and one version's words in another."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.compile.dialect import grafana_v2
from provision.compile.dialect.grafana import Binding, GrafanaDialect, canonical, shape
from provision.compile.dialect.grafana_sources import Broken
from provision.compile.normalize import from_v2
from provision.errors import SourceErrors
from provision.model import Definition, Place, decode, encode
from support.second_generation import built, built_beta, panel, spec

BETA = GrafanaDialect(v2_api="v2beta1")
THEIRS = Binding("theirs", "prometheus", "Their Prometheus")


def definition(value: Any, key: str = "shop") -> Definition:
    made = from_v2(value)
    body = {"folder": "", "schema": made.schema, "spec": made.spec}
    return Definition("dashboard", key, encode(body), Place("dashboards/shop.py", 7))


def datasource(uid: str = "prometheus", name: str = "Prometheus") -> Definition:
    body = {"name": name, "uid": uid, "type": "prometheus", "url": "http://p", "access": "proxy", "isDefault": True,
            "jsonData": {}, "basicAuth": False, "basicAuthUser": "", "secure": {}}  # fmt: skip
    return Definition("datasource", uid, encode(body), Place("provisioning/grafana.py", 3))


def shaped(
    value: Any, *others: Definition, dialect: GrafanaDialect = BETA, bound: Binding | None = None
) -> Any:
    (made,) = [
        one
        for one in shape((definition(value), *others), dialect, datasource=bound)
        if one.kind == "dashboard"
    ]
    return decode(made.body), made.needs


def transformations(body: Any) -> Any:
    (element,) = body["spec"]["elements"].values()
    return element["spec"]["data"]["spec"]["transformations"]


def query(body: Any) -> Any:
    (element,) = body["spec"]["elements"].values()
    return element["spec"]["data"]["spec"]["queries"][0]["spec"]["query"]


# ── as a server gives it back (each seen on 12.4) ────────────────────────────


def test_what_isnt_said_comes_back_as_zero() -> None:
    given_ = {
        "title": "x",
        "elements": {"a": {"kind": "Panel", "spec": {}}},
        "layout": {"kind": "GridLayout", "spec": {}},
    }
    made = grafana_v2.settled(given_, "v2beta1")
    assert made["tags"] == made["variables"] == []
    assert (made["preload"], made["cursorSync"]) == (False, "")
    assert made["layout"] == {"kind": "GridLayout", "spec": {"items": []}}
    found = made["elements"]["a"]["spec"]
    assert (found["id"], found["title"], found["description"], found["links"]) == (0, "", "", [])
    assert "transparent" not in found
    assert found["vizConfig"]["spec"]["fieldConfig"] == {"defaults": {}, "overrides": []}


def test_what_is_optional_and_empty_is_left_out() -> None:
    fields = {"custom": {}, "links": [], "max": None, "unit": "", "min": 1.0}
    element = panel(vizConfig={"kind": "VizConfig", "group": "stat", "version": "", "spec": {"options": {"a": None}, "fieldConfig": {"defaults": fields, "overrides": []}}}, transparent=None)  # fmt: skip
    found = grafana_v2.settled(spec(elements={"a": element}), "v2beta1")["elements"]["a"]["spec"]
    assert found["vizConfig"]["spec"]["fieldConfig"]["defaults"] == {"unit": "", "min": 1.0}
    assert found["vizConfig"]["spec"]["options"] == {"a": None}
    assert "transparent" not in found


def test_a_field_that_a_server_would_drop_is_not_sent_to_it() -> None:
    written = spec(elements={"a": panel(subtitle="x", foo={"b": 1})}, foo=1)
    found = grafana_v2.known(written, "v2beta1")
    assert "foo" not in found
    assert not {"foo", "subtitle"} & found["elements"]["a"]["spec"].keys()
    assert grafana_v2.known(written, "v2") == written


def test_a_field_that_only_a_newer_server_has_counts_as_a_change_unless_it_is_empty() -> None:
    assert grafana_v2.settled(spec(newer="x"), "v2beta1")["newer"] == "x"
    assert grafana_v2.settled(spec(newer=""), "v2beta1") == grafana_v2.settled(spec(), "v2beta1")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["kind", "spec", "title", "items", "x"]), inner),
    max_leaves=8,
)  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from(["elements", "layout", "tags", "variables", "links", "timeSettings", "x"]), JSON
    )
)
def test_settling_twice_changes_nothing_and_nothing_breaks_it(given_: dict[str, Any]) -> None:
    before = deepcopy(given_)
    made = grafana_v2.settled(grafana_v2.known(given_, "v2beta1"), "v2beta1")
    assert grafana_v2.settled(made, "v2beta1") == made
    assert given_ == before


# ── one version's words in another ───────────────────────────────────────────


def test_transformations_are_written_in_the_servers_words() -> None:
    beta, _ = shaped(built())
    assert beta["schema"] == "v2beta1"
    assert transformations(beta) == [
        {"kind": "reduce", "spec": {"id": "reduce", "options": {"reducers": ["max"]}}}
    ]
    second, _ = shaped(built_beta(), dialect=GrafanaDialect(v2_api="v2"))
    assert second["schema"] == "v2"
    assert transformations(second) == [
        {"kind": "Transformation", "group": "reduce", "spec": {"options": {"reducers": ["max"]}}}
    ]


@pytest.mark.parametrize("value", [built(), built_beta(), spec()])
def test_words_go_there_and_back(value: Any) -> None:
    made = from_v2(value)
    other = "v2" if made.schema == "v2beta1" else "v2beta1"
    there = grafana_v2.respelled(made.spec, made.schema, other)
    assert grafana_v2.respelled(there, other, made.schema) == made.spec


def test_what_the_other_version_has_no_words_for_is_refused() -> None:
    with pytest.raises(Broken, match="preferences came with version v2"):
        grafana_v2.respelled(spec(preferences={}), "v2", "v2beta1")
    with pytest.raises(SourceErrors, match="dashboard 'Shop': its preferences"):
        shape((definition(spec(preferences={})),), BETA)


def test_a_server_without_the_second_generation_is_told_in_one_sentence() -> None:
    with pytest.raises(SourceErrors) as caught:
        shape((definition(built()),), GrafanaDialect("12.0.0"))
    (problem,) = caught.value.problems
    assert str(problem.message) == (
        "dashboard 'Shop' is of Grafana's second generation (v2), which this Grafana doesn't offer (12.4 is the first "
        "that a push can use for it); write it in the classic schema (v1)"
    )


# ── data sources ─────────────────────────────────────────────────────────────


def test_a_reference_to_an_own_data_source_is_one_that_it_needs() -> None:
    body, needs = shaped(spec(elements={"a": panel(datasource="Prometheus")}), datasource())
    assert query(body)["datasource"] == {"name": "prometheus"}
    assert needs == (("datasource", "prometheus"),)


def test_references_are_bound() -> None:
    choice = {"kind": "DatasourceVariable", "spec": {"name": "ds", "pluginId": "prometheus"}}
    filters = {"kind": "AdhocVariable", "group": "prometheus", "spec": {"name": "f"}}
    jobs = {
        "kind": "QueryVariable",
        "spec": {"name": "job", "query": {"kind": "DataQuery", "group": "prometheus", "spec": {}}},
    }
    written = spec(elements={"a": panel(datasource=None)}, variables=[choice, filters, jobs])
    body, needs = shaped(written, datasource(), bound=THEIRS)
    assert query(body)["datasource"] == {"name": "theirs"}
    chosen, filtered, listed = body["spec"]["variables"]
    assert chosen["spec"]["current"] == {"text": "Their Prometheus", "value": "theirs"}
    assert filtered["datasource"] == {"name": "theirs"}
    assert listed["spec"]["query"]["datasource"] == {"name": "theirs"}
    assert needs == ()
    body, _ = shaped(spec(elements={"a": panel(datasource="prometheus")}), datasource(), bound=THEIRS)
    assert query(body)["datasource"] == {"name": "theirs"}


@pytest.mark.parametrize("name", ["${ds}", "elsewhere"])
def test_what_isnt_the_projects_stays(name: str) -> None:
    body, needs = shaped(spec(elements={"a": panel(datasource=name)}), datasource(), bound=THEIRS)
    assert query(body)["datasource"] == {"name": name}
    assert needs == ()


def test_an_unbound_query_without_a_data_source_stays() -> None:
    body, _ = shaped(spec(elements={"a": panel(datasource=None)}), datasource())
    assert "datasource" not in query(body)


def test_equal_bytes_whoever_made_them() -> None:
    body, _ = shaped(spec())
    assert canonical("dashboard", body) == canonical("dashboard", decode(canonical("dashboard", body)))
    body["spec"]["elements"]["panel-1"]["spec"]["id"] = 1.0
    assert canonical("dashboard", body) == canonical("dashboard", shaped(spec())[0])
