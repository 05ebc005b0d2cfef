"""Passwords of a lab: made for it alone, kept in files that only this user may read, and gone with it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

_BYTES = 24


def generated(file: Path) -> str:
    """A new password, which is also written to `file`."""
    password = secrets.token_urlsafe(_BYTES)
    write(file, password)
    return password


def write(file: Path, text: str) -> None:
    """Write `text` to `file`, which must not be there yet and which only this user may read.

    Raises:
        OSError: it is there, or can't be written.
    """
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as to:
        to.write(text)
