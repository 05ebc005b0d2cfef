"""What a source read from the disk, as small values that can be compared at the next build.

| kind | its state |
| --- | --- |
| `file` | a digest of the contents, or why it couldn't be opened |
| `names` | a digest of the names in a directory |
| `there` | whether it is a file, a directory or nothing |
| `link` | where the link leads, or that it is none |
"""

from __future__ import annotations

import hashlib
import os
import stat

FILE = "file"
NAMES = "names"
THERE = "there"
LINK = "link"

SPECIAL = "special"
"""The state of what has no contents to compare, such as a device; never the same twice."""


def state_of(kind: str, path: str) -> str:
    """The state of the input at the absolute path now. Compared only with states of the same kind."""
    try:
        if kind == LINK:
            return os.readlink(path)  # noqa: PTH115  # as below
        status = os.stat(path)  # noqa: PTH116  # called for every input of every source
        if kind == THERE:
            return (
                "file"
                if stat.S_ISREG(status.st_mode)
                else "directory"
                if stat.S_ISDIR(status.st_mode)
                else "other"
            )
        if kind == NAMES:
            return digest("\0".join(sorted(os.listdir(path))).encode("utf-8", "surrogateescape"))  # noqa: PTH208
        if stat.S_ISDIR(status.st_mode):
            return "directory"
        if not stat.S_ISREG(status.st_mode):
            return SPECIAL
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123
            return digest(file.readall())
    except (OSError, ValueError) as error:
        return f"not: {getattr(error, 'errno', None)}"


def digest(content: bytes) -> str:
    """A digest of contents: BLAKE2b, 16 bytes, in hex."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()
