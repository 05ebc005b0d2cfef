from __future__ import annotations

import pytest

from support.checking import found, group

RATIO = "rate(e_total[5m]) / rate(r_total[5m])"


def said(expr: str, **records: str) -> list[str]:
    rules = [{"record": name.replace("__", ":"), "expr": recorded} for name, recorded in records.items()]
    findings = found(group({"alert": "A", "expr": expr}, *rules), ids={"promql-nan"})
    assert {each.severity for each in findings} <= {"warning"}
    return [each.message for each in findings]


@pytest.mark.parametrize("operation", ["sum", "avg", "stddev", "stdvar"])
def test_one_division_by_zero_spoils_an_aggregation(operation: str) -> None:
    assert said(f"{operation}({RATIO}) > 1") == [f"one series that divides by 0 makes {operation}() NaN"]


@pytest.mark.parametrize(
    "expr",
    [
        f"sum by (job) (100 * {RATIO}) > 1",
        f"avg(topk(5, {RATIO}))",
        "sum(1 % rate(r_total[5m]))",
        f"sum({RATIO} != 5)",
        f"sum({RATIO} and b > 1)",
        "sum(rate(e_total[5m]) / (rate(r_total[5m]) > bool 0))",
        "sum(rate(a[5m]) / rate(b[5m])) + sum(c)",
    ],
)
def test_divisions_without_a_guard(expr: str) -> None:
    assert len(said(expr)) == 1


@pytest.mark.parametrize(
    "expr",
    [
        f"{RATIO} > 0.01",  # NaN meets no comparison: the alert is silent without traffic
        f"max({RATIO})",
        f"count({RATIO})",
        "sum(rate(e_total[5m])) / sum(rate(r_total[5m]))",
        "sum(rate(e_total[5m]) / (rate(r_total[5m]) > 0))",
        "sum(rate(e_total[5m]) / clamp_min(rate(r_total[5m]), 1))",
        f"sum({RATIO} > 0)",
        "sum(a / b)",
        "sum(rate(a[5m]) / 60)",
        f"sum by (instance) ({RATIO})",
        f"sum(b and ({RATIO}))",
        "sum(count(rate(a[5m]) / rate(b[5m])))",
    ],
)
def test_guarded_divisions(expr: str) -> None:
    assert said(expr) == []


def test_a_record_that_divides_by_zero() -> None:
    message = "one series of job:e:ratio, which the record divides by 0, makes avg() NaN"
    assert said("avg(job:e:ratio)", job__e__ratio=RATIO) == [message]
    assert said("avg(job:f:copy)", job__e__ratio=RATIO, job__f__copy="job:e:ratio > 1 or job:e:ratio") != []
    assert said("avg(job:e:ratio)", job__e__ratio="sum(a) / 5") == []
    assert said("avg(job:e:ratio)", job__e__ratio="job:e:ratio") == []
