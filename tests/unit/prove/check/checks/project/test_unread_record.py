"""Records that nobody reads."""

from __future__ import annotations

from typing import Any

import pytest

from provision.model import Definition
from support.checking import dashboard, found, group, other, panel

RECORD = {"record": "shop:orders:rate5m", "expr": "sum(rate(orders_total[5m]))"}


def said(*definitions: Definition, **options: Any) -> list[str]:
    findings = found(*definitions, ids={"unread-record"}, **options)
    assert {each.severity for each in findings} <= {"info"}
    return [each.subject for each in findings]


def test_a_record_that_nobody_reads() -> None:
    assert said(group(RECORD), dashboard(panel("up"))) == ['rule group "shop", record "shop:orders:rate5m"']


@pytest.mark.parametrize(
    "expr",
    [
        "shop:orders:rate5m",
        "sum(shop:orders:rate5m) / 2",
        'shop:orders:rate5m{job="$job"}',
        "shop:orders:$operation",
        "shop:orders:rate${window}",
        '{__name__=~"shop:.*"}',
        '{__name__=~"shop:orders:$operation"}',
        "{__name__=~`(shop|store):orders:rate5m`}",
        '{__name__=~"(?shop"}',
        "not PromQL shop:orders:rate5m",
    ],
)
def test_a_dashboard_reads_it(expr: str) -> None:
    assert said(group(RECORD), dashboard(panel(expr))) == []


@pytest.mark.parametrize(
    "expr", ["shop:orders:rate5m_total", 'up{__name__=~"store:.*"}', "shop:orders:rate5", "store:$x"]
)
def test_a_dashboard_reads_another(expr: str) -> None:
    assert len(said(group(RECORD), dashboard(panel(expr)))) == 1


def test_rules_read_it() -> None:
    alert = {"alert": "NoOrders", "expr": "shop:orders:rate5m == 0"}
    assert said(group(RECORD, alert), dashboard(panel("up"))) == []


def test_a_record_that_reads_itself_is_not_read_by_that() -> None:
    counts = {"record": "shop:count", "expr": "shop:count + 1"}
    assert len(said(group(counts), dashboard(panel("up")))) == 1


def test_names_without_a_colon_are_looked_for_too() -> None:
    plain = {"record": "orders_rate", "expr": "rate(orders_total[5m])"}
    assert len(said(group(plain), dashboard(panel("up")))) == 1
    assert said(group(plain), dashboard(panel("orders_rate"))) == []


def test_rules_and_library_panels_of_grafana_read_it() -> None:
    library = other(
        "library-panel", "a", folder="", name="a", model={"targets": [{"expr": "shop:orders:rate5m"}]}
    )
    assert said(group(RECORD), dashboard(panel("up")), library) == []


def test_a_project_without_dashboards_records_for_others() -> None:
    assert said(group(RECORD)) == []
    assert said(group(RECORD), dashboard(panel("up"), path="a.json"), guests=["a.json"]) == []


def test_files_of_others_are_read_elsewhere() -> None:
    assert said(group(RECORD), dashboard(panel("up")), guests=["rules/shop.py"]) == []
