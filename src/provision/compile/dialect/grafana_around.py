"""What the resources of one Grafana refer to: folders, data sources, contact points, timings, templates, panels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provision.compile.dialect import grafana_texts
from provision.compile.dialect.grafana_sources import Binding, Broken, Sources
from provision.compile.kinds import (
    CONTACT_POINT,
    DATASOURCE,
    FOLDER,
    LIBRARY_PANEL,
    MUTE_TIMING,
    TEMPLATE,
)
from provision.model import JSON, Definition, decode

Need = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Around:
    """Everything in a project that something else of it may name.

    Attributes:
        folders: path → uid.
        types: uid → type of each data source of the project, unless a bound one takes its place.
        templates: name of a defined template → the resource that defines it.
        contact_points, mute_timings: their names.
        library_panels: their uids.
    """

    folders: Mapping[str, str]
    sources: Sources
    types: Mapping[str, str]
    templates: Mapping[str, str]
    contact_points: frozenset[str]
    mute_timings: frozenset[str]
    library_panels: frozenset[str]

    def folder_uid(self, path: str, what: str) -> str:
        """The uid of the folder at that path; empty for none.

        Raises:
            Broken: there is no such folder.
        """
        if path and path not in self.folders:
            raise Broken(f"{what} lies in {path!r}, which is no folder of this project")
        return self.folders[path] if path else ""


def around(definitions: Iterable[Definition], bound: Binding | None) -> Around:
    """What these definitions of one project refer to, when `bound` takes the place of its data sources."""
    bodies: dict[str, dict[str, Any]] = {}
    for found in definitions:
        if found.kind in (FOLDER, DATASOURCE, TEMPLATE, CONTACT_POINT, MUTE_TIMING, LIBRARY_PANEL):
            bodies.setdefault(found.kind, {})[found.key] = decode(found.body)
    own = bodies.get(DATASOURCE, {})
    sources = Sources(own, bound)
    return Around(
        folders={path: body["uid"] for path, body in bodies.get(FOLDER, {}).items()},
        sources=sources,
        types={uid: body["type"] for uid, body in own.items() if not sources.is_bound(uid)},
        templates={
            name: key
            for key, body in bodies.get(TEMPLATE, {}).items()
            for name in grafana_texts.defined(body["template"]) or {key}
        },
        contact_points=frozenset(bodies.get(CONTACT_POINT, ())),
        mute_timings=frozenset(bodies.get(MUTE_TIMING, ())),
        library_panels=frozenset(bodies.get(LIBRARY_PANEL, ())),
    )


def panels_used(spec: JSON) -> Iterator[str]:
    """The uids of the library panels that a dashboard shows."""
    if isinstance(spec, dict):
        shown = spec.get("libraryPanel")
        if isinstance(shown, dict) and isinstance(shown.get("uid"), str):
            yield shown["uid"]
        for value in spec.values():
            if isinstance(value, dict | list):
                yield from panels_used(value)
    elif isinstance(spec, list):
        for item in spec:
            if isinstance(item, dict | list):
                yield from panels_used(item)


def texts(value: JSON) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
