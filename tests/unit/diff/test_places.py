"""Panels that move, within a dashboard; the sentences of single edits are in tests/golden/test_diff_golden.py."""

import copy

from provision.diff import diff_bodies
from provision.model import encode


def panel(number, x, y, w=12, h=8, **more):
    return {
        "id": number,
        "title": f"Panel {number}",
        "type": "stat",
        "gridPos": {"x": x, "y": y, "w": w, "h": h},
        **more,
    }


def row(number, y, *panels, collapsed=False):
    place = {"x": 0, "y": y, "w": 24, "h": 1}
    return {
        "id": number,
        "title": f"Row {number}",
        "type": "row",
        "collapsed": collapsed,
        "panels": [*panels],
        "gridPos": place,
    }


def paths(before, after):
    sides = [encode({"folder": "", "spec": {"panels": side}}) for side in (before, after)]
    return [found.path for found in diff_bodies("dashboard", *sides)]


def moved(panels, **by):
    return [
        {**found, "gridPos": {side: value + by.get(side, 0) for side, value in found["gridPos"].items()}}
        for found in panels
    ]


THREE = [panel(n, 0, 8 * n) for n in range(3)]


def test_many_that_went_the_same_way_are_one_sentence():
    assert paths(THREE, moved(THREE, y=8)) == ["3 panels moved down by 8"]
    assert paths(THREE, moved(THREE, y=-4, x=12)) == ["3 panels moved right by 12 and up by 4"]
    assert paths(THREE, moved(THREE, x=-12)) == ["3 panels moved left by 12"]
    assert paths(THREE, moved(THREE, y=1, w=-4)) == ["3 panels moved down by 1 and resized to 8×8"]
    assert paths(THREE, moved(THREE, h=2)) == ["3 panels resized to 12×10"]


def test_few_are_named():
    assert paths(THREE[:2], moved(THREE[:2], y=8)) == [
        'panel "Panel 0" moved to 0,8',
        'panel "Panel 1" moved to 0,16',
    ]
    assert paths(THREE[:1], moved(THREE[:1], h=1)) == ['panel "Panel 0" resized to 12×9']


def test_many_that_went_different_ways_are_one_sentence_too():
    many = [panel(n, 0, 8 * n) for n in range(8)]
    after = [moved([found], y=n, x=n)[0] for n, found in enumerate(many, 1)]
    assert paths(many, after) == ["8 panels moved or resized"]


def test_a_place_that_is_none():
    assert paths([panel(1, 0, 0)], [{**panel(1, 0, 0), "gridPos": {"x": 0}}]) == [
        'panel "Panel 1": gridPos.h', 'panel "Panel 1": gridPos.w', 'panel "Panel 1": gridPos.y'
    ]  # fmt: skip
    assert paths([panel(1, 0, 0)], [panel(1, 0, 0.0)]) == ['panel "Panel 1": gridPos.y']


def test_panels_in_another_order_at_the_same_places():
    assert paths(THREE, THREE[::-1]) == ["panels in another order"]


def test_a_row_that_takes_panels_in_or_lets_them_out():
    inside = [panel(2, 0, 1), panel(3, 12, 1)]
    beside, within = [row(1, 0), *inside], [row(1, 0, *inside, collapsed=True)]
    assert paths(beside, within) == ['row "Row 1": collapsed']
    assert paths(within, beside) == ['row "Row 1": collapsed']


def test_panels_inside_a_row_that_is_not_collapsed():
    inside = [panel(2, 0, 1)]
    assert paths([row(1, 0), *inside], [row(1, 0, *inside)]) == ['panel "Panel 2" moved inside row "Row 1"']
    assert paths([row(1, 0, *inside)], [row(1, 0), *inside]) == ['panel "Panel 2" moved beside row "Row 1"']


def test_a_row_that_goes():
    assert paths([row(1, 0), panel(2, 0, 1)], [panel(2, 0, 1)]) == [
        'row "Row 1"',
        'panel "Panel 2" moved out of its row',
    ]
    assert paths([row(1, 0), row(4, 1), panel(2, 0, 2)], [row(1, 0), panel(2, 0, 2)]) == [
        'row "Row 4"', 'panel "Panel 2" moved into row "Row 1"'
    ]  # fmt: skip


def test_rows_as_they_were_before_grafana_5():
    old = {
        "rows": [
            {"title": "Now", "panels": [{"id": 1, "title": "A", "span": 6}]},
            {"title": "Later", "panels": []},
        ]
    }
    new = copy.deepcopy(old)
    new["rows"][1]["panels"] = new["rows"][0].pop("panels")
    new["rows"][0]["panels"] = []
    found = diff_bodies("dashboard", encode({"spec": old}), encode({"spec": new}))
    assert [change.path for change in found] == ['panel "A" moved into row "Later"']


def test_names_that_are_not_enough():
    twins = [{**panel(n, 0, 0), "title": "Twin"} for n in (1, 2)]
    after = copy.deepcopy(twins)
    after[1]["description"] = "x"
    assert paths(twins, after) == ['panel "Twin" (id 2): description']
    nameless = [{"type": "text", "options": {"content": text}} for text in ("a", "b")]
    assert paths(nameless, [nameless[0], {**nameless[1], "transparent": True}]) == [
        "untitled text panel #2: transparent"
    ]
    assert paths([], [{}]) == ["untitled panel"]


def test_panels_that_are_no_panels():
    assert paths([1, 2], [panel(1, 0, 0)]) == ["panels[0]", "panels[1]", "panels[0]"]
    assert paths(None, []) == ["panels"]
    assert paths({"a": 1}, [panel(1, 0, 0)]) == ["panels"]


def test_queries_that_are_no_queries():
    before, after = (
        {**panel(n, 0, 0), "title": title, "targets": [n]} for n, title in ((1, "A b"), (2, "A c"))
    )
    assert paths([before], [after])


def test_the_same_ids_for_other_panels():
    """Ids given by position say nothing once a panel is inserted."""
    before = [panel(1, 0, 0), panel(2, 0, 8)]
    after = [
        {**panel(1, 0, 0), "title": "New", "type": "table"},
        {**before[0], "id": 2},
        {**before[1], "id": 3},
    ]
    assert sorted(paths(before, after)) == ['panel "New"', 'panel "Panel 1": id', 'panel "Panel 2": id']
