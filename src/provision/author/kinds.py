"""Whether what an author gave is of the kind that a field has; a sentence that names the field where it isn't.

Values of a wrong kind are never shown: one of them may be a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence as Listed
from typing import Any, Final

_CALLED: Final[Mapping[type, str]] = {
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    dict: "a mapping",
    list: "a list",
    tuple: "a list",
    type(None): "nothing",
}


def text(owner: str, **fields: object) -> None:
    """Raises TypeError for the first field that is no text."""
    one(owner, str, "a text", **fields)


def optional_text(owner: str, **fields: object) -> None:
    """The same for texts that may be left out."""
    text(owner, **{name: value for name, value in fields.items() if value is not None})


def flag(owner: str, **fields: object) -> None:
    """Raises TypeError for the first field that isn't true or false."""
    one(owner, bool, "True or False", **fields)


def whole(owner: str, least: int, **fields: object) -> None:
    """Raises ValueError for the first field that isn't a whole number of at least so much."""
    for name, value in fields.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"{owner}: {name} must be a whole number from {least}, not {value!r:.80}")


def one(owner: str, kind: Any, said: str, **fields: object) -> None:
    """Raises TypeError for the first field that is none of a kind, a type or a union of types."""
    for name, value in fields.items():
        if not isinstance(value, kind):
            raise TypeError(f"{owner}: {name} must be {said}, not {called(value)}")


def texts(owner: str, **fields: object) -> None:
    """Raises TypeError for the first field that isn't a list of texts; one text would be a list of its letters."""
    listed(owner, str, "texts", **fields)


def listed(owner: str, kind: Any, said: str, **fields: object) -> None:
    """Raises TypeError for the first field that isn't a list of a kind."""
    for name, value in fields.items():
        if isinstance(value, str) or not isinstance(value, Listed):
            remedy = "; put it into [ ]" if isinstance(value, kind) else ""
            raise TypeError(f"{owner}: {name} must be a list of {said}, not {called(value)}{remedy}")
        for item in value:
            if not isinstance(item, kind):
                raise TypeError(f"{owner}: {name} must be a list of {said}, not of {called(item)}")


def mapped(owner: str, kind: Any, said: str, **fields: object) -> None:
    """Raises TypeError for the first field that isn't a mapping of texts to a kind."""
    for name, value in fields.items():
        if not isinstance(value, Mapping):
            raise TypeError(f"{owner}: {name} must be a mapping, not {called(value)}")
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{owner}: {name}: the key {key!r:.80} must be a text")
            if not isinstance(item, kind):
                raise TypeError(f"{owner}: {name}: {key} must be {said}, not {called(item)}")


def called(value: object) -> str:
    """What a value is, without what it says."""
    return _CALLED.get(type(value), f"a {type(value).__name__}")
