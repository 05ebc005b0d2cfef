"""The texts of an alert that are templates: values of its labels and annotations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from provision.gotemplate.functions import FUNCTIONS
from provision.gotemplate.parse import parse
from provision.gotemplate.reader import TooDeep
from provision.gotemplate.tokens import Broken
from provision.gotemplate.uses import VARIABLES, Uses, joined, uses
from provision.prove.check.parts import Group, Rule
from provision.prove.check.rulefields import texts

_PIECE: Final = re.compile(r"[$.\w]+|\{\{")


@dataclass(frozen=True, slots=True)
class AlertText:
    """A label or annotation whose value is a template.

    Attributes:
        is_label: whether it is one of the labels.
        pointer: JSON pointer to it in its group's definition.
        found: what it uses, or where it isn't a template.
    """

    name: str
    is_label: bool
    text: str
    pointer: str
    found: Uses | Broken

    def line_at(self, start: int) -> int:
        """The line of the text, counted from 1, that a position is on."""
        return self.text.count("\n", 0, start) + 1

    def span(self, start: int) -> tuple[int, int]:
        """Where the word or sign at a position begins and ends."""
        word = _PIECE.match(self.text, start)
        return start, word.end() if word else start + 1

    def at(self, start: int) -> str:
        """A position in words, such as `column 5`."""
        line = f"line {self.line_at(start)}, " if "\n" in self.text.strip() else ""
        before = self.text.rfind("\n", 0, start)
        return f"{line}column {start - before}"


def alert_texts(group: Group, rule: Rule) -> Iterator[AlertText]:
    """The labels and annotations of an alert that are templates, those of its group included."""
    if rule.kind != "alert":
        return
    for is_label, body, field, at in (
        (True, group.body, "labels", "/group"),
        (True, rule.body, "labels", rule.pointer),
        (False, rule.body, "annotations", rule.pointer),
    ):
        for name, text in texts(body, field).items():
            if "{{" in text:
                yield AlertText(name, is_label, text, f"{at}/{field}/{name}", _examined(text))


def _examined(text: str) -> Uses | Broken:
    """What a text uses. Most texts are made of a few actions that stand in many others, too: those are parsed once."""
    actions = list(_ALONE.finditer(text))
    if len(actions) != text.count("{{"):
        return _parsed(text)
    parts = []
    for action in actions:
        found = _parsed(action[0])
        if isinstance(found, Broken):
            return Broken(found.message, found.start + action.start())
        parts.append((action.start(), found))
    return joined(parts)


_ALONE: Final = re.compile(
    r"(?<!\{)\{\{(?!-?\s*(?:if|else|end|range|with|define|block|template|break|continue)\b)[^{}\"`'=]*\}\}"
)
"""An action that has nothing to do with those around it: no block, and no variable that it declares."""


@lru_cache(maxsize=8192)
def _parsed(text: str) -> Uses | Broken:
    try:
        return uses(parse(text, FUNCTIONS, VARIABLES))
    except Broken as broken:
        return broken
    except TooDeep:
        return Uses()
