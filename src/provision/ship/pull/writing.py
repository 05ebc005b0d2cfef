"""Files of a project written into a folder: all of them or none, nothing outside it, and nothing over others' work."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from provision.errors import ProvisionError
from provision.tools.writing import write_beside

_NAMED = 5


def write_files(root: Path, files: Mapping[str, bytes], *, overwrite: bool) -> int:
    """Write files below `root`; how many weren't there already with just this content.

    Args:
        files: by path relative to `root`.
        overwrite: write over files of another content.

    Raises:
        ProvisionError: a file is there already, lies behind a link to elsewhere, or can't be written.
    """
    needed: dict[Path, bytes] = {}
    there: list[str] = []
    for path, content in sorted(files.items()):
        file = root / path
        if not file.resolve().is_relative_to(root.resolve()):
            raise ProvisionError(f"a link leads out of {root}, so nothing was written", where=str(file))
        held = _content(file)
        if held != content:
            needed[file] = content
            if held is not None:
                there.append(path)
    if there and not overwrite:
        more = f" and {len(there) - _NAMED} more" if len(there) > _NAMED else ""
        raise ProvisionError(
            f"{', '.join(there[:_NAMED])}{more}: there already with another content, so nothing was written",
            where=str(root),
            remedy="pull into another folder, or write over them with --overwrite",
        )
    for file, content in needed.items():
        try:
            write_beside(file, content)
        except OSError as error:
            raise ProvisionError(f"can't be written: {error.strerror}", where=str(file)) from None
    return len(needed)


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ProvisionError(f"can't be read: {error.strerror}", where=str(file)) from None
