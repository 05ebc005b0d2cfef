"""The comparison that knows nothing: field by field down to the leaves, with a readable path. The rooms that know
more (`panels`, `rules`, …) hang what they know into it as a `Shape`.

A change whose before and after are both objects is a sentence: its path says it all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

import orjson

from provision.diff.pairs import Keys, Pairs, by, by_nth, in_place, paired
from provision.diff.words import quoted, words
from provision.model import JSON, Change, encode


class _Missing(Enum):
    MISSING = "missing"


MISSING: Final = _Missing.MISSING
"""Stands for a field that isn't there; null is a value."""

Handler = Callable[[str, Any, Any], Iterator[Change]]
"""Compares what lies at one place: (path, before, after), either may be MISSING, and they are not the same."""

Trail = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """What is known of a body.

    Attributes:
        names: what a person calls the place at a trail of keys; an empty name is left out of the path.
        handlers: who compares what lies there.
    """

    names: Mapping[Trail, str] = field(default_factory=dict)
    handlers: Mapping[Trail, Handler] = field(default_factory=dict)


PLAIN: Final = Shape()
_IDENTITIES: Final = ("id", "uid", "name", "key", "refId", "title", "field")
_SMALL: Final = 4
_SIMPLE: Final = re.compile(r"[^\s.:\[\]\"]+")


def join(path: str, name: str) -> str:
    """The path of what is called `name` within `path`."""
    return f"{path}: {name}" if path else name


def sentence(text: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Change:
    """A change whose path says it all; the objects are for machines."""
    return Change(text, dict(before), dict(after))


def change(path: str, before: Any, after: Any) -> Change:
    """The change of one value; a null that comes or goes is said in a sentence."""
    if before is MISSING and after is None:
        return sentence(f"{path} set to null", {}, {"value": None})
    if before is None and after is MISSING:
        return sentence(f"{path} no longer null", {"value": None}, {})
    return Change(path, None if before is MISSING else before, None if after is MISSING else after)


def same(before: Any, after: Any) -> bool:
    """Whether two values have the same canonical bytes: 1 isn't 1.0, and null isn't nothing."""
    if before is MISSING or after is MISSING:
        return before is after
    return before is after or encode(before) == encode(after)


def leaves(path: str, before: Any, after: Any, shape: Shape = PLAIN) -> Iterator[Change]:
    """Every change between two values, by field."""
    return _walk(path, ": ", (), before, after, shape)


def _walk(path: str, separator: str, trail: Trail, before: Any, after: Any, shape: Shape) -> Iterator[Change]:
    if same(before, after):
        return
    if trail in shape.handlers:
        yield from shape.handlers[trail](path, before, after)
    elif isinstance(before, dict) and isinstance(after, dict):
        yield from _fields(path, separator, trail, before, after, shape)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _items(path, before, after)
    else:
        known = any(
            longer[: len(trail)] == trail
            for longer in (*shape.handlers, *shape.names)
            if len(longer) > len(trail)
        )
        whole = before if after is MISSING else after if before is MISSING else None
        if isinstance(whole, dict) and whole and (known or _size(whole) <= _SMALL):
            old, new = (whole, {}) if after is MISSING else ({}, whole)
            yield from _fields(path, separator, trail, old, new, shape)
        else:
            name = trail[-1] if trail and not shape.names.get(trail, "x") else ""
            yield change(join(path, name) if name else path or "value", before, after)


def _fields(
    path: str, separator: str, trail: Trail, before: dict[str, Any], after: dict[str, Any], shape: Shape
) -> Iterator[Change]:
    for key in [*before, *(key for key in after if key not in before)]:
        below = (*trail, key)
        name = shape.names.get(below, key if _SIMPLE.fullmatch(key) else orjson.dumps(key).decode())
        if not name:
            inner, next_separator = path, separator
        else:
            inner, next_separator = (f"{path}{separator}{name}" if path else name), "."
        yield from _walk(
            inner, next_separator, below, before.get(key, MISSING), after.get(key, MISSING), shape
        )


def _items(path: str, before: list[Any], after: list[Any]) -> Iterator[Change]:
    path = path or "items"
    if not any(isinstance(item, dict | list) for item in (*before, *after)):
        yield change(path, before, after)
        return
    identity = next(
        (name for name in _IDENTITIES if _identifies(name, before) and _identifies(name, after)), None
    )
    passes: list[Keys] = (
        [by(lambda item: item[identity])] if identity else [in_place, by_nth(encode), by_nth(type)]
    )
    pairs = paired(before, after, passes)

    def name(position: int, item: Any) -> str:
        return f"{path}[{words(item[identity]) if identity else position}]"

    for i, j in pairs.pairs:
        yield from _walk(name(j, after[j]), ".", (), before[i], after[j], PLAIN)
    for i in pairs.removed:
        yield change(name(i, before[i]), before[i], MISSING)
    for j in pairs.added:
        yield change(name(j, after[j]), MISSING, after[j])
    yield from reordered(
        path, pairs, before, after, lambda item, _: words(item[identity] if identity else item)
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """How the items of a list of objects are told apart, named and compared.

    Attributes:
        noun: what the items are called together.
        name: what a person calls one item, given with the whole list.
        differ: the changes between two items that belong together; the path names the item already.
        passes, alike, least: as `paired` takes them.
        label: the field that holds an item's own name, so that another one is a rename; empty for none.
        bare: whether that name is written without quotes.
    """

    noun: str
    name: Callable[[Any, Sequence[Any]], str]
    differ: Handler
    passes: tuple[Keys, ...]
    alike: Callable[[Any, Any], float] | None = None
    least: float = 0.5
    label: Callable[[Any], str] = lambda _: ""
    bare: bool = False


def kept(rule: Kept) -> Handler:
    """A handler of lists of objects; a list of anything else is compared as it is."""

    def differ(path: str, before: Any, after: Any) -> Iterator[Change]:
        left, right = _objects(before), _objects(after)
        if left is None or right is None or not (left or right):
            yield from leaves(join(path, rule.noun), before, after)
            return
        pairs = paired(left, right, rule.passes, rule.alike, rule.least)
        for i, j in pairs.pairs:
            old, new = left[i], right[j]
            label = rule.label(new)
            if label and is_renamed(label, old, new):
                yield renamed(path, rule.name(old, left), label, old, new, bare=rule.bare)
                old = {**old, label: new[label]}
            if not same(old, new):
                yield from rule.differ(join(path, rule.name(right[j], right)), old, new)
        for i in pairs.removed:
            yield change(join(path, rule.name(left[i], left)), left[i], MISSING)
        for j in pairs.added:
            yield change(join(path, rule.name(right[j], right)), MISSING, right[j])
        yield from reordered(join(path, rule.noun), pairs, left, right, rule.name)

    return differ


def is_renamed(label: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether both have a name, and not the same one."""
    names = before.get(label), after.get(label)
    return all(isinstance(name, str) and name for name in names) and names[0] != names[1]


def renamed(
    path: str,
    name: str,
    label: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    bare: bool = False,
) -> Change:
    """A sentence that what `name` names has another name now."""
    new = quoted(after[label], always=not bare)
    return sentence(join(path, f"{name} renamed to {new}"), {label: before[label]}, {label: after[label]})


def reordered(
    path: str,
    pairs: Pairs,
    before: Sequence[Any],
    after: Sequence[Any],
    name: Callable[[Any, Sequence[Any]], str],
) -> Iterator[Change]:
    """A sentence when what is in both lists stands in another order."""
    if pairs.reordered:
        old, new = ([name(item, side) for item in side] for side in (before, after))
        yield sentence(
            f"{path} in another order",
            {"order": before if old == new else old},
            {"order": after if old == new else new},
        )


def _objects(value: Any) -> list[dict[str, Any]] | None:
    """A list of objects as it is, nothing as an empty one, anything else as None."""
    if value is MISSING:
        return []
    return value if isinstance(value, list) and all(isinstance(item, dict) for item in value) else None


def _identifies(name: str, items: list[Any]) -> bool:
    values: list[Hashable] = []
    for item in items:
        if not isinstance(item, dict) or not isinstance(item.get(name), str | int):
            return False
        values.append((type(item[name]), item[name]))
    return len(set(values)) == len(values)


def _size(value: JSON) -> int:
    """How many leaves a value has; an empty object, or a list of plain values, counts as one."""
    if isinstance(value, dict):
        return sum(map(_size, value.values())) or 1
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return sum(map(_size, value))
    return 1
