from __future__ import annotations

from pathlib import Path
from typing import Any

from provision.model import Definition, Place, encode
from provision.project import Project
from provision.prove.check.layout import open_panels
from provision.prove.check.reading import estate_of
from provision.prove.check.tools import Tools
from support.checking import dashboard, found, panel
from support.second_generation import panel as element
from support.second_generation import spec


def told(*panels: dict[str, Any], most: int = 2, **fields: Any) -> list[str]:
    board = dashboard(*panels, **fields)
    said = found(board, ids={"crowded-dashboard"}, checks={"crowded-dashboard": {"most": most}})
    return [each.message for each in said]


def test_what_is_shown_at_once_is_counted() -> None:
    assert told(panel("a"), panel("b"), {"type": "row"}) == []
    (message,) = told(panel("a"), panel("b"), panel("c"))
    assert message.startswith("it shows 3 panels when it is opened: more than 2")


def test_what_a_collapsed_row_holds_is_not() -> None:
    row = {"type": "row", "collapsed": True, "panels": [panel("c"), panel("d")]}
    assert told(panel("a"), panel("b"), row) == []
    assert told(panel("a"), panel("b"), {**row, "collapsed": False})


def test_nor_in_a_row_of_the_oldest_schema() -> None:
    rows = [{"panels": [panel("a"), panel("b")]}, {"collapse": True, "panels": [panel("c")]}]
    assert told(rows=rows) == []
    assert told(rows=[*rows, {"panels": [panel("d")]}])


def test_rows_and_tabs_of_the_second_generation() -> None:
    def grid(*names: str) -> dict[str, Any]:
        return {
            "kind": "AutoGridLayout",
            "spec": {"items": [{"spec": {"element": {"name": name}}} for name in names]},
        }

    whole = spec(elements={name: element() for name in "abcdef"})
    tabs = {
        "kind": "TabsLayout",
        "spec": {"tabs": [{"spec": {"layout": grid("a", "b", "c")}}, {"spec": {"layout": grid("d")}}, 5]},
    }
    rows = [
        {"spec": {"layout": tabs}},
        {"spec": {"collapse": True, "layout": grid("e")}},
        {"spec": {"layout": grid("f")}},
    ]
    whole["layout"] = {"kind": "RowsLayout", "spec": {"rows": rows}}
    body = encode({"folder": "", "schema": "v2beta1", "spec": whole})
    definition = Definition("dashboard", "shop", body, Place("dashboards/shop.py", 3))
    (board,) = estate_of([definition], Project(root=Path("/nowhere"), name="test"), Tools()).dashboards
    assert open_panels(board) == 4
