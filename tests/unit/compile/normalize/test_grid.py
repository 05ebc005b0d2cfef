from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.compile.normalize.grid import place, reading_order, units

WHOLE = st.integers(0, 20)
PANELS = st.lists(
    st.one_of(
        st.builds(lambda x, y, w, h: {"gridPos": {"x": x, "y": y, "w": w, "h": h}}, WHOLE, WHOLE, st.integers(1, 4), st.integers(1, 6)),
        st.builds(lambda span: {"span": span}, st.none() | st.integers(1, 14)),
        st.builds(lambda height: {"height": height}, st.sampled_from(["250px", 400, "50px", "tall", None])),
        st.builds(lambda: {"type": "row"}),
    ),
    max_size=20,
)  # fmt: skip


def box(panel: dict[str, Any]) -> tuple[int, int, int, int]:
    return tuple(panel["gridPos"][name] for name in ("x", "y", "w", "h"))  # type: ignore[return-value]  # four of them


def overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    (x1, y1, w1, h1), (x2, y2, w2, h2) = box(one), box(other)
    return x1 < x2 + w2 and x2 < x1 + w1 and y1 < y2 + h2 and y2 < y1 + h1


@given(PANELS, st.integers(0, 5))
def test_what_is_placed_overlaps_nothing(panels: list[dict[str, Any]], top: int) -> None:
    fixed = [panel for panel in panels if "gridPos" in panel]
    before = [dict(panel["gridPos"]) for panel in fixed]
    bottom = place(panels, top)
    assert [panel["gridPos"] for panel in fixed] == before
    for index, panel in enumerate(panels):
        x, y, w, h = box(panel)
        assert x + w <= 24 or panel in fixed
        assert y + h <= bottom
        if not any(panel is one for one in fixed):
            assert y >= top or fixed
            assert not any(overlap(panel, other) for place_, other in enumerate(panels) if place_ != index)


@given(st.lists(st.integers(1, 12), max_size=30))
def test_panels_without_a_place_stand_in_reading_order(spans: list[int]) -> None:
    panels: list[dict[str, Any]] = [{"span": span} for span in spans]
    place(panels)
    assert reading_order(panels) == panels


def test_a_line_is_filled_before_the_next_begins() -> None:
    panels: list[dict[str, Any]] = [
        {"span": 4},
        {"span": 4},
        {"span": 4},
        {},
        {"height": "380px"},
        {"span": 12},
    ]
    place(panels)
    assert [box(panel) for panel in panels] == [
        (0, 0, 8, 8), (8, 0, 8, 8), (16, 0, 8, 8), (0, 8, 12, 8), (12, 8, 12, 10), (0, 18, 24, 8),
    ]  # fmt: skip


def test_a_row_is_below_all_before_it() -> None:
    panels: list[dict[str, Any]] = [{"span": 6}, {"span": 6, "height": "600px"}, {"type": "row"}, {"span": 6}]
    assert place(panels, 3) == 28
    assert [box(panel) for panel in panels[2:]] == [(0, 19, 24, 1), (0, 20, 12, 8)]


def test_heights_are_pixels() -> None:
    assert [units(height) for height in ("250px", 250, "38px", "91", 380.5, None, "tall", True)] == [
        7, 7, 3, 3, 11, None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize("position", [{"x": 0}, [0, 0, 1, 1], {"x": 0, "y": -1, "w": 1, "h": 1}, {"x": "0", "y": 0, "w": 1, "h": 1}, {"x": float("nan"), "y": 0, "w": 1, "h": 1}, {"x": True, "y": 0, "w": 1, "h": 1}])  # fmt: skip
def test_a_place_must_be_one(position: Any) -> None:
    with pytest.raises(ValueError, match="panel 'CPU': gridPos"):
        place([{"title": "CPU", "gridPos": position}])


def test_fractions_of_a_unit_are_cut_off() -> None:
    panels: list[dict[str, Any]] = [
        {"gridPos": {"x": 0, "y": 0, "w": 24, "h": 2.2, "static": True}},
        {"gridPos": {"x": 0.5, "y": 2.2, "w": 11.9, "h": 0.5}},
        {},
    ]
    place(panels)
    assert [box(panel) for panel in panels] == [(0, 0, 24, 2), (0, 2, 11, 1), (11, 2, 12, 8)]
    assert panels[0]["gridPos"]["static"] is True
