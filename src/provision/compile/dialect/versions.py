"""Versions of servers, and the fields a version doesn't know yet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from provision.errors import UsageError
from provision.model import JSON
from provision.project import Project

Version = tuple[int, int, int]
"""Such as (2, 42, 0)."""


@dataclass(frozen=True, slots=True)
class NewerField:
    """A field that a server's version doesn't know, and therefore refuses.

    Attributes:
        pointer: JSON pointer to it in the body.
        field: its name.
        since: the first version that knows it.
    """

    pointer: str
    field: str
    since: Version


@lru_cache(maxsize=64)
def parse_version(text: str) -> Version | None:
    """The version at the beginning of `text` (`2.42.0+ds`, `v3.1`); None when there is none, as in builds that
    don't know their own."""
    match = re.match(r"v?(\d+)\.(\d+)(?:\.(\d+))?", text)
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


def version_setting(project: Project, name: str, newest: Version) -> Version:
    """The version that the project's setting `name` holds, such as "2.53"; `newest` without one.

    Raises:
        UsageError: the setting isn't a version.
    """
    said = project.setting(name, str, "")
    version = parse_version(said) if said else newest
    if version is None:
        raise UsageError(
            f'[tool.provision] {name} must be a version such as "{show_version(newest)}", not {said!r}',
            where=str(project.root / "pyproject.toml"),
        )
    return version


def show_version(version: Version) -> str:
    """`2.42`, or `2.42.1`."""
    return ".".join(map(str, version if version[2] else version[:2]))


def newer(
    fields: Mapping[str, Version], body: JSON, version: Version, pointer: str = ""
) -> Iterator[NewerField]:
    """Those of `fields` (name → first version) that `body`, a mapping, sets and `version` doesn't know."""
    if isinstance(body, dict):
        for field, since in fields.items():
            if field in body and version < since:
                yield NewerField(f"{pointer}/{field}", field, since)


def each(body: JSON, pointer: str) -> Iterator[tuple[JSON, str]]:
    """The items of a list with their pointers; nothing when it isn't a list."""
    if isinstance(body, list):
        for index, item in enumerate(body):
            yield item, f"{pointer}/{index}"
