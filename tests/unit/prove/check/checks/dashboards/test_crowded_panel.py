from __future__ import annotations

from typing import Any

import pytest

from support.checking import dashboard, found, panel


def told(*exprs: str, **fields: Any) -> list[str]:
    return [each.message for each in found(dashboard(panel(*exprs, **fields)), ids={"crowded-panel"})]


def test_many_queries_are_told() -> None:
    assert told(*["up"] * 12) == []
    assert told(*["up"] * 13) == ["it draws the results of 13 queries: more than 12 are hard to tell apart"]
    assert told(*["up"] * 13, type="table") == []


def test_hidden_queries_draw_nothing() -> None:
    shown = panel(*["up"] * 13)
    shown["targets"][0]["hide"] = True
    assert found(dashboard(shown), ids={"crowded-panel"}) == ()


@pytest.mark.parametrize("function", ["topk", "bottomk"])
def test_many_series_are_told(function: str) -> None:
    assert told(f"{function}(50, up)") == [
        f"{function} leaves 50 series: more than 20 are hard to tell apart"
    ]


@pytest.mark.parametrize(
    "expr", ["topk(5, up)", "sum(topk(50, up))", "topk($k, up)", "topk(50, up", "topk(scalar(a), up)"]
)
def test_few_or_unknown_numbers_are_left_alone(expr: str) -> None:
    assert told(expr) == []


def test_settings() -> None:
    checks = {"crowded-panel": {"queries": 1, "series": 3}}
    said = found(dashboard(panel("a", "b"), panel("topk(4, a)")), ids={"crowded-panel"}, checks=checks)
    assert len(said) == 2
