"""Differences for people, as text with signs, and for machines, as JSON (docs/diff.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

import orjson

from provision.model import Change, Difference
from provision.show.changes import change_lines
from provision.show.style import faint, mark, strong

FORMAT: Final = "provision.diff/1"
"""Names the JSON format; a change that would break its readers raises the number."""

_MARKS: Final = {"create": "add", "update": "change", "delete": "remove"}
_DONE: Final = {"create": "added", "update": "changed", "delete": "removed"}


def differences_text(against: str, differences: Sequence[Difference], *, everything: bool = False) -> str:
    """Differences as text, headed by what the sources are compared with.

    Args:
        against: such as `the last commit (86e3d3f)`.
        everything: show also the fields that are folded otherwise.
    """
    if not differences:
        return f"{strong(against)}: no changes"
    lines = [strong(against)]
    for difference in differences:
        place = f"  {faint(str(difference.place))}" if difference.place else ""
        lines.append(f"  {mark(_MARKS[difference.verb])} {difference.title}{place}")
        lines.extend(f"      {line}" for line in change_lines(difference.changes, everything=everything))
    lines.append(summary_text(differences))
    return "\n".join(lines)


def summary_text(differences: Iterable[Difference]) -> str:
    """Such as `1 added, 2 changed`."""
    count = Counter(difference.verb for difference in differences)
    return ", ".join(f"{count[verb]} {done}" for verb, done in _DONE.items() if count[verb]) or "no changes"


def differences_json(comparisons: Sequence[tuple[str, Sequence[Difference]]]) -> str:
    """Comparisons, each with what the sources are compared with, as one JSON document."""
    count = Counter(difference.verb for _, differences in comparisons for difference in differences)
    document = {
        "format": FORMAT,
        "comparisons": [
            {"against": against, "differences": [_difference(difference) for difference in differences]}
            for against, differences in comparisons
        ],
        "summary": {verb: count[verb] for verb in _DONE},
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def change_value(change: Change) -> dict[str, Any]:
    """A change as the JSON formats write it."""
    return {"path": change.path, "before": change.before, "after": change.after}


def _difference(difference: Difference) -> dict[str, Any]:
    place = difference.place
    return {
        "kind": difference.kind,
        "key": difference.key,
        "verb": difference.verb,
        "title": difference.title,
        "place": None if place is None else {"path": place.path, "line": place.line},
        "changes": [change_value(change) for change in difference.changes],
    }
