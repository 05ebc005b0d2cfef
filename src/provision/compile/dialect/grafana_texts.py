"""Go templates, as far as they can be told to be broken or to refer to each other without running them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

ACTION: Final = re.compile(
    r"""\{\{(?P<body>(?:-?\s*/\*.*?\*/\s*-?)|(?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*'|(?!\}\}|\{\{)[^"`'])*)\}\}""",
    re.DOTALL,
)
"""An action, `{{ … }}`; quotes in it may hold braces."""

_OPENS: Final = frozenset({"if", "range", "with", "define", "block"})
_WORD: Final = re.compile(r"-?\s*([A-Za-z]+)")
_DEFINED: Final = re.compile(r"""-?\s*(?:define|block)\s+["`]([^"`]+)["`]""")
_USED: Final = re.compile(r"""-?\s*template\s+["`]([^"`]+)["`]""")


def fault(text: str) -> str:
    """Why a text can't be a Go template; empty where nothing is certainly wrong with it."""
    if "{{" in ACTION.sub("", text):
        return "an action {{ isn't closed with }}"
    depth = 0
    for body in _actions(text):
        word = _WORD.match(body)
        if word is not None and word[1] in _OPENS:
            depth += 1
        elif word is not None and word[1] == "end":
            depth -= 1
            if depth < 0:
                return "an {{ end }} closes nothing"
    return "a block isn't closed with {{ end }}" if depth else ""


def defined(text: str) -> frozenset[str]:
    """The names of the templates that a text defines."""
    return frozenset(match[1] for body in _actions(text) if (match := _DEFINED.match(body)))


def used(text: str) -> frozenset[str]:
    """The names of the templates that a text calls."""
    return frozenset(match[1] for body in _actions(text) if (match := _USED.match(body)))


def _actions(text: str) -> Iterator[str]:
    for match in ACTION.finditer(text):
        yield match["body"]
