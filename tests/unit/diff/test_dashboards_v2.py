"""What changed in a dashboard of the second generation, in words that people know."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from provision.diff import diff_bodies
from provision.model import encode
from support.second_generation import panel, spec

JOBS = {"kind": "QueryVariable", "spec": {"name": "job", "query": {"kind": "DataQuery", "group": "prometheus", "version": "v0", "spec": {"query": "label_values(up, job)"}}}}  # fmt: skip


def body(**more: Any) -> dict[str, Any]:
    elements = {"up": panel(), "rate": panel("rate(x[5m])", title="Rate", id=2)}
    return {
        "folderUid": "",
        "schema": "v2beta1",
        "spec": spec(elements=elements, variables=[JOBS], annotations=[]) | more,
    }


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    found = diff_bodies("dashboard", encode(before), encode(after))
    return [(one.path, one.before, one.after) for one in found]


def changed(change: Any) -> list[tuple[str, Any, Any]]:
    after = deepcopy(body())
    change(after["spec"])
    return changes(body(), after)


def query_of(made: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = made["elements"][name]["spec"]["data"]["spec"]["queries"][0]["spec"]["query"]
    return found


def test_a_query() -> None:
    assert changed(lambda made: query_of(made, "rate")["spec"].update(expr="rate(x[1m])")) == [
        ('panel "Rate": query A: expr', "rate(x[5m])", "rate(x[1m])")
    ]


def test_a_data_source() -> None:
    assert changed(lambda made: query_of(made, "rate").update(datasource={"name": "other"})) == [
        ('panel "Rate": query A: data source.name', "prometheus", "other")
    ]


def test_an_option() -> None:
    def change(made: dict[str, Any]) -> None:
        made["elements"]["up"]["spec"]["vizConfig"]["spec"]["options"] = {"legend": {"showLegend": True}}

    assert [path for path, _, _ in changed(change)] == ['panel "Up": options.legend.showLegend']


def test_a_variable_and_a_setting() -> None:
    def change(made: dict[str, Any]) -> None:
        made["variables"][0]["spec"]["multi"] = True
        made["timeSettings"] = {"from": "now-1h"}

    assert [path for path, _, _ in changed(change)] == ['variable "job": multi', "timeSettings.from"]


def test_a_panel_that_goes_and_its_place() -> None:
    def change(made: dict[str, Any]) -> None:
        del made["elements"]["rate"]
        del made["layout"]["spec"]["items"][1]

    assert 'panel "Rate"' in [path for path, _, _ in changed(change)]


def test_another_generation_is_one_change() -> None:
    classic = {"folderUid": "f", "spec": {"title": "Shop", "panels": []}}
    assert changes(classic, body()) == [("schema", "classic", "v2beta1"), ("folder", "f", "")]
    assert changes(body(), classic)[0] == ("schema", "v2beta1", "classic")
    converted = {**classic, "storedVersion": "v2alpha1"}
    assert changes(converted, classic) == [("schema", "v2alpha1", "classic")]


@pytest.mark.parametrize("odd", [{"elements": []}, {"elements": {"a": 1}}, {"elements": {"a": {}}}, {"variables": {}}, {"annotations": [1]}, {"elements": {"a": {"kind": "LibraryPanel", "spec": {"libraryPanel": {"uid": "x"}}}}}])  # fmt: skip
def test_odd_bodies_are_compared_all_the_same(odd: dict[str, Any]) -> None:
    assert changes(body(), body(**odd))
    assert changes(body(**odd), body())
