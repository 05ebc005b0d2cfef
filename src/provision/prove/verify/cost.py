"""Every expression costs the server no more than the project allows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provision.prove.verify.verdicts import Remark, Verdict

ID = "query-cost"


@dataclass(frozen=True, slots=True)
class Settings:
    """What is allowed; None: anything.

    Attributes:
        max_series: how many series it may read, its conditions left aside.
        max_seconds: how long the server may take over it.
        max_samples: how many samples it may read.
        max_peak_samples: how many samples the server may hold for it at the same time.
    """

    max_series: int | None = None
    max_seconds: float | None = None
    max_samples: int | None = None
    max_peak_samples: int | None = None

    @property
    def needs_statistics(self) -> bool:
        """Whether the server must be asked how many samples a query reads."""
        return self.max_samples is not None or self.max_peak_samples is not None


def remarks(verdict: Verdict, settings: Settings) -> Iterator[Remark]:
    """At most one: what of an expression is more than is allowed."""
    if said := list(_excesses(verdict, settings)):
        yield Remark(
            ID,
            "warning",
            ", ".join(said),
            "select less, shorten its ranges, or record what it is made of",
        )


def _excesses(verdict: Verdict, settings: Settings) -> Iterator[str]:
    series, most = verdict.series, settings.max_series
    if series is not None and most is not None and series > most:
        yield f"it has {series} series, and {most} are allowed"
    if (
        verdict.seconds is not None
        and settings.max_seconds is not None
        and verdict.seconds > settings.max_seconds
    ):
        yield f"the server took {verdict.seconds:.3g} s over it, and {settings.max_seconds:g} s are allowed"
    if verdict.statistics is None:
        return
    total, peak = verdict.statistics.samples, verdict.statistics.peak_samples
    if settings.max_samples is not None and total > settings.max_samples:
        yield f"it reads {total} samples, and {settings.max_samples} are allowed"
    if settings.max_peak_samples is not None and peak > settings.max_peak_samples:
        yield f"the server holds {peak} samples at once for it, and {settings.max_peak_samples} are allowed"
