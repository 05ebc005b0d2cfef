"""Patches beside the sources: what somebody changed on a server, taken over until the source itself says it.

`dashboards/**/_UID.patch.json` holds `{"format": "provision.patch/1", "kind": "dashboard", "key": UID, "patch":
[operations of RFC 6902 on the definition's body]}`. `provision pull UID` writes it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from provision.compile import jsontext
from provision.compile.jsonpatching import Unfit, apply_patch
from provision.compile.kinds import DASHBOARD
from provision.errors import Problem
from provision.model import Definition, decode, encode

FORMAT: Final = "provision.patch/1"
_ROOM: Final = "dashboards"
_SUFFIX: Final = ".patch.json"


def name_of(key: str) -> str:
    """The name of the file that patches the dashboard of that uid."""
    return f"_{key}{_SUFFIX}"


def find_patches(root: Path) -> tuple[str, ...]:
    """The patch files of a project, as sorted paths relative to it."""
    found = []
    for folder, folders, files in os.walk(root / _ROOM):
        folders[:] = [name for name in folders if not name.startswith(("_", "."))]
        found += [Path(folder, name) for name in files if name.startswith("_") and name.endswith(_SUFFIX)]
    return tuple(sorted(file.relative_to(root).as_posix() for file in found))


@dataclass(frozen=True, slots=True)
class Patched:
    """Definitions with the patches of the project applied.

    Attributes:
        problems: what is wrong with the patches.
        folders: the paths of folders that a dashboard was moved into.
    """

    definitions: list[Definition]
    problems: list[Problem]
    folders: frozenset[str]


def patched(root: Path, definitions: Iterable[Definition], *, whole: bool) -> Patched:
    """The definitions with the patches of the project applied.

    Args:
        whole: whether these are all definitions, so that a patch of something else is a mistake.
    """
    given = list(definitions)
    at = {definition.key: index for index, definition in enumerate(given) if definition.kind == DASHBOARD}
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    folders: set[str] = set()
    for path in find_patches(root):
        try:
            key, patch = _read(path, (root / path).read_bytes())
            if key in seen:
                raise ValueError(f"{seen[key]} is a patch of the dashboard {key!r}, too; remove one of them")
            seen[key] = path
            if key in at:
                given[at[key]], folder = _applied(given[at[key]], patch)
                folders.add(folder)
            elif whole:
                raise ValueError(f"no source defines the dashboard {key!r}; remove the file")
        except jsontext.JsonError as error:
            problems.append(error.problem)
        except OSError as error:
            problems.append(Problem(path, None, f"can't be read: {error.strerror}"))
        except ValueError as error:
            problems.append(Problem(path, None, str(error)))
    return Patched(given, problems, frozenset(folders - {""}))


def _read(path: str, content: bytes) -> tuple[str, list[Any]]:
    document = jsontext.read(path, content)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError(f"isn't a patch of the format {FORMAT}; remove it, or pull the dashboard again")
    if document.get("kind") != DASHBOARD or not isinstance(document.get("key"), str):
        raise ValueError(f"must name the dashboard that it changes: kind {DASHBOARD!r}, and its uid as key")
    patch = document.get("patch")
    if not isinstance(patch, list) or not all(isinstance(operation, dict) for operation in patch):
        raise ValueError("patch must be a list of operations")
    return document["key"], patch


def _applied(definition: Definition, patch: list[Any]) -> tuple[Definition, str]:
    again = f"provision pull {definition.key}"
    try:
        body = apply_patch(patch, decode(definition.body))
    except Unfit as error:
        raise ValueError(
            f"it no longer fits the source, which has changed since ({error}); take it over into "
            f"{definition.place.path} by hand and remove the file, or pull again: {again}"
        ) from None
    if not isinstance(body, dict) or not _is_body(body, definition.key):
        raise ValueError(
            f"what it makes is no dashboard of the uid {definition.key!r} any more; pull again: {again}"
        )
    return replace(definition, body=encode(body)), body["folder"]


def _is_body(body: dict[str, Any], uid: str) -> bool:
    spec = body.get("spec")
    return (
        isinstance(body.get("folder"), str)
        and isinstance(spec, dict)
        and isinstance(spec.get("title"), str)
        and ("schema" in body or spec.get("uid") == uid)
    )
