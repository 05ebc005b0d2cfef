"""Objects of dashboard libraries, and whatever an author put inside them, as fresh plain JSON."""

from __future__ import annotations

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
            return own()
    raise TypeError(f"{value!r} of type {type(value).__name__} has no JSON form")


def _reason(error: orjson.JSONEncodeError) -> str:
    cause = error.__cause__
    if cause is None:
        return f"it can't be written as JSON: {error}"
    return (
        f"it can't be written as JSON: {cause}"
        if isinstance(cause, TypeError)
        else (f"it can't be written as JSON: {type(cause).__name__}: {cause}")
    )
