"""What a source defines: every module-level object of a known kind, or a JSON or YAML file as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provision.author import (
    Alert,
    AlertmanagerGlobal,
    ContactPoint,
    Datasource,
    Folder,
    Group,
    Inhibit,
    LibraryPanel,
    MessageTemplate,
    PrometheusGlobal,
    Receiver,
    Record,
    Route,
    ScrapeConfig,
    Stack,
    TimeInterval,
    Waive,
)
from provision.author.place import Written
from provision.compile import (
    alertmanager,
    dashboards,
    datasources,
    grafana,
    provisioned,
    rules,
    scrape,
    stacks,
    uncompiled,
    waivers,
)
from provision.compile.keys import inside
from provision.compile.kinds import DASHBOARD, RULE_GROUP
from provision.compile.loose_waivers import Made, loose
from provision.errors import Problem
from provision.model import Definition, Place

Locate = Callable[[Written], Place | None]


@dataclass(frozen=True, slots=True)
class Collected:
    """What one source gave: definitions in the order of the source, and what is wrong with it."""

    definitions: list[Definition] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def collect_python(
    path: str,
    namespace: Mapping[str, object],
    assigned: Mapping[str, int],
    locate: Locate,
    waived: Sequence[Waive] = (),
) -> Collected:
    """The definitions of an executed Python source.

    Args:
        path: the source, relative to the project's root.
        namespace: its module-level names.
        assigned: the names it assigns (not those it imports) and the line of each; 0 when unknown. Names
            that begin with an underscore are private and not collected.
        locate: turns a file name and a line into a place in the project, None when it lies outside.
        waived: the waivers that were made while it ran and that no rule holds.
    """
    collected = Collected()
    seen: set[int] = set()
    alone: list[tuple[Record | Alert, Place]] = []
    objects: list[tuple[object, Definition]] = []
    boards: list[tuple[tuple[str, ...], Definition]] = []
    for name, line in assigned.items():
        if name.startswith("_") or name not in namespace:
            continue
        for item, suffix in _items(namespace[name], (name,)):
            if id(item) in seen:
                continue
            seen.add(id(item))
            where = getattr(item, "where", None)
            place = (locate(where) if where else None) or Place(path, line or None)
            if isinstance(item, Record | Alert):
                alone.append((item, place))
                continue
            try:
                made = _compile(path, suffix, item, place, locate)
            except Exception as error:  # noqa: BLE001  # a library's object may fail in any way when it is read
                collected.problems.extend(_failures(error, name, place, locate))
                continue
            collected.definitions.extend(made)
            objects.extend((item, definition) for definition in made[:1])
            boards.extend((suffix, definition) for definition in made if definition.kind == DASHBOARD)
    copies = dashboards.copies(path, boards)
    collected.definitions[:] = [made for made in collected.definitions if id(made) not in copies]
    grouped = {id(rule) for value in namespace.values() for item, _ in _items(value, ()) if isinstance(item, Group) for rule in item.rules}  # fmt: skip
    ungrouped = [(rule, place) for rule, place in alone if id(rule) not in grouped]
    collected.definitions.extend(rules.loose(path, ungrouped, locate))
    _collect_waivers(path, waived, collected, objects, [rule for rule, _ in ungrouped], locate)
    if not collected.definitions and not collected.problems:
        collected.problems.extend(_unmarked(path, namespace, assigned) or _only_a_script(path, namespace))
    return _numbered(collected)


def _collect_waivers(
    path: str,
    waived: Sequence[Waive],
    collected: Collected,
    objects: Sequence[tuple[object, Definition]],
    ungrouped: Sequence[Record | Alert],
    locate: Locate,
) -> None:
    """Add the waivers that no rule holds, and what is wrong with them.

    Args:
        objects: what each object became.
        ungrouped: the rules that the last group was made of, because no group holds them.
    """
    if not waived:
        return
    made = Made(definitions=collected.definitions)
    for item, definition in objects:
        made.note(item, definition)
    if ungrouped:
        groups = [each for each in collected.definitions if each.kind == RULE_GROUP]
        made.note(Group(name=inside(path)[-1], rules=ungrouped), groups[-1])
    definitions, problems = loose(path, waived, made, locate)
    collected.definitions.extend(definitions)
    collected.problems.extend(problems)


def collect_file(path: str, content: bytes) -> Collected:
    """The definitions of a JSON dashboard, a JSON resource or a YAML rule file, told apart by `path`."""
    if path.startswith("provisioning/"):
        definitions, problems = provisioned.from_file(path, content)
    elif path.endswith(".json"):
        definitions, problems = dashboards.from_file(path, content)
    else:
        definitions, problems = rules.from_file(path, content)
    return Collected(definitions, problems)


def _failures(error: Exception, name: str, place: Place, locate: Locate) -> Iterator[Problem]:
    """What is wrong with an object, one problem for each thing."""
    if isinstance(error, ExceptionGroup):
        for one in error.exceptions:
            yield from _failures(one, name, place, locate)
    elif isinstance(error, ValueError | TypeError):
        yield Problem(place.path, place.line, f"{name}: {error}")
    else:
        what = f"{type(error).__name__}: {error}"
        inside = _deepest(error, locate)
        if inside is None:
            yield Problem(place.path, place.line, f"{name}: can't be compiled: {what}")
        else:
            yield Problem(inside.path, inside.line, what)


def _deepest(error: Exception, locate: Locate) -> Place | None:
    """The last line of the project's own code on the way to the error, None when none was passed."""
    found = None
    trace = error.__traceback__
    while trace is not None:
        found = locate((trace.tb_frame.f_code.co_filename, trace.tb_lineno)) or found
        trace = trace.tb_next
    return found


def _unmarked(path: str, namespace: Mapping[str, object], assigned: Mapping[str, int]) -> list[Problem]:
    """Dictionaries that look like dashboards, in a source that has nothing else."""
    return [
        Problem(path, line or None, f"{name}: a plain dictionary is no dashboard; write JsonDashboard({{…}})")
        for name, line in assigned.items()
        if not name.startswith("_") and _looks_like_a_dashboard(namespace.get(name))
    ]


def _looks_like_a_dashboard(value: object) -> bool:
    return isinstance(value, dict) and "title" in value and isinstance(value.get("panels"), list)


_GUARD = re.compile(r"""^if\s*\(?\s*__name__\s*==\s*["']__main__["']""", re.MULTILINE)
_MAKES = re.compile(r"[Dd]ashboard\w*\(")


def _only_a_script(path: str, namespace: Mapping[str, object]) -> list[Problem]:
    """A source that makes dashboards only when it is run as a program."""
    file = namespace.get("__file__")
    if not isinstance(file, str):
        return []
    try:
        text = Path(file).read_text(encoding="utf-8", errors="replace")
    except OSError:  # it removed itself
        return []
    guard = _GUARD.search(text)
    if guard is None or not _MAKES.search(text):
        return []
    what = (
        "what it makes stands under this condition or in a function, so that it defines nothing; give the "
        "dashboard a name outside, such as dashboard = build_dashboard(), or begin the file's name with _ "
        "if others only import it"
    )
    return [Problem(path, text[: guard.start()].count("\n") + 1, what)]


_PLAIN = frozenset((str, int, float, bool, type(None)))
_HOLDERS = frozenset((dict, list, tuple))
_DEEPEST = 3
"""Lists and dictionaries within each other that are looked into; data that a source reads may be larger."""


def _items(value: object, name: tuple[str, ...], depth: int = 0) -> Iterator[tuple[object, tuple[str, ...]]]:
    """The known objects in a module-level value, and what tells them apart within the source: the name,
    and for those in a list or a dictionary their key or title rather than their position."""
    kind = type(value)
    if kind in _PLAIN:
        return
    if kind not in _HOLDERS and _known(value):
        own = name if depth == 0 or name[-1:] != ("",) else (*name[:-1], dashboards.title_of(value))
        yield value, own
    elif depth < _DEEPEST and isinstance(value, dict):
        for key, item in value.items():
            yield from _items(item, (*name, str(key)), depth + 1)
    elif depth < _DEEPEST and isinstance(value, list | tuple):
        for item in value:
            yield from _items(item, (*name, ""), depth + 1)


def _known(value: object) -> bool:
    return (
        type(value) in _AUTHORED
        or isinstance(value, Record | Alert | Folder)
        or dashboards.is_dashboard(value)
        or uncompiled.said_of(value) is not None
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
    ContactPoint: grafana.compile_contact_point,
    MessageTemplate: grafana.compile_template,
    LibraryPanel: grafana.compile_library_panel,
    Stack: stacks.compile_stack,
}


def _compile(
    path: str, suffix: tuple[str, ...], item: object, place: Place, locate: Locate
) -> list[Definition]:
    authored = _AUTHORED.get(type(item))
    if authored is not None:
        return authored(path, item, place, locate)
    refused = uncompiled.said_of(item)
    if refused is not None:
        raise ValueError(refused)
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
    return Collected(waivers.numbered(rules.indexed(numbered)), collected.problems)
