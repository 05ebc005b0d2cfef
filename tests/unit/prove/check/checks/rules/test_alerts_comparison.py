"""Alerts that always fire."""

from __future__ import annotations

from typing import Any

import pytest

from support.checking import found, group


def said(expr: Any, *records: tuple[str, str]) -> list[str]:
    made = [{"record": name, "expr": each} for name, each in records]
    findings = found(group(*made, {"alert": "Down", "expr": expr}), ids={"alerts-comparison"})
    return [f"{each.severity}: {each.message}" for each in findings]


@pytest.mark.parametrize(
    "expr",
    ["up == 0", "vector(1)", "1 == bool 1", "up{", "", None, 5, '{job="a"} |= "error"', "(up or down) == 0"],
)
def test_quiet(expr: Any) -> None:
    assert said(expr) == []


def test_no_condition() -> None:
    (message,) = said("up")
    assert message.startswith("warning: it has no condition")


def test_bool_is_no_condition() -> None:
    (message,) = said("sum(up) >= bool 2")
    assert message.startswith("error: it always fires: `>= bool` gives 0 or 1")
    assert said("(up == bool 0) == 1") == []


@pytest.mark.parametrize(
    ("expr", "start"),
    [
        ("up == 0 or vector(0)", "error: it always fires: a number beside `or` has no condition of its own"),
        (
            "up == 0 or down",
            "warning: it fires wherever `down` is there: `down` beside `or` has no condition",
        ),
        ("up or down > 0", "warning: it fires wherever `up` is there: a comparison binds tighter than `or`"),
        ("count(up == 1) or vector(0) < 3", "error: it always fires: a comparison binds tighter than `or`"),
        ('{job="a"} or up == 0', "warning: it fires wherever what is read is there"),
    ],
)
def test_a_side_of_or(expr: str, start: str) -> None:
    (message,) = said(expr)
    assert message.startswith(start)


def test_the_condition_may_be_in_what_is_recorded() -> None:
    assert said("job:down", ("job:down", "up == 0")) == []
    assert len(said("job:up", ("job:up", "sum by (job) (up)"))) == 1
    assert said("job:a", ("job:a", "job:b"), ("job:b", "up == 0")) == []
    assert len(said("job:a", ("job:a", "up == 0"), ("job:a", "up"))) == 1


def test_records_that_read_each_other() -> None:
    assert len(said("job:a", ("job:a", "job:b"), ("job:b", "job:a"))) == 1


def test_records_need_no_condition() -> None:
    assert said("up == 0", ("job:up", "sum by (job) (up)")) == []
