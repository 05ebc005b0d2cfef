"""JSON and YAML sources with their expressions corrected, and every other byte as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import yaml

from provision.promql.edits import Corrected, Edit, edited
from provision.prove.fix.python import Rewritten

_JSON_STRING: Final = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"(?P<key>\s*:)?')
_JSON_CHARACTER: Final = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]"
)


@dataclass(frozen=True, slots=True)
class _Scalar:
    """A text in a JSON or YAML file.

    Attributes:
        value: what it says.
        at: where each of its characters begins in the file, and last where it ends.
        style: what it is written in: a quote, `|`, `>`, or empty.
    """

    value: str
    at: Sequence[int]
    style: str

    def written(self, text: str) -> str:
        """The text as it is written in that style."""
        if self.style == '"':
            return json.dumps(text, ensure_ascii=False)[1:-1]
        return text.replace("'", "''") if self.style == "'" else text


def rewritten_json(source: str, wanted: Sequence[tuple[str, Corrected]]) -> Rewritten:
    """A JSON source in which each expression that is one of its texts is corrected; arguments as
    `rewritten_python`'s."""
    return _rewritten(source, list(_json_scalars(source)), wanted)


def rewritten_yaml(source: str, wanted: Sequence[tuple[str, Corrected]]) -> Rewritten:
    """A YAML source in which each expression that is one of its texts is corrected; arguments as `rewritten_python`'s.
    What it says elsewhere stays the same, or nothing changes."""
    before = _said(source)
    if before is None:
        return Rewritten(source, frozenset())
    now = {old: after.text for old, after in wanted}
    result = _rewritten(source, list(_yaml_scalars(source)), wanted)
    after = _said(result.text)
    if after == [_corrected(text, now) for text in before]:
        return result
    # One that doesn't come out as it should mustn't stop the others.
    kept, placed = source, []
    for number, each in enumerate(wanted):
        alone = _rewritten(kept, list(_yaml_scalars(kept)), [each])
        held = _said(kept)
        if (
            alone.placed
            and held is not None
            and _said(alone.text) == [_corrected(text, {each[0]: each[1].text}) for text in held]
        ):
            kept = alone.text
            placed.append(number)
    return Rewritten(kept, frozenset(placed))


def _rewritten(source: str, scalars: Sequence[_Scalar], wanted: Sequence[tuple[str, Corrected]]) -> Rewritten:
    edits: list[Edit] = []
    placed = set()
    known: dict[str, list[_Scalar]] = {}
    for scalar in scalars:
        known.setdefault(scalar.value.strip(), []).append(scalar)
    for number, (before, after) in enumerate(wanted):
        for scalar in known.get(before.strip(), ()):
            shift = _indent(scalar.value) - _indent(before)
            edits.extend(
                Edit(scalar.at[edit.start + shift], scalar.at[edit.end + shift], scalar.written(edit.text))
                for edit in after.edits
            )
            placed.add(number)
    result = edited(source, edits)
    return Rewritten(source, frozenset()) if result is None else Rewritten(result.text, frozenset(placed))


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _json_scalars(source: str) -> Iterator[_Scalar]:
    for match in _JSON_STRING.finditer(source):
        if match["key"] is None:
            at: list[int] = []
            value: list[str] = []
            for character in _JSON_CHARACTER.finditer(source, match.start() + 1, match.end() - 1):
                said = character[0]
                value.append(json.loads(f'"{said}"') if said[0] == "\\" else said)
                at.append(character.start())
            yield _Scalar("".join(value), (*at, match.end() - 1), '"')


def _nodes(source: str) -> Iterator[yaml.ScalarNode]:
    """The texts of a YAML source in their order.

    Raises:
        yaml.YAMLError: it isn't YAML.
    """
    for document in yaml.compose_all(source, Loader=yaml.CSafeLoader):
        stack = [document]
        while stack:
            node = stack.pop()
            if isinstance(node, yaml.ScalarNode):
                yield node
            elif isinstance(node, yaml.SequenceNode):
                stack.extend(reversed(node.value))
            elif isinstance(node, yaml.MappingNode):
                for key, value in reversed(node.value):
                    stack += [value, key]


def _said(source: str) -> list[str] | None:
    try:
        return [node.value for node in _nodes(source)]
    except (yaml.YAMLError, RecursionError):
        return None


def _corrected(text: str, now: dict[str, str]) -> str:
    stripped = text.strip()
    for before, after in now.items():
        if before.strip() == stripped:
            return text.replace(stripped, after.strip())
    return text


def _yaml_scalars(source: str) -> Iterator[_Scalar]:
    lines = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", source))]
    for node in _nodes(source):
        start = lines[node.start_mark.line] + node.start_mark.column
        end = (
            min(len(source), lines[node.end_mark.line] + node.end_mark.column)
            if node.end_mark.line < len(lines)
            else len(source)
        )
        style = node.style or ""
        at = _matched(source, start, end, node.value, style)
        if at is not None:
            yield _Scalar(node.value, at, style)


def _matched(source: str, start: int, end: int, value: str, style: str) -> list[int] | None:
    """Where each character of the value stands in its lines, which are indented, folded or escaped; None when that
    can't be told."""
    position = start
    if style in ("|", ">"):
        position = source.find("\n", start, end) + 1 or end
    elif style:
        position += 1
    at: list[int] = []
    for character in value:
        blank = character.isspace()
        while position < end and not blank and source[position].isspace():
            position += 1
        if blank and (position >= end or not source[position].isspace()):
            at.append(position)  # the end of a block, or a line that is folded away
            continue
        if position >= end:
            return None
        at.append(position)
        if style == '"' and source[position] == "\\":
            if source[position + 1 : position + 2] != character and source[position : position + 2] != "\\n":
                return None
            position += 2
        elif style == "'" and source.startswith("''", position) and character == "'":
            position += 2
        elif blank or source[position] == character:
            position += 1
        else:
            return None
    return [*at, position]
