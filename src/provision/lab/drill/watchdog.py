"""What the dead man's switch hears: the alert that always fires, and its end when Prometheus is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from provision.client.alertmanager import Alertmanager
from provision.lab.drill.judged import judged
from provision.lab.drill.judging import within
from provision.lab.drill.scene import Scene
from provision.lab.drill.timing import silence
from provision.lab.drill.values import Clause, Event

ALERT: Final = "Watchdog"


def heard_within(stage: Scene) -> float:
    """How many seconds after the end of Prometheus the switch is told at the latest."""
    (rule,) = judged(stage.definitions, ALERT, "prometheus", resend_seconds=stage.resend_seconds)
    return silence(rule.pace)


def unheard(stage: Scene, alertmanager: Alertmanager) -> str:
    """Why no alert would be told of now, in words; empty when the one that always fires has come through, or the project
    has none."""
    try:
        judged(stage.definitions, ALERT, "prometheus")
    except ValueError:
        return ""
    held = alertmanager.alerts([f'alertname="{ALERT}"'])
    return "" if held else f"Alertmanager isn't told of {ALERT}, nor of anything else"


def clauses(stage: Scene, events: Sequence[Event], marks: Mapping[str, float]) -> tuple[Clause, ...]:
    """One clause: that the switch was told in time that the alert which always fires is over."""
    told = [
        event.at
        for event in events
        if event.source == "webhook"
        and (event.alert, event.state) == (ALERT, "resolved")
        and event.at >= marks["broken"]
    ]
    return (
        within(
            f"the dead man's switch hears that {ALERT} is over",
            heard_within(stage),
            min(told, default=None),
            marks["broken"],
            "the break",
        ),
    )
