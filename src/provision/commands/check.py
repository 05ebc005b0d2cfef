"""`provision check`: what is wrong with the sources, or with dashboards and rule files of any origin."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from provision.commands.options import absolute, format_option, here, opened, paths_argument, project_options
from provision.errors import FAILED, Problem, UsageError
from provision.model import Definition, Finding, Place
from provision.project import SOURCE_ROOMS, Project

_NAMES: Final = {
    "dashboard": "dashboard",
    "rule-group": "rule group",
    "datasource": "data source",
    "folder": "folder",
    "scrape-config": "scrape job",
    "route": "route",
    "receiver": "receiver",
    "inhibit": "inhibition",
    "time-interval": "time interval",
    "library-panel": "library panel",
    "template": "message template",
    "mute-timing": "mute timing",
    "contact-point": "contact point",
    "grafana-rule-group": "rule group of Grafana's own",
}
"""What one of a kind is called; those a project has one of are not counted."""


@click.command("check")
@paths_argument
@format_option
@project_options
def command(
    paths: tuple[Path, ...],
    form: str,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
) -> int:
    """Say what is wrong with the sources, or with those at PATH.

    PATH may also be JSON dashboards and YAML rule files from anywhere, in a project or not, and folders of them.
    Exits with 1 when there are errors; warnings and notes alone exit with 0.
    """
    from provision.prove.check.checking import check
    from provision.prove.check.tools import available
    from provision.show.findings import findings_json, findings_text, summary_text

    project = _project(project_dir, environment, paths, verbose)
    chosen = _chosen(project, paths)
    tools = available(project)
    found = check(chosen.definitions, project, tools=tools, guests=chosen.guests)
    findings = (*map(_finding, chosen.problems), *(each for each in found if chosen.concerns(each.place)))
    checked = _counted(chosen)
    decided = {"PromQL": tools.promql}
    if checked.get("route"):
        decided["routing"] = tools.routing
    if form == "json":
        click.echo(findings_json(findings, checked, decided))
    else:
        if findings:
            click.echo(findings_text(findings, project.root))
        if not quiet:
            click.echo(summary_text(findings, checked, decided))
    return FAILED if any(finding.severity == "error" for finding in findings) else 0


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What is checked.

    Attributes:
        definitions: all that the checks look at.
        sources: the paths that the findings are about; None: all.
        guests: paths of files that aren't the project's.
    """

    definitions: tuple[Definition, ...]
    problems: tuple[Problem, ...]
    sources: frozenset[str] | None
    guests: frozenset[str]

    def concerns(self, place: Place) -> bool:
        """Whether that place is in what was asked for."""
        return self.sources is None or place.path in self.sources or place.path in self.guests


def _project(
    project_dir: Path | None, environment: str | None, paths: Sequence[Path], verbose: int
) -> Project:
    """The project; without one, files are checked all the same."""
    try:
        return opened(project_dir, environment, verbose=verbose)
    except UsageError as error:
        folder = here()
        nowhere = project_dir is None and environment is None and error.where == str(folder)
        if not nowhere or not paths:
            raise
        return Project(root=folder, name=folder.name)


def _chosen(project: Project, paths: Sequence[Path]) -> _Chosen:
    """The definitions to check. What refers to another source is only found when all of them are there, so all
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
        return _Chosen(guest_definitions, problems, frozenset(), guests)
    sources = frozenset(find_sources(project.root, own)) if paths else None
    with progress("Compiling") as advance:
        result = load(project, progress=advance)
    if not guests:
        not_empty(project, result)
    definitions = (*result.definitions, *guest_definitions)
    return _Chosen(definitions, (*result.problems, *problems), sources, guests)


def _is_own(path: Path, project: Project) -> bool:
    """Whether it lies where the project's sources lie; the project may be reached by another name, through a
    link."""
    rooms = [project.root / room for room in SOURCE_ROOMS]
    return any(name.is_relative_to(room) for room in rooms for name in (path, path.resolve()))


def _counted(chosen: _Chosen) -> dict[str, int]:
    count = Counter(definition.kind for definition in chosen.definitions if chosen.concerns(definition.place))
    return {name: count[kind] for kind, name in _NAMES.items() if count[kind]}


def _finding(problem: Problem) -> Finding:
    """A source that doesn't compile, as a finding."""
    return Finding("source", "error", Place(problem.path, problem.line), "", problem.message)
