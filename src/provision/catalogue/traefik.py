"""Traefik 1, 2 and 3. Source: the names in Traefik's own code at 1.4, 1.7, 2.0, 2.5, 2.11 and 3."""

from __future__ import annotations

from typing import Final

PRODUCT: Final = "Traefik"

TABLE: Final = """
    1.5 traefik_requests_total{service} traefik_entrypoint_requests_total{-} # It counts at the entry points, and knows no service.
    1.5 traefik_request_duration_seconds{service} traefik_entrypoint_request_duration_seconds{-} family # It measures at the entry points, and knows no service.
    2.0 traefik_backend_requests_total{backend} traefik_service_requests_total{service}
    2.0 traefik_backend_request_duration_seconds{backend} traefik_service_request_duration_seconds{service} family
    2.0 traefik_backend_retries_total{backend} traefik_service_retries_total{service}
    2.0 traefik_backend_server_up{backend} traefik_service_server_up{service}
    2.0 traefik_backend_open_connections{backend} traefik_service_open_connections{service}
    3.0 traefik_entrypoint_open_connections{method} traefik_open_connections{-}
    3.0 traefik_service_open_connections{method,service} traefik_open_connections{-,-} # It counts at the entry points, and knows no service.
    3.0 traefik_router_open_connections{method,service,router} traefik_open_connections{-,-,-} # It counts at the entry points, and knows no router.
    3.0 traefik_config_reloads_failure_total - # Traefik 3 counts no failed reloads.
    3.0 traefik_config_last_reload_failure - # Traefik 3 tells the last reload that succeeded only.
"""
