"""Waivers in YAML rule files: comments such as `# provision: waive alerts-for until 2027-01-31: it pages at once`."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from provision.author.waivers import day
from provision.compile.kinds import WAIVER
from provision.errors import Problem
from provision.model import Definition, Place, decode, encode

_MARKED: Final = re.compile(r"#\s*provision:\s*(\w+)(.*)")
_WORD: Final = "waive"
"""What is written nearly so is told: a waiver that is misspelt would waive nothing, and nobody would know why."""
_WRITTEN: Final = re.compile(
    r"\s+(?P<check>[\w./-]+)(?:\s+until\s+(?P<until>[^\s:]+))?\s*:\s*(?P<reason>\S.*?)\s*"
)
_FORM: Final = "# provision: waive CHECK: REASON, or # provision: waive CHECK until 2027-01-31: REASON"
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_NOTHING: Final = re.compile(r"\s*(?:#.*)?")


def commented(
    path: str, content: bytes, groups: Sequence[Definition]
) -> tuple[list[Definition], list[Problem]]:
    """The waivers in the comments of a rule file. One is about the rule or the group on or above whose first line it
    stands, or within which it stands; before all groups, about the whole file.

    Args:
        groups: the definitions of the file's groups, with the lines of their rules.
    """
    if b"provision:" not in content:
        return [], []
    lines = _LINE_END.split(content.decode("utf-8", "replace"))
    parts = _parts(groups)
    starts = [line for line, _, _, _ in parts]
    definitions: list[Definition] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines, 1):
        marked = _MARKED.search(line)
        if marked is None or not get_close_matches(marked[1].lower(), (_WORD,), cutoff=0.75):
            continue
        try:
            written = _WRITTEN.fullmatch(marked[2]) if marked[1] == _WORD else None
            if written is None:
                raise ValueError(f"a waiver needs a check and a reason: {_FORM}")
            until = day(written["until"], "a waiver's until")
        except ValueError as error:
            problems.append(Problem(path, number, str(error)))
            continue
        line_meant = _about(lines, number)
        at = bisect_right(starts, line_meant) - 1
        if line_meant != number and at >= 0 and starts[at] == line_meant:
            at = bisect_left(starts, line_meant)  # above what begins there, which is the outermost
        of: dict[str, str] = {}
        subject = "this file"
        if at >= 0:
            _, definition, pointer, subject = parts[at]
            of = {"kind": definition.kind, "key": definition.key, "pointer": pointer}
        body = {
            "check": written["check"],
            "reason": written["reason"],
            "until": until.isoformat() if until else None,
            "subject": subject,
            "of": of,
        }
        key = f"{path}#{written['check']} of {subject}"
        definitions.append(Definition(WAIVER, key, encode(body), Place(path, number)))
    return definitions, problems


def _about(lines: Sequence[str], number: int) -> int:
    """The line that a comment on line `number` is about: its own, or the next that holds more than a comment."""
    for at in range(number, len(lines) + 1):
        if not _NOTHING.fullmatch(lines[at - 1]):
            return at
    return number


def _parts(groups: Sequence[Definition]) -> list[tuple[int, Definition, str, str]]:
    """First line, definition, pointer and name of each group and rule, in the order of the lines."""
    found = []
    for definition in groups:
        group = decode(definition.body)["group"]
        name = f'rule group "{group["name"]}"'
        found.append((definition.place.line or 1, definition, "", name))
        for (pointer, place), rule in zip(definition.parts, group.get("rules") or (), strict=True):
            kind = "alert" if "alert" in rule else "record"
            found.append((place.line or 1, definition, pointer, f'{name}, {kind} "{rule.get(kind)}"'))
    return sorted(found, key=lambda part: part[0])
