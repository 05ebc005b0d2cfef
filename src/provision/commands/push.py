"""`provision push`: plan, ask, apply, report."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from provision.commands.options import Servers, format_option, opened, project_options, server_options
from provision.commands.plan import planned, show
from provision.errors import DONE, FAILED, INTERRUPTED, NOT_ALLOWED, PARTLY_DONE, PartlyDone, ProvisionError
from provision.model import Definition, Outcome, Plan
from provision.project import Project
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

    Prints the plan, says what is wrong with what is to be written, asks on a terminal, applies the plan and
    reports what happened to each resource. What is already as it should be is not written. What was changed on
    the server since the last push, or isn't this project's, is left as it is and reported, unless --overwrite is
    given.
    """
    from provision.ship.preflight import require_allowed, require_possible

    project = opened(project_dir, environment, verbose=verbose)
    definitions, pairs = planned(project, Servers(**servers), overwrite=overwrite)
    plans = [plan for _, plan in pairs]
    if dry_run or (form == "text" and not quiet):
        show(plans, form, quiet=quiet)
    if dry_run:
        return FAILED if any(plan.stops for plan in plans) else DONE
    for aim, plan in pairs:
        require_possible(aim.target, plan)
        require_allowed(aim.target, plan)
    if any(plan.writes for plan in plans):
        _warn(project, definitions, plans, quiet=quiet)
    if not yes and not _confirmed(plans, shown=form == "text" and not quiet):
        click.echo("Nothing was written.", err=True)
        return FAILED
    reports: list[Report] = []
    try:
        with _interruptible() as cancelled:
            for aim, plan in pairs:
                reports.append((plan, []))
                _apply(plan, aim.target, reports[-1][1], cancelled=cancelled)
            interrupted = cancelled()
    except ProvisionError as error:
        if any(outcome.status == "done" for _, outcomes in reports for outcome in outcomes):
            raise PartlyDone(error.what, where=error.where, remedy=error.remedy) from None
        raise
    finally:  # whatever ends it, what was written is told
        _tell(reports, form, quiet=quiet)
    return INTERRUPTED if interrupted else exit_code([one for _, outcomes in reports for one in outcomes])


Report = tuple[Plan, list[Outcome]]
"""What came of a plan so far."""


def _warn(project: Project, definitions: Sequence[Definition], plans: list[Plan], *, quiet: bool) -> None:
    """Say on stderr what `provision check` calls an error in the sources that are about to be written. The servers
    decide what they take, and know data sources that the project doesn't, so this stops nothing.
    """
    from provision.prove.check.checking import check
    from provision.prove.check.tools import available
    from provision.show.findings import findings_text

    written = {
        place.path
        for plan in plans
        for action in plan.writes
        for place in (action.desired.places if action.desired else ())
    }
    found = check(definitions, project, tools=available(project))
    errors = [each for each in found if each.severity == "error" and each.place.path in written]
    if errors and not quiet:
        click.echo(findings_text(errors, project.root), err=True)
    if errors:
        count = f"{len(errors)} error{'' if len(errors) == 1 else 's'}"
        click.echo(f"Warning: check finds {count} in what is to be written.", err=True)


def _confirmed(plans: list[Plan], *, shown: bool) -> bool:
    """Whether to go on: where a person can be asked, the answer; the plan is shown before, if it wasn't yet."""
    from provision.show.plan import plan_text

    writes = sum(len(plan.writes) for plan in plans)
    if not writes or not sys.stdin.isatty():
        return True
    if not shown:
        for plan in plans:
            click.echo(plan_text(plan), err=True)
    return click.confirm(f"Apply {writes} change{'' if writes == 1 else 's'}?", err=True)


def _tell(reports: list[Report], form: str, *, quiet: bool) -> None:
    """Print what came of each plan; with -q only where not all was done, and on stderr."""
    from provision.show.report import report_text, reports_json

    if form == "json":
        click.echo(reports_json(reports))
        return
    for plan, outcomes in reports:
        if outcomes and not (quiet and all(outcome.status == "done" for outcome in outcomes)):
            click.echo(report_text(plan, outcomes), err=quiet)


def exit_code(outcomes: list[Outcome]) -> int:
    """The documented exit code for what came of a push."""
    done = any(outcome.status == "done" or outcome.left_behind for outcome in outcomes)
    missed = [outcome for outcome in outcomes if outcome.status != "done"]
    if not missed:
        return DONE
    if done:
        return PARTLY_DONE
    failed = [outcome for outcome in missed if outcome.status == "failed"]
    if failed and all(outcome.not_allowed for outcome in failed):
        return NOT_ALLOWED
    return FAILED


def _apply(plan: Plan, target: Target, outcomes: list[Outcome], *, cancelled: Callable[[], bool]) -> None:
    """Carry out a plan; what comes of it is added to `outcomes` as it becomes known."""
    from provision.ship.apply import apply
    from provision.show.progress import progress

    with progress(f"Writing to {target.name}") as advance:
        for outcome in apply(plan, target, cancelled=cancelled):
            outcomes.append(outcome)
            advance(len(outcomes), len(plan.writes) + len(plan.stops))


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """While it is open, Ctrl-C, a closed terminal and a time limit are remembered instead of raised, so that what is
    in flight is finished and reported. The second time they are what they always were."""
    interrupted = threading.Event()
    before: dict[signal.Signals, Any] = {}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def remember(*_: object) -> None:
        interrupted.set()
        restore()
        # Not through the stream: it may be in the middle of a write.
        with suppress(OSError):
            os.write(2, b"Interrupted: finishing what is in flight.\n")

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            before[number] = signal.signal(number, remember)
    try:
        yield interrupted.is_set
    finally:
        restore()
