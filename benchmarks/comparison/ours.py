"""What `provision check` complains about, file by file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from provision.commands.guests import collect_guests
from provision.project import Project
from provision.prove.check.checking import check


def complaints(files: Iterable[Path], root: Path, settings: Mapping[str, Any]) -> dict[str, set[str]]:
    """The files that each check complains about, by the check's id; what isn't read at all is `source`.

    Args:
        files: each is checked alone, as the other linter checks them.
        root: the folder that names are relative to.
        settings: what would stand in `[tool.provision.checks]`.
    """
    project = Project(root=root, name="comparison", settings={"checks": dict(settings)})
    found: dict[str, set[str]] = {}
    for file in files:
        guests, definitions, problems = collect_guests([file], root)
        name = file.relative_to(root).as_posix()
        for id_ in {finding.id for finding in check(definitions, project, guests=guests)}:
            found.setdefault(id_, set()).add(name)
        if problems:
            found.setdefault("source", set()).add(name)
    return found
