"""The versions that a Grafana keeps of a dashboard."""

from __future__ import annotations

from support.grafana_standin import Fault


def test_a_dashboard_without_versions_has_no_messages(state, client):
    state.faults = [Fault("GET", "/versions", status=200, body={"versions": []})]
    assert client.dashboards.messages("d", 1) == []
