"""Changes as lines of text: one a change, with what differs in a long expression, and what matters least folded."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from provision.diff import changed_parts, words
from provision.diff.hidden import SECRET
from provision.model import Change
from provision.show.style import mark, tinted
from provision.show.units import unit_in_words

_OWNER: Final = re.compile(
    r'(?:panel|row|variable|annotation|link|group|scrape job|receiver) "(?:[^"\\]|\\.)*"(?: \(id \S+\))?(?: #\d+)?(?=: )'
    r"|untitled [\w-]+(?: panel)?(?: \(id \S+\))?(?: #\d+)?(?=: )"
    r"|\d+ panels(?=: )"
)
_NAMED: Final = re.compile(r'panels (?:"(?:[^"\\]|\\.)*"(?:, | and )?)+(?=: )')
_PANELS: Final = re.compile(r"\d+ panels")
_MATTERS: Final = re.compile(
    r"(?:query|alert|record|route|thresholds|override|secret|label|annotation)\b"
    r"|(?:type|unit|title|expr|for|description|data source|query|definition)(?:\.|$|:)"
)
_FEW: Final = 6
"""As many fields of one thing that matter less are shown; of more, only how many there are."""

_MANY: Final = 4
"""A field that changed in as many panels, in each in its own way, is one line."""

_INLINE: Final = 100
_WIDTH: Final = 400

_Group = tuple[str, ...]


def change_lines(changes: Sequence[Change], *, everything: bool = False) -> list[str]:
    """One line a change, or a few; but fields that matter less are folded where there are many of them.

    Args:
        everything: fold nothing.
    """
    groups = {} if everything else _folded(changes)
    count = Counter(groups.values())
    lines: list[str] = []
    told: set[_Group] = set()
    for position, change in enumerate(changes):
        group = groups.get(position)
        if group is None:
            lines.extend(_lines(change))
        elif group not in told:
            told.add(group)
            if group[0] == "named":
                lines.append(f"{mark('change')} {group[1]}:")
                rest = (changes[other].path for other, its in groups.items() if its == group)
                lines.extend(f"    {path.removeprefix(group[1]).removeprefix(': ')}" for path in rest)
                continue
            names = [_split(changes[other].path)[1] for other, its in groups.items() if its == group]
            lines.append(_folded_line(group, count[group], names))
    return lines


def _folded(changes: Sequence[Change]) -> dict[int, _Group]:
    """The positions of the changes that are folded, each with the group that it is folded into."""
    minor = {
        position: _split(change.path)
        for position, change in enumerate(changes)
        if not (is_sentence(change) and not _split(change.path)[0])
        and not _MATTERS.match(_split(change.path)[1])
    }
    by_field: dict[_Group, list[int]] = defaultdict(list)
    by_names: dict[_Group, list[int]] = defaultdict(list)
    by_owner: dict[_Group, list[int]] = defaultdict(list)
    for position, (owner, field) in minor.items():
        if owner.startswith("panel "):
            by_field["field", field, _verb(changes[position])].append(position)
    for position, change in enumerate(changes):
        if named := _NAMED.match(change.path):
            by_names["named", named[0]].append(position)
    several = {group: found for group, found in by_field.items() if len(found) >= _MANY}
    taken = {position for found in several.values() for position in found}
    for position, (owner, _) in minor.items():
        if position not in taken:
            by_owner["owner", "several panels" if _PANELS.match(owner) else owner].append(position)
    several |= {group: found for group, found in by_owner.items() if len(found) > _FEW}
    several |= {group: found for group, found in by_names.items() if len(found) > 1}
    return {position: group for group, found in several.items() for position in found}


def _folded_line(group: _Group, count: int, names: list[str]) -> str:
    if group[0] == "field":
        return f"{mark(group[2])} {count} panels: {group[1]}, in each another value"
    owner = f"{group[1]}: " if group[1] else ""
    return f"{mark('change')} {owner}{count} other fields: {', '.join(names[:3])}, …"


def _verb(change: Change) -> str:
    if is_sentence(change):
        return "change"
    return "add" if change.before is None else "remove" if change.after is None else "change"


def is_sentence(change: Change) -> bool:
    """Whether the path says it all: both sides are objects."""
    return isinstance(change.before, dict) and isinstance(change.after, dict)


def _split(path: str) -> tuple[str, str]:
    found = _OWNER.match(path)
    return (found[0], path[found.end() + 2 :]) if found else ("", path)


def _lines(change: Change) -> Iterator[str]:
    if is_sentence(change):
        yield f"{mark('change')} {change.path}"
    elif change.before is None:
        yield _alone(change.path, "add", change.after)
    elif change.after is None:
        yield _alone(change.path, "remove", change.before)
    elif change.before == change.after and SECRET in str(change.after):
        yield f"{mark('change')} {change.path}: another secret"
    elif isinstance(change.before, str) and isinstance(change.after, str):
        yield from _texts(change.path, change.before, change.after)
    else:
        old, new = _said(change.path, change.before), _said(change.path, change.after)
        # A query that was a text and is an object now reads the same on both sides.
        yield _arrow(
            change.path, *((old, new) if old != new else (_typed(change.before), _typed(change.after)))
        )


def _alone(path: str, what: str, value: object) -> str:
    """What came or went; a row is nothing but its title."""
    said = (
        ""
        if isinstance(value, dict) and value.get("type") == "row"
        else f": {tinted(_said(path, value), what)}"
    )
    return f"{mark(what)} {path}{said}"


def _typed(value: object) -> str:
    kinds = {"dict": "an object", "list": "a list", "str": "a text"}
    return f"{words(value)} ({kinds.get(type(value).__name__, 'a number')})"


def _texts(path: str, before: str, after: str) -> Iterator[str]:
    """Short texts whole; of long ones the parts that differ, on lines of their own when even those are long."""
    if len(before) + len(after) <= _INLINE and "\n" not in before + after:
        yield _arrow(path, _said(path, before), _said(path, after))
        return
    parts = changed_parts(before, after)
    old, new = "".join(part.before for part in parts).strip(), "".join(part.after for part in parts).strip()
    if not old or not new or "\n" in old + new:
        yield _arrow(path, words(before), words(after))
    elif len(old) + len(new) <= _INLINE:
        yield _arrow(path, old, new)
    else:
        yield f"{mark('change')} {path}:"
        yield f"    {mark('remove')} {tinted(_clipped(old), 'remove')}"
        yield f"    {mark('add')} {tinted(_clipped(new), 'add')}"


def _arrow(path: str, before: str, after: str) -> str:
    return f"{mark('change')} {path}: {tinted(before, 'remove')} → {tinted(after, 'add')}"


def _said(path: str, value: object) -> str:
    if isinstance(value, str) and path.rsplit(": ", 1)[-1] == "unit":
        return unit_in_words(value)
    return words(value)


def _clipped(text: str) -> str:
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"
