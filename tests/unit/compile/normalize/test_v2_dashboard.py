"""Dashboards of the second generation: what is one, which schema it is written in, what is filled in."""

from __future__ import annotations

from typing import Any

import pytest
from grafana_foundation_sdk.builders import dashboard, dashboardv2, dashboardv2beta1, stat

from provision.author import JsonDashboard
from provision.compile.normalize import from_v2, is_v2
from support.second_generation import built, built_beta, panel, spec

RESOURCE = {
    "apiVersion": "dashboard.grafana.app/v2beta1",
    "kind": "Dashboard",
    "metadata": {"name": "shop", "annotations": {"grafana.app/folder": "x"}},
    "spec": spec(),
    "status": {},
}


@pytest.mark.parametrize(
    "value",
    [built(), built().build(), built_beta(), dashboardv2.manifest("shop", built()), RESOURCE, JsonDashboard(spec())],
    ids=["builder", "model", "v2beta1", "manifest", "resource", "bare"],
)  # fmt: skip
def test_what_is_of_the_second_generation(value: object) -> None:
    assert is_v2(value)


@pytest.mark.parametrize(
    "value",
    [dashboard.Dashboard("x"), stat.Panel(), {"title": "x", "panels": []}, {"dashboard": {"title": "x"}},
     {**RESOURCE, "apiVersion": "dashboard.grafana.app/v1beta1", "spec": {"title": "x", "panels": []}}],
)  # fmt: skip
def test_what_isnt(value: object) -> None:
    assert not is_v2(value)


@pytest.mark.parametrize(
    ("value", "schema", "uid"),
    [
        (built(), "v2", ""),
        (built().build(), "v2", ""),
        (dashboardv2.manifest("shop", built()), "v2", "shop"),
        (dashboardv2beta1.manifest("shop", built_beta()), "v2beta1", "shop"),
        (built_beta(), "v2beta1", ""),
        (RESOURCE, "v2beta1", "shop"),
        ({**RESOURCE, "apiVersion": "dashboard.grafana.app/v2"}, "v2", "shop"),
        (spec(), "v2beta1", ""),
        (spec(uid="own"), "v2beta1", "own"),
        (spec(preferences={}), "v2", ""),
    ],
)
def test_the_schema_it_is_written_in_and_its_uid(value: Any, schema: str, uid: str) -> None:
    made = from_v2(value)
    assert (made.schema, made.uid) == (schema, uid)
    assert "uid" not in made.spec


def test_what_grafanas_page_expects_is_filled_in() -> None:
    made = from_v2(spec(links=None, timeSettings={"from": "now-1h"})).spec
    assert (made["annotations"], made["links"], made["tags"], made["variables"]) == ([], [], [], [])
    assert (made["cursorSync"], made["preload"]) == ("Off", False)
    assert (made["timeSettings"]["from"], made["timeSettings"]["to"]) == ("now-1h", "now")


def test_panels_without_an_id_get_one_that_lasts() -> None:
    elements = {"a": panel(id=0), "b": panel(id=0), "c": panel(id=5)}
    made = from_v2(spec(elements=elements)).spec["elements"]
    numbers = {name: made[name]["spec"]["id"] for name in made}
    assert numbers["c"] == 5
    assert len(set(numbers.values())) == 3
    assert all(0 < number < 2**31 for number in numbers.values())
    fewer = from_v2(spec(elements={"b": panel(id=0)})).spec["elements"]
    assert fewer["b"]["spec"]["id"] == numbers["b"]
    assert elements["a"]["spec"]["id"] == 0


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({**RESOURCE, "kind": "Folder"}, "a Folder of dashboard"),
        ({**RESOURCE, "spec": "x"}, "a Dashboard of dashboard"),
        ({**RESOURCE, "spec": {"title": "x"}}, "needs elements and a layout"),
        ({**spec(), "elements": {}}, "its layout shows 'panel-1', and it has no such element"),
        (spec(elements={"a": {"kind": "Panel", "spec": {"data": {"kind": "QueryGroup", "spec": {"queries": [
            {"kind": "PanelQuery", "spec": {"query": {"kind": "prometheus", "spec": {}}}}]}}}}}), "written in v2alpha1"),
    ],
)  # fmt: skip
def test_what_cant_be_taken_over_is_said(value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        from_v2(value)
