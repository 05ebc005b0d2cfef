"""Whether what comes of a source differs from what came of it before in nothing but what was wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from provision.model import JSON, decode

_DERIVED: Final = frozenset({"id", "panelId", "ids"})
"""Fields of a panel's number: where several panels have one title, it is made of what they ask."""


Explained = Callable[[str, str], bool]
"""Whether a text may have become that other one."""


def differs(before: bytes, after: bytes, explained: Explained) -> bool:
    """Whether two bodies differ in anything else than in texts that became others as they may."""
    return before != after and _differs(decode(before), decode(after), explained)


def text_at(body: bytes, pointer: str) -> str | None:
    """The text at a JSON pointer; None when there is none."""
    value = value_at(decode(body), pointer)
    return value if isinstance(value, str) else None


def value_at(value: JSON, pointer: str) -> Any:
    """What stands at a JSON pointer; None when nothing does."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def _differs(before: JSON, after: JSON, explained: Explained) -> bool:
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() != after.keys() or any(
            _differs(before[key], after[key], explained) for key in before if key not in _DERIVED
        )
    if isinstance(before, list) and isinstance(after, list):
        return len(before) != len(after) or any(
            _differs(one, other, explained) for one, other in zip(before, after, strict=True)
        )
    if isinstance(before, str) and isinstance(after, str) and before != after:
        return not explained(before, after)
    return bool(before != after)
