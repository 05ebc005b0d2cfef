"""`provision push`: plan, ask, apply, report."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import click

from provision.commands.interruption import interruptible
from provision.commands.options import (
    SOMEWHERE,
    Choices,
    Servers,
    absolute,
    all_opened,
    choice_options,
    fleet_options,
    format_option,
    given,
    server_options,
    taken,
)
from provision.commands.plan import Planned, planned, show
from provision.commands.targets import Destination, destinations
from provision.errors import (
    DONE,
    FAILED,
    INTERRUPTED,
    NOT_ALLOWED,
    PARTLY_DONE,
    PartlyDone,
    ProvisionError,
    UsageError,
)
from provision.model import Outcome
from provision.project import Project
from provision.ship.fleet import Aim, Check, Leg, carry_out_all, check_all

_SHOWN_ERRORS: Final = 10
"""So many of the errors in what is to be written are told one by one: the plan above them should stay in sight."""


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
@click.option(
    "--backup",
    "backup_file",
    metavar="FILE",
    type=SOMEWHERE,
    help="Where what is deleted is kept (default: a new file in .provision/backup).",
)
@click.option(
    "--verify",
    "verify_first",
    is_flag=True,
    help="Write nothing unless every expression of it has data (see provision verify).",
)
@click.option(
    "--allow-empty",
    is_flag=True,
    help="With --verify: what merely has no data is fine, as it may have some when something is wrong.",
)
@click.option("-y", "--yes", is_flag=True, help="Don't ask before writing.")
@click.option("--canary", metavar="NAME", type=given,
              help="The instance that goes first; the others follow only when it was done completely.")  # fmt: skip
@choice_options
@click.option(
    "--atomic", is_flag=True, help="All or nothing: when something fails, put back what was changed."
)
@click.option("--annotate", is_flag=True, help="Leave an annotation in each Grafana that was changed.")
@format_option
@fleet_options
def command(
    form: str,
    dry_run: bool,
    plan_file: Path | None,
    backup_file: Path | None,
    yes: bool,
    verify_first: bool,
    allow_empty: bool,
    project_dir: Path | None,
    environments: tuple[str, ...],
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
    projects = all_opened(project_dir, environments, verbose=verbose)
    choices = taken(Choices, options)
    servers = taken(Servers, options)
    if backup_file is not None and not (choices.prune or plan_file):
        raise UsageError("--backup belongs to --prune: nothing else deletes anything")
    if allow_empty and not verify_first:
        raise UsageError("--allow-empty belongs to --verify")
    if plan_file is None:
        found = planned(_named(servers, projects, choices), choices)
    else:
        from provision.commands.saved import planned_from, taken_up

        saved, servers = taken_up(plan_file, servers, choices)
        found = planned_from(plan_file, saved, _named(servers, projects, choices))
    shown = form == "text" and not quiet
    if dry_run or shown:
        show(found, form, quiet=quiet)
    found.require_all()
    if dry_run:
        return FAILED if any(plan.stops or plan.refused for plan in found.plans) else DONE
    check_all(found.legs, checks(choices))
    if any(plan.writes for plan in found.plans):
        _warn(found, bound=servers.datasource is not None, quiet=quiet)
        if verify_first:
            from provision.commands.proved import require_data

            require_data(found, servers, allow_empty=allow_empty)
    if not yes and not _confirmed(found, shown=shown):
        click.echo("Nothing was written.", err=True)
        return FAILED
    _kept(found, backup_file, quiet=quiet)
    try:
        code = _carried_out(found.legs, choices, form, quiet=quiet)
    except ProvisionError:  # a server gave up; what was written on the others was written
        _annotate(found.legs, projects[0].root, choices)
        raise
    _annotate(found.legs, projects[0].root, choices)
    return code


def _kept(found: Planned, file: Path | None, *, quiet: bool) -> None:
    """Keep what is about to be deleted."""
    from provision.ship import backup

    kept = backup.keep(found.plans, found.sources[0][0].root, file and absolute(file))
    if kept is not None and not quiet:
        click.echo(f"What is deleted is kept in {kept}", err=True)


def _named(servers: Servers, projects: Sequence[Project], choices: Choices) -> tuple[Destination, ...]:
    """The servers that are meant. A canary that isn't one of them would let all the others go first."""
    named = destinations(servers, projects, os.environ)
    canary = choices.canary
    if canary is not None and not any(each.is_called(canary) for each in named):
        known = ", ".join(dict.fromkeys(each.instance or each.url for each in named))
        raise UsageError(f"--canary {canary}: no such instance is pushed to", remedy=f"name one of: {known}")
    return named


def _is_canary(name: str | None, aim: Aim) -> bool:
    return name is not None and aim.is_called(name)


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

    began = time.perf_counter()
    servers = legs[0].target.name if len(legs) == 1 else f"{len(legs)} servers"
    try:
        with interruptible() as cancelled, progress(f"Writing to {servers}") as advance:
            first = partial(_is_canary, choices.canary)
            if choices.atomic:
                carry_out_or_undo(legs, cancelled, advance, first)
            else:
                carry_out_all(
                    legs, partial(apply, cancelled=cancelled), advance, canary=first, cancelled=cancelled
                )
            interrupted = cancelled()
    except ProvisionError as error:
        if any(outcome.status == "done" for leg in legs for outcome in leg.outcomes):
            raise PartlyDone(error.what, where=error.where, remedy=error.remedy) from None
        raise
    finally:
        _tell(legs, time.perf_counter() - began, form, quiet=quiet)
    return INTERRUPTED if interrupted else exit_code([one for leg in legs for one in leg.outcomes])


def _annotate(legs: Sequence[Leg], root: Path, choices: Choices) -> None:
    """Leave a note in each Grafana that was changed, if asked. One that can't be left makes no push a failed one."""
    if not choices.annotate:
        return
    from provision.ship.annotate import annotate_all
    from provision.tools import git

    try:
        commit = git.head(root)
    except ProvisionError:  # no repository, no commit, no git: then the note names none
        commit = ""
    for said in annotate_all(legs, commit):
        click.echo(f"Warning: {said}", err=True)


def _warn(push: Planned, *, bound: bool, quiet: bool) -> None:
    """Say on stderr what `provision check` calls an error in the sources that are about to be written. The servers
    decide what they take, and know data sources that the project doesn't, so this stops nothing.

    Args:
        bound: whether all dashboards are bound to one data source of the server, whatever they name.
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
    distinct = {id(definitions): (definitions, project) for project, definitions in push.sources}
    found = [
        each
        for definitions, project in distinct.values()
        for each in check(definitions, project, tools=available(project))
    ]
    errors = list(
        dict.fromkeys(
            each
            for each in found
            if each.severity == "error"
            and each.place.path in written
            and not (bound and each.id == "unknown-datasource")
        )
    )
    if errors and not quiet:
        click.echo(findings_text(errors[:_SHOWN_ERRORS], push.sources[0][0].root), err=True)
        if (more := len(errors) - _SHOWN_ERRORS) > 0:
            click.echo(f"… and {more} more; provision check shows all of them", err=True)
    if errors:
        count = f"{len(errors)} error{'' if len(errors) == 1 else 's'}"
        click.echo(f"Warning: check finds {count} in what is to be written.", err=True)


def _confirmed(found: Planned, *, shown: bool) -> bool:
    """Whether to go on: where a person can be asked, the answer; the plan is shown before, if it wasn't yet."""
    writes = sum(len(plan.writes) for plan in found.plans)
    if not writes or not sys.stdin.isatty():
        return True
    if not shown:
        from provision.show.plan import plan_text

        for plan in found.plans:
            click.echo(plan_text(plan), err=True)
    servers = sum(bool(plan.writes) for plan in found.plans)
    where = f" on {servers} servers" if servers > 1 else ""
    return click.confirm(f"Apply {writes} change{'' if writes == 1 else 's'}{where}?", err=True)


def _tell(legs: Sequence[Leg], seconds: float, form: str, *, quiet: bool) -> None:
    """Print what came of each plan; with -q only where not all was done, and on stderr."""
    from provision.show.report import report_text, reports_json, took_text, total_text

    reports = [(leg.plan, leg.outcomes) for leg in legs]
    if form == "json":
        click.echo(reports_json(reports, seconds))
        return
    if not any(leg.outcomes for leg in legs) and all(leg.complete for leg in legs):
        return  # the plan said it already: there is nothing to do
    for leg in legs:
        if not (quiet and leg.complete):
            click.echo(report_text(leg.plan, leg.outcomes), err=quiet)
    if len(legs) > 1 and not (quiet and all(leg.complete for leg in legs)):
        click.echo(total_text(reports), err=quiet)
    if not quiet and (took := took_text(seconds)):
        click.echo(took)


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
