"""Files that aren't a project's sources: dashboards and rule files from anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from provision.errors import Problem, UsageError
from provision.model import Definition, Place

_SUFFIXES = (".json", ".yml", ".yaml", ".rules")


def collect_guests(
    paths: Sequence[Path], root: Path
) -> tuple[frozenset[str], tuple[Definition, ...], tuple[Problem, ...]]:
    """The definitions of JSON and YAML files and of folders of them.

    Args:
        paths: absolute.
        root: paths below it are told relative to it.

    Returns:
        The files' paths as they are told, their definitions, and what is wrong with them.

    Raises:
        UsageError: a path doesn't exist, or can't be a dashboard or a rule file.
    """
    from provision.compile.collect import collect_file
    from provision.compile.relatives import as_prometheus

    guests: list[str] = []
    definitions: list[Definition] = []
    problems: list[Problem] = []
    for file in dict.fromkeys(file for path in paths for file in _files(path)):
        path = file.relative_to(root).as_posix() if file.is_relative_to(root) else file.as_posix()
        guests.append(path)
        content = _read(file, path)
        if isinstance(content, Problem):
            problems.append(content)
            continue
        # What has no uid of its own gets one made of its path below a room.
        collected = collect_file(f"guests/{path.lstrip('/')}", content)
        for definition in collected.definitions:
            parts = tuple((pointer, Place(path, at.line)) for pointer, at in definition.parts)
            placed = replace(definition, place=Place(path, definition.place.line), parts=parts)
            definitions.append(as_prometheus(placed))
        problems.extend(replace(problem, path=path) for problem in collected.problems)
    return frozenset(guests), tuple(definitions), tuple(problems)


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        found = sorted(
            file
            for file in path.rglob("*")
            if file.suffix in _SUFFIXES
            and file.is_file()
            and not any(part.startswith(".") for part in file.relative_to(path).parts)
        )
        if not found:
            raise UsageError("there are no JSON or YAML files in it", where=str(path))
        yield from found
    elif not path.exists():
        raise UsageError("there is no such file or folder", where=str(path))
    elif path.suffix not in _SUFFIXES:
        raise UsageError(
            "isn't a file that can be checked",
            where=str(path),
            remedy="name a dashboard (.json), a rule file (.yml, .yaml), a folder of them, or a source of the project",
        )
    else:
        yield path


def _read(file: Path, path: str) -> bytes | Problem:
    from provision.compile.excess import LARGEST_BYTES, excess, too_large

    try:
        size = file.stat().st_size
        if size > LARGEST_BYTES:
            return Problem(path, None, too_large(size))
        content = file.read_bytes()
    except OSError as error:
        return Problem(path, None, f"can't be read: {error.strerror}")
    too_much = excess(content)
    return Problem(path, None, too_much) if too_much else content
