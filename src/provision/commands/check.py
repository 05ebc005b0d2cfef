"""`provision check`: what is wrong with the sources, or with dashboards and rule files of any origin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from provision.commands.chosen import Chosen, chosen, project_of, tell_aside
from provision.commands.options import SOMEWHERE, absolute, given, paths_argument, project_options
from provision.errors import DONE, FAILED, Problem, ProvisionError, SourceErrors, UsageError
from provision.model import SEVERITIES, Finding, Place
from provision.model.finding import Severity
from provision.show.forms import FORMATS

if TYPE_CHECKING:
    from provision.prove.check.checking import Verdict

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
    "stack": "stack",
}
"""What one of a kind is called; those a project has one of are not counted."""


@click.command("check")
@paths_argument
@click.option(
    "--format", "form", type=click.Choice(tuple(FORMATS)), default="text", help="How the result is printed."
)
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="error",
    show_default=True,
    help="The least severity that makes the exit code 1.",
)
@click.option("--baseline", metavar="FILE", type=SOMEWHERE, help="Tell only what isn't in that baseline.")
@click.option(
    "--write-baseline", metavar="FILE", type=SOMEWHERE, help="Write all that is found into a baseline."
)
@click.option(
    "--waivers", "listed", is_flag=True, help="List the waivers and what each keeps from being told."
)
@click.option("--explain", metavar="ID", type=given, help="Print the page of a check.")
@project_options  # fmt: skip
def command(
    paths: tuple[Path, ...],
    form: str,
    fail_on: Severity,
    baseline: Path | None,
    write_baseline: Path | None,
    listed: bool,
    explain: str | None,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
) -> int:
    """Say what is wrong with the sources, or with those at PATH.

    PATH may also be JSON dashboards and YAML rule files from anywhere, in a project or not, and folders of them.
    Exits with 1 when there are errors; warnings and notes alone exit with 0, unless --fail-on names them.
    """
    from provision.prove.check.baseline import compared, read_baseline
    from provision.prove.check.checking import verdict
    from provision.prove.check.tools import available
    from provision.show.checked import Checked, checked_text

    if explain is not None:
        from provision.prove.check.pages import page

        click.echo(page(explain).text.rstrip("\n"))
        return DONE
    if baseline and write_baseline:
        raise UsageError("--baseline and --write-baseline are two steps", remedy="leave one of them out")
    known = read_baseline(absolute(baseline)) if baseline else None
    project = project_of(project_dir, environment, verbose, needed=not paths)
    meant = chosen(project, paths)
    tell_aside(meant, quiet=quiet)
    tools = available(project)
    said = verdict(meant.definitions, project, tools=tools, guests=meant.guests)
    if listed:
        return _list(said, meant, form)
    found = [*map(_finding, meant.problems), *(each for each in said.findings if meant.concerns(each.place))]
    if write_baseline:
        return _write(found, absolute(write_baseline), quiet=quiet)
    beside = compared(found, known or {}, meant.concerns)
    counted = _counted(meant)
    checked = Checked(
        project.root,
        beside.new,
        tuple(each for each in said.waived if meant.concerns(each[0].place)),
        None if known is None else len(beside.known),
        beside.gone,
        counted,
        {"PromQL": tools.promql, **({"routing": tools.routing} if counted.get("route") else {})},
        fail_on,
        quiet,
    )
    if text := checked_text(checked, form):
        click.echo(text)
    return FAILED if checked.failed else DONE


def _list(said: Verdict, meant: Chosen, form: str) -> int:
    """Print the waivers.

    Raises:
        UsageError: that form is for findings.
        SourceErrors: a source, and with it perhaps waivers, can't be read.
    """
    from provision.show.waivers import waivers_json, waivers_text

    if form not in ("text", "json"):
        raise UsageError(f"waivers can't be listed as {form}", remedy="use --format text or json")
    if meant.problems:
        raise SourceErrors(meant.problems)
    waivers = [each for each in said.waivers if meant.concerns(each.waiver.place)]
    click.echo(waivers_json(waivers) if form == "json" else waivers_text(waivers))
    return DONE


def _write(found: Sequence[Finding], file: Path, *, quiet: bool) -> int:
    """Write a baseline.

    Raises:
        ProvisionError: it can't be written.
    """
    from provision.prove.check.baseline import baseline_bytes, kept

    try:
        file.write_bytes(baseline_bytes(found))
    except OSError as error:
        raise ProvisionError(f"can't be written: {error.strerror}", where=str(file)) from None
    if not quiet:
        count = len(kept(found))
        click.echo(f"{file}: {count} finding{'' if count == 1 else 's'}")
    return DONE


def _counted(meant: Chosen) -> dict[str, int]:
    count = Counter(definition.kind for definition in meant.definitions if meant.concerns(definition.place))
    return {name: count[kind] for kind, name in _NAMES.items() if count[kind]}


def _finding(problem: Problem) -> Finding:
    """A source that doesn't compile, as a finding."""
    return Finding("source", "error", Place(problem.path, problem.line), "", problem.message)
