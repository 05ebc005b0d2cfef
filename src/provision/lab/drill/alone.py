"""One drill at a time in a state folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from provision.errors import ProvisionError


@contextmanager
def alone(folder: Path, remedy: str = "wait until it is over") -> Iterator[None]:
    """No other drill there meanwhile. The folder itself is locked, so that nothing is left of that, whoever is killed; it is
    made where there is none, and removed where it is empty at the end.

    Args:
        remedy: what is to be done when there is another drill.

    Raises:
        ProvisionError: there is one, or the folder can't be used.
    """
    descriptor = _locked(folder, remedy)
    try:
        yield
    finally:
        if _is_still(folder, descriptor):
            with suppress(OSError):  # there is something in it
                folder.rmdir()
        os.close(descriptor)


def _locked(folder: Path, remedy: str) -> int:
    while True:
        descriptor = _opened(folder)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise ProvisionError("another drill runs on this lab", where=str(folder), remedy=remedy) from None
        if _is_still(folder, descriptor):
            return descriptor
        # Between the two a drill has ended, and its folder went with it.
        os.close(descriptor)


def _opened(folder: Path) -> int:
    while True:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue  # removed between the two
        except OSError as error:
            raise ProvisionError(
                f"can't be used for a lab: {error.strerror}",
                where=str(folder),
                remedy="name another folder with --state",
            ) from None


def _is_still(folder: Path, descriptor: int) -> bool:
    """Whether what is there is what was opened."""
    try:
        return os.path.samestat(folder.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
