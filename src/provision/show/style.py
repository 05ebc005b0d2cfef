"""Marks and colours. A styled text is for `click.echo`, which takes the colours out where nobody sees them."""

from __future__ import annotations

import os
from typing import Final

import click

MARKS: Final = {"add": "+", "remove": "−", "change": "~", "stop": "!", "done": "✓", "fail": "✗", "skip": "·"}
_COLOURS: Final = {
    "add": "green",
    "remove": "red",
    "change": "yellow",
    "stop": "magenta",
    "done": "green",
    "fail": "red",
    "skip": "yellow",
}


def mark(what: str) -> str:
    """The sign of `add`, `remove`, `change`, `stop`, `done`, `fail` or `skip`, in its colour."""
    return tinted(MARKS[what], what)


def tinted(text: str, what: str) -> str:
    """`text` in the colour of `what`."""
    return _styled(text, fg=_COLOURS[what])


def strong(text: str) -> str:
    """`text` in bold."""
    return _styled(text, bold=True)


def faint(text: str) -> str:
    """`text` in the background."""
    return _styled(text, dim=True)


def _styled(text: str, *, fg: str | None = None, bold: bool | None = None, dim: bool | None = None) -> str:
    # See https://no-color.org: any value but the empty one turns colours off.
    return text if os.environ.get("NO_COLOR") else click.style(text, fg=fg, bold=bold, dim=dim)
