"""Load a project's sources, or say everything that is wrong with them at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from provision.commands.options import absolute
from provision.errors import ProvisionError, SourceErrors
from provision.model import Definition, Resource
from provision.project import Project

if TYPE_CHECKING:
    from provision.compile.load import Loaded


def loaded(project: Project, paths: Sequence[Path] = ()) -> Loaded:
    """The definitions of the project, or of the sources at `paths`; with a progress bar when it takes long.

    Raises:
        SourceErrors: some sources are broken; all are listed.
        UsageError: a path isn't a source.
    """
    from provision.compile.load import load
    from provision.show.progress import progress

    with progress("Compiling") as advance:
        result = load(project, [absolute(path) for path in paths] or None, progress=advance)
    if result.problems:
        raise SourceErrors(result.problems)
    return result


def compiled(
    projects: Sequence[Project], *, empty: bool = False
) -> list[tuple[Project, tuple[Definition, ...]]]:
    """The definitions of one project in each of some environments. Its sources are compiled once for all that agree
    on every variable that is read; they share the very same tuple.

    Args:
        empty: whether a project without any source is what may be meant.

    Raises:
        SourceErrors: some sources are broken; all are listed.
        ProvisionError: the project has no source at all.
    """
    done: list[Loaded] = []
    result = []
    for project in projects:
        found = next((each for each in done if each.holds_for(project)), None)
        if found is None:
            found = loaded(project) if empty else not_empty(project, loaded(project))
            done.append(found)
        result.append((project, found.definitions))
    return result


def not_empty(project: Project, result: Loaded) -> Loaded:
    """What was loaded, when there was anything to load.

    Raises:
        ProvisionError: the project has no source at all; building or pushing nothing is never what was meant.
    """
    if not result.compiled and not result.cached:
        raise ProvisionError(
            "there is nothing to compile: no source under dashboards/, rules/ or provisioning/",
            where=str(project.root),
            remedy="write one there, or name another project with --project DIR",
        )
    return result


def chosen(project: Project, paths: Sequence[Path]) -> frozenset[str] | None:
    """The sources at `paths`, relative to the project's root; None when no path is given, which means all.

    Raises:
        UsageError: a path isn't a source.
    """
    if not paths:
        return None
    from provision.compile.load.sources import find_sources

    return frozenset(find_sources(project.root, [absolute(path) for path in paths]))


def made_of(resources: Iterable[Resource], sources: frozenset[str] | None) -> tuple[Resource, ...]:
    """The resources that one of `sources` contributed to; all of them when it is None."""
    return tuple(
        resource
        for resource in resources
        if sources is None or any(place.path in sources for place in resource.places)
    )
