"""What is told to a person while something takes time."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

Tell = Callable[[str], None]
"""Called with a sentence before something that takes time, or about what isn't a result."""


def lab_command(words: str, folder: Path) -> str:
    """`provision lab WORDS` for the lab, or the Swarm, in that state folder; the folder is named unless it is the one that a
    project has for it."""
    usual = folder.parent.name == ".provision" and folder.name in ("lab", "swarm")
    return f"provision lab {words}" + ("" if usual else f" --state {shlex.quote(str(folder))}")
