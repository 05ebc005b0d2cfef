"""Small programs for tests that call other programs."""

from __future__ import annotations

import shlex
from pathlib import Path


def fake(
    file: Path, *, stdout: str = "", stderr: str = "", code: int = 0, version: str | None = None
) -> Path:
    """An executable at `file` that writes this and ends with `code`; asked for its version, it writes that."""
    file.parent.mkdir(parents=True, exist_ok=True)
    said = f"{file.name}, version {version or ''} (branch: , revision: )"
    lines = [
        "#!/bin/sh",
        f'if [ "$1" = --version ]; then printf "%s\\n" {shlex.quote(said)}; exit 0; fi',
        f"printf %s {shlex.quote(stdout)}",
        f"printf %s {shlex.quote(stderr)} >&2",
        f"exit {code}",
    ]
    file.write_text("\n".join(lines) + "\n")
    file.chmod(0o755)
    return file
