"""What a source defines: every module-level object of a known kind, or a JSON or YAML file as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from provision.author import (
    Alert,
    AlertmanagerGlobal,
    Datasource,
    Folder,
    Group,
    Inhibit,
    PrometheusGlobal,
    Receiver,
    Record,
    Route,
    ScrapeConfig,
    TimeInterval,
)
from provision.author.place import Written
from provision.compile import alertmanager, dashboards, datasources, rules, scrape
from provision.errors import Problem
from provision.model import Definition, Place

Locate = Callable[[Written], Place | None]


@dataclass(frozen=True, slots=True)
class Collected:
    """What one source gave: definitions in the order of the source, and what is wrong with it."""

    definitions: list[Definition] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def collect_python(
    path: str, namespace: Mapping[str, object], assigned: Mapping[str, int], locate: Locate
) -> Collected:
    """The definitions of an executed Python source.

    Args:
        path: the source, relative to the project's root.
        namespace: its module-level names.
        assigned: the names it assigns (not those it imports) and the line of each; 0 when unknown. Names
            that begin with an underscore are private and not collected.
        locate: turns a file name and a line into a place in the project, None when it lies outside.
    """
    collected = Collected()
    seen: set[int] = set()
    loose: list[tuple[Record | Alert, Place]] = []
    for name, line in assigned.items():
        if name.startswith("_") or name not in namespace:
            continue
        for item, suffix in _items(namespace[name], name):
            if id(item) in seen:
                continue
            seen.add(id(item))
            where = getattr(item, "where", None)
            place = (locate(where) if where else None) or Place(path, line or None)
            if isinstance(item, Record | Alert):
                loose.append((item, place))
                continue
            try:
                collected.definitions.extend(_compile(path, suffix, item, place, locate))
            except (ValueError, TypeError) as error:
                collected.problems.append(Problem(place.path, place.line, f"{name}: {error}"))
            except Exception as error:  # noqa: BLE001  # a library's object may fail in any way when it is read
                what = f"{type(error).__name__}: {error}"
                inside = _deepest(error, locate)
                if inside is None:
                    collected.problems.append(
                        Problem(place.path, place.line, f"{name}: can't be compiled: {what}")
                    )
                else:
                    collected.problems.append(Problem(inside.path, inside.line, what))
    grouped = {id(rule) for value in namespace.values() for item, _ in _items(value, "") if isinstance(item, Group) for rule in item.rules}  # fmt: skip
    collected.definitions.extend(
        rules.loose(path, [(rule, place) for rule, place in loose if id(rule) not in grouped], locate)
    )
    return _numbered(collected)


def collect_file(path: str, content: bytes) -> Collected:
    """The definitions of a JSON dashboard or a YAML rule file, told apart by the suffix of `path`."""
    if path.endswith(".json"):
        definitions, problems = dashboards.from_file(path, content)
    else:
        definitions, problems = rules.from_file(path, content)
    return Collected(definitions, problems)


def _deepest(error: Exception, locate: Locate) -> Place | None:
    """The last line of the project's own code on the way to the error, None when none was passed."""
    found = None
    trace = error.__traceback__
    while trace is not None:
        found = locate((trace.tb_frame.f_code.co_filename, trace.tb_lineno)) or found
        trace = trace.tb_next
    return found


def _items(value: object, name: str) -> Iterator[tuple[object, tuple[str, ...]]]:
    """The known objects in a module-level value, and what tells them apart within the source: the name,
    and for those in a list or a dictionary their key or title rather than their position."""
    if isinstance(value, dict) and not dashboards.is_dashboard(value):
        for key, item in value.items():
            if _known(item):
                yield item, (name, str(key))
    elif isinstance(value, list | tuple):
        for item in value:
            if _known(item):
                yield item, (name, dashboards.title_of(item))
    elif _known(value):
        yield value, (name,)


def _known(value: object) -> bool:
    return (
        type(value) in _AUTHORED
        or isinstance(value, Record | Alert | Folder)
        or dashboards.is_dashboard(value)
    )


_AUTHORED: dict[type, Callable[[str, Any, Place, Locate], list[Definition]]] = {
    Group: rules.compile_group,
    Datasource: datasources.compile_datasource,
    ScrapeConfig: scrape.compile_scrape_config,
    PrometheusGlobal: scrape.compile_global,
    Route: alertmanager.compile_route,
    Receiver: alertmanager.compile_receiver,
    Inhibit: alertmanager.compile_inhibit,
    TimeInterval: alertmanager.compile_time_interval,
    AlertmanagerGlobal: alertmanager.compile_global,
    Folder: dashboards.compile_folder,
}


def _compile(
    path: str, suffix: tuple[str, ...], item: object, place: Place, locate: Locate
) -> list[Definition]:
    authored = _AUTHORED.get(type(item))
    if authored is not None:
        return authored(path, item, place, locate)
    return dashboards.compile_dashboard(path, suffix, item, place)


def _numbered(collected: Collected) -> Collected:
    """Groups get their position within their file; keys without a name of their own get a number."""
    counts: dict[tuple[str, str], int] = {}
    numbered = []
    for definition in collected.definitions:
        if definition.kind in ("route", "inhibit") and definition.key.endswith("#"):
            counter = (definition.kind, definition.key)
            counts[counter] = counts.get(counter, 0) + 1
            definition = Definition(  # noqa: PLW2901  # the numbered one takes its place
                definition.kind,
                f"{definition.key}{counts[counter]}",
                definition.body,
                definition.place,
                definition.parts,
            )
        numbered.append(definition)
    return Collected(rules.indexed(numbered), collected.problems)
