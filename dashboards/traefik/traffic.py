"""What goes through Traefik, what comes back, and what it sends it to."""

from __future__ import annotations

from grafanalib import formatunits as units
from grafanalib.core import Dashboard

from dashboards._page import ANY_JOB, firing, page
from dashboards._panels import at_least, at_most, bars, grid, line, section, stat, table, timeline, timeseries
from dashboards._requests import rate, requests_by, share
from dashboards.traefik._selectors import (
    ENTRYPOINT,
    ENTRYPOINTS,
    JOB,
    RELOADED,
    SERVICE,
    SERVICES,
    entrypoint_requests,
    service_requests,
)
from provision.author import Waive
from rules._sla import ERROR_RATIO, ERROR_TEXT, LATENCY_SECONDS, LATENCY_TEXT

REQUESTS = entrypoint_requests()
GOOD = entrypoint_requests(', code=~"[123].."')
BAD = entrypoint_requests(', code=~"[45].."')
RECEIVED = f"traefik_entrypoint_requests_bytes_total{{{ENTRYPOINTS}}}"
SENT = f"traefik_entrypoint_responses_bytes_total{{{ENTRYPOINTS}}}"
CONNECTIONS = f"traefik_open_connections{{{ENTRYPOINTS}}}"
SERVER_UP = f"traefik_service_server_up{{{SERVICES}}}"
RELOADS = 'traefik_config_reloads_total{job=~"$job"}'
SERVICE_TIME = f"traefik_service_request_duration_seconds_sum{{{SERVICES}}}"
SERVICE_COUNT = f"traefik_service_request_duration_seconds_count{{{SERVICES}}}"
RETRIES = f"traefik_service_retries_total{{{SERVICES}}}"

NEEDS_HEALTH_CHECK = (
    "Only services with a health check have this: `traefik.http.services.NAME.loadbalancer.healthcheck.path`."
)


SERVICE_REQUESTS = service_requests()
SERVICE_ERRORS = service_requests(', code=~"5.."')

now = line(
    4,
    stat(
        "Requests a second",
        "Over all chosen entry points.",
        units.REQUESTS_PER_SEC,
        {"requests": rate(REQUESTS)},
    ),
    stat(
        "Requests in the time range",
        "How many there were in the chosen time range.",
        units.SHORT,
        {"requests": f"sum (increase({REQUESTS}[$__range]))"},
        instant=True,
    ),
    stat(
        "Bad codes",
        "The share of requests answered with a 4xx or 5xx status.",
        units.PERCENT_UNIT,
        {"4xx and 5xx": share(BAD, REQUESTS)},
        decimals=2,
    ),
    stat(
        "Open connections",
        "Over all chosen entry points.",
        units.SHORT,
        {"connections": f"sum ({CONNECTIONS})"},
    ),
    stat(
        "Backends up",
        f"Servers that pass their health check, of all that Traefik knows. {NEEDS_HEALTH_CHECK}",
        units.SHORT,
        {"up": f"sum ({SERVER_UP})", "known": f"count ({SERVER_UP})"},
    ),
    stat(
        "Last configuration reload",
        "How long ago Traefik took over its present configuration. Traefik 3 counts no failed ones.",
        units.SECONDS,
        {"ago": f'time() - max ({RELOADED}{{job=~"$job"}})'},
    ),
)

status_codes = line(
    8,
    requests_by(
        "status code",
        "With gRPC the code is the gRPC status; 499 is a request that the client gave up.",
        REQUESTS,
        "code",
    ),
    bars(
        "Requests by status code, total",
        "Counted over the time range that is shown.",
        units.SHORT,
        {"{{code}}": f"sum by (code) (increase({REQUESTS}[$__range]))"},
    ),
    timeseries(
        "Good against bad codes",
        "Good are 1xx to 3xx, bad are 4xx and 5xx.",
        units.REQUESTS_PER_SEC,
        {
            "good": f"{rate(GOOD)} or 0 * {rate(REQUESTS)}",
            "bad": f"{rate(BAD)} or 0 * {rate(REQUESTS)}",
        },
    ),
)

breakdown = line(
    8,
    requests_by("entry point", "Which door they came through.", REQUESTS, "entrypoint"),
    requests_by(
        "method", "Methods that Traefik doesn't know are counted as EXTENSION_METHOD.", REQUESTS, "method"
    ),
)

volume = line(
    8,
    timeseries(
        "Open connections by entry point",
        "Connections open at the moment of the scrape.",
        units.SHORT,
        {"{{entrypoint}} ({{protocol}})": f"sum by (entrypoint, protocol) ({CONNECTIONS})"},
    ),
    timeseries(
        "Bytes in and out",
        "Bodies of requests and answers, without headers.",
        units.BYTES_SEC,
        {"in": rate(RECEIVED), "out": rate(SENT)},
    ),
)

services = line(
    8,
    requests_by("service", "What Traefik handed on.", SERVICE_REQUESTS, "service"),
    timeseries(
        "5xx ratio by service",
        f"0 while a service has none; the SLA allows {ERROR_TEXT}.",
        units.PERCENT_UNIT,
        {"{{service}}": share(SERVICE_ERRORS, SERVICE_REQUESTS, "service")},
        thresholds=at_most(ERROR_RATIO),
    ),
    timeseries(
        "Average response time by service",
        f"Windowed, as Traefik waited for the service; the SLA is {LATENCY_TEXT}.",
        units.SECONDS,
        {"{{service}}": f"{rate(SERVICE_TIME, 'service')} / ({rate(SERVICE_COUNT, 'service')} > 0)"},
        thresholds=at_most(LATENCY_SECONDS),
    ),
)

backends = line(
    8,
    timeline(
        "Backends",
        f"Whether each server passes its health check. {NEEDS_HEALTH_CHECK}",
        {"{{service}} {{url}}": f"min by (service, url) ({SERVER_UP})"},
        {1: "up", 0: "down"},
    ),
    timeseries(
        "Retries by service",
        "Requests that Traefik sent again; only with the retry middleware.",
        units.OPS_PER_SEC,
        {"{{service}}": f"{rate(RETRIES, 'service')} or 0 * {rate(SERVICE_REQUESTS, 'service')}"},
    ),
)

Waive("verify-unknown-metric", reason="Traefik has it from the first retry on", of="Retries by service")

itself = line(
    8,
    timeseries(
        "Configuration reloads",
        "How many each Traefik has taken over. The first one, at its start, isn't seen.",
        units.SHORT,
        {"{{instance}}": f"sum by (instance) (increase({RELOADS}[$__rate_interval]))"},
    ),
    table(
        "Certificates",
        "How long they last: of each name the newest. Only with TLS.",
        units.SECONDS,
        'max by (cn, sans) (traefik_tls_certs_not_after{job=~"$job"}) - time()',
        {"cn": "Name", "sans": "Also for", "Value": "Expires in"},
        thresholds=at_least(14 * 86400),
    ),
    firing("Traefik", ANY_JOB),
)

dashboard = Dashboard(
    title="Traefik traffic",
    description="Requests by status code, entry point, method and service; connections, bytes, backends.",
    panels=grid(
        section("Now"),
        now,
        section("Requests"),
        status_codes,
        breakdown,
        volume,
        section("Services"),
        services,
        backends,
        section("Traefik itself"),
        itself,
    ),
    **page("traefik", [JOB, ENTRYPOINT, SERVICE], [RELOADED]),
)
