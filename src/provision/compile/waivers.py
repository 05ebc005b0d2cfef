"""Waivers to definitions: those that rules and groups hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from provision.author import Alert, Group, Record, Waive
from provision.author.place import Written
from provision.compile.kinds import WAIVER
from provision.model import Definition, Place, encode

Locate = Callable[[Written], Place | None]


def waiver(
    path: str, waive: Waive, place: Place, subject: str, of: Mapping[str, str], panel: str | None = None
) -> Definition:
    """The definition of a waiver.

    Args:
        path: the source it stands in.
        subject: what people call what it is about.
        of: what it is about (`provision.compile.kinds`).
        panel: the title of the panels that it is about there; none: all of it.
    """
    body = {
        "check": waive.check,
        "reason": " ".join(waive.reason.split()),
        "until": waive.last_day,
        "subject": subject,
        "of": {**of, "panel": panel} if panel else dict(of),
    }
    return Definition(WAIVER, f"{path}#{waive.check} of {subject}", encode(body), place)


def of_rules(
    path: str, group: Group, definition: Definition, place: Place, locate: Locate
) -> Iterator[Definition]:
    """The waivers that a group and its rules hold.

    Args:
        definition: the group's.
        place: where the group stands.
    """
    for waive in _each(group.waive):
        yield _held(path, waive, definition, "", called(group), locate(waive.where) or place)
    for number, rule in enumerate(group.rules):
        for waive in _each(rule.waive):
            about = f"{called(group)}, {called(rule)}"
            at = locate(waive.where) or place
            yield _held(path, waive, definition, f"/group/rules/{number}", about, at)


def called(item: Group | Record | Alert) -> str:
    """What people call a group or a rule."""
    if isinstance(item, Group):
        return f'rule group "{item.name}"'
    return f'record "{item.record}"' if isinstance(item, Record) else f'alert "{item.alert}"'


def numbered(definitions: Iterable[Definition]) -> list[Definition]:
    """The definitions of one source, waivers of the same check and subject told apart by a number."""
    count: Counter[str] = Counter()
    result = []
    for definition in definitions:
        if definition.kind == WAIVER:
            count[definition.key] += 1
            if count[definition.key] > 1:
                definition = replace(definition, key=f"{definition.key} ({count[definition.key]})")  # noqa: PLW2901  # the numbered one takes its place
        result.append(definition)
    return result


def _held(
    path: str, waive: Waive, definition: Definition, pointer: str, subject: str, place: Place
) -> Definition:
    target = {"kind": definition.kind, "key": definition.key, "pointer": pointer}
    return waiver(path, waive, place, subject, target)


def _each(waive: Waive | Sequence[Waive]) -> Sequence[Waive]:
    return (waive,) if isinstance(waive, Waive) else waive
