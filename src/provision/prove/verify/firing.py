"""When an alert would have fired, of the moments at which its expression has had a series."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_ROUNDED = 1e-3
"""Times are told in milliseconds."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When an alert is looked at, and how long it takes.

    Attributes:
        interval_seconds: between two evaluations.
        for_seconds: how long its expression must have had a series before it fires.
        keep_seconds: how long it fires on once it hasn't any more.
    """

    interval_seconds: float
    for_seconds: float = 0.0
    keep_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Fired:
    """How often an alert would have fired.

    Attributes:
        times: how often altogether.
        series: for how many series.
        seconds: for how long altogether.
    """

    times: int
    series: int
    seconds: float


class Watch:
    """One series of an alert's expression, as Prometheus would follow it from evaluation to evaluation.

    Args:
        step: between two evaluations, in seconds.
        since: what ended up to then (Unix seconds) doesn't count.
    """

    def __init__(self, timing: Timing, step: float, since: float) -> None:
        self.times = 0
        self.seconds = 0.0
        self._timing = timing
        self._step = step
        self._since = since
        self._last: float | None = None
        self._active: float | None = None
        self._fires: float | None = None

    def see(self, moments: Iterable[float]) -> None:
        """The expression has the series at these evaluations (Unix seconds), which come after those before."""
        for now in moments:
            if self._last is not None and now - self._last > 1.5 * self._step:
                self._miss(now)
            if self._active is None:
                self._active = now
            if self._fires is None and now - self._active >= self._timing.for_seconds - _ROUNDED:
                self._fires = now
            self._last = now

    def end(self, until: float) -> None:
        """The last evaluation was at `until`."""
        if self._fires is not None:
            self._resolve(min(self._ends, until + self._step))

    @property
    def _ends(self) -> float:
        """The evaluation at which it stops firing, when the series doesn't come back."""
        assert self._last is not None
        missing = self._last + self._step
        kept = -(-(self._timing.keep_seconds - _ROUNDED) // self._step) * self._step
        return missing + max(0.0, kept)

    def _miss(self, now: float) -> None:
        """It was gone, and is back."""
        if self._fires is None:
            self._active = None
        elif now > self._ends + _ROUNDED:
            self._resolve(self._ends)

    def _resolve(self, at: float) -> None:
        assert self._fires is not None
        if at > self._since:
            self.times += 1
            self.seconds += at - max(self._fires, self._since)
        self._active = self._fires = None
