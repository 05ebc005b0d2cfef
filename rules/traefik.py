"""The SLA as Traefik sees it: what is recorded, and what somebody must hear of.

Everything is summed over Traefik's instances before it is divided: an average of the instances' averages
would weigh a quiet one like a busy one.
"""

from __future__ import annotations

from collections.abc import Callable

from provision.author import Alert, Group, Record
from rules._links import links
from rules._sla import (
    BUCKETS_FLAG,
    BURNS,
    CODES,
    ERROR_RATIO,
    ERROR_TEXT,
    ERRORS,
    FOR,
    LATENCY_SECONDS,
    LATENCY_TEXT,
    MEAN,
    MINIMUM_REQUESTS,
    OBJECTIVE_TEXT,
    RATIO_WINDOWS,
    REQUESTS,
    SLOW,
    TIME,
    TIMED,
    WINDOW,
    Burn,
    bucket,
    error_ratio,
    slow_ratio,
    window,
)

HISTOGRAM = "traefik_entrypoint_request_duration_seconds"
ENTRYPOINT = "{{ $labels.entrypoint }}"
SLA_DASHBOARD = f"traefik-sla?var-entrypoint={ENTRYPOINT}"


def growth(counter: str) -> str:
    """By how much each series of a counter grew within the alert window.

    A series is often born at its first error: `code="503"` appears with the value 50, and `increase()` sees
    no growth in it. Such a series counts with all it has, if its target was already scraped a window ago
    (otherwise it is Prometheus that is new, and the counter may be years old).
    """
    born = f"({counter} unless {counter} offset {WINDOW}) and on (job, instance) (up offset {WINDOW} == 1)"
    return f"({born}) or increase({counter}[{WINDOW}])"


def ratio(part: str, whole: str, length: str) -> str:
    """The share of `part` in `whole` over a window; both are recorded growths over the alert window.

    Longer windows add those up, which is cheap and still divides sums. Without traffic 0/0 would be NaN,
    which compares as false for ever: the guard leaves no series instead.
    """
    if length == WINDOW:
        return f"{part} / ({whole} > 0)"
    return f"sum_over_time({part}[{length}]) / (sum_over_time({whole}[{length}]) > 0)"


# ── what is recorded ─────────────────────────────────────────────────────────

BUCKET = f"{HISTOGRAM}_bucket{{{bucket(LATENCY_SECONDS)}}}"

COUNTS = [
    Record(
        record=CODES,
        expr=f"sum by (job, entrypoint, code) ({growth('traefik_entrypoint_requests_total')})",
    ),
    Record(record=REQUESTS, expr=f"sum by (job, entrypoint) ({CODES})"),
    # Without a single 5xx there is nothing to sum; `or vector(0)` has no labels and would match nothing.
    Record(record=ERRORS, expr=f'sum by (job, entrypoint) ({CODES}{{code=~"5.."}}) or 0 * {REQUESTS}'),
    Record(record=TIMED, expr=f"sum by (job, entrypoint) ({growth(HISTOGRAM + '_count')})"),
    Record(record=TIME, expr=f"sum by (job, entrypoint) ({growth(HISTOGRAM + '_sum')})"),
    # Nothing without a bucket at the SLA latency: TraefikSlaBucketMissing tells of that.
    Record(record=SLOW, expr=f"clamp_min({TIMED} - sum by (job, entrypoint) ({growth(BUCKET)}), 0)"),
    Record(record=MEAN, expr=f"{TIME} / ({TIMED} > 0)"),
]

RATIOS = [
    *(Record(record=error_ratio(length), expr=ratio(ERRORS, REQUESTS, length)) for length in RATIO_WINDOWS),
    *(Record(record=slow_ratio(length), expr=ratio(SLOW, TIMED, length)) for length in RATIO_WINDOWS),
]

# ── what breaks the SLA now ──────────────────────────────────────────────────

ENOUGH = f"{REQUESTS} >= {MINIMUM_REQUESTS:g}"

SLA = [
    # The lab's name, kept because habits and silences refer to it. The lab divided the counters themselves:
    # the average since Traefik's start, in which half an hour of slowness drowns in a day of health.
    Alert(
        alert="average_response_time",
        expr=f"{MEAN} > {LATENCY_SECONDS:g} and {ENOUGH}",
        for_=FOR,
        severity="page",
        labels={"sla": "latency"},
        summary=f"{ENTRYPOINT} answers in {{{{ $value | humanizeDuration }}}} on average",
        description=f"The average response time of {ENTRYPOINT} over {WINDOW} is above {LATENCY_TEXT}.",
        **links("average_response_time", SLA_DASHBOARD),
    ),
    Alert(
        alert="TraefikErrorRatioHigh",
        expr=f"{error_ratio(WINDOW)} > {ERROR_RATIO:g} and {ENOUGH}",
        for_=FOR,
        severity="ticket",
        labels={"sla": "errors"},
        summary=f"{{{{ $value | humanizePercentage }}}} of the requests to {ENTRYPOINT} fail",
        description=f"Over {WINDOW} more than {ERROR_TEXT} of the requests to {ENTRYPOINT} got a 5xx answer.",
        **links("TraefikErrorRatioHigh", SLA_DASHBOARD),
    ),
]

# ── what spends the error budget too fast ────────────────────────────────────


def burning(recorded: Callable[[str], str], burn: Burn) -> str:
    """Both windows burn, and the long one saw enough requests to say so. Each request is in the sum once for
    every evaluation within the alert window, however often that is.
    """
    limit = f"{burn.factor * ERROR_RATIO:g}"
    seen = f"sum_over_time({REQUESTS}[{burn.long}]) / count_over_time({REQUESTS}[{WINDOW}])"
    enough = f"{seen} >= {MINIMUM_REQUESTS:g}"
    return f"{recorded(burn.long)} > {limit} and {recorded(burn.short)} > {limit} and {enough}"


ERROR_BUDGET = [
    Alert(
        alert="TraefikErrorBudgetBurn",
        expr=burning(error_ratio, burn),
        for_=FOR,
        severity=burn.severity,
        labels={"sla": "errors", "burn": burn.long},
        summary=f"{{{{ $value | humanizePercentage }}}} of the requests to {ENTRYPOINT} failed within {burn.long}",
        description=(
            f"{OBJECTIVE_TEXT} of the requests to {ENTRYPOINT} must not fail. Over {burn.long}, and still over "
            f"{burn.short}, failures spend that budget {burn.factor:g} times faster than it lasts."
        ),
        **links("TraefikErrorBudgetBurn", SLA_DASHBOARD),
    )
    for burn in BURNS
]

LATENCY_BUDGET = [
    Alert(
        alert="TraefikLatencyBudgetBurn",
        expr=burning(slow_ratio, burn),
        for_=FOR,
        severity=burn.severity,
        labels={"sla": "latency", "burn": burn.long},
        summary=f"{{{{ $value | humanizePercentage }}}} of the requests to {ENTRYPOINT} were slow within {burn.long}",
        description=(
            f"{OBJECTIVE_TEXT} of the requests to {ENTRYPOINT} must be answered within {LATENCY_TEXT}. Over "
            f"{burn.long}, and still over {burn.short}, slow answers spend that budget {burn.factor:g} times "
            "faster than it lasts."
        ),
        **links("TraefikLatencyBudgetBurn", SLA_DASHBOARD),
    )
    for burn in BURNS
]

# ── what the ratios can't show ───────────────────────────────────────────────

USUAL = f"avg_over_time({REQUESTS}[{window(12)}]) >= {MINIMUM_REQUESTS:g}"
ALREADY_FIRING = 'max by (job, entrypoint) (ALERTS{alertname="TraefikTrafficVanished", alertstate="firing"})'
WITHIN_A_DAY = f"max_over_time({REQUESTS}[1d]) > 0"

BLIND_SPOTS = [
    # The traffic that is missed leaves the hour it is measured by, and the alert would end by itself: once it
    # fires it stays until requests return, for a day at most.
    Alert(
        alert="TraefikTrafficVanished",
        expr=f"(({USUAL}) or {ALREADY_FIRING}) and {WITHIN_A_DAY} unless {REQUESTS} > 0",
        for_=FOR,
        severity="page",
        labels={"sla": "traffic"},
        summary=f"{ENTRYPOINT} gets no requests any more",
        description=(
            f"{ENTRYPOINT} was busy within the last {window(12)} and got no request for {WINDOW}. Error and "
            "latency ratios say nothing while that lasts."
        ),
        **links("TraefikTrafficVanished", f"traefik-traffic?var-entrypoint={ENTRYPOINT}"),
    ),
    Alert(
        alert="TraefikSlaBucketMissing",
        expr=f"count by (job) ({HISTOGRAM}_count) unless count by (job) ({BUCKET})",
        for_=FOR,
        severity="ticket",
        labels={"sla": "latency"},
        summary=f"Traefik has no histogram bucket at {LATENCY_TEXT}",
        description=(
            f"The share of requests under {LATENCY_TEXT} can't be measured: start Traefik with {BUCKETS_FLAG}."
        ),
        **links("TraefikSlaBucketMissing", "traefik-sla"),
    ),
]

# A record and the alerts that read it are evaluated together: other groups run at other moments.
sla = Group(name="traefik-sla", rules=[*COUNTS, *RATIOS, *SLA, *ERROR_BUDGET, *LATENCY_BUDGET, *BLIND_SPOTS])

# ── backends and certificates ────────────────────────────────────────────────

SERVER_UP = "traefik_service_server_up"
SERVICE = "{{ $labels.service }}"

backends = Group(
    name="traefik-backends",
    rules=[
        # One Traefik that can't reach a server is enough: its share of the users can't either.
        Alert(
            alert="TraefikBackendDown",
            expr=f"min by (job, service, url) ({SERVER_UP}) == 0",
            for_=FOR,
            severity="ticket",
            labels={"sla": "backends"},
            summary=f"{{{{ $labels.url }}}} of {SERVICE} fails its health check",
            description=f"Traefik sends {SERVICE}'s requests to the remaining servers.",
            **links("TraefikBackendDown", f"traefik-traffic?var-service={SERVICE}"),
        ),
        # A server that is gone from Traefik's configuration leaves no series behind, and with the last one
        # goes the whole service: what was up within the last hour is missed, while Traefik itself is scraped.
        Alert(
            alert="TraefikServiceDown",
            expr=(
                f"max by (job, service) ({SERVER_UP}) == 0 or "
                f"max by (job, service) (max_over_time({SERVER_UP}[{window(12)}])) > 0 "
                f"unless max by (job, service) ({SERVER_UP}) and on (job) up == 1"
            ),
            for_=FOR,
            severity="page",
            labels={"sla": "backends"},
            summary=f"{SERVICE} has no server left",
            description=f"No server of {SERVICE} passes its health check, or all of them are gone.",
            **links("TraefikServiceDown", f"traefik-traffic?var-service={SERVICE}"),
        ),
    ],
)


def expires_within(days: int) -> str:
    """After a renewal the old certificate is listed beside the new one: the newest of a name counts."""
    return f"max by (job, cn, sans) (traefik_tls_certs_not_after) - time() < {days} * 86400"


certificates = Group(
    name="traefik-certificates",
    rules=[
        Alert(
            alert="TraefikCertificateExpiresSoon",
            expr=expires_within(days),
            for_=FOR,
            severity=severity,
            summary="The certificate of {{ $labels.cn }} expires in {{ $value | humanizeDuration }}",
            description=f"It has less than {days} days left, so that its renewal must have failed.",
            **links("TraefikCertificateExpiresSoon", "traefik-traffic"),
        )
        for days, severity in ((14, "ticket"), (2, "page"))
    ],
)
