"""A table of pyproject.toml to the dataclass that says what may stand in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from types import NoneType, UnionType
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from provision.author.waivers import day
from provision.errors import UsageError, did_you_mean

_T = TypeVar("_T")

_PLAIN: Final = {str: "a string", bool: "true or false", int: "a whole number", float: "a number"}


def filled(kind: type[_T], table: Mapping[str, Any], name: str, where: str) -> _T:
    """An instance of the dataclass `kind`, its fields as the table sets them.

    Fields may be of the types `str`, `bool`, `int`, `float`, `date`, `re.Pattern[str]` (written as a string), a `Literal`
    of strings, `tuple[…, ...]` (a list), `Mapping[str, …]` or another such dataclass (tables), and each of these or None.

    Args:
        name: what the table is called in the file, such as `[tool.provision.checks.panel-units]`.
        where: the file.

    Raises:
        UsageError: the table has a field that isn't one, lacks one without a default, or has one of another type; or
            the dataclass refuses a value with a ValueError.
    """
    table = _table(table, name, where)
    hints = get_type_hints(kind)
    known = [each for each in fields(kind) if each.init]  # type: ignore[arg-type]  # it is a dataclass
    names = [each.name for each in known]
    for unknown in sorted(table.keys() - set(names)):
        remedy = did_you_mean(unknown, names, _choices(names))
        raise UsageError(f"{name} has no setting {unknown!r}", where=where, remedy=remedy)
    for each in known:
        if each.name not in table and each.default is MISSING and each.default_factory is MISSING:
            raise UsageError(f"{name} {each.name} must be set", where=where)
    values = {field: _value(value, hints[field], f"{name} {field}", where) for field, value in table.items()}
    try:
        return kind(**values)
    except ValueError as error:
        raise UsageError(f"{name} {error}", where=where) from None


def _choices(names: list[str]) -> str:
    return f"there are {', '.join(names)}" if names else "it takes only severity"


def _value(value: Any, hint: Any, name: str, where: str) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        (one,) = (each for each in inner if each is not NoneType)
        return _value(value, one, name, where)
    if origin is tuple:
        if not isinstance(value, list):
            raise UsageError(f"{name} must be a list", where=where)
        return tuple(_value(item, inner[0], f"{name}[{index}]", where) for index, item in enumerate(value))
    if isinstance(hint, type) and is_dataclass(hint):
        return filled(hint, _table(value, name, where), name, where)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        table = _table(value, name, where)
        return {key: _value(item, inner[1], f"{name}.{key}", where) for key, item in table.items()}
    if origin is Literal:
        if value not in inner:
            raise UsageError(
                f"{name} must be {' or '.join(map(repr, inner))}, not {value!r:.60}", where=where
            )
        return value
    if origin is re.Pattern:
        return _pattern(value, name, where)
    if hint is date:
        return _day(value, name, where)
    return _plain(value, hint, name, where)


def _plain(value: Any, kind: type[Any], name: str, where: str) -> Any:
    accepted: Any = (int, float) if kind is float else kind
    if not isinstance(value, accepted) or (isinstance(value, bool) and kind is not bool):
        raise UsageError(f"{name} must be {_PLAIN[kind]}, not {value!r:.60}", where=where)
    return float(value) if kind is float else value


def _pattern(value: Any, name: str, where: str) -> re.Pattern[str]:
    try:
        return re.compile(_plain(value, str, name, where))
    except re.error as error:
        raise UsageError(f"{name} isn't a regular expression: {error}", where=where) from None


def _day(value: Any, name: str, where: str) -> date | None:
    try:
        return day(value, name)
    except ValueError as error:
        raise UsageError(str(error), where=where) from None


def _table(value: Any, name: str, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise UsageError(f"{name} must be a table, not {value!r:.60}", where=where)
    return value
