"""Where panels stand: moves, new sizes and other rows, with what one cause moved folded into one sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from provision.diff.leaves import sentence
from provision.diff.words import counted
from provision.model import Change

FOLDED: Final = 3
"""As many panels that make the same move are folded into one sentence."""

_SINGLES: Final = 6
_SIDES: Final = ("x", "y", "w", "h")


@dataclass(frozen=True, slots=True)
class Move:
    """A panel that stands elsewhere.

    Attributes:
        name: such as `panel "Error ratio"`.
        before, after: `x`, `y`, `w`, `h`; `row` only when that changed.
        row: where it went, such as `into row "Errors"`, or empty when the row is the same.
    """

    name: str
    before: dict[str, Any]
    after: dict[str, Any]
    row: str = ""

    @property
    def shift(self) -> tuple[Any, ...]:
        """Panels with the same shift moved for the same reason."""
        ours = [self.after.get(side, 0) - self.before.get(side, 0) for side in ("x", "y")]
        # In another row, the numbers say nothing about the way there.
        rows = self.before.get("row"), self.after.get("row")
        return (self.row, *rows, *((0, 0) if self.row else ours), *self._size())

    def _size(self) -> tuple[Any, ...]:
        sizes = [tuple(place.get(side) for side in ("w", "h")) for place in (self.before, self.after)]
        return () if sizes[0] == sizes[1] else tuple(sizes)


def is_place(value: Any) -> bool:
    """Whether it is a `gridPos` whose sides are whole numbers, and nothing else."""
    return (
        isinstance(value, dict)
        and set(value) == set(_SIDES)
        and all(type(value[side]) is int for side in _SIDES)
    )


def told(moves: Sequence[Move]) -> Iterator[Change]:
    """The moves as sentences: those of one shift together, and many different ones together too."""
    groups: dict[tuple[Any, ...], list[Move]] = defaultdict(list)
    for move in moves:
        groups[move.shift].append(move)
    singles = [move for group in groups.values() if len(group) < FOLDED for move in group]
    for group in groups.values():
        if len(group) >= FOLDED:
            yield _together(group, f"{counted(len(group), 'panel')} {_way(group[0])}")
    if len(singles) > _SINGLES:
        yield _together(singles, f"{counted(len(singles), 'panel')} moved or resized")
        return
    for move in singles:
        before, after = (
            {side: place[side] for side in place if _differs(side, move)}
            for place in (move.before, move.after)
        )
        yield sentence(f"{move.name} {_end(move)}", before, after)


def _together(moves: Sequence[Move], text: str) -> Change:
    return sentence(
        text, {move.name: move.before for move in moves}, {move.name: move.after for move in moves}
    )


def _differs(side: str, move: Move) -> bool:
    return bool(move.before.get(side) != move.after.get(side))


def _end(move: Move) -> str:
    """Where one panel ended: `moved to 12,8 and resized to 12×8`, `moved into row "Errors", to 0,16`."""
    said = []
    if move.row:
        said.append(f"moved {move.row}")
    if _differs("x", move) or _differs("y", move):
        said.append(f"{'' if said else 'moved '}to {move.after['x']},{move.after['y']}")
    if _differs("w", move) or _differs("h", move):
        said.append(f"resized to {move.after['w']}×{move.after['h']}")
    return ", ".join(said) if move.row else " and ".join(said)


def _way(move: Move) -> str:
    """The way that several panels went: `moved down by 8`."""
    said = []
    if move.row:
        said.append(f"moved {move.row}")
    else:
        across, down = (move.after.get(side, 0) - move.before.get(side, 0) for side in ("x", "y"))
        ways = [f"{'right' if across > 0 else 'left'} by {abs(across)}"] if across else []
        ways += [f"{'down' if down > 0 else 'up'} by {abs(down)}"] if down else []
        if ways:
            said.append("moved " + " and ".join(ways))
    if _differs("w", move) or _differs("h", move):
        said.append(f"resized to {move.after['w']}×{move.after['h']}")
    return " and ".join(said)
