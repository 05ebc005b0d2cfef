"""Where the linters and the files are that are compared."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

DEFAULT = Path(__file__).resolve().parents[3] / "shared" / "corpus"


def corpus() -> Path:
    """The folder with `dashboards/` and `rules/`."""
    return Path(os.environ.get("CORPUS") or DEFAULT)


def program(name: str) -> Path | str:
    """The program of that name: on the PATH, or where the variable of that name says; or why it isn't there."""
    variable = name.upper().replace("-", "_")
    found = os.environ.get(variable) or shutil.which(name)
    if not found:
        return f"left out: {name} isn't on the PATH, and {variable} isn't set"
    return Path(found) if Path(found).is_file() else f"left out: {variable} names {found}, which isn't there"
