"""A value in a few words: for the sentences of a diff, never a wall of JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from provision.diff.hidden import shown
from provision.model import JSON

LIMIT: Final = 120
"""Longer texts are cut; the JSON output has them whole."""

_LISTED: Final = 8
_BARE: Final = re.compile(r"(?!(?:null|true|false|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)$)\S(?:[^\n\r\t→]*\S)?")


def words(value: JSON) -> str:
    """`value` on one line: numbers and plain texts as they are, a text that could be mistaken in quotes, lists
    of plain values with commas, and objects by what they are: `0.2 (timeseries, 2 queries)`."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return _list(value)
    if isinstance(value, Mapping):
        return _object(value)
    return orjson.dumps(value).decode()


def quoted(text: str, *, always: bool = False) -> str:
    """A text, cut to `LIMIT`, in quotes where it would be mistaken for something else."""
    text = shown(text)
    clipped = text if len(text) <= LIMIT else text[: LIMIT - 1].rstrip() + "…"
    return clipped if not always and _BARE.fullmatch(clipped) else orjson.dumps(clipped).decode()


def counted(count: int, noun: str, plural: str = "") -> str:
    """`1 panel`, `2 panels`, `2 queries`."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


def _list(values: list[Any]) -> str:
    if not values:
        return "an empty list"
    if any(isinstance(value, dict | list) for value in values):
        return counted(len(values), "item")
    shown = ", ".join(words(value) for value in values[:_LISTED])
    more = len(values) - _LISTED
    return f"{shown} and {more} more" if more > 0 else shown


def _object(value: Mapping[str, Any]) -> str:
    if not value:
        return "an empty object"
    if set(value) == {"type", "uid"}:
        return f"{words(value['type'])} {words(value['uid'])}"
    for fields, say in _KNOWN:
        if all(field in value for field in fields):
            said = say(value)
            if said:
                return said
    names = [quoted(str(name)) for name in value]
    return f"{counted(len(names), 'field')}: {', '.join(names[:4])}{', …' if len(names) > 4 else ''}"


def _threshold(value: Mapping[str, Any]) -> str:
    return "base" if value["value"] is None else f"from {words(value['value'])}"


def _panel(value: Mapping[str, Any]) -> str:
    targets = value.get("targets")
    queries = (
        f", {counted(len(targets), 'query', 'queries')}" if isinstance(targets, list) and targets else ""
    )
    return f"{words(value['type'])}{queries}"


def _rule(value: Mapping[str, Any]) -> str:
    return words(value["expr"]) + (f", for {words(value['for'])}" if "for" in value else "")


def _group(value: Mapping[str, Any]) -> str:
    rules = value["rules"]
    return counted(len(rules), "rule") if isinstance(rules, list) else ""


def _route(value: Mapping[str, Any]) -> str:
    return f"to {words(value['receiver'])}"


def _receiver(value: Mapping[str, Any]) -> str:
    kinds = sorted(name.removesuffix("_configs") for name in value if name != "name")
    return ", ".join(kinds) or "no integrations"


def _of_receiver(field: str) -> bool:
    return field == "name" or field.endswith("_configs")


def _targets(value: Mapping[str, Any]) -> str:
    hosts = [
        host
        for entry in value["static_configs"]
        if isinstance(entry, dict) and isinstance(entry.get("targets"), list)
        for host in entry["targets"]
    ]
    return _list(hosts) if hosts else ""


def _variable(value: Mapping[str, Any]) -> str:
    query = value["query"]
    text = query.get("query") if isinstance(query, dict) else query
    return words(value["type"]) + (f": {words(text)}" if isinstance(text, str) and text else "")


def _reference(value: Mapping[str, Any]) -> str:
    version = f", version {value['version']}" if "version" in value else ""
    return f"{words(value['source'])} {words(value['name'])}{version}"


_KNOWN: Final[tuple[tuple[tuple[str, ...], Callable[[Mapping[str, Any]], str]], ...]] = (
    (("color", "value"), _threshold),
    (("type", "gridPos"), _panel),
    (("type", "targets"), _panel),
    (("record", "expr"), _rule),
    (("alert", "expr"), _rule),
    (("name", "rules"), _group),
    (("static_configs",), lambda value: _targets(value) if isinstance(value["static_configs"], list) else ""),
    (("expr",), lambda value: words(value["expr"])),
    (("receiver",), _route),
    (("type", "name", "query"), _variable),
    (("matcher", "properties"), lambda value: words([_id(item) for item in value["properties"]])),
    (("title", "url"), lambda value: words(value["url"])),
    (("id", "options"), lambda value: words(value["options"])),
    (("query", "refId"), lambda value: words(value["query"])),
    (("name",), lambda value: _receiver(value) if all(map(_of_receiver, value)) else ""),
    (("source", "name"), _reference),
)
"""The first whose fields are all there says what the object is; an empty answer passes it on."""


def _id(value: JSON) -> JSON:
    return value.get("id") if isinstance(value, dict) else value
