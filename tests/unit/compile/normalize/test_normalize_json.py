from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.author import JsonDashboard
from provision.compile.normalize import from_json

SPEC: dict[str, Any] = {
    "id": 5,
    "iteration": 1600000000000,
    "panels": [
        {"id": 4, "title": "has one", "type": "graph", "nullPointMode": None, "links": []},
        {"title": "has none", "type": "stat", "targets": [{"expr": "up"}]},
        {"type": "row", "collapsed": True, "panels": [{"type": "text", "id": 0}]},
    ],
    "schemaVersion": 16,
    "style": "dark",
    "title": "Old",
    "uid": "old",
    "version": 3,
}


def test_only_what_a_server_counts_goes_and_only_missing_ids_come() -> None:
    before = copy.deepcopy(SPEC)
    made = from_json(SPEC)
    assert before == SPEC
    ids = [made["panels"][1].pop("id"), made["panels"][2].pop("id"), made["panels"][2]["panels"][0].pop("id")]
    assert len({4, *ids}) == 4
    expected = {name: value for name, value in before.items() if name not in ("id", "iteration", "version")}
    del expected["panels"][2]["panels"][0]["id"]
    assert made == expected


def test_the_marked_dictionary_of_an_author_is_taken_as_well() -> None:
    author = JsonDashboard(
        title="Mine", panels=({"type": "text", "title": "Notes", "options": {"content": "x"}},)
    )
    made = from_json(author)
    assert type(made) is dict
    assert made["panels"][0].keys() == {"id", "options", "title", "type"}


def test_panels_in_rows_have_ids() -> None:
    made = from_json({"title": "Rows", "rows": [{"panels": [{"type": "graph", "id": 1}, {"type": "graph"}]}]})
    assert made["rows"][0]["panels"][0]["id"] == 1
    assert made["rows"][0]["panels"][1]["id"] > 1


@pytest.mark.parametrize(
    "wrapped",
    [
        {"dashboard": SPEC, "meta": {"slug": "old"}},
        {"dashboard": SPEC, "folderUid": "x", "overwrite": True},
        {
            "apiVersion": "dashboard.grafana.app/v1beta1",
            "kind": "Dashboard",
            "metadata": {"name": "old"},
            "spec": SPEC,
        },
    ],
)
def test_wrappings_are_taken_off(wrapped: dict[str, Any]) -> None:
    assert from_json(wrapped) == from_json(SPEC)


def test_a_resource_s_name_is_the_uid_of_a_spec_without_one() -> None:
    resource = {
        "apiVersion": "dashboard.grafana.app/v0alpha1",
        "kind": "Dashboard",
        "metadata": {"name": "named"},
    }
    assert from_json({**resource, "spec": {"title": "x"}})["uid"] == "named"
    assert from_json({**resource, "spec": {"title": "x", "uid": "own"}})["uid"] == "own"
    assert "uid" not in from_json({**resource, "metadata": None, "spec": {"title": "x"}})


def test_inputs_stay_for_the_step_that_binds_them() -> None:
    inputs = [{"name": "DS_PROM", "type": "datasource", "pluginId": "prometheus"}]
    made = from_json({"title": "x", "__inputs": inputs, "__requires": []})
    assert (made["__inputs"], made["__requires"]) == (inputs, [])


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({}, "neither a title nor panels"),
        ({"name": "a library panel"}, "neither a title nor panels"),
        ({"apiVersion": "v1", "kind": "ConfigMap", "data": {}}, "a ConfigMap of v1"),
        ({"apiVersion": "folder.grafana.app/v1", "kind": "Folder", "spec": {"title": "x"}}, "a Folder of folder"),
        ({"apiVersion": "dashboard.grafana.app/v1", "kind": "Dashboard", "spec": "x"}, "a Dashboard of dashboard"),
        ({"title": "x", "panels": {}}, "panels must be a list of objects"),
        ({"title": "x", "panels": ["x"]}, "panels must be a list of objects"),
        ({"title": "x", "rows": [{"panels": [1]}]}, "a row's panels must be a list of objects"),
        ({"title": "x", "panels": [{"type": "row", "panels": "x"}]}, "a row's panels must be a list of objects"),
        ([], "expected a JSON object"),
    ],
)  # fmt: skip
def test_what_is_no_dashboard_is_said(spec: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        from_json(spec)


def test_whole_numbers_lose_their_fraction_and_nulls_stay() -> None:
    made = from_json({"title": "x", "panels": [{"id": 1, "max": 80.0, "min": None, "fill": 0.5}]})
    assert repr(made["panels"][0]) == repr({"id": 1, "max": 80, "min": None, "fill": 0.5})


PANELS = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["stat", "row", "graph"])},
        optional={
            "id": st.integers(-1, 5) | st.none(),
            "title": st.text(max_size=3),
            "targets": st.just([{"expr": "up"}]),
        },
    ),
    max_size=8,
)


@given(PANELS)
def test_taking_over_twice_changes_nothing(panels: list[dict[str, Any]]) -> None:
    once = from_json({"title": "x", "panels": panels})
    assert from_json(once) == once
    assert all(panel["id"] > 0 for panel in once["panels"])
