"""Two sets of definitions, or of resources, to their differences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from provision.compile import kinds
from provision.diff.bodies import diff_bodies
from provision.diff.hidden import cover
from provision.diff.leaves import sentence
from provision.diff.pairs import Keys, paired
from provision.diff.routing import INHIBITION_PASSES, ROUTE_PASSES, route_likeness
from provision.diff.titles import title_of
from provision.model import Change, Definition, Difference, Live, Place, Resource, decode, encode


@dataclass(frozen=True, slots=True)
class _Item:
    kind: str
    key: str
    body: bytes
    place: Place | None = None


def diff_definitions(before: Sequence[Definition], after: Sequence[Definition]) -> tuple[Difference, ...]:
    """What differs between two sets of definitions, by kind and key. Routes and inhibitions, whose keys count
    their positions, are matched by what they say, and so is the position of a rule group in its file."""
    left, right = (
        [_Item(found.kind, found.key, found.body, found.place) for found in side] for side in (before, after)
    )
    listed = {kind: _by_content(kind, left, right) for kind in _LISTED}
    plain = _by_key(*_grouped(_without(left, _LISTED), _without(right, _LISTED)))
    return _sorted([*plain, *(difference for found in listed.values() for difference in found)])


def diff_resources(
    before: Iterable[Resource | Live], after: Iterable[Resource | Live]
) -> tuple[Difference, ...]:
    """What differs between two sets of resources of one target, by kind and key."""

    def items(side: Iterable[Resource | Live]) -> list[_Item]:
        return [
            _Item(
                found.kind,
                found.key,
                found.body,
                next(iter(found.places), None) if isinstance(found, Resource) else None,
            )
            for found in side
        ]

    return _sorted(_by_key(items(before), items(after)))


def _by_key(before: Iterable[_Item], after: Iterable[_Item]) -> list[Difference]:
    left = {(item.kind, item.key): item for item in before}
    right = {(item.kind, item.key): item for item in after}
    pairs = [(left.get(name), right.get(name)) for name in left | right]
    return [found for old, new in pairs if (found := _difference(old, new)) is not None]


def _difference(before: _Item | None, after: _Item | None) -> Difference | None:
    item = after or before
    assert item is not None, "one of the two is always there"
    changes: tuple[Change, ...] = ()
    if before is not None and after is not None:
        changes = diff_bodies(item.kind, before.body, after.body)
        if not changes:
            return None
    verb = "create" if before is None else "delete" if after is None else "update"
    return Difference(
        item.kind, item.key, verb, title_of(item.kind, item.key, item.body), changes, item.place
    )


# ── positions in rule files ──────────────────────────────────────────────────
def _grouped(before: list[_Item], after: list[_Item]) -> tuple[list[_Item], list[_Item]]:
    """Rule groups with the position that each would have if no group had come or gone: inserting one moves
    the later ones, and that is no news."""
    common = {item.key for item in before if item.kind == kinds.RULE_GROUP} & {item.key for item in after}
    return _ranked(before, common), _ranked(after, common)


def _ranked(items: list[_Item], common: set[str]) -> list[_Item]:
    bodies = {
        item.key: decode(item.body) for item in items if item.kind == kinds.RULE_GROUP and item.key in common
    }
    files: dict[str, list[str]] = defaultdict(list)
    for key in sorted(bodies, key=lambda key: (bodies[key].get("index", 0), key)):
        files[bodies[key].get("file", "")].append(key)
    rank = {key: position for keys in files.values() for position, key in enumerate(keys)}
    return [
        replace(item, body=encode({**bodies[item.key], "index": rank[item.key]}))
        if item.kind == kinds.RULE_GROUP and item.key in rank
        else item
        for item in items
    ]


# ── kinds whose keys count positions ─────────────────────────────────────────
_LISTED: Final[dict[str, tuple[tuple[Keys, ...], Any]]] = {
    kinds.ROUTE: (ROUTE_PASSES, route_likeness),
    kinds.INHIBIT: (INHIBITION_PASSES, None),
}
_ROOT: Final = "root"


def _without(items: list[_Item], gone: Iterable[str]) -> list[_Item]:
    return [item for item in items if item.kind not in gone or item.key == _ROOT]


def _by_content(kind: str, before: list[_Item], after: list[_Item]) -> list[Difference]:
    left, right = (
        sorted((item for item in side if item.kind == kind and item.key != _ROOT), key=_position)
        for side in (before, after)
    )
    old_bodies, new_bodies = ([cover(decode(item.body)) for item in side] for side in (left, right))
    passes, alike = _LISTED[kind]
    pairs = paired(old_bodies, new_bodies, passes, alike)
    found = [
        *(_difference(left[i], right[j]) for i, j in pairs.pairs),
        *(_difference(left[i], None) for i in pairs.removed),
        *(_difference(None, right[j]) for j in pairs.added),
    ]
    differences = [difference for difference in found if difference is not None]
    if pairs.reordered:
        # Which route comes first decides; of inhibitions the order means nothing, but it is a change of the file.
        orders = ({"order": [title_of(kind, item.key, item.body) for item in side]} for side in (left, right))
        change = sentence("in another order", *orders)
        differences.append(Difference(kind, "#", "update", f"the {_PLURALS[kind]}", (change,)))
    return differences


_PLURALS: Final = {kinds.ROUTE: "routes", kinds.INHIBIT: "inhibitions"}


def _position(item: _Item) -> tuple[str, int]:
    path, _, number = item.key.rpartition("#")
    return path, int(number) if number.isdigit() else 0


def _sorted(found: Iterable[Difference]) -> tuple[Difference, ...]:
    rank = {kind: position for position, kind in enumerate(kinds.KINDS)}
    return tuple(
        sorted(
            found,
            key=lambda difference: (rank.get(difference.kind, len(rank)), difference.kind, difference.key),
        )
    )
