"""A file written so that it is never half written."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_beside(file: Path, content: bytes) -> None:
    """Write a file so that it holds the old content or the new, never half of it.

    Raises:
        OSError: as the file system says.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, beside = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        mode = file.stat().st_mode if file.exists() else 0o666 & ~_umask()
        Path(beside).chmod(mode & 0o7777)
        Path(beside).replace(file)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
