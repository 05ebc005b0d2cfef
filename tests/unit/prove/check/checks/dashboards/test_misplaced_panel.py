from __future__ import annotations

from typing import Any

import pytest

from provision.model import Definition, Place, encode
from support.checking import dashboard, found
from support.second_generation import panel as element
from support.second_generation import spec


def at(x: Any, y: Any, w: Any = 12, h: Any = 8, title: str = "Orders", **fields: Any) -> dict[str, Any]:
    return {"type": "text", "title": title, "gridPos": {"x": x, "y": y, "w": w, "h": h}, **fields}


def told(*panels: dict[str, Any]) -> list[tuple[str, str]]:
    said = found(dashboard(*panels), ids={"misplaced-panel"})
    return [(each.subject.removeprefix('dashboard "Shop", '), each.message) for each in said]


def test_panels_side_by_side_and_below_one_another_are_well_placed() -> None:
    assert told(at(0, 0), at(12, 0), at(0, 8, 24, 1, type="row"), at(0, 9), at(20, 9, 4)) == []


@pytest.mark.parametrize(
    ("x", "y", "w", "where"),
    [
        (20, 0, 8, "from column 20 to 28"),
        (-2, 0, 8, "from column -2 to 6"),
        (0, -1, 8, "above the page, at line -1"),
    ],
)
def test_what_leaves_the_grid_is_told(x: int, y: int, w: int, where: str) -> None:
    assert told(at(x, y, w)) == [
        ('panel "Orders"', f"it reaches {where}, and Grafana's grid has the columns 0 to 24")
    ]


def test_what_lies_over_another_is_told_once_for_all() -> None:
    assert told(at(0, 0), at(6, 4, title="B"), at(0, 2, 2, title="C"), at(18, 0, 6)) == [
        ('panel "C", and 1 more', 'it lies over panel "Orders"')
    ]


def test_a_collapsed_row_has_a_grid_of_its_own() -> None:
    row = at(0, 0, 24, 1, type="row", collapsed=True, panels=[at(0, 1), at(12, 1), at(1, 1, title="C")])
    assert told(row, at(0, 1)) == [('panel "C"', 'it lies over panel "Orders"')]


@pytest.mark.parametrize("place", [None, 7, {}, {"x": "0", "y": 0, "w": 99, "h": 1}, {"w": True, "h": 1}])
def test_what_is_no_place_is_left_out(place: Any) -> None:
    assert told({"type": "text", "gridPos": place}, at(0, 0)) == []


def test_grids_of_the_second_generation_in_rows_and_tabs() -> None:
    whole = spec(elements={"a": element(title="A"), "b": element(title="B")})
    items = whole["layout"]["spec"]["items"]
    items[1]["spec"]["y"] = 1
    tab = {"kind": "TabsLayoutTab", "spec": {"layout": whole["layout"]}}
    row = {
        "kind": "RowsLayoutRow",
        "spec": {"layout": {"kind": "TabsLayout", "spec": {"tabs": [tab, 1, {"spec": 2}]}}},
    }
    whole["layout"] = {"kind": "RowsLayout", "spec": {"rows": [row]}}
    body = encode({"folder": "", "schema": "v2beta1", "spec": whole})
    (said,) = found(
        Definition("dashboard", "shop", body, Place("dashboards/shop.py", 3)), ids={"misplaced-panel"}
    )
    assert (said.subject, said.message) == ('dashboard "Shop", panel "B"', 'it lies over panel "A"')
