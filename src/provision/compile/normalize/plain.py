"""Objects of dashboard libraries, and whatever an author put inside them, as fresh plain JSON."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson

Json = dict[str, Any]
"""A JSON object."""

_EXACT = 2.0**53
"""Below this, a float that is whole is exactly that whole number."""


def plain(value: object) -> Any:
    """A copy of `value` made of dict, list, str, int, float, bool and None only.

    Objects are asked for their own JSON (`to_json_data`, as grafanalib's have, or `to_json`, as the foundation
    SDK's have), at any depth. Numbers that JSON doesn't know (NaN, infinities) become None.

    Raises:
        ValueError: something in it has no JSON form, or its own code for that fails.
    """
    try:
        return orjson.loads(orjson.dumps(value, default=_own_json, option=orjson.OPT_NON_STR_KEYS))
    except orjson.JSONEncodeError as error:
        raise ValueError(_reason(error)) from error


def settle(value: Any, *, nulls: bool) -> Any:
    """`value`, changed in place to what a Grafana gives back: whole numbers without a fraction (it stores 80.0
    as 80), and unless `nulls`, no null fields (it removes them when it saves)."""
    if type(value) is dict:
        empty: list[str] = []
        for key, item in value.items():
            kind = type(item)
            if kind is dict or kind is list:
                settle(item, nulls=nulls)
            elif item is None:
                empty.append(key)
            elif kind is float and item.is_integer() and abs(item) < _EXACT:
                value[key] = int(item)
        if empty and not nulls:
            for key in empty:
                del value[key]
    elif type(value) is list:
        for index, item in enumerate(value):
            kind = type(item)
            if kind is dict or kind is list:
                settle(item, nulls=nulls)
            elif kind is float and item.is_integer() and abs(item) < _EXACT:
                value[index] = int(item)
    return value


def objects(value: Any, what: str) -> list[Json]:
    """`value` as a list of objects; nothing is an empty one.

    Raises:
        ValueError: it is something else.
    """
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ValueError(f"{what} must be a list of objects, not {value!r:.80}")
    return value


@contextmanager
def named(panel: Json) -> Iterator[None]:
    """Names the panel in a ValueError of the block, and turns what breaks on JSON of a strange shape into one."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"panel {panel.get('title') or ''!r} ({panel.get('type')}): {error}") from error
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(
            f"panel {panel.get('title') or ''!r} ({panel.get('type')}): its JSON isn't of the form that Grafana"
            f" and its libraries write ({type(error).__name__}: {error})"
        ) from error


def merge(base: Json, over: Json) -> Json:
    """`base` with `over` laid over it in place, object by object."""
    for key, value in over.items():
        known = base.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            merge(known, value)
        else:
            base[key] = value
    return base


def _own_json(value: Any) -> Any:
    for name in ("to_json_data", "to_json"):
        own = getattr(value, name, None)
        if own is not None and not isinstance(value, type):
            try:
                return own()
            except Exception as error:
                title = getattr(value, "title", None)
                error.add_note(f"{type(value).__name__} {title!r}" if title else type(value).__name__)
                raise
    raise TypeError(f"{value!r} of type {type(value).__name__} has no JSON form")


def _reason(error: orjson.JSONEncodeError) -> str:
    cause = error.__cause__
    if "Recursion" in str(error):
        return "it is nested too deeply, or contains itself"
    if cause is None:
        return f"it can't be written as JSON: {error}"
    whose = "".join(f"{note}: " for note in getattr(cause, "__notes__", ())[:1])
    what = str(cause) if isinstance(cause, TypeError) else f"{type(cause).__name__}: {cause}"
    return f"it can't be written as JSON: {whose}{what}"
