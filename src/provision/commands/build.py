"""`provision build`: sources to files. Plan and apply on a folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import click

from provision.commands.options import (
    SOMEWHERE,
    absolute,
    format_option,
    opened,
    paths_argument,
    project_options,
)
from provision.commands.sources import chosen, loaded, made_of, not_empty
from provision.compile.kinds import FOLDER
from provision.errors import FAILED, PARTLY_DONE, PartlyDone, ProvisionError, UsageError
from provision.model import Definition, Outcome, Verb
from provision.project import SOURCE_ROOMS, Project


@click.command("build")
@paths_argument
@click.option("-o", "--output", metavar="DIR", type=SOMEWHERE, help="Where to (default: build/).")
@format_option
@project_options
def command(
    paths: tuple[Path, ...],
    output: Path | None,
    form: str,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
) -> int:
    """Compile the sources into dashboards, provisioning files, rules and configurations; with PATH only the files
    that the sources there contribute to are written.

    The same input gives the same bytes. A file that an earlier build made and this one doesn't is removed; any
    other file in the output folder is left alone.
    """
    from provision.compile.dialect import files
    from provision.ship.apply import apply
    from provision.ship.plan import make_plan
    from provision.ship.target.folder import Folder
    from provision.show.built import built_json, built_text

    project = opened(project_dir, environment, verbose=verbose)
    folder = Folder(_outside_sources(project, project.output if output is None else absolute(output)))
    sources = chosen(project, paths)
    definitions = not_empty(project, loaded(project)).definitions
    # Everything is compiled, because a file may be made of several sources; PATH says which files are written.
    wanted = made_of(files.shape(definitions, project), sources)
    shown = [item for item in definitions if sources is None or _concerns(item, sources)]
    with _alone(folder.root):
        plan = make_plan(wanted, folder, project.name, prune=sources is None)
        if plan.stops:
            names = ", ".join(action.key for action in plan.stops)
            raise ProvisionError(
                f"there are files that this project did not make: {names}",
                where=str(folder.root),
                remedy="move them away or choose another folder with -o",
            )
        outcomes: list[Outcome] = []
        failure: ProvisionError | None = None
        try:
            outcomes.extend(apply(plan, folder))
            folder.remember([action.key for action in plan.actions if action.verb is Verb.KEEP], project.name)
        except ProvisionError as error:
            failure = error
    if failure is not None and not outcomes:
        raise failure
    if form == "json":
        click.echo(built_json(plan, outcomes, shown, folder.root))
    elif not quiet:
        click.echo(built_text(plan, outcomes, shown, folder.root))
    failed = [outcome for outcome in outcomes if outcome.status != "done"]
    for outcome in failed:
        click.echo(f"Error: {folder.root / outcome.action.key}: {outcome.message}", err=True)
    some = len(failed) < len(outcomes)
    if failure is not None:
        raise PartlyDone(failure.what, where=failure.where, remedy=failure.remedy) if some else failure
    if failed:
        return PARTLY_DONE if some else FAILED
    return 0


def _concerns(definition: Definition, sources: frozenset[str]) -> bool:
    """Whether it comes from one of `sources`, or is a folder that one of them lies in."""
    if definition.kind == FOLDER:
        return any(path.startswith(f"{SOURCE_ROOMS[0]}/{definition.key}/") for path in sources)
    return definition.place.path in sources


def _outside_sources(project: Project, output: Path) -> Path:
    """The output folder.

    Raises:
        UsageError: what is written there would be read as sources by the next build; or it is a link to nothing.
    """
    if output.is_symlink() and not output.exists():
        raise UsageError(
            "is a link to something that isn't there",
            where=str(output),
            remedy="remove it, or make what it names",
        )
    real = os.path.realpath(output)
    for room in SOURCE_ROOMS:
        if Path(real).is_relative_to(os.path.realpath(project.root / room)):
            raise UsageError(
                f"lies in {room}/, where every file may be a source",
                where=str(output),
                remedy="choose another folder with -o",
            )
    return output


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """While it is open no other build writes into the folder; where a folder can't be locked, nobody waits."""
    with ExitStack() as open_:
        with suppress(OSError):  # who can't make or lock it is told why when it is written to
            folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            open_.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
