"""`provision check`: what is wrong with the sources, or with dashboards and rule files of any origin."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final

import click

from provision.commands.chosen import Chosen, chosen, project_of
from provision.commands.options import format_option, paths_argument, project_options
from provision.errors import FAILED, Problem
from provision.model import Finding, Place

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

    project = project_of(project_dir, environment, paths, verbose)
    meant = chosen(project, paths)
    tools = available(project)
    found = check(meant.definitions, project, tools=tools, guests=meant.guests)
    findings = (*map(_finding, meant.problems), *(each for each in found if meant.concerns(each.place)))
    checked = _counted(meant)
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


def _counted(meant: Chosen) -> dict[str, int]:
    count = Counter(definition.kind for definition in meant.definitions if meant.concerns(definition.place))
    return {name: count[kind] for kind, name in _NAMES.items() if count[kind]}


def _finding(problem: Problem) -> Finding:
    """A source that doesn't compile, as a finding."""
    return Finding("source", "error", Place(problem.path, problem.line), "", problem.message)
