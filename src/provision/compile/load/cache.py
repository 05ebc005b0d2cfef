"""What sources compiled to, kept for the next build in one file: `.provision/cache/…` below the project's root.

An entry holds while everything the source read is as it was; the whole file holds for one version of Python, of the
toolkit and of the installed packages. A file that can't be read or written, or that is damaged, is as good as none.
"""

from __future__ import annotations

import hashlib
import os
import struct
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

import provision
from provision.compile.load.inputs import SPECIAL, digest, state_of
from provision.compile.load.territory import TOOLKIT, Territory
from provision.project import Project

FOLDER = ".provision/cache"

_MAGIC = b"provision cache 1\n"
_LENGTHS = struct.Struct("<QI")
_SEEN = ("HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ")
"""What a source sees of the environment and can depend on. What it finds through PATH or TMPDIR is never cached."""

_NAME = "\0name"
"""The name under which `provision.author.environment` tells that the environment's own name was read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one source compiled to.

    Attributes:
        inputs: (kind, path, state) of all it read, its own text included.
        variables: (name, digest of the value) of the variables it read.
        blob: its definitions, packed.
    """

    inputs: tuple[tuple[str, str, str], ...]
    variables: tuple[tuple[str, str], ...]
    blob: bytes | memoryview


def read(project: Project, stamp: str) -> dict[str, Entry]:
    """The entries by source, or none when the file is missing, damaged or of another stamp."""
    try:
        data = memoryview(_file(project).read_bytes())
        start = len(_MAGIC) + _LENGTHS.size
        size, check = _LENGTHS.unpack_from(data, len(_MAGIC))
        if data[: len(_MAGIC)] != _MAGIC or zlib.crc32(data[start:]) != check:
            return {}
        header = orjson.loads(data[start : start + size])
        if header["stamp"] != stamp:
            return {}
        return dict(_entries(header["entries"], data[start + size :]))
    except (OSError, ValueError, TypeError, KeyError, struct.error):
        return {}


def write(project: Project, stamp: str, entries: Mapping[str, Entry]) -> None:
    """Keep the entries; where that is impossible, nothing is kept."""
    header = orjson.dumps({
        "stamp": stamp,
        "entries": [[path, entry.inputs, entry.variables, len(entry.blob)] for path, entry in entries.items()],
    })  # fmt: skip
    check = zlib.crc32(header)
    for entry in entries.values():
        check = zlib.crc32(entry.blob, check)
    file = _file(project)
    beside = file.with_name(f"{file.name}.{os.getpid()}.new")
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        ignore = file.parent / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
        try:
            with beside.open("wb") as stream:
                stream.write(_MAGIC + _LENGTHS.pack(len(header), check))
                stream.write(header)
                stream.writelines(entry.blob for entry in entries.values())
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)


def holding(project: Project, entries: Mapping[str, Entry], paths: Iterable[str]) -> dict[str, Entry]:
    """The entries of the sources in `paths` whose inputs and variables are as they were."""
    territory = Territory(str(project.root))
    states: dict[tuple[str, str], str] = {}
    values: dict[str, str] = {}

    def is_state(kind: str, path: str, state: str) -> bool:
        now = states.get((kind, path))
        if now is None:
            now = states[kind, path] = state_of(kind, territory.full(path))
        return now == state and now != SPECIAL

    def is_value(name: str, value: str) -> bool:
        if name not in values:
            values[name] = value_of(project, name)
        return values[name] == value

    return {
        path: entry
        for path in paths
        if (entry := entries.get(path)) is not None
        and all(is_state(*known) for known in entry.inputs)
        and all(is_value(*known) for known in entry.variables)
    }


def value_of(project: Project, name: str) -> str:
    """A digest of a variable's value that tells values and their types apart; empty when it isn't set."""
    if name == _NAME:
        return project.environment
    return (
        digest(repr(project.variables[name]).encode("utf-8", "surrogateescape"))
        if name in project.variables
        else ""
    )


def stamp_of(project: Project) -> str:
    """A digest of all that every source depends on: versions of Python, the toolkit and the installed packages, the
    root, and what workers see of the environment."""
    found = hashlib.blake2b(digest_size=16)
    for part in (
        sys.version,
        provision.__version__,
        str(project.root),
        *(f"{name}={os.environ.get(name)}" for name in _SEEN),
        *_toolkit(),
        *_installed(),
    ):
        found.update(part.encode("utf-8", "surrogateescape") + b"\0")
    return found.hexdigest()


def _entries(header: list[Any], blobs: memoryview) -> Iterator[tuple[str, Entry]]:
    at = 0
    for path, inputs, variables, size in header:
        yield path, Entry(inputs, variables, blobs[at : at + size])
        at += size


def _file(project: Project) -> Path:
    name = hashlib.blake2b(project.environment.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    return project.root / FOLDER / f"{name}.pack"


def _toolkit() -> Iterator[str]:
    """The files of the rooms that compiling stands on, and their contents."""
    for folder in ("author", "compile", "model", "promql"):
        for file in sorted(Path(TOOLKIT, folder).rglob("*")):
            if file.suffix != ".pyc" and file.is_file():
                yield str(file)
                yield hashlib.blake2b(file.read_bytes()).hexdigest()


def _installed() -> Iterator[str]:
    """The installed packages with their versions, as the names of their metadata folders tell them."""
    for folder in sys.path:
        if Path(folder).name in ("site-packages", "dist-packages"):
            with suppress(OSError):
                names = os.listdir(folder)  # noqa: PTH208  # hundreds of names, wanted as text
                yield from sorted(name for name in names if name.endswith(_METADATA))


_METADATA = (".dist-info", ".egg-info", ".egg-link", ".pth")
