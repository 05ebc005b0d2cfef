"""`provision build`: sources to files. Plan and apply on a folder."""

from __future__ import annotations

from pathlib import Path

import click

from provision.commands.options import format_option, opened, paths_argument, project_options
from provision.commands.sources import loaded
from provision.errors import FAILED, PARTLY_DONE, ProvisionError
from provision.model import Verb


@click.command("build")
@paths_argument
@click.option(
    "-o", "--output", metavar="DIR", type=click.Path(path_type=Path), help="Where to (default: build/)."
)
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
    """Compile the sources, or those at PATH, into dashboards, provisioning files, rules and configurations.

    The same input gives the same bytes. A file that an earlier build made and this one doesn't is removed; any
    other file in the output folder is left alone.
    """
    from provision.compile.dialect import files
    from provision.ship.apply import apply
    from provision.ship.plan import make_plan
    from provision.ship.target.folder import Folder
    from provision.show.built import built_json, built_text

    project = opened(project_dir, environment, verbose=verbose)
    result = loaded(project, paths)
    folder = Folder((output if output is not None else project.output).absolute())
    # Compiling a part of the project must not remove what the other parts made.
    plan = make_plan(files.shape(result.definitions, project), folder, project.name, prune=not paths)
    if plan.stops:
        names = ", ".join(action.key for action in plan.stops)
        raise ProvisionError(
            f"there are files that this project did not make: {names}",
            where=str(folder.root),
            remedy="move them away or choose another folder with -o",
        )
    outcomes = tuple(apply(plan, folder))
    folder.remember([action.key for action in plan.actions if action.verb is Verb.KEEP], project.name)
    if form == "json":
        click.echo(built_json(plan, outcomes, result.definitions, folder.root))
    elif not quiet:
        click.echo(built_text(plan, outcomes, result.definitions, folder.root))
    failed = [outcome for outcome in outcomes if outcome.status != "done"]
    for outcome in failed:
        click.echo(f"Error: {folder.root / outcome.action.key}: {outcome.message}", err=True)
    if failed:
        return PARTLY_DONE if len(failed) < len(outcomes) else FAILED
    return 0
