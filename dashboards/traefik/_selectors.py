"""What the variables of the Traefik dashboards choose from Traefik's metrics."""

from __future__ import annotations

from dashboards._page import variable

JOB = variable("job", "Job", "traefik_config_reloads_total")
ENTRYPOINT = variable("entrypoint", "Entry point", 'traefik_open_connections{job=~"$job"}', everything=".*")
SERVICE = variable("service", "Service", 'traefik_service_requests_total{job=~"$job"}', everything=".*")

RELOADED = "traefik_config_last_reload_success"

ENTRYPOINTS = 'job=~"$job", entrypoint=~"$entrypoint"'
SERVICES = 'job=~"$job", service=~"$service"'


def entrypoint_requests(more: str = "") -> str:
    """Requests that reached the chosen entry points."""
    return f"traefik_entrypoint_requests_total{{{ENTRYPOINTS}{more}}}"


def service_requests(more: str = "") -> str:
    """Requests that were handed to the chosen services."""
    return f"traefik_service_requests_total{{{SERVICES}{more}}}"
