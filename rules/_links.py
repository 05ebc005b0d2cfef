"""Where somebody who is woken by an alert looks first: its runbook and its dashboard."""

from __future__ import annotations

from typing import TypedDict

from provision.author import env

GRAFANA_URL: str = env.get("grafana_url", "http://localhost:3000").rstrip("/")
RUNBOOKS_URL: str = env.get("runbooks_url", "https://example.org/reference/docs/runbooks").rstrip("/")


class Links(TypedDict):
    """The two links that every alert carries."""

    runbook_url: str
    dashboard_url: str


def links(alert: str, dashboard: str) -> Links:
    """The links of an alert: its page in `docs/runbooks/`, and the dashboard of that uid (derived from its
    path: `dashboards/traefik/sla.py` is `traefik-sla`), with variables behind `?` if need be.
    """
    return {"runbook_url": f"{RUNBOOKS_URL}/{alert}.md", "dashboard_url": f"{GRAFANA_URL}/d/{dashboard}"}
