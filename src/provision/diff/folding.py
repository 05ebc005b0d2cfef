"""The same change in many panels, said once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

from provision.diff.leaves import sentence
from provision.diff.places import FOLDED
from provision.diff.words import counted, words
from provision.model import Change, encode

_NAMED: Final = 5
_WIDTH: Final = 200
_QUERY: Final = re.compile(r"^query \w+(?=: )")


def folded(within: Sequence[tuple[str, Change]]) -> Iterator[Change]:
    """Changes of panels, each with the panel's name: what is the same in at least three panels becomes one
    sentence, in the place of the first; its objects say what changed where."""
    groups: dict[tuple[str, bytes, bytes], list[tuple[str, Change]]] = defaultdict(list)
    for name, found in within:
        groups[_key(name, found)].append((name, found))
    done = set()
    for name, found in within:
        key = _key(name, found)
        group = groups[key]
        if len({panel for panel, _ in group}) < FOLDED:
            yield found
        elif key not in done:
            done.add(key)
            yield _together(key[0], group)


def _key(name: str, found: Change) -> tuple[str, bytes, bytes]:
    rest = found.path.removeprefix(name).removeprefix(": ").removeprefix(" ")
    return _QUERY.sub("queries", rest), encode(found.before), encode(found.after)


def _together(rest: str, group: Sequence[tuple[str, Change]]) -> Change:
    before: dict[str, Any] = {found.path: found.before for _, found in group}
    after: dict[str, Any] = {found.path: found.after for _, found in group}
    return sentence(
        f"{_panels(list(dict.fromkeys(name for name, _ in group)))}: {rest}{_said(group[0][1])}",
        before,
        after,
    )


def _panels(names: Sequence[str]) -> str:
    """A few panels by name, as `panels "p50", "p95" and "p99"`; many as `12 panels`."""
    titles = [name.removeprefix("panel ") for name in names]
    said = f"panels {', '.join(titles[:-1])} and {titles[-1]}"
    titled = all(title.startswith('"') for title in titles)
    return said if titled and len(titles) <= _NAMED and len(said) <= _WIDTH else counted(len(names), "panel")


def _said(found: Change) -> str:
    if isinstance(found.before, dict) and isinstance(found.after, dict):
        return ""
    if found.before is None:
        return f" added, {words(found.after)}"
    if found.after is None:
        return f" removed, was {words(found.before)}"
    return f": {words(found.before)} → {words(found.after)}"
