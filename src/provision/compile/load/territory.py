"""Which files are the project's own, and which are settled: the toolkit, the standard library, installed packages.

Settled files change only with a version, so their modules stay loaded, and they are no input of a source.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import provision
from provision.author.place import Written
from provision.model import Place

TOOLKIT = str(Path(provision.__file__).parent)
_SETTLED = (TOOLKIT + os.sep, str(Path(os.__file__).parent) + os.sep)
_INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


@dataclass(frozen=True, slots=True)
class Territory:
    """The project at `root`: an absolute path without a slash at its end."""

    root: str

    def is_settled(self, path: str) -> bool:
        """Whether the absolute path is the toolkit's, the standard library's or an installed package's. A virtual
        environment inside the project is settled; a project inside an installed package isn't."""
        inside = path + os.sep
        if not inside.startswith(self.root + os.sep):
            return inside.startswith(_SETTLED) or any(mark in inside for mark in _INSTALLED)
        below = inside[len(self.root) :]
        return any(mark in below for mark in _INSTALLED) or any(
            inside.startswith(folder) for folder in _SETTLED if folder.startswith(self.root + os.sep)
        )

    def relative(self, file: str) -> str | None:
        """The path relative to the root, with forward slashes; None for a file that isn't the project's."""
        if file.startswith("<"):
            return None
        path = os.path.normpath(os.path.join(self.root, file))  # noqa: PTH118  # asked for every frame: strings are fast
        if not path.startswith(self.root + os.sep) or self.is_settled(path):
            return None
        return path[len(self.root) + 1 :]

    def locate(self, written: Written) -> Place | None:
        """The place in the project that a frame's file and line mean; None outside of it."""
        path = self.relative(written[0])
        return None if path is None else Place(path, written[1])

    def short(self, path: str) -> str:
        """How an absolute path is kept: relative to the root when it lies below."""
        return path[len(self.root) + 1 :] if path.startswith(self.root + os.sep) else path

    def full(self, short: str) -> str:
        """The absolute path that `short` came from."""
        return os.path.join(self.root, short)  # noqa: PTH118  # asked for every input
