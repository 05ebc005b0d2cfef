"""Where albums and pictures are kept: bytes by key, in a local folder, or in a bucket (`bucket`).

A key is made of the gallery's own identifiers, never of what a client sent: words of small letters, digits, `-` and
`.`, separated by slashes.
"""

from __future__ import annotations

import errno
import os
import re
import tempfile
from pathlib import Path
from typing import Protocol

_ATTEMPTS = 50
_KEY = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*(/[a-z0-9-]+(\.[a-z0-9-]+)*)*")


class StorageDown(Exception):
    """The storage can't be used now; the message says why, for those who run the gallery."""


def checked(key: str) -> str:
    """The key, once it is seen to be one.

    Raises:
        ValueError: it isn't.
    """
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no key")
    return key


class Storage(Protocol):
    """What the gallery needs of a storage. Each raises `StorageDown`."""

    def put(self, key: str, content: bytes) -> None:
        """Keep it, whole or not at all; replaces what is there."""

    def get(self, key: str) -> bytes | None:
        """What is kept there, or None."""

    def delete(self, keys: list[str]) -> None:
        """Forget these, the first before the others; those that aren't there, too."""

    def keys(self, prefix: str) -> list[str]:
        """All keys that start so, sorted. `prefix` ends with a slash."""

    def size(self, prefix: str) -> int:
        """How many bytes are kept under keys that start so. `prefix` ends with a slash."""


class Folder:
    """A local folder, which several replicas may share.

    Args:
        root: made when it isn't there.

    Raises:
        OSError: it can't be made.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._root.mkdir(parents=True, exist_ok=True)

    def put(self, key: str, content: bytes) -> None:
        """As `Storage` says."""
        file = self._file(key)
        self._require()
        try:
            # A dot in front: no key, so that nobody sees it half-written.
            descriptor, beside = tempfile.mkstemp(prefix=".", dir=self._root)
            try:
                with os.fdopen(descriptor, "wb") as output:
                    output.write(content)
                _move(Path(beside), file)
            finally:
                Path(beside).unlink(missing_ok=True)
        except OSError as error:
            raise self._down(error) from None

    def get(self, key: str) -> bytes | None:
        """As `Storage` says."""
        try:
            return self._file(key).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            self._require()
            return None
        except OSError as error:
            raise self._down(error) from None

    def delete(self, keys: list[str]) -> None:
        """As `Storage` says."""
        try:
            self._require()
            for key in keys:
                self._file(key).unlink(missing_ok=True)
            for folder in {self._file(key).parent for key in keys} - {self._root}:
                _remove_if_empty(folder)
        except OSError as error:
            raise self._down(error) from None

    def keys(self, prefix: str) -> list[str]:
        """As `Storage` says."""
        return sorted(key for key, _ in self._entries(prefix))

    def size(self, prefix: str) -> int:
        """As `Storage` says."""
        total = 0
        for _, entry in self._entries(prefix):
            try:
                total += entry.stat(follow_symlinks=False).st_size
            except FileNotFoundError:
                continue  # another replica has just deleted it
            except OSError as error:
                raise self._down(error) from None
        return total

    def _entries(self, prefix: str) -> list[tuple[str, os.DirEntry[str]]]:
        """Each key that starts so, with its file."""
        self._require()
        found: list[tuple[str, os.DirEntry[str]]] = []
        self._walk(self._file(prefix.rstrip("/")), prefix, found)
        return found

    def _walk(self, folder: Path, prefix: str, found: list[tuple[str, os.DirEntry[str]]]) -> None:
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        self._walk(folder / entry.name, f"{prefix}{entry.name}/", found)
                    else:
                        found.append((prefix + entry.name, entry))
        except FileNotFoundError:
            return  # nothing was kept there, or another replica has just removed it
        except OSError as error:
            raise self._down(error) from None

    def _file(self, key: str) -> Path:
        return self._root / checked(key)

    def _require(self) -> None:
        if not self._root.is_dir():
            raise StorageDown(f"the folder {self._root} is gone")

    def _down(self, error: OSError) -> StorageDown:
        return StorageDown(f"{error.filename or self._root}: {error.strerror}")


def _move(source: Path, file: Path) -> None:
    for attempt in range(_ATTEMPTS):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            source.replace(file)
            return
        except (FileNotFoundError, FileExistsError):
            # Another replica has just deleted the last of what was in that folder, and the folder with it.
            if attempt == _ATTEMPTS - 1:
                raise


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError as error:
        # Something else is in it, or another replica was faster.
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT}:
            raise
