"""The steady state that a drill begins with: users are served, and no alert would be taken for what follows."""

from __future__ import annotations

import time
from typing import Final

from provision.client.alertmanager import Alertmanager
from provision.client.prometheus import Prometheus
from provision.client.session import Endpoint, open_session
from provision.errors import ProvisionError
from provision.lab.drill import judging, watchdog
from provision.lab.drill.client import Client
from provision.lab.drill.judged import expected, judged, step_of
from provision.lab.drill.scene import Scene
from provision.lab.drill.timing import Detection, Resolution
from provision.lab.drill.values import Hypothesis, Signal

STEADY_SECONDS: Final = 5.0
"""For how long all is well before something is broken."""

PATIENCE_SECONDS: Final = 120.0
"""How long a steady state is waited for."""

_PAUSE_SECONDS: Final = 0.5

Bounds = tuple[Detection, Resolution]


def await_steady(stage: Scene, client: Client, hypothesis: Hypothesis) -> Bounds | None:
    """Wait until the users' requests succeed and no alert says otherwise; when the alert must be told of then.

    Raises:
        ProvisionError: that doesn't come to pass.
    """
    began = time.time()
    with (
        open_session(Endpoint(stage.url("Prometheus"))) as session,
        open_session(Endpoint(stage.url("Alertmanager"))) as other,
    ):
        prometheus, alertmanager = Prometheus(session), Alertmanager(other)
        while why := (
            _unwell(client, prometheus, hypothesis, began) or watchdog.unheard(stage, alertmanager)
        ):
            if time.time() - began > PATIENCE_SECONDS:
                raise ProvisionError(f"{why} after {PATIENCE_SECONDS:.0f} s", where="the lab")
            time.sleep(_PAUSE_SECONDS)
        if hypothesis.signal is None:
            return None
        return _bounds(stage, hypothesis.signal, _history(prometheus, hypothesis.signal))


def _unwell(client: Client, prometheus: Prometheus, hypothesis: Hypothesis, began: float) -> str:
    now = time.time()
    if now - began < STEADY_SECONDS:
        return "all isn't well long enough"
    recent = [visit for visit in client.visits() if visit.due > now - STEADY_SECONDS]
    if not recent or any(visit.failed for visit in recent):
        return "users' requests still fail"
    alerts = prometheus.query(disturbing(hypothesis))
    return f"{alerts[0].labels['alertname']} is still {alerts[0].labels['alertstate']}" if alerts else ""


def disturbing(hypothesis: Hypothesis) -> str:
    """The expression of the alerts that must be over before something is broken: the one that is to tell of it; or where
    nobody is to be told, pages, and tickets that are about to be told of and would be taken for what follows."""
    signal = hypothesis.signal
    if signal is not None:
        return f'ALERTS{{alertname="{signal.alert}", severity=~"{signal.severity or ".*"}"}}'
    known = "|".join(sorted(hypothesis.may_fire))
    tickets = f'alertname!~"{known}", severity!="{judging.NOBODY}"'
    firing = f'ALERTS{{{tickets}, alertstate="firing"}}'
    return (
        f'ALERTS{{severity="page"}} or ALERTS{{{tickets}, alertstate="pending"}}'
        f" or ({firing} unless {firing} offset {STEADY_SECONDS:.0f}s)"
    )


def _history(prometheus: Prometheus, signal: Signal) -> float:
    """For how many seconds there are samples of the job."""
    found = prometheus.query(f'time() - min(min_over_time(timestamp(up{{job="{signal.job}"}})[1d:1s]))')
    return found[0].value if found else 0.0


def _bounds(stage: Scene, signal: Signal, history: float) -> Bounds:
    rules = judged(stage.definitions, signal.alert, signal.job, signal.severity, stage.resend_seconds)
    return expected(rules, step_of(signal, history))
