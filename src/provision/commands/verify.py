"""`provision verify`: what a server's own data says of every expression."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from provision.commands.chosen import chosen, project_of
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
from provision.commands.transport import checked_header, transport_of
from provision.errors import DONE, FAILED, SourceErrors, UsageError
from provision.project import Project


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
        click.option("--scrape-interval", metavar="DURATION", callback=_length,
                     help="The time between two scrapes (default: as the data source says, or else 15s)."),
    )):  # fmt: skip
        function = option(function)
    return function


@click.command("verify")
@paths_argument
@verify_options
@reach_options
@format_option
@project_options
def command(
    paths: tuple[Path, ...],
    prometheus: str | None,
    tenant: str | None,
    timeout: float,
    max_load: int,
    max_series: int,
    allow_empty: bool,
    scrape_interval: float | None,
    form: str,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
    **options: Any,
) -> int:
    """Ask a server whether every expression has data, of the sources or of those at PATH.

    PATH may also be JSON dashboards and YAML rule files from anywhere, in a project or not, and folders of them.
    Nothing is written anywhere. Exits with 1 when an expression can't show what it should.
    """
    from provision.client.prometheus_address import TENANT, connected
    from provision.prove.verify.verifying import Limits, verify
    from provision.show.progress import progress
    from provision.show.verified import report_text
    from provision.show.verified_json import report_json

    project = project_of(project_dir, environment, paths, verbose)
    servers = taken(Servers, {**options, "prometheus": prometheus})
    endpoint = transport_of(servers, os.environ).endpoint(os.environ, "PROMETHEUS", _url(servers, project))
    meant = chosen(project, paths)
    if meant.problems:
        raise SourceErrors(meant.problems)
    if name := tenant or os.environ.get("MIMIR_TENANT_ID", ""):
        named = {TENANT: checked_header(TENANT, name, "--tenant")}
        endpoint = replace(endpoint, headers={**endpoint.headers, **named})
    with connected(endpoint) as server, progress("Asking") as advance:
        report = verify(
            meant.definitions,
            project,
            server.client,
            Limits(timeout, max_load, max_series, allow_empty),
            server=f"{server.client.url}{f' ({server.called})' if server.called else ''}",
            guests=meant.guests,
            concerns=lambda asked: meant.concerns(asked.place),
            scrape_seconds=scrape_interval,
            advance=advance,
        )
    if form == "json":
        click.echo(report_json(report))
    elif told := report_text(report, project.root, everything=verbose > 0, quiet=quiet):
        click.echo(told)
    return FAILED if any(each.severity == "error" and not each.waived for each in report.results) else DONE


def _url(servers: Servers, project: Project) -> str:
    """The address of the server: of the flag, the environment or the settings."""
    found = servers.prometheus or os.environ.get("PROMETHEUS_URL") or project.setting("prometheus", str, "")
    if not found:
        raise UsageError("no server is named", remedy="add --prometheus URL, or set PROMETHEUS_URL")
    return found
