from __future__ import annotations

from typing import Any

from provision.compile.normalize.rows import from_rows, hoisted, max_per_row


def test_rows_that_show_nothing_leave_no_row_panels() -> None:
    panels = from_rows([
        {"title": "New row", "showTitle": False, "height": "250px", "panels": [{"title": "a", "span": 6}, {"title": "b", "span": 6}]},
        {"title": "New row", "panels": [{"title": "c"}]},
    ])  # fmt: skip
    assert [(panel["title"], panel["gridPos"]) for panel in panels] == [
        ("a", {"x": 0, "y": 0, "w": 12, "h": 7}),
        ("b", {"x": 12, "y": 0, "w": 12, "h": 7}),
        ("c", {"x": 0, "y": 7, "w": 8, "h": 8}),
    ]


def test_one_row_that_shows_something_makes_all_of_them_panels() -> None:
    panels = from_rows([
        {"title": "New row", "panels": [{"title": "a", "span": 12}]},
        {"title": "Folded", "collapse": True, "panels": [{"title": "b", "span": 12, "gridPos": {"x": 9}}]},
        {"title": "Each", "repeat": {"variable": "job"}, "panels": [{"title": "c", "span": 12}]},
    ])  # fmt: skip
    assert [(panel.get("type", ""), panel["title"], panel["gridPos"]["y"]) for panel in panels] == [
        ("row", "", 0), ("", "a", 1), ("row", "Folded", 9), ("row", "Each", 10), ("", "c", 11),
    ]  # fmt: skip
    folded, each = panels[2], panels[3]
    assert folded["collapsed"] is True
    assert [panel["gridPos"] for panel in folded["panels"]] == [{"x": 0, "y": 10, "w": 24, "h": 8}]
    assert each["repeat"] == "job"
    assert each["panels"] == []


def test_a_title_that_is_shown_stays_whatever_it_says() -> None:
    (row,) = from_rows([{"title": "New row", "showTitle": True, "panels": []}])
    assert row["title"] == "New row"


def test_panels_of_an_expanded_row_stand_after_it() -> None:
    inner: list[dict[str, Any]] = [{"title": "a"}, {"title": "b"}]
    rows = [{"type": "row", "panels": inner}, {"type": "row", "collapsed": True, "panels": [{"title": "c"}]}]
    flat = hoisted(rows)
    assert [panel.get("title") for panel in flat] == [None, "a", "b", None]
    assert flat[0]["panels"] == []
    assert flat[3]["panels"] == [{"title": "c"}]


def test_the_least_span_of_a_repeated_panel_is_how_many_fit() -> None:
    for least, most in ((2, 6), (3, 4), (5, 2), (12, 1), (24, 1)):
        panel: dict[str, Any] = {"repeat": "job", "minSpan": least}
        max_per_row(panel)
        assert panel == {"repeat": "job", "maxPerRow": most}
    for panel in ({"minSpan": 3}, {"repeat": "job", "minSpan": 3, "maxPerRow": 2}, {"repeat": "job"}):
        before = {name: value for name, value in panel.items() if name != "minSpan"}
        max_per_row(panel)
        assert panel == before
