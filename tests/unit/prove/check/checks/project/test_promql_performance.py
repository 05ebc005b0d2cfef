from __future__ import annotations

from typing import Any

import pytest

from support.checking import dashboard, found, group, panel

RATE = "sum by (job) (rate(a_total[5m]))"


def said(*rules: dict[str, Any]) -> list[tuple[str, str, str]]:
    findings = found(group(*rules), dashboard(panel(RATE)), ids={"promql-performance"})
    return [(each.severity, each.subject, each.message) for each in findings]


def record(expr: str = RATE, **fields: Any) -> dict[str, Any]:
    return {"record": "job:a:rate5m", "expr": expr, **fields}


@pytest.mark.parametrize(
    "expr",
    [
        f"{RATE} > 1",
        "100 * (sum(rate(a_total[5m])) by (job)) > 1",
        f"max({RATE})",
        f"{RATE} / {RATE.replace('a_total', 'b_total')} > 1",
    ],
)
def test_what_a_record_holds(expr: str) -> None:
    message = "a part of it is what job:a:rate5m records, calculated once more"
    assert said(record(), {"alert": "A", "expr": expr}) == [("info", 'rule group "shop", alert "A"', message)]


def test_the_whole_is_told_not_its_parts() -> None:
    rules = (
        record(f"{RATE} / 5"),
        {"record": "job:a:other", "expr": RATE},
        {"alert": "A", "expr": f"{RATE} / 5 > 1"},
    )
    findings = [message for _, subject, message in said(*rules) if '"A"' in subject]
    assert findings == ["a part of it is what job:a:rate5m records, calculated once more"]


@pytest.mark.parametrize(
    "rules",
    [
        (record(),),
        (record(), {"alert": "A", "expr": "sum by (job) (rate(a_total[10m])) > 1"}),
        (record("a_total"), {"alert": "A", "expr": "a_total > 1"}),
        (record("sum(a @ 10)"), {"alert": "A", "expr": "sum(a @ 20) > 1"}),
        (record("hour()"), {"alert": "A", "expr": "hour() > 1"}),
        (record(labels={"x": "y"}), {"alert": "A", "expr": f"{RATE} > 1"}),
        (record(), record(), {"alert": "A", "expr": f"{RATE} > 1"}),
        (record(), {"record": "b:c", "expr": RATE}),
        ({"alert": "A", "expr": f"{RATE} > 1"},),
        (record(), {"alert": "A", "expr": "sum("}),
    ],
)
def test_what_no_record_holds(rules: tuple[dict[str, Any], ...]) -> None:
    assert said(*rules) == []
