from __future__ import annotations

from typing import Any

import pytest

from support.checking import dashboard, found, group, panel

JOBS = 'sum(a{job="x"}) / sum(b{job="y"}) > 1'


def said(expr: str, **alert: Any) -> list[str]:
    findings = found(group({"alert": "A", "expr": expr, **alert}), ids={"promql-fragile"})
    assert {each.severity for each in findings} <= {"warning"}
    return [each.message for each in findings]


@pytest.mark.parametrize(
    "expr",
    [
        "topk(5, a) > 1",
        "1 < bottomk(5, a)",
        "-topk(5, a)",
        "abs(topk(5, a)) > 1",
        "b > 1 or limitk(5, a)",
        "b * on (c) group_right () topk(5, a)",
        "topk by (c) (3, a) > 1",
    ],
)
def test_alerts_on_whichever_series_are_the_greatest(expr: str) -> None:
    (message,) = said(expr, **{"for": "5m"})
    assert message.endswith("returns other series each time, so that alerts resolve and fire anew")


@pytest.mark.parametrize(
    "expr",
    [
        "sum(topk(5, a)) > 1",
        "topk by (c) (1, a) > 1",
        "a > scalar(topk(1, b))",
        "a and topk(5, b)",
        "absent(topk(5, a))",
        "a > 1",
        "topk(",
    ],
)
def test_alerts_on_the_same_series_each_time(expr: str) -> None:
    assert said(expr) == []


def test_calculations_with_two_jobs_wait_for_both() -> None:
    (message,) = said(JOBS)
    assert message.startswith("/ puts together the jobs x and y: after a start of Prometheus")
    assert len(said(JOBS, **{"for": "0s"})) == 1
    assert said(JOBS, **{"for": "1m"}) == []


@pytest.mark.parametrize(
    "expr",
    [
        'sum(a{job="x"}) / sum(b{job="x"}) > 1',
        "sum(a) / sum(b) > 1",
        'a{job="x"} / on (c) b{job="y"} > 1',
        'sum(a{job="x"}) > 1 and sum(b{job="y"}) > 1',
        'sum(a{job="x"} or a) / sum(b{job="y"}) > 1',
    ],
)
def test_calculations_with_one_job_or_with_what_is_not_known(expr: str) -> None:
    assert said(expr) == []


def test_records_and_panels_may_take_the_greatest() -> None:
    assert found(group({"record": "a:b", "expr": "topk(5, a)"}), ids={"promql-fragile"}) == ()
    assert found(dashboard(panel("topk(5, a)")), ids={"promql-fragile"}) == ()
