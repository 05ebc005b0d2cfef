"""Whether what the project promises was kept, over all requests since the lab's start, as Traefik has counted them.

| variable | what is promised |
| --- | --- |
| `sla_latency_seconds` | a slower answer is late, and answers take no longer on average |
| `sla_error_ratio` | the share of requests that may be late, and the share that may fail with a 5xx |
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provision.client.prometheus import Prometheus
from provision.project import Project
from provision.show.values import format_value

_CLIENTS = 'entrypoint=~"web|websecure"'
_TIME = "traefik_entrypoint_request_duration_seconds"
_BY_BOUND = f"sum by (le) ({_TIME}_bucket{{{_CLIENTS}}})"
_COUNT, _SUM = f"sum ({_TIME}_count{{{_CLIENTS}}})", f"sum ({_TIME}_sum{{{_CLIENTS}}})"
_REQUESTS = f"sum by (code) (traefik_entrypoint_requests_total{{{_CLIENTS}}})"


@dataclass(frozen=True, slots=True)
class Objective:
    """What is promised: see the table above."""

    latency_seconds: float
    error_ratio: float


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that is promised, and what came of it.

    Attributes:
        what: in words.
        measured: a share from 0 to 1, or seconds.
        promised: the same.
        unit: Grafana's id of it: `percentunit`, which is to be at least what is promised; or `s`, at most.
    """

    what: str
    measured: float
    promised: float
    unit: str

    @property
    def kept(self) -> bool:
        """Whether it was."""
        # A share is a quotient of counts, and a promise often 1 minus a decimal fraction.
        close = math.isclose(self.measured, self.promised, rel_tol=1e-9)
        return close or (self.measured > self.promised) == (self.unit == "percentunit")

    @property
    def texts(self) -> tuple[str, str]:
        """What was measured and what is promised, as people write it."""
        digits = 2 if self.unit == "percentunit" else None
        return format_value(self.measured, self.unit, digits), format_value(self.promised, self.unit)


def objective(project: Project) -> Objective | None:
    """What the project's variables promise; None when they promise nothing of that kind."""
    latency, errors = (
        _number(project.variables.get(f"sla_{name}")) for name in ("latency_seconds", "error_ratio")
    )
    return None if latency is None or errors is None else Objective(latency, errors)


def requests(client: Prometheus) -> int:
    """How many requests Traefik has answered.

    Raises:
        Unreachable: Prometheus doesn't answer.
    """
    return round(sum(_by_code(client).values()))


def promises(client: Prometheus, promised: Objective) -> Iterator[Promise]:
    """What came of each promise; nothing before the first requests were counted.

    Raises:
        Unreachable: Prometheus doesn't answer.
    """
    within = {float(sample.labels["le"]): sample.value for sample in client.query(_BY_BOUND)}
    count = sum(sample.value for sample in client.query(_COUNT))
    seconds = sum(sample.value for sample in client.query(_SUM))
    codes = _by_code(client)
    share = 1 - promised.error_ratio
    late = format_value(promised.latency_seconds, "s")
    if count and promised.latency_seconds in within:
        yield Promise(
            f"answered within {late}", within[promised.latency_seconds] / count, share, "percentunit"
        )
    if count:
        yield Promise("response time on average", seconds / count, promised.latency_seconds, "s")
    if total := sum(codes.values()):
        failed = sum(number for code, number in codes.items() if code.startswith("5"))
        yield Promise("answered without a 5xx", 1 - failed / total, share, "percentunit")


def _by_code(client: Prometheus) -> Mapping[str, float]:
    return {sample.labels.get("code", ""): sample.value for sample in client.query(_REQUESTS)}


def _number(value: Any) -> float | None:
    is_one = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    return float(value) if is_one else None
