"""Panel ids that last: made of what a panel is, not of where it stands.

A panel's id is a hash of its title. Where several panels have one title (or none), what they ask for tells
them apart; where that is the same too, their order does. So neither inserting, deleting nor moving a panel, nor
editing the query of one whose title is its own, changes an id; a second panel of a title changes at most the
first one's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Any

from provision.compile.normalize.datasources import DASHBOARD
from provision.compile.normalize.plain import Json
from provision.model import encode

_IDS = 2**31 - 1
"""Ids fit in a signed 32-bit integer, the smallest type a panel id is stored in."""

_NOT_ASKED = frozenset({"refId", "datasource", "hide", "panelId", "legendFormat"})


def assign(panels: list[Json]) -> None:
    """Gives an id to every panel, nested ones included, whose id isn't a positive whole number."""
    used = {panel["id"] for panel in every(panels) if has_id(panel)}
    missing = [(panel, section) for panel, section in _with_sections(panels) if not has_id(panel)]
    titles = Counter(_name(panel) for panel, _ in missing)
    named: list[tuple[bytes, Json]] = []
    for panel, section in missing:
        name = _name(panel)
        own = name[1] and titles[name] == 1
        named.append((encode(name if own else [*name, *_asks(panel, section)]), panel))
    counts: Counter[bytes] = Counter()
    numbered = []
    for key, panel in named:
        numbered.append((key, counts[key], panel))
        counts[key] += 1
    for key, number, panel in sorted(numbered, key=lambda entry: entry[:2]):
        panel["id"] = _unused(key, number, used)
        used.add(panel["id"])


def forget_automatic(panels: list[Json]) -> dict[int, Json]:
    """Removes the ids that grafanalib's `auto_panel_ids` gave; returns the panel that had each.

    It numbers the panels that have no id, in order, with the smallest numbers not in use: what is out of that
    order is the author's own and stays. Give them in grafanalib's order.
    """
    listed = list(every(panels))
    if not all(has_id(panel) for panel in listed):
        return {}
    automatic = [panel for panel in listed if panel["id"] <= len(listed)]
    if [panel["id"] for panel in automatic] != list(range(1, len(automatic) + 1)):
        return {}
    return {panel.pop("id"): panel for panel in automatic}


def follow(dashboard: Json, before: dict[int, Json]) -> None:
    """Turns what refers to a panel by an id in `before` to the id that panel has now: queries of the
    `-- Dashboard --` data source, and the panels that annotations are shown on."""
    if not before:
        return
    moved = {old: panel["id"] for old, panel in before.items()}
    for panel in every(dashboard["panels"]):
        for target in panel.get("targets", ()):
            source = target.get("datasource") or panel.get("datasource") or {}
            if source.get("uid") == DASHBOARD and target.get("panelId") in moved:
                target["panelId"] = moved[target["panelId"]]
    for annotation in dashboard["annotations"]["list"]:
        shown = annotation.get("filter")
        if isinstance(shown, dict) and isinstance(shown.get("ids"), list):
            shown["ids"] = [moved.get(number, number) for number in shown["ids"]]


def every(panels: Iterable[Any]) -> Iterator[Json]:
    """The panels, each row followed by those inside it."""
    for panel in panels:
        yield panel
        inner = panel.get("panels")
        if inner:
            yield from every(inner)


def has_id(panel: Json) -> bool:
    """Whether it has an id of its own: a positive whole number."""
    number = panel.get("id")
    return isinstance(number, int) and not isinstance(number, bool) and number > 0


def _with_sections(panels: list[Json]) -> Iterator[tuple[Json, list[Json]]]:
    """Each panel, nested ones included; a row with the panels of its section, any other with none."""
    section: list[Json] = []
    for panel in panels:
        if panel.get("type") == "row":
            section = []
            yield panel, section
            section.extend(panel.get("panels") or ())
            for inner in panel.get("panels") or ():
                yield inner, []
        else:
            section.append(panel)
            yield panel, []


def _name(panel: Json) -> tuple[str, str]:
    title = panel.get("title")
    return ("row" if panel.get("type") == "row" else "panel", title if isinstance(title, str) else "")


def _asks(panel: Json, section: list[Json]) -> list[Any]:
    """What a panel asks for and says, or the first title, in the alphabet, of a row's section."""
    if panel.get("type") == "row":
        return [min((inner.get("title") or "" for inner in section), default="")]
    options = panel.get("options")
    return [
        [
            {field: value for field, value in target.items() if field not in _NOT_ASKED}
            for target in panel.get("targets") or ()
            if isinstance(target, dict)
        ],
        options.get("content") if isinstance(options, dict) else None,
    ]


def _unused(key: bytes, number: int, used: set[int]) -> int:
    while True:
        digest = blake2b(key, digest_size=8, key=str(number).encode()).digest()
        found = int.from_bytes(digest) % _IDS + 1
        if found not in used:
            return found
        number += 1
