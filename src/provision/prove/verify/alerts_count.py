"""Every alert would have fired no more often of late than the project allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from provision.author.durations import seconds

ID = "alerts-count"

_USUAL_RANGE: Final = "1d"


@dataclass(frozen=True, slots=True)
class Settings:
    """How often alerts may fire.

    Attributes:
        range: over how long that is counted, a Prometheus duration; None: it isn't counted, unless `max` is set.
        max: how often an alert may have fired, for all of its series together; None: any number of times.
    """

    range: str | None = None
    max: int | None = None

    def __post_init__(self) -> None:
        if self.range is not None and not seconds(self.range):
            raise ValueError("range must be longer than 0s")

    @property
    def range_seconds(self) -> float | None:
        """The same in seconds: a day, where only `max` is set."""
        if self.range is None and self.max is None:
            return None
        return seconds(self.range or _USUAL_RANGE)
