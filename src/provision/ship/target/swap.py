"""A server's files, replaced so that they can be put back, also after a kill.

The old file waits beside the new one as `.NAME.provision-old` until the server has proved the new one. What is
left there by a push that was killed is the last content that was proved.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from provision.errors import ProvisionError

_NEW = ".provision-new"
_OLD = ".provision-old"


@dataclass(frozen=True, slots=True)
class Swapped:
    """A file that was replaced or removed.

    Attributes:
        before: what it held; None when there was none.
        backup: where the old file waits; None when there was none, or it is only remembered.
    """

    file: Path
    before: bytes | None
    backup: Path | None


@dataclass(frozen=True, slots=True)
class Undone:
    """What came of putting files back and having the server reload.

    Attributes:
        said: half a sentence for a person.
        left_behind: whether something of the new files may still be there, or in force.
        is_back: whether the old files are where they were.
        is_in_force: whether the server runs them.
    """

    said: str
    left_behind: bool = False
    is_back: bool = True
    is_in_force: bool = False


def backup_of(file: Path) -> Path:
    """Where the old file waits."""
    return file.with_name(f".{file.name}{_OLD}")


def unfinished(file: Path) -> bool:
    """Whether a push was killed before the server had proved `file`: another content waits beside it.

    Raises:
        ProvisionError: one of both can't be read.
    """
    waiting = content_of(backup_of(file))
    return waiting is not None and waiting != content_of(file)


def content_of(file: Path) -> bytes | None:
    """What a file holds; None when there is none.

    Raises:
        ProvisionError: it can't be read.
    """
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ProvisionError(f"can't be read: {error.strerror}", where=str(file)) from None


def sweep(file: Path) -> None:
    """Remove what earlier pushes that were killed staged for `file`.

    Raises:
        ProvisionError: the file system refuses.
    """
    try:
        for left in file.parent.glob(f".{_escaped(file.name)}.*{_NEW}"):
            left.unlink(missing_ok=True)
    except OSError as error:
        raise ProvisionError(f"can't be removed: {error.strerror}", where=str(error.filename)) from None


def stage(file: Path, content: bytes, new_mode: int) -> Path:
    """Write `content` beside `file`, with that file's permission bits and owner; without such a file, with the bits
    `new_mode`.

    Returns:
        the staged file, to be handed to `swap` or removed.

    Raises:
        ProvisionError: it can't be written here, or the owner can't be kept.
    """
    staged: Path | None = None
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=_NEW, dir=file.parent)
        staged = Path(name)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            _keep_attributes(descriptor, file, new_mode)
            os.fsync(descriptor)
    except BaseException as error:
        if staged is not None:
            staged.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise ProvisionError(f"can't be written: {error.strerror}", where=str(file)) from None
        raise
    return staged


def swap(file: Path, staged: Path | None, *, on_disk: bool, proved: bool) -> Swapped:
    """Put a staged file in the place of `file`; without one, remove `file`.

    Args:
        on_disk: whether the old file may wait beside; otherwise it is only remembered.
        proved: whether the old content is in force; otherwise a backup that a killed push left is better.

    Raises:
        ProvisionError: the file system refuses; the old file is in its place then.
    """
    before = content_of(file)
    backup = backup_of(file)
    try:
        if before is not None and on_disk and (proved or not backup.exists()):
            _second_name(file, backup)
        left = on_disk and backup.exists()
        if staged is not None:
            staged.replace(file)
        else:
            file.unlink(missing_ok=True)
        _sync(file.parent)
    except OSError as error:
        raise ProvisionError(f"can't be written: {error.strerror}", where=str(file)) from None
    return Swapped(file, before, backup if left else None)


def put_back(swapped: Swapped) -> None:
    """Undo a `swap`.

    Raises:
        ProvisionError: the file system refuses.
    """
    try:
        if swapped.backup is not None:
            swapped.backup.replace(swapped.file)
        elif swapped.before is not None:
            stage(swapped.file, swapped.before, 0o644).replace(swapped.file)
        else:
            swapped.file.unlink(missing_ok=True)
        _sync(swapped.file.parent)
    except OSError as error:
        raise ProvisionError(f"can't be put back: {error.strerror}", where=str(swapped.file)) from None


def forget(swapped: Swapped) -> None:
    """Remove the old file: the new one is proved."""
    if swapped.backup is not None:
        with contextlib.suppress(OSError):  # the new file is in force; a backup that stays does no harm
            swapped.backup.unlink(missing_ok=True)


def owner_fault(file: Path) -> str:
    """Why this process can't replace `file` and leave it to its owner; empty when it can."""
    try:
        status = file.stat()
    except OSError:
        return ""
    if os.geteuid() in (0, status.st_uid):
        return ""
    return (
        f"it belongs to user {status.st_uid}, and only that user or root can replace it and leave it to them"
    )


def _keep_attributes(descriptor: int, file: Path, new_mode: int) -> None:
    try:
        status = file.stat()
    except FileNotFoundError:
        os.fchmod(descriptor, new_mode)
        return
    own = os.fstat(descriptor)
    if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
        try:
            os.fchown(descriptor, status.st_uid, status.st_gid)
        except PermissionError:
            why = owner_fault(file) or f"its group {status.st_gid} can't be kept"
            raise ProvisionError(why, where=str(file), remedy="run this as that user") from None
    os.fchmod(descriptor, status.st_mode & 0o7777)


def _second_name(file: Path, backup: Path) -> None:
    """The file under a second name: the same file where the file system can, so that nothing of it is lost."""
    backup.unlink(missing_ok=True)
    try:
        os.link(file, backup)
    except OSError:  # a file system without hard links
        stage(file, file.read_bytes(), 0o600).replace(backup)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _escaped(name: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in name)
