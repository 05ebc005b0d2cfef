"""What a command looks at that takes sources as well as dashboards and rule files of any origin."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from provision.commands.options import absolute, here, opened
from provision.errors import Problem, UsageError
from provision.model import Definition, Place
from provision.project import SOURCE_ROOMS, Project


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a command looks at.

    Attributes:
        definitions: all that there are, so that what one refers to is found in another.
        sources: the paths that are meant; None: all.
        guests: paths of files that aren't the project's.
    """

    definitions: tuple[Definition, ...]
    problems: tuple[Problem, ...]
    sources: frozenset[str] | None
    guests: frozenset[str]

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
        if not nowhere or needed:
            raise
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
    guests, guest_definitions, problems = collect_guests(others, project.root)
    if paths and not own:
        return Chosen(guest_definitions, problems, frozenset(), guests)
    sources = frozenset(find_sources(project.root, own)) if paths else None
    with progress("Compiling") as advance:
        result = load(project, progress=advance)
    if not guests:
        not_empty(project, result)
    definitions = (*result.definitions, *guest_definitions)
    return Chosen(definitions, (*result.problems, *problems), sources, guests)


def _is_own(path: Path, project: Project) -> bool:
    """Whether it lies where the project's sources lie; the project may be reached by another name, through a
    link."""
    rooms = [project.root / room for room in SOURCE_ROOMS]
    return any(name.is_relative_to(room) for room in rooms for name in (path, path.resolve()))
