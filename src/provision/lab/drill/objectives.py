"""What the project promises its users, read from the alerts that watch over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provision.errors import ProvisionError
from provision.lab.drill.judged import judged
from provision.model import Definition

ERRORS = "TraefikErrorRatioHigh"
LATENCY = "average_response_time"


@dataclass(frozen=True, slots=True)
class Objectives:
    """The promises.

    Attributes:
        error_ratio: the share of requests that may fail.
        latency_seconds: a slower answer is late.
    """

    error_ratio: float
    latency_seconds: float


def objectives(definitions: Sequence[Definition]) -> Objectives:
    """The thresholds of `TraefikErrorRatioHigh` and `average_response_time`.

    Raises:
        ProvisionError: the project has no such alert, or it compares with no number.
    """
    return Objectives(_threshold(definitions, ERRORS), _threshold(definitions, LATENCY))


def _threshold(definitions: Sequence[Definition], alert: str) -> float:
    try:
        compares = judged(definitions, alert, "traefik")[0].compares
        return next(condition.threshold for condition in compares[0] if condition.operator == ">")
    except (ValueError, StopIteration):
        raise ProvisionError(
            f"no alert {alert} says what users are promised",
            where="rules/",
            remedy="drills need the reference project's alerts",
        ) from None
