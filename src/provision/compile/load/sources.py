"""Which files of a project are sources."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from provision.errors import UsageError
from provision.project import SOURCE_ROOMS

_SUFFIXES = {
    "dashboards": (".py", ".json"),
    "rules": (".py", ".yml", ".yaml"),
    "provisioning": (".py", ".json"),
}


def find_sources(root: Path, paths: Sequence[Path] | None = None) -> tuple[str, ...]:
    """The sources of the project at `root`, as sorted paths relative to it with forward slashes.

    Files and directories whose name begins with `_` or `.` are modules for sources to import, and no sources.

    Args:
        root: absolute.
        paths: only these files, and those in these directories; absolute, or relative to `root`.

    Raises:
        UsageError: a path isn't there, lies outside the project or holds no source; or a folder can't be read.
    """
    every = sorted(found for room in SOURCE_ROOMS for found in _walk(root, room, ()))
    for found in every:
        if not found.isprintable():
            raise UsageError("a source's name must be printable text", where=ascii(found), remedy="rename it")
    if paths is None:
        return tuple(every)
    wanted: set[str] = set()
    for path in paths:
        wanted.update(_under(root, path, every))
    return tuple(found for found in every if found in wanted)


def _walk(root: Path, folder: str, above: tuple[tuple[int, int], ...]) -> Iterator[str]:
    """The sources below `folder`. Links to directories are followed, except into a directory `above`."""
    try:
        status = (root / folder).stat()
        entries = list(os.scandir(root / folder))
    except FileNotFoundError:
        return
    except OSError as error:
        raise UsageError(f"can't be read: {error.strerror}", where=str(root / folder)) from None
    here = (status.st_dev, status.st_ino)
    if here in above:
        return
    suffixes = _SUFFIXES[folder.split("/", 1)[0]]
    for entry in entries:
        if entry.name.startswith(("_", ".")):
            continue
        path = f"{folder}/{entry.name}"
        if entry.is_dir():
            yield from _walk(root, path, (*above, here))
        elif entry.name.endswith(suffixes):
            yield path


def _under(root: Path, path: Path, every: Sequence[str]) -> list[str]:
    absolute = Path(os.path.normpath(root / path))
    if not absolute.exists():
        raise UsageError("there is no such file or directory", where=str(path))
    if not absolute.is_relative_to(root):
        # The root may be reached by another name, through a link.
        absolute = absolute.resolve()
        root = root.resolve()
    if not absolute.is_relative_to(root):
        raise UsageError(f"lies outside the project {root}", where=str(path))
    relative = absolute.relative_to(root).as_posix()
    if absolute.is_dir():
        below = [found for found in every if relative == "." or found.startswith(f"{relative}/")]
        if not below:
            raise UsageError("there is no source in this directory", where=str(path), remedy=_RULE)
        return below
    if relative not in every:
        raise UsageError("isn't a source", where=str(path), remedy=_RULE)
    return [relative]


_RULE = (
    "sources are *.py under dashboards/, rules/ and provisioning/, *.json under dashboards/ and provisioning/, and "
    "*.yml under rules/, with no name that begins with _ or ."
)
