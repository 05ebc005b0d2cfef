"""Waivers that no rule holds: `Waive(…, of=…)` anywhere in a source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from provision.author import Group, Waive
from provision.compile.kinds import DASHBOARD
from provision.compile.titled import title_of, titled, titles
from provision.compile.waivers import Locate, called, waiver
from provision.errors import Problem
from provision.model import Definition, Place, decode
from provision.project import SOURCE_ROOMS

_SUFFIXES: Final = (".py", ".json", ".yml", ".yaml", ".rules")


@dataclass(frozen=True, slots=True)
class Became:
    """What an object became: a definition, or the part of one at a JSON pointer, and what people call it."""

    definition: Definition
    pointer: str
    subject: str


@dataclass(frozen=True, slots=True)
class Made:
    """What the objects of one source became.

    Attributes:
        parts: by the object's `id`.
        definitions: all of the source's.
    """

    parts: dict[int, Became] = field(default_factory=dict)
    definitions: list[Definition] = field(default_factory=list)

    def note(self, item: object, definition: Definition) -> None:
        """Note what an object became; of a group its rules, too."""
        if isinstance(item, Group):
            self.parts[id(item)] = Became(definition, "", called(item))
            for number, rule in enumerate(item.rules):
                subject = f"{called(item)}, {called(rule)}"
                self.parts[id(rule)] = Became(definition, f"/group/rules/{number}", subject)
        else:
            kind = definition.kind.replace("-", " ")
            name = _title(definition) if definition.kind == DASHBOARD else definition.key
            self.parts[id(item)] = Became(definition, "", f'{kind} "{name}"')


def loose(
    path: str, waivers: Iterable[Waive], made: Made, locate: Locate
) -> tuple[list[Definition], list[Problem]]:
    """The definitions of the waivers of a source that no rule holds, and what is wrong with them.

    Args:
        path: the source. What another source makes is that one's own; a module that is no source belongs to all.
    """
    definitions: list[Definition] = []
    problems: list[Problem] = []
    for waive in waivers:
        place = locate(waive.where)
        if place is None or not (place.path == path or _is_shared(place.path)):
            continue
        try:
            definitions.append(_resolved(path, waive, place, made))
        except LookupError as error:
            if place.path == path:  # what a shared module speaks of may be another source's
                problems.append(Problem(path, place.line, f"Waive({waive.check!r}): {error.args[0]}"))
    return definitions, problems


def _is_shared(path: str) -> bool:
    """Whether a module of the project is no source itself."""
    parts = path.split("/")
    return parts[0] not in SOURCE_ROOMS or any(part.startswith("_") for part in parts)


def _resolved(path: str, waive: Waive, place: Place, made: Made) -> Definition:
    """Raises LookupError: nothing is what it says it is of; its argument says what to do."""
    if waive.of is None:
        raise LookupError(
            "say what it is of: of=…, or put it into waive= of the Alert, the Record or the Group it is about"
        )
    part = made.parts.get(id(waive.of))
    if part is not None and part.definition in made.definitions:
        return _of_part(path, waive, place, part)
    title = waive.of if isinstance(waive.of, str) else title_of(waive.of)
    boards = [each for each in made.definitions if each.kind == DASHBOARD]
    for board in boards:
        if title and _title(board) == title:
            return _of_part(path, waive, place, Became(board, "", f'dashboard "{title}"'))
    if title and any(titled(decode(each.body), title) for each in boards):
        return waiver(path, waive, place, f'panel "{title}"', {"path": path}, title)
    if isinstance(waive.of, str) and (
        waive.of.endswith(_SUFFIXES) or waive.of.partition("/")[0] in SOURCE_ROOMS
    ):
        subject = f'{waive.of}, panel "{waive.panel}"' if waive.panel else waive.of
        return waiver(path, waive, place, subject, {"path": waive.of}, waive.panel)
    raise LookupError(_missing(waive.of, title, boards))


def _of_part(path: str, waive: Waive, place: Place, part: Became) -> Definition:
    """The waiver of that part, or of the panel in it that the waiver names."""
    of = {"kind": part.definition.kind, "key": part.definition.key, "pointer": part.pointer}
    if waive.panel is None:
        return waiver(path, waive, place, part.subject, of)
    board = [part.definition] if part.definition.kind == DASHBOARD else []
    if not any(titled(decode(each.body), waive.panel) for each in board):
        raise LookupError(_missing(waive.panel, waive.panel, board))
    return waiver(path, waive, place, f'{part.subject}, panel "{waive.panel}"', of, waive.panel)


def _missing(of: object, title: str, boards: list[Definition]) -> str:
    if not title:
        return (
            f"what it is of, {type(of).__name__}, is no object that this source defines, and has no title by "
            "which it can be found; waive the dashboard or the group it is in"
        )
    known = [name for each in boards for name in (_title(each), *(t for _, t in titles(decode(each.body))))]
    close = get_close_matches(title, known, 1)
    meant = f"; did you mean {close[0]!r}?" if close else ""
    return f"no dashboard or panel of this source is called {title!r}{meant}"


def _title(board: Definition) -> str:
    return str(decode(board.body)["spec"].get("title"))
