"""What is live, in the words of its source: only what somebody changed differs from what the author wrote.

A dashboard is shaped before it is sent: data sources are bound, inputs of an export filled in. Where live is still
as it was shaped, the author's own words stay; where it isn't, it says what is live.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from provision.model import JSON, encode

Back = Callable[[JSON], JSON]
"""What is live in the author's words, where the author has none for it."""


def merged_back(source: JSON, shaped: JSON, live: JSON, back: Back) -> JSON:
    """What `source` would have to be so that shaping it gives `live`.

    Args:
        source, shaped: before and after shaping.
    """
    if encode(shaped) == encode(live):
        return source
    if isinstance(source, dict) and isinstance(shaped, dict) and isinstance(live, dict):
        return _objects(source, shaped, live, back)
    lists = isinstance(source, list) and isinstance(shaped, list) and isinstance(live, list)
    if lists and len(source) == len(shaped):
        return [
            back(item) if at is None else merged_back(source[at], shaped[at], item, back)
            for item, at in zip(live, _pairs(shaped, live), strict=True)
        ]
    return back(live)


def _objects(source: dict[str, Any], shaped: dict[str, Any], live: dict[str, Any], back: Back) -> JSON:
    made = {name: value for name, value in source.items() if name not in shaped and name not in live}
    for name, value in live.items():
        if name in shaped and name in source:
            made[name] = merged_back(source[name], shaped[name], value, back)
        elif name not in shaped or encode(shaped[name]) != encode(value):
            made[name] = back({name: value})[name]
    return made


def _pairs(shaped: list[JSON], live: list[JSON]) -> list[int | None]:
    """For each item that is live the position of the one that it was: by content, else by name, else by position."""
    contents = [encode(item) for item in shaped]
    pairs: list[int | None] = [None] * len(live)
    free = list(range(len(shaped)))

    def pair(position: int, fitting: list[int]) -> None:
        if fitting and pairs[position] is None:
            pairs[position] = fitting[0]
            free.remove(fitting[0])

    for position, item in enumerate(live):
        content = encode(item)
        pair(position, [at for at in free if contents[at] == content])
    for position, item in enumerate(live):
        name = _name(item)
        pair(position, [at for at in free if name is not None and _name(shaped[at]) == name])
    for position in range(len(live)):
        pair(position, [at for at in free if at == position and len(shaped) == len(live)])
    return pairs


def _name(item: JSON) -> tuple[str, str] | None:
    if isinstance(item, dict):
        for field in ("id", "refId", "name"):
            if isinstance(item.get(field), str | int):
                return field, str(item[field])
    return None
