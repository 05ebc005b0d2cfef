"""When an alert must fire and when it must be over: the sum of all that lies between a fault and the person it wakes.

A fault that starts at 0 and moves what an alert compares from one level to another is told at the latest after

    pending    exposure + crossing + scrape + (1 + records) · evaluation
    firing     pending + ⌈for / evaluation⌉ · evaluation
    delivered  firing + max(group_wait, group_interval) + delivery

and its end, counted from the healing,

    quiet      exposure + crossing back + scrape + (1 + records) · evaluation + ⌈keep_firing_for / evaluation⌉ · evaluation
    resolved   quiet + retelling + group_interval + delivery

| term | what it is, and where it comes from |
| --- | --- |
| exposure | until the first sample could show it, such as a health check's interval and time-out; the drill says it |
| crossing | until the value that is compared passes the threshold, through all the windows (`provision.lab.drill.windows`); the last of the conditions that must hold together. Back: the first of them that no longer holds, as if the fault had filled the windows |
| scrape | a sample is as old as the scrape interval when the next one is taken |
| evaluation | the same for the evaluations of the alert's group, and of each record on the way that another group evaluates; Prometheus' documentation on recording rules: groups are evaluated independently, the rules of one in order |
| for, keep_firing_for | are looked at when a rule is evaluated, and so last a whole number of evaluations (Prometheus, rules/alerting.go) |
| group_wait, group_interval | Alertmanager, configuration: a new group waits for the first, one that was told before for the second |
| retelling | nothing, but where Prometheus reloads: it forgets its Alertmanagers for up to 5 s (discovery/manager.go), and tells those again, after its resend delay, what was lost meanwhile |
| delivery | what is in no configuration: the requests to Alertmanager and from it, and a machine that is busy |
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from provision.lab.drill.conditions import Alternatives, Chain, Condition
from provision.lab.drill.windows import crossing

DELIVERY_SECONDS = 1.0
_FORGOTTEN_SECONDS = 5.0
_TOLD_FOR = 4


@dataclass(frozen=True, slots=True)
class Pace:
    """The intervals that an alert is judged and told by, all in seconds."""

    scrape: float
    evaluation: float
    for_: float = 0.0
    keep_firing: float = 0.0
    group_wait: float = 0.0
    group_interval: float = 0.0
    resend: float = 60.0


@dataclass(frozen=True, slots=True)
class Step:
    """What a fault does to the value that an alert compares.

    Attributes:
        before, after: its levels without and with the fault.
        exposure: seconds until the first sample could show it.
        recovery: the same for the healing.
        history: for how many seconds before the fault there are samples.
        reloads: whether the healing has Prometheus reload.
    """

    before: float
    after: float
    exposure: float = 0.0
    recovery: float = 0.0
    history: float = math.inf
    reloads: bool = False


@dataclass(frozen=True, slots=True)
class Detection:
    """Seconds after the fault at the latest; infinite: never."""

    pending: float
    firing: float
    delivered: float


@dataclass(frozen=True, slots=True)
class Resolution:
    """Seconds after the healing at the latest."""

    quiet: float
    resolved: float


def silence(pace: Pace) -> float:
    """How many seconds after the end of Prometheus Alertmanager tells that an alert is over which always fired: it
    takes an alert for over four times as long after Prometheus last told of it as that tells of it again, or evaluates
    it (Prometheus, rules/alerting.go), and tells so with the next group interval.
    """
    return _TOLD_FOR * max(pace.resend, pace.evaluation) + pace.group_interval + DELIVERY_SECONDS


def detection(alternatives: Alternatives, step: Step, pace: Pace) -> Detection:
    """When the alert is pending, firing and told of at the latest; the formula stands above.

    Conditions whose threshold doesn't lie between the two levels are about something else, such as that there were
    enough requests, and are taken to hold.
    """
    shown = min((_shown(each, step, pace) for each in alternatives), default=math.inf)
    pending = step.exposure + shown
    firing = pending + _whole(pace.for_, pace.evaluation)
    return Detection(pending, firing, firing + max(pace.group_wait, pace.group_interval) + DELIVERY_SECONDS)


def resolution(alternatives: Alternatives, step: Step, pace: Pace) -> Resolution:
    """When it is over, and told to be over, at the latest."""
    gone = max((_gone(each, step, pace) for each in alternatives), default=math.inf)
    quiet = step.recovery + gone + _whole(pace.keep_firing, pace.evaluation)
    told = quiet + (_retelling(pace) if step.reloads else 0.0)
    return Resolution(quiet, told + pace.group_interval + DELIVERY_SECONDS)


def _retelling(pace: Pace) -> float:
    times = math.floor(_FORGOTTEN_SECONDS / pace.resend) + 1
    return times * (_whole(pace.resend, pace.evaluation) + pace.evaluation)


def _shown(conditions: Sequence[Condition], step: Step, pace: Pace) -> float:
    rising = [
        _through(condition, fraction, step) + _sampled(condition.chain, pace)
        for condition in conditions
        if (fraction := _fraction(condition, step)) is not None
    ]
    return max(rising, default=math.inf)


def _gone(conditions: Sequence[Condition], step: Step, pace: Pace) -> float:
    falling = [
        _back(condition, fraction, step) + _sampled(condition.chain, pace)
        for condition in conditions
        if (fraction := _fraction(condition, step)) is not None
    ]
    # An alternative that the fault never made true isn't what keeps the alert.
    return min(falling, default=0.0)


def _fraction(condition: Condition, step: Step) -> float | None:
    """How much of the step must be seen for the condition to hold; None when the step doesn't pass its threshold."""
    if step.after == step.before:
        return None
    fraction = (condition.threshold - step.before) / (step.after - step.before)
    if condition.operator in ("==", "!="):
        # A level that is met, or left: with all of the step, or with any of it.
        reached = 1.0 if condition.operator == "==" else 0.0
        return reached if math.isclose(fraction, reached, abs_tol=1e-9) else None
    upwards = condition.operator in (">", ">=")
    return fraction if upwards is (step.after > step.before) and 0 <= fraction <= 1 else None


def _through(condition: Condition, fraction: float, step: Step) -> float:
    chain, rises = condition.chain, step.after > step.before
    # The largest value of a window falls only when all of it has fallen; the smallest rises so.
    return (chain.min_seconds if rises else chain.max_seconds) + crossing(
        fraction, chain.windows, step.history
    )


def _back(condition: Condition, fraction: float, step: Step) -> float:
    # The other way round, from full windows.
    chain, rose = condition.chain, step.after > step.before
    return (chain.max_seconds if rose else chain.min_seconds) + crossing(1 - fraction, chain.windows)


def _sampled(chain: Chain, pace: Pace) -> float:
    return pace.scrape + (1 + chain.records) * pace.evaluation


def _whole(seconds: float, interval: float) -> float:
    return math.ceil(seconds / interval - 1e-9) * interval if interval > 0 else seconds
