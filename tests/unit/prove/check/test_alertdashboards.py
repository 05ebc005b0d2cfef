"""Links of alerts to dashboards that no source defines."""

from __future__ import annotations

from typing import Any

import pytest

from provision.model import Definition
from support.checking import dashboard, found, group, panel

SHOP = dashboard(panel("up"), uid="shop-orders")


def alert(link: str) -> dict[str, Any]:
    return {"alert": "Down", "expr": "up == 0", "annotations": {"dashboard_url": link}}


def said(*links: str, of: Definition = SHOP, **options: Any) -> list[tuple[str, str]]:
    findings = found(group(*map(alert, links)), of, ids={"unknown-dashboard"}, **options)
    return [(each.severity, each.remedy) for each in findings]


def test_a_dashboard_that_is_not_there() -> None:
    assert said("https://g/d/shop-order") == [("info", 'did you mean "shop-orders"?')]
    assert said("https://g/grafana/d/nothing/else") == [
        ("info", "it leads nowhere unless that dashboard is already in Grafana")
    ]


def test_where_other_links_lead_to_dashboards_of_the_project() -> None:
    links = "https://g/d/shop-orders", "https://g/d/nothing", "https://other/d/nothing"
    assert [severity for severity, _ in said(*links)] == ["warning", "info"]


def test_on_the_grafana_of_the_settings() -> None:
    assert [severity for severity, _ in said("https://g:3000/d/x", grafana="https://g:3000/")] == ["warning"]


@pytest.mark.parametrize(
    "link",
    [
        "https://g/d/shop-orders",
        "https://g/d/shop-orders/the-shop?orgId=1",
        "https://g/d/{{ $labels.dashboard }}",
        "https://g/d/shop-{{ $labels.kind }}",
        "https://g/d/",
        "https://g/dashboards/f/abc",
        "/d/nothing",
        "{{ externalURL }}/d/nothing",
    ],
)
def test_quiet(link: str) -> None:
    assert said(link) == []


def test_a_project_without_dashboards_links_those_of_others() -> None:
    assert found(group(alert("https://g/d/a")), ids={"unknown-dashboard"}) == ()
    assert said("https://g/d/a", guests=["dashboards/shop.py"]) == []
    assert said("https://g/d/a", guests=["rules/shop.py"]) == []
