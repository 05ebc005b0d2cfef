"""What a command looks at that takes sources as well as dashboards and rule files of any origin."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from provision.commands.options import absolute, here, opened
from provision.errors import Problem, UsageError
from provision.model import Definition, Place
from provision.project import SOURCE_ROOMS, Project

_NAMED: Final = 5
"""So many files that are left aside are named."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a command looks at.

    Attributes:
        definitions: all that there are, so that what one refers to is found in another.
        sources: the paths that are meant; None: all.
        guests: paths of files that aren't the project's.
        aside: paths of files in the folders that were named, which hold neither a dashboard nor rules.
    """

    definitions: tuple[Definition, ...]
    problems: tuple[Problem, ...]
    sources: frozenset[str] | None
    guests: frozenset[str]
    aside: tuple[str, ...] = ()

    def concerns(self, place: Place) -> bool:
        """Whether that place is in what was asked for."""
        return self.sources is None or place.path in self.sources or place.path in self.guests


def project_of(project_dir: Path | None, environment: str | None, verbose: int, *, needed: bool) -> Project:
    """The project; without one, files and what a Grafana holds are looked at all the same.

    Args:
        needed: whether its sources are what is looked at.

    Raises:
        UsageError: there is none, and it is needed.
    """
    try:
        return opened(project_dir, environment, verbose=verbose)
    except UsageError as error:
        folder = here()
        nowhere = project_dir is None and environment is None and error.where == str(folder)
        if not nowhere:
            raise
        if needed:
            remedy = f"{error.remedy}, or name dashboards and rule files: they need no project"
            raise UsageError(error.what, where=error.where, remedy=remedy) from None
        return Project(root=folder, name=folder.name)


def chosen(project: Project, paths: Sequence[Path]) -> Chosen:
    """The definitions at those paths. What refers to another source is only found when all of them are there, so all
    are loaded even when only some are asked for.

    Raises:
        UsageError: a path is neither a source nor a file that can be checked.
    """
    from provision.commands.guests import collect_guests
    from provision.commands.sources import not_empty
    from provision.compile.load import load
    from provision.compile.load.sources import find_sources
    from provision.show.progress import progress

    asked = [Path(os.path.normpath(absolute(path))) for path in paths]
    own = [path for path in asked if _is_own(path, project)]
    others = [path for path in asked if path not in own]
    guests, guest_definitions, found = collect_guests(others, project.root)
    aside, problems = _set_aside(found, others, project.root)
    if paths and not own:
        if not guest_definitions and not problems:  # nothing is left, so each says why
            aside, problems = (), found
        return Chosen(guest_definitions, problems, frozenset(), guests, aside)
    sources = frozenset(find_sources(project.root, own)) if paths else None
    with progress("Compiling") as advance:
        result = load(project, progress=advance)
    if not guests:
        not_empty(project, result)
    definitions = (*result.definitions, *guest_definitions)
    return Chosen(definitions, (*result.problems, *problems), sources, guests, aside)


def tell_aside(meant: Chosen, *, quiet: bool) -> None:
    """Say on stderr which files of the named folders aren't looked at."""
    if meant.aside and not quiet:
        first, more = ", ".join(meant.aside[:_NAMED]), len(meant.aside) - _NAMED
        shown = f"{first} and {more} more" if more > 0 else first
        click.echo(f"neither dashboards nor rule files, so left aside: {shown}", err=True)


def _set_aside(
    problems: Sequence[Problem], named: Sequence[Path], root: Path
) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """Files of another kind that only lie in a folder that was named, such as a `docker-compose.yml`, and what is wrong
    with the others."""
    aside = {each.path for each in problems if each.other and root / each.path not in named}
    kept = tuple(each for each in problems if each.path not in aside)
    return tuple(sorted(aside)), kept


def _is_own(path: Path, project: Project) -> bool:
    """Whether it lies where the project's sources lie; the project may be reached by another name, through a
    link."""
    rooms = [project.root / room for room in SOURCE_ROOMS]
    return any(name.is_relative_to(room) for room in rooms for name in (path, path.resolve()))
