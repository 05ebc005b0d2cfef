"""Which labels the series of a result have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

_NONE: frozenset[str] = frozenset()
_NO_VALUES: Mapping[str, str] = {}


class Labels(NamedTuple):
    """What is known of the labels of series; the metric's name is none of them.

    Attributes:
        certain: every series has these, whatever is stored.
        likely: an author counts on these: those that are certain, those after `by`, and the `job` and `instance` that
            every series has that was scraped.
        values: those whose value is known.
        possible: no series has others than these; None when it may have any.
        impossible: no series has these.
    """

    certain: frozenset[str] = _NONE
    likely: frozenset[str] = _NONE
    values: Mapping[str, str] = _NO_VALUES
    possible: frozenset[str] | None = None
    impossible: frozenset[str] = _NONE

    def may_have(self, label: str) -> bool:
        """Whether a series may have it."""
        return label not in self.impossible and (self.possible is None or label in self.possible)

    def only(self, labels: Iterable[str]) -> Labels:
        """What `by` leaves of them."""
        kept = frozenset(label for label in labels if self.may_have(label))
        values = {label: value for label, value in self.values.items() if label in kept}
        return Labels(self.certain & kept, kept, values, kept)

    def without(self, labels: Iterable[str]) -> Labels:
        """What is left when these are dropped."""
        dropped = frozenset(labels)
        values = {label: value for label, value in self.values.items() if label not in dropped}
        return Labels(
            self.certain - dropped, self.likely - dropped, values, self.possible, self.impossible | dropped
        )

    def unless_known(self) -> Labels:
        """What remains certain when labels that aren't known were dropped: only what can't be there."""
        return Labels(possible=self.possible, impossible=self.impossible)

    def opened(self) -> Labels:
        """The same with any others besides."""
        return Labels(self.certain, self.likely, self.values)

    def added(self, label: str, *, certain: bool, value: str | None = None) -> Labels:
        """The same with one more; what was known of its value is not any longer."""
        values = {name: known for name, known in self.values.items() if name != label}
        if value is not None:
            values[label] = value
        return Labels(
            self.certain | {label} if certain else self.certain - {label},
            self.likely | {label},
            values,
            None if self.possible is None else self.possible | {label},
            self.impossible - {label},
        )


NO_LABELS = Labels(possible=_NONE)
"""Those of a result that has none, such as `vector(0)`."""
