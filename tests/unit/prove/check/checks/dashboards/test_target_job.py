"""target-job and target-instance."""

from __future__ import annotations

from typing import Any

import pytest

from support.checking import dashboard, found, panel

JOB = {"name": "job", "type": "query", "query": "label_values(up, job)"}
SOURCE = {"name": "datasource", "type": "datasource", "query": "prometheus"}


def told(id_: str, *exprs: str, variables: Any = (JOB,), required: bool = False) -> list[tuple[str, str]]:
    board = dashboard(panel(*exprs), templating={"list": list(variables)})
    said = found(board, ids={id_}, checks={id_: {"required": required}})
    return [(each.subject.removeprefix('dashboard "Shop", '), each.message) for each in said]


def test_queries_that_use_no_variable_are_told_once() -> None:
    assert told("target-job", "a", 'b{job=~"$job"}', "rate(c[$__rate_interval])") == [
        ('panel "Orders", query A, and 1 more', "whatever is chosen as $job, it asks the same")
    ]


@pytest.mark.parametrize("expr", ['up{pod="$pod"}', "vector(0.2)", 'ALERTS{alertstate="firing"}', "up{"])
def test_other_variables_and_what_reads_nothing_are_left_alone(expr: str) -> None:
    assert told("target-job", expr) == []


def test_where_nothing_can_be_chosen_nothing_is_said() -> None:
    assert told("target-job", "a", variables=[SOURCE, {"name": "job", "type": "textbox"}]) == []
    assert told("target-instance", "a") == []


def test_an_instance_is_told_by_one_check_only() -> None:
    instance = {**JOB, "name": "instance"}
    assert told("target-instance", "a", variables=[instance])
    assert told("target-instance", "a", variables=[instance, JOB]) == []


@pytest.mark.parametrize(
    ("expr", "is_told"),
    [
        ('a{job=~"$job"} / b{job=~"$job"}', False),
        ('a{job=~"$job"} / b', True),
        ('a{job="$job"}', True),
        ('a{job=~"${job}"}', True),
        ('a{instance=~"$job"}', True),
        ("a b", False),
    ],
)
def test_required_wants_the_matcher_in_each_selector(expr: str, is_told: bool) -> None:
    assert bool(told("target-job", expr, variables=[SOURCE], required=True)) is is_told
    assert told("target-job", expr, variables=[{**SOURCE, "query": "loki"}], required=True) == []
