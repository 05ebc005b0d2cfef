"""The panels of a dashboard's definition by their titles, of any schema generation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provision.model import JSON


def title_of(value: object) -> str:
    """The title of a panel or a dashboard as an author has it, however it was written; empty for what has none."""
    if isinstance(value, Mapping):
        found: Any = value.get("title")
    else:
        # A builder of grafana-foundation-sdk keeps what it builds within; a panel of the second generation its title
        # in its spec.
        built = getattr(value, "_internal", value)
        found = getattr(getattr(built, "spec", built), "title", None)
    return found if isinstance(found, str) else ""


def titled(body: JSON, title: str) -> list[str]:
    """The JSON pointers of the panels with that title in a dashboard's definition."""
    return [pointer for pointer, text in titles(body) if text == title]


def titles(body: JSON) -> Iterator[tuple[str, str]]:
    """Pointer and title of each panel in a dashboard's definition, of rows, too."""
    spec = body["spec"]
    elements = spec.get("elements")
    for name, element in elements.items() if isinstance(elements, dict) else ():
        inner = element.get("spec") if isinstance(element, dict) else None
        if isinstance(inner, dict) and isinstance(inner.get("title"), str):
            token = name.replace("~", "~0").replace("/", "~1")
            yield f"/spec/elements/{token}", inner["title"]
    yield from _within(spec.get("panels"), "/spec/panels")
    rows = spec.get("rows")
    for number, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, dict):
            yield from _within(row.get("panels"), f"/spec/rows/{number}/panels")


def _within(panels: JSON, pointer: str) -> Iterator[tuple[str, str]]:
    for number, panel in enumerate(panels if isinstance(panels, list) else ()):
        if isinstance(panel, dict):
            if isinstance(panel.get("title"), str):
                yield f"{pointer}/{number}", panel["title"]
            yield from _within(panel.get("panels"), f"{pointer}/{number}/panels")
