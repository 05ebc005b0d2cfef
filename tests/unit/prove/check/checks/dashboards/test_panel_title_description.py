from __future__ import annotations

from typing import Any

from support.checking import dashboard, found, panel


def told(*panels: dict[str, Any]) -> list[tuple[str, str]]:
    said = found(dashboard(*panels), ids={"panel-title-description"})
    return [(each.subject.removeprefix('dashboard "Shop", '), each.message) for each in said]


def test_each_lack_is_told_once() -> None:
    whole = panel("up", description="Good is 1.")
    assert told(whole, panel("up"), panel("up", title=" ")) == [
        ('panel " "', "it has no title"),
        ('panel "Orders", and 1 more', "it has no description"),
    ]


def test_panels_that_show_no_data_need_neither() -> None:
    assert told({"type": "row"}, {"type": "text"}, {"type": "dashlist"}, {"type": None}) == []


def test_a_stat_with_the_names_of_its_series_needs_no_title() -> None:
    shown = panel(
        "up", title="", type="stat", description="Good is 1.", options={"textMode": "value_and_name"}
    )
    assert told(shown) == []
