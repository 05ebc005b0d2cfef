"""An expression with words in the place of its Grafana variables, and where its parts stand in the text as written."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from provision.promql.variables import stand_ins


@dataclass(frozen=True, slots=True)
class Aligned:
    """An expression without variables beside the one with them.

    Attributes:
        text: the expression with something in the place of each variable.
        variables: start and end of each variable in `text`, and then in the text as written.
    """

    text: str
    variables: tuple[tuple[int, int, int, int], ...]

    def written(self, start: int, end: int) -> tuple[int, int] | None:
        """Where the part of `text` from `start` to `end` was written; None when it begins or ends within a variable."""
        begin, finish = self._at(start), self._at(end)
        return None if begin is None or finish is None else (begin, finish)

    def holds_variable(self, start: int, end: int) -> bool:
        """Whether a variable stands in that part of `text`."""
        return any(start < until and begin < end for begin, until, _, _ in self.variables)

    def _at(self, position: int) -> int | None:
        before = bisect_right(self.variables, (position, -1, -1, -1)) - 1
        if before < 0:
            return position
        start, end, _, written_end = self.variables[before]
        if start < position < end:
            return None
        return position - end + written_end


def aligned(expr: str) -> Aligned:
    """The expression without its variables."""
    parts: list[str] = []
    variables = []
    position = length = 0
    for start, end, words in stand_ins(expr):
        parts += [expr[position:start], words]
        at = length + start - position
        variables.append((at, at + len(words), start, end))
        length = at + len(words)
        position = end
    return Aligned("".join((*parts, expr[position:])), tuple(variables))
