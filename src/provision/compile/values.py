"""What authors put into fields that take anything, as JSON, or a sentence that says where it isn't."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from pathlib import PurePath
from typing import Any, TypeVar

from provision.author import Secret
from provision.model import JSON

_T = TypeVar("_T")


def texts(value: object, field: str) -> list[str]:
    """A list of texts.

    Args:
        field: what the author calls it, for the message.

    Raises:
        TypeError: it is one text, of which a list would be its letters, or something else.
    """
    if isinstance(value, str) or not isinstance(value, Iterable):
        remedy = "; put it into [ ]" if isinstance(value, str) else ""
        raise TypeError(f"{field} must be a list of texts, not {_kind(value)}{remedy}")
    listed = list(value)
    for item in listed:
        if not isinstance(item, str):
            raise TypeError(f"{field} must be a list of texts, not of {_kind(item)}")
    return listed


def each(value: object, kind: type[_T], field: str) -> list[_T]:
    """A list of the author's own objects.

    Raises:
        TypeError: it isn't one.
    """
    if isinstance(value, str | Mapping) or not isinstance(value, Iterable):
        raise TypeError(f"{field} must be a list of {kind.__name__}, not {_kind(value)}")
    listed = list(value)
    for item in listed:
        if not isinstance(item, kind):
            raise TypeError(f"{field} must be a list of {kind.__name__}, not of {_kind(item)}")
    return listed


def free(value: object, field: str) -> Any:
    """A value of any form, as JSON; paths and members of enumerations are what they stand for.

    Raises:
        TypeError: something in it has no JSON form; the message says where.
    """
    if isinstance(value, Enum):
        return free(value.value, field)
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, Mapping):
        return {_key(key, field): free(item, f"{field}.{key}") for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [free(item, f"{field}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, Secret):
        raise TypeError(
            f"{field}: a Secret is only for data sources; name a file on the server in the field that ends in _file"
        )
    raise TypeError(f"{field}: {_kind(value)} can't be written; give a text, a number, a list or a mapping")


def mapping(value: object, field: str) -> dict[str, JSON]:
    """A mapping of any form, as JSON.

    Raises:
        TypeError: it isn't one, or something in it has no JSON form.
    """
    if not isinstance(value, Mapping):
        raise TypeError(f"{field} must be a mapping, not {_kind(value)}")
    result: dict[str, JSON] = free(value, field)
    return result


def labels(value: object, field: str) -> dict[str, JSON]:
    """A mapping of labels or annotations: numbers may stand for texts, nothing for what isn't set.

    Raises:
        TypeError: it isn't one.
    """
    result = mapping(value, field)
    for name, item in result.items():
        if isinstance(item, dict | list):
            raise TypeError(f"{field}: {name} must be a text, not {_kind(item)}")
    return result


def _kind(value: object) -> str:
    """What a value is, without what it says: it may be a secret."""
    known = {
        str: "a text",
        dict: "a mapping",
        list: "a list",
        bool: "true or false",
        int: "a number",
        float: "a number",
    }
    return known.get(type(value), f"a {type(value).__name__}")


def _key(key: object, field: str) -> str:
    if isinstance(key, bool) or not isinstance(key, str | int):
        raise TypeError(f"{field}: the key {key!r:.80} must be a text")
    return str(key)
