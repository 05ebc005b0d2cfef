from __future__ import annotations

import copy
from typing import Any

from grafanalib import core as G
from hypothesis import given
from hypothesis import strategies as st

from provision.compile.normalize import from_grafanalib
from provision.compile.normalize.ids import assign, forget_automatic

TITLES = st.sampled_from(["", "CPU", "Memory", "Errors", "Latency"]) | st.text(max_size=5)
PANELS = st.lists(
    st.builds(
        lambda title, expr, kind: {"title": title, "type": kind, "targets": [{"expr": expr, "refId": "A"}]},
        TITLES,
        st.sampled_from(["up", "rate(x[5m])", "sum(y)"]) | st.text(max_size=5),
        st.sampled_from(["stat", "timeseries"]),
    ),
    max_size=12,
)
Panel = dict[str, Any]


def assigned(panels: list[Panel]) -> list[Panel]:
    made = copy.deepcopy(panels)
    assign(made)
    return made


def ids(panels: list[Panel]) -> list[int]:
    return [panel["id"] for panel in assigned(panels)]


def same(one: Panel, other: Panel) -> bool:
    """Whether nothing but a place in the list could tell them apart."""
    return one["title"] == other["title"] and one["targets"] == other["targets"]


@given(PANELS)
def test_ids_are_unique_positive_and_fit_in_32_bits(panels: list[Panel]) -> None:
    given_ids = ids(panels)
    assert len(set(given_ids)) == len(panels)
    assert all(0 < number < 2**31 for number in given_ids)


@given(PANELS, st.randoms())
def test_moving_panels_changes_no_id(panels: list[Panel], random: Any) -> None:
    distinct = [
        panel for index, panel in enumerate(panels) if not any(same(panel, other) for other in panels[:index])
    ]
    before = {repr(panel): number for panel, number in zip(distinct, ids(distinct), strict=True)}
    moved = list(distinct)
    random.shuffle(moved)
    assert {repr(panel): number for panel, number in zip(moved, ids(moved), strict=True)} == before


@given(PANELS, st.integers(0, 12), TITLES)
def test_inserting_a_panel_changes_ids_of_its_title_at_most(
    panels: list[Panel], index: int, title: str
) -> None:
    new = {"title": title, "type": "stat", "targets": [{"expr": "entirely new", "refId": "A"}]}
    before = ids(panels)
    place = min(index, len(panels))
    after = ids([*panels[:place], new, *panels[place:]])
    after.pop(place)
    shared = sum(panel["title"] == title for panel in panels)
    for panel, old, now in zip(panels, before, after, strict=True):
        if panel["title"] != title or not title or shared > 1:
            assert now == old


@given(PANELS, st.data())
def test_deleting_a_panel_changes_ids_of_its_title_at_most(panels: list[Panel], data: st.DataObject) -> None:
    if not panels:
        return
    index = data.draw(st.integers(0, len(panels) - 1))
    before = ids(panels)
    del before[index]
    left = panels[:index] + panels[index + 1 :]
    for panel, old, now in zip(left, before, ids(left), strict=True):
        if panel["title"] != panels[index]["title"]:
            assert now == old


@given(PANELS, st.data())
def test_a_title_of_its_own_is_all_an_id_depends_on(panels: list[Panel], data: st.DataObject) -> None:
    own = [
        index
        for index, panel in enumerate(panels)
        if panel["title"] and sum(other["title"] == panel["title"] for other in panels) == 1
    ]
    if not own:
        return
    index = data.draw(st.sampled_from(own))
    before = ids(panels)
    changed = copy.deepcopy(panels)
    changed[index] |= {
        "type": "table",
        "targets": [{"expr": "another query", "refId": "A"}],
        "description": "new",
    }
    assert ids(changed) == before


def test_ids_are_the_same_on_every_machine() -> None:
    assert ids([{"title": "CPU", "type": "stat"}, {"title": "", "type": "row"}]) == [442263804, 507962616]


def test_rows_and_panels_of_one_title_do_not_touch() -> None:
    panel = {"title": "CPU", "type": "stat"}
    row = {"title": "CPU", "type": "row"}
    assert ids([panel, row]) == [ids([panel])[0], ids([row])[0]]


def test_authors_own_ids_stay_and_are_not_given_twice() -> None:
    alone = ids([{"title": "CPU"}])[0]
    made = assigned(
        [
            {"title": "CPU"},
            {"title": "Memory", "id": alone},
            {"title": "x", "id": 0},
            {"title": "y", "id": True},
        ]
    )
    assert made[1]["id"] == alone
    assert len({panel["id"] for panel in made}) == 4


def test_panels_in_collapsed_rows_have_ids_too() -> None:
    (row,) = assigned([{"type": "row", "collapsed": True, "panels": [{"title": "a"}, {"title": "b"}]}])
    assert row["id"] != row["panels"][0]["id"] != row["panels"][1]["id"]
    assert row["panels"][0]["id"] == ids([{"title": "a"}])[0]


def test_untitled_rows_are_told_apart_by_what_they_hold() -> None:
    first = [{"type": "row"}, {"title": "a"}]
    second = [{"type": "row"}, {"title": "b"}]
    one, _, two, _ = ids(first + second)
    assert (two, one) == (ids(second + first)[0], ids(second + first)[2])


def automatic(panels: list[Any]) -> G.Dashboard:
    return G.Dashboard(title="x", panels=panels).auto_panel_ids()


def ids_of(dashboard: G.Dashboard) -> dict[str, int]:
    return {panel["title"]: panel["id"] for panel in from_grafanalib(dashboard)["panels"]}


def test_ids_of_auto_panel_ids_are_not_the_author_s() -> None:
    plain_ids = ids_of(G.Dashboard(title="x", panels=[G.Stat(title="a"), G.Stat(title="b")]))
    assert ids_of(automatic([G.Stat(title="a"), G.Stat(title="b")])) == plain_ids
    assert (
        ids_of(automatic([G.Stat(title="new"), G.Stat(title="a"), G.Stat(title="b")])).items()
        >= plain_ids.items()
    )


def test_an_author_s_id_among_automatic_ones_stays() -> None:
    made = ids_of(automatic([G.Stat(title="a"), G.Stat(title="mine", id=42), G.Stat(title="b")]))
    assert made["mine"] == 42
    assert made["a"] > 1000


def test_ids_that_auto_panel_ids_would_not_give_are_the_author_s() -> None:
    made = ids_of(G.Dashboard(title="x", panels=[G.Stat(title="a", id=2), G.Stat(title="b", id=1)]))
    assert made == {"a": 2, "b": 1}
    made = ids_of(G.Dashboard(title="x", panels=[G.Stat(title="a", id=1), G.Stat(title="b")]))
    assert made["a"] == 1


def test_what_refers_to_a_panel_follows_it() -> None:
    shared = {"refId": "A", "panelId": 1, "datasource": "-- Dashboard --"}
    dashboard = G.Dashboard(
        title="x",
        annotations=G.Annotations(list=[{"name": "n", "filter": {"exclude": True, "ids": [2, 99]}}]),
        panels=[
            G.Stat(title="source", targets=[G.Target(expr="up")]),
            G.Stat(title="by target", targets=[shared]),
            G.Stat(title="by panel", dataSource="-- Dashboard --", targets=[{"refId": "A", "panelId": 1}]),
            G.Stat(
                title="a panelId of another plug-in's", dataSource="x", targets=[{"refId": "A", "panelId": 1}]
            ),
        ],
    ).auto_panel_ids()
    made = from_grafanalib(dashboard)
    by_title = {panel["title"]: panel for panel in made["panels"]}
    source = by_title["source"]["id"]
    assert source > 1000
    assert by_title["by target"]["targets"][0]["panelId"] == source
    assert by_title["by panel"]["targets"][0]["panelId"] == source
    assert by_title["a panelId of another plug-in's"]["targets"][0]["panelId"] == 1
    assert made["annotations"]["list"][1]["filter"]["ids"] == [by_title["by target"]["id"], 99]


def test_nothing_is_forgotten_where_a_panel_has_no_id() -> None:
    panels = [{"id": 1}, {}]
    assert forget_automatic(panels) == {}
    assert panels == [{"id": 1}, {}]
