"""What isn't carried over as it is written, when rules and routes become Grafana's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provision.model import Definition
from provision.model.finding import Severity


@dataclass(frozen=True, slots=True)
class Said:
    """Something that isn't carried over as it is written.

    Attributes:
        severity: `error` where it can't be pushed, `warning` where it does something else, `info`.
        pointer: JSON pointer into the definition it is about.
        checked_elsewhere: whether a check of its own tells of it wherever the rule is evaluated.
    """

    severity: Severity
    pointer: str
    message: str
    remedy: str = ""
    checked_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """The same, with the definition that it is about."""

    definition: Definition
    said: Said


Tell = Callable[[Definition, Said], None]
"""Takes note of a remark."""
