"""`provision push`: plan, ask, apply, report."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import click

from provision.commands.options import (
    SOMEWHERE,
    Choices,
    Servers,
    choice_options,
    format_option,
    opened,
    project_options,
    server_options,
    taken,
)
from provision.commands.plan import Planned, planned, show
from provision.errors import DONE, FAILED, INTERRUPTED, NOT_ALLOWED, PARTLY_DONE, PartlyDone, ProvisionError
from provision.model import Outcome, Plan
from provision.ship.fleet import Check, Leg, carry_out_all, check_all


@click.command("push")
@server_options
@click.option("--dry-run", is_flag=True, help="Stop after the plan; the servers see GETs only.")
@click.option(
    "--plan",
    "plan_file",
    metavar="FILE",
    type=SOMEWHERE,
    help="Carry out the plan in a file (plan -o), if nothing moved.",
)
@click.option("-y", "--yes", is_flag=True, help="Don't ask before writing.")
@choice_options
@click.option(
    "--atomic", is_flag=True, help="All or nothing: when something fails, put back what was changed."
)
@format_option
@project_options
def command(
    form: str,
    dry_run: bool,
    plan_file: Path | None,
    yes: bool,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
    **options: Any,
) -> int:
    """Change servers so that they hold what the sources ask for.

    Prints the plan, says what is wrong with what is to be written, asks on a terminal, applies the plan and
    reports what happened to each resource. What is already as it should be is not written. What was changed on
    the server since the last push, or isn't this project's, is left as it is and reported, unless --overwrite is
    given.
    """
    project = opened(project_dir, environment, verbose=verbose)
    choices = taken(Choices, options)
    servers = taken(Servers, options)
    if plan_file is None:
        found = planned(project, servers, choices)
    else:
        from provision.commands.saved import planned_from

        found = planned_from(plan_file, project, servers, choices)
    shown = form == "text" and not quiet
    if dry_run or shown:
        show(found.plans, form, quiet=quiet)
    if dry_run:
        return FAILED if any(plan.stops or plan.refused for plan in found.plans) else DONE
    check_all(found.legs, checks(choices))
    if any(plan.writes for plan in found.plans):
        _warn(found, quiet=quiet)
    if not yes and not _confirmed(found.plans, shown=shown):
        click.echo("Nothing was written.", err=True)
        return FAILED
    return _carried_out(found.legs, choices, form, quiet=quiet)


def checks(choices: Choices) -> tuple[Check, ...]:
    """What must hold before the first write, in the order in which it is asked."""
    from provision.ship.atomic import require_reversible
    from provision.ship.preflight import require_allowed, require_possible
    from provision.ship.safety import require_safe

    whole = (require_reversible,) if choices.atomic else ()
    return (require_safe, *whole, require_possible, require_allowed)


def _carried_out(legs: Sequence[Leg], choices: Choices, form: str, *, quiet: bool) -> int:
    """Carry out the plans, tell what came of them whatever ends it, and return the exit code."""
    from provision.ship.apply import apply
    from provision.ship.atomic import carry_out_or_undo
    from provision.show.progress import progress

    servers = legs[0].target.name if len(legs) == 1 else f"{len(legs)} servers"
    try:
        with _interruptible() as cancelled, progress(f"Writing to {servers}") as advance:
            if choices.atomic:
                carry_out_or_undo(legs, cancelled, advance)
            else:
                carry_out_all(legs, partial(apply, cancelled=cancelled), advance)
            interrupted = cancelled()
    except ProvisionError as error:
        if any(outcome.status == "done" for leg in legs for outcome in leg.outcomes):
            raise PartlyDone(error.what, where=error.where, remedy=error.remedy) from None
        raise
    finally:
        _tell(legs, form, quiet=quiet)
    return INTERRUPTED if interrupted else exit_code([one for leg in legs for one in leg.outcomes])


def _warn(push: Planned, *, quiet: bool) -> None:
    """Say on stderr what `provision check` calls an error in the sources that are about to be written. The servers
    decide what they take, and know data sources that the project doesn't, so this stops nothing.
    """
    from provision.prove.check.checking import check
    from provision.prove.check.tools import available
    from provision.show.findings import findings_text

    written = {
        place.path
        for plan in push.plans
        for action in plan.writes
        for place in (action.desired.places if action.desired else ())
    }
    found = check(push.definitions, push.project, tools=available(push.project))
    errors = [each for each in found if each.severity == "error" and each.place.path in written]
    if errors and not quiet:
        click.echo(findings_text(errors, push.project.root), err=True)
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


def _tell(legs: Sequence[Leg], form: str, *, quiet: bool) -> None:
    """Print what came of each plan; with -q only where not all was done, and on stderr."""
    from provision.show.report import report_text, reports_json

    if form == "json":
        click.echo(reports_json([(leg.plan, leg.outcomes) for leg in legs]))
        return
    for leg in legs:
        if leg.outcomes and not (quiet and all(outcome.status == "done" for outcome in leg.outcomes)):
            click.echo(report_text(leg.plan, leg.outcomes), err=quiet)


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
