"""`provision verify`: what a server's own data says of every expression."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provision.commands.asked import asked_servers
from provision.commands.chosen import Chosen, chosen, project_of, tell_aside
from provision.commands.live import live_of
from provision.commands.options import (
    F,
    Servers,
    format_option,
    given,
    paths_argument,
    project_options,
    reach_options,
    taken,
)
from provision.errors import DONE, FAILED, Problem, SourceErrors, UsageError
from provision.model import Definition
from provision.project import Project

if TYPE_CHECKING:
    from provision.model.finding import Part
    from provision.prove.verify.verdicts import Asked, Report


def _length(_context: click.Context, _option: click.Parameter, value: str | None) -> float | None:
    """A duration of the command line in seconds."""
    from provision.author.durations import seconds

    if value is None:
        return None
    try:
        found = seconds(value)
    except ValueError:
        found = 0.0
    if not found:
        raise click.BadParameter(f"{value!r} is not a duration such as 500ms, 10s or 1m")
    return found


def verify_options(function: F) -> F:
    """Which server is asked, and what it is spared."""
    for option in reversed((
        click.option("--prometheus", metavar="URL", type=given,
                     help="The server that is asked, its sub-path included."),
        click.option("--grafana", metavar="URL|NAME", multiple=True, type=given,
                     help="A Grafana: its dashboards are looked at, or the PATHs; and without --prometheus its data "
                          "sources are asked."),
        click.option("--org", metavar="N", multiple=True, type=click.IntRange(1),
                     help="The organisation of the Grafana."),
        click.option("--tenant", metavar="NAME", type=given,
                     help="The tenant of a Mimir or Cortex (default: MIMIR_TENANT_ID)."),
        click.option("--timeout", metavar="DURATION", default="10s", show_default=True, callback=_length,
                     help="How long the server may take over one query."),
        click.option("--max-load", metavar="N", type=click.IntRange(1, 32), default=8, show_default=True,
                     help="How many queries it is asked at once at most; fewer while it is slower than it can be."),
        click.option("--max-series", metavar="N", type=click.IntRange(1), default=1000, show_default=True,
                     help="How many series of one expression are too many."),
        click.option("--allow-empty", is_flag=True,
                     help="What merely has no data is fine: it may have some when something is wrong."),
        click.option("--alerts", metavar="DURATION", callback=_length,
                     help="Count how often each alert would have fired in that time, such as 1d."),
        click.option("--scrape-interval", metavar="DURATION", callback=_length,
                     help="The time between two scrapes (default: as the data source says, or else 15s)."),
    )):  # fmt: skip
        function = option(function)
    return function


@click.command("verify")
@paths_argument
@verify_options
@click.option(
    "--fix",
    is_flag=True,
    help="Correct names in the sources of which nothing else can have been meant, and show the difference.",
)
@reach_options
@format_option
@project_options
def command(
    paths: tuple[Path, ...],
    tenant: str | None,
    timeout: float,
    max_load: int,
    max_series: int,
    allow_empty: bool,
    alerts: float | None,
    scrape_interval: float | None,
    fix: bool,
    form: str,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
    **options: Any,
) -> int:
    """Ask a server whether every expression has data: of the sources, of those at PATH, or of a Grafana's dashboards.

    PATH may also be JSON dashboards and YAML rule files from anywhere, in a project or not, and folders of them.
    Nothing is written anywhere, but the sources with --fix. Exits with 1 when an expression can't show what it should.
    """
    from provision.prove.verify.verifying import Limits, verify
    from provision.show.progress import progress
    from provision.show.verified import report_text
    from provision.show.verified_json import report_json

    servers = taken(Servers, options)
    live = bool(servers.grafana) and not paths
    project = project_of(project_dir, environment, verbose, needed=not paths and not live)
    if fix and (live or form == "json"):
        raise UsageError(
            "--fix corrects sources, and shows the difference as text",
            remedy="leave out --format json"
            if form == "json"
            else "name the sources or files that are to be corrected",
        )
    meant = live_of(project, servers) if live else chosen(project, paths)
    tell_aside(meant, quiet=quiet)
    broken = meant.problems
    # Nothing in another file refers to a file that isn't the project's.
    if broken and (fix or not meant.definitions or any(each.path not in meant.guests for each in broken)):
        raise SourceErrors(broken)
    limits = Limits(timeout, max_load, max_series, allow_empty, alerts_seconds=alerts)
    with asked_servers(servers, project, os.environ, tenant=tenant, timeout_seconds=timeout) as asked:

        def ask(definitions: Sequence[Definition], concerns: Callable[[Asked], bool]) -> Report:
            with progress("Asking") as advance:
                return verify(
                    definitions,
                    project,
                    asked,
                    limits,
                    guests=meant.guests,
                    concerns=concerns,
                    scrape_seconds=scrape_interval,
                    advance=advance,
                )

        report = ask(meant.definitions, lambda one: meant.concerns(one.place))
        if form == "json":
            click.echo(report_json(report))
        elif told := report_text(report, project.root, everything=verbose > 0, quiet=quiet):
            click.echo(told)
        done = _fixed(project, paths, meant, report, ask) if fix else frozenset()
    if broken:
        raise SourceErrors(broken)
    wrong = (each for each in report.results if each.fails)
    return FAILED if any(each.asked.part not in done for each in wrong) else DONE


def _fixed(
    project: Project,
    paths: tuple[Path, ...],
    meant: Chosen,
    report: Report,
    ask: Callable[[Sequence[Definition], Callable[[Asked], bool]], Report],
) -> frozenset[Part]:
    from provision.commands.fixing import fix_sources

    def reload() -> tuple[Sequence[Definition], Sequence[Problem]]:
        again = chosen(project, paths)
        return again.definitions, again.problems

    return fix_sources(project, meant.definitions, report, ask, reload)
