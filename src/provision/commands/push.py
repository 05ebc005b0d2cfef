"""`provision push`: plan, ask, apply, report."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from provision.commands.options import Servers, format_option, opened, project_options, server_options
from provision.commands.plan import planned, show
from provision.errors import DONE, FAILED, INTERRUPTED, PARTLY_DONE
from provision.model import Outcome, Plan
from provision.ship.target import Target


@click.command("push")
@server_options
@click.option("--dry-run", is_flag=True, help="Stop after the plan; the servers see GETs only.")
@click.option("-y", "--yes", is_flag=True, help="Don't ask before writing.")
@click.option(
    "--overwrite", is_flag=True, help="Write over what was changed on the server, and over what is not ours."
)
@format_option
@project_options
def command(
    form: str,
    dry_run: bool,
    yes: bool,
    overwrite: bool,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
    **servers: Any,
) -> int:
    """Change servers so that they hold what the sources ask for.

    Prints the plan, asks on a terminal, applies it and reports what happened to each resource. What is already
    as it should be is not written. What was changed on the server since the last push, or isn't this project's,
    is left as it is and reported, unless --overwrite is given.
    """
    from provision.ship.permissions import require
    from provision.show.report import report_text, reports_json

    project = opened(project_dir, environment, verbose=verbose)
    pairs = planned(project, Servers(**servers), overwrite=overwrite)
    plans = [plan for _, plan in pairs]
    if form == "text":
        show(plans, form, quiet=quiet)
    writes = sum(len(plan.writes) for plan in plans)
    if dry_run:
        if form == "json":
            show(plans, form, quiet=quiet)
        return FAILED if any(plan.stops for plan in plans) else DONE
    for aim, plan in pairs:
        require(aim.target, plan)
    if (
        writes
        and not yes
        and sys.stdin.isatty()
        and not click.confirm(f"Apply {writes} change(s)?", err=True)
    ):
        click.echo("Nothing was written.", err=True)
        return FAILED
    with _interruptible() as cancelled:
        reports = [(plan, _apply(plan, aim.target, cancelled=cancelled)) for aim, plan in pairs]
        interrupted = cancelled()
    if form == "json":
        click.echo(reports_json(reports))
    elif not quiet:
        for plan, outcomes in reports:
            if outcomes:
                click.echo(report_text(plan, outcomes))
    return (
        INTERRUPTED
        if interrupted
        else exit_code([outcome for _, outcomes in reports for outcome in outcomes])
    )


def exit_code(outcomes: list[Outcome]) -> int:
    """The documented exit code for what came of a push."""
    done = any(outcome.status == "done" for outcome in outcomes)
    missed = [outcome for outcome in outcomes if outcome.status != "done"]
    if not missed:
        return DONE
    if done:
        return PARTLY_DONE
    return FAILED


def _apply(plan: Plan, target: Target, *, cancelled: Callable[[], bool]) -> tuple[Outcome, ...]:
    from provision.ship.apply import apply
    from provision.show.progress import progress

    outcomes = []
    with progress(f"Writing to {target.name}") as advance:
        for outcome in apply(plan, target, cancelled=cancelled):
            outcomes.append(outcome)
            advance(len(outcomes), len(plan.writes) + len(plan.stops))
    return tuple(outcomes)


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """While it is open, Ctrl-C is remembered instead of raised, so that what is in flight is finished and
    reported. A second Ctrl-C is the ordinary one."""
    interrupted = threading.Event()
    before = signal.getsignal(signal.SIGINT)

    def remember(*_: object) -> None:
        interrupted.set()
        signal.signal(signal.SIGINT, before)
        click.echo("Interrupted: finishing what is in flight.", err=True)

    signal.signal(signal.SIGINT, remember)
    try:
        yield interrupted.is_set
    finally:
        signal.signal(signal.SIGINT, before)
