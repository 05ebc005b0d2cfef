"""Who is told of an alert, and when.

| variable | meaning |
| --- | --- |
| `webhook_url` | where pages are posted to; the receiver of the stack `monitor` unless set |
| `smtp_smarthost`, `smtp_from`, `ticket_email` | the mail server (`host:port`), the sender and the address for tickets; without a mail server they are posted like pages |
| `alert_group_wait`, `alert_group_interval` | durations |
| `watchdog_url`, `watchdog_interval` | where, and how often, it is posted that alerts are on their way; nowhere unless given |
"""

from __future__ import annotations

from provision.author import AlertmanagerGlobal, Email, Inhibit, Receiver, Route, Webhook, env

SMARTHOST = env.get("smtp_smarthost")

settings = AlertmanagerGlobal(
    resolve_timeout="5m",
    smtp_smarthost=SMARTHOST,
    smtp_from=env.get("smtp_from", "alertmanager@example.org") if SMARTHOST else None,
)

webhook = Webhook(url=env.get("webhook_url", "http://webhook:8080/alerts"))

pages = Receiver("pages", webhooks=[webhook])
tickets = (
    Receiver("tickets", emails=[Email(to=env.get("ticket_email", "operations@example.org"))])
    if SMARTHOST
    else Receiver("tickets", webhooks=[webhook])
)

# A dead man's switch: who hears nothing any more raises the alarm. It mustn't be part of what it watches over.
WATCHDOG_URL = env.get("watchdog_url")
WATCHDOG_INTERVAL = env.get("watchdog_interval", "1m")
heartbeats = Receiver("watchdog", webhooks=[Webhook(url=WATCHDOG_URL)] if WATCHDOG_URL else [])

# What has no severity, or one that nobody thought of, pages: too loud is mended sooner than too quiet.
root = Route(
    receiver="pages",
    group_by=["alertname", "job"],
    group_wait=env.get("alert_group_wait", "30s"),
    group_interval=env.get("alert_group_interval", "5m"),
    repeat_interval="4h",
    routes=[
        Route(
            receiver="watchdog",
            matchers=['alertname="Watchdog"'],
            group_wait="0s",
            group_interval=WATCHDOG_INTERVAL,
            repeat_interval=WATCHDOG_INTERVAL,
        ),
        Route(receiver="tickets", matchers=['severity="ticket"'], repeat_interval="1d"),
    ],
)

# ── what follows from something that is already told ─────────────────────────

DERIVED = 'alertname=~"average_response_time|TraefikLatencyBudgetBurn"'

inhibitions = [
    Inhibit(
        source=['alertname="TraefikTrafficVanished"'],
        target=[DERIVED],
        equal=["job", "entrypoint"],
    ),
    Inhibit(
        source=['alertname="TraefikServiceDown"'],
        target=[DERIVED],
        equal=["job"],
    ),
    # A ticket never silences a page: with one server less the others may be too slow for everybody.
    Inhibit(
        source=['alertname="TraefikBackendDown"'],
        target=[DERIVED, 'severity="ticket"'],
        equal=["job"],
    ),
    Inhibit(
        source=['alertname="TraefikServiceDown"'],
        target=['alertname="TraefikBackendDown"'],
        equal=["job", "service"],
    ),
    Inhibit(
        source=['alertname="JobDown"'],
        target=['alertname=~"TargetDown|TraefikTrafficVanished"'],
        equal=["job"],
    ),
    # The same objective, more urgently.
    Inhibit(
        source=['severity="page"', 'sla=~"errors|latency"'],
        target=['severity="ticket"', 'sla=~"errors|latency"'],
        equal=["job", "entrypoint", "sla"],
    ),
]
