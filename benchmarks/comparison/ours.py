"""What `provision check` complains about, file by file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from provision.commands.guests import collect_guests
from provision.compile.kinds import PROMETHEUS
from provision.model import Definition, Place, encode
from provision.project import Project
from provision.prove.check.checking import check


def complaints(files: Iterable[Path], root: Path, checks: Mapping[str, Any]) -> dict[str, set[str]]:
    """The files that each check complains about, by the check's id; what isn't read at all is `source`.

    Args:
        files: each is checked alone, as the other linter checks them.
        root: the folder that names are relative to.
        checks: what would stand in `[tool.provision.checks]`.
    """
    project = Project(root=root, name="comparison", settings={"checks": dict(checks)})
    return _complaints(files, project, None)


def complaints_on(
    server: Mapping[str, Any],
    retention: str,
    files: Iterable[Path],
    root: Path,
    checks: Mapping[str, Any],
) -> dict[str, set[str]]:
    """The same of rule files that are the project's own, on a Prometheus with that `global` and retention."""
    settings = {"checks": dict(checks), "prometheus_retention": retention}
    project = Project(root=root, name="comparison", settings=settings)
    body = encode({"global": dict(server)})
    return _complaints(files, project, Definition(PROMETHEUS, "root", body, Place("prometheus.py", 1)))


def _complaints(files: Iterable[Path], project: Project, server: Definition | None) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for file in files:
        guests, definitions, problems = collect_guests([file], project.root)
        name = file.relative_to(project.root).as_posix()
        if server is None:
            said = check(definitions, project, guests=guests)
        else:
            said = check((*definitions, server), project)
        for id_ in {finding.id for finding in said if finding.place.path in guests}:
            found.setdefault(id_, set()).add(name)
        if problems:
            found.setdefault("source", set()).add(name)
    return found
