"""`provision pull`: what is live, written back as sources."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provision.commands.options import (
    Servers,
    absolute,
    given,
    here,
    opened,
    project_options,
    reach_options,
    taken,
)
from provision.errors import UsageError
from provision.project import Project

if TYPE_CHECKING:
    from provision.compile.dialect.grafana import Binding
    from provision.ship.target.grafana import Grafana


@click.command("pull")
@click.option("--grafana", metavar="URL|NAME", multiple=True, type=given,
              help="The Grafana to pull from, or an instance of the settings.")  # fmt: skip
@click.option(
    "--org", metavar="N", multiple=True, type=click.IntRange(1), help="The organisation to pull from."
)
@click.option("--datasource", metavar="NAME|UID", type=given,
              help="The data source that the dashboards were bound to when they were pushed.")  # fmt: skip
@click.option(
    "--all", "everything", is_flag=True, help="Write all that the Grafana holds as JSON sources, into DIR."
)
@click.option("--overwrite", is_flag=True, help="With --all: write over files that are there already.")
@reach_options
@click.argument("names", metavar="[UID... | DIR]", nargs=-1)
@project_options
def command(
    names: tuple[str, ...],
    everything: bool,
    overwrite: bool,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
    **servers: Any,
) -> int:
    """Take what was changed on a Grafana into the sources.

    With UIDs of dashboards: what differs between the sources and live is written as a patch beside the source, or
    into the source if that is JSON. The next push then finds no conflict.

    With --all: a whole Grafana is written as JSON sources into DIR (default: the project's root, else the working
    directory). The next push of them writes nothing.
    """
    if everything:
        if len(names) > 1:
            raise UsageError(
                "--all writes into one folder", remedy="name one, or none for the project's root"
            )
        return _pull_all(
            taken(Servers, servers), names, project_dir, environment, verbose, overwrite, quiet=quiet
        )
    if not names:
        raise UsageError("nothing is named", remedy="name the uid of a dashboard, or all of it with --all")
    if overwrite:
        raise UsageError("--overwrite belongs to --all")
    from provision.commands.pulled import pull_some

    project = opened(project_dir, environment, verbose=verbose)
    return pull_some(project, taken(Servers, servers), names, quiet=quiet)


def _pull_all(
    servers: Servers,
    names: tuple[str, ...],
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    overwrite: bool,
    *,
    quiet: bool,
) -> int:
    from provision.ship.pull.everything import minimal_project, pull
    from provision.ship.pull.writing import write_files

    root = absolute(Path(names[0])) if names else project_dir and absolute(project_dir)
    if root is None:
        root = here()
    if (root / "pyproject.toml").is_file():
        project = opened(root, environment, verbose=verbose)
        files: dict[str, bytes] = {}
    else:
        if environment is not None:
            raise UsageError(
                f"there is no project yet, and so no environment {environment!r}", where=str(root)
            )
        project = Project(root, root.name)
        files = {"pyproject.toml": minimal_project(root.name)}
    target, _ = grafana_of(project, servers)
    found = pull(target.everything(), target.dialect)
    files |= {file.path: file.content for file in found.files}
    count = write_files(root, files, overwrite=overwrite)
    for sentence in found.left_out:
        click.echo(f"Left out: {sentence}", err=True)
    if not quiet:
        click.echo(
            f"{root}: {count} written, {len(files) - count} as they were, {len(found.left_out)} left out"
        )
        if "pyproject.toml" in files:
            click.echo("To make it this project's, in that folder: provision push --adopt")
    return 0


def grafana_of(project: Project, servers: Servers) -> tuple[Grafana, Binding | None]:
    """The one Grafana to pull from, and the data source that dashboards are bound to there.

    Raises:
        UsageError: none or several are named.
    """
    from provision.commands.targets import grafanas
    from provision.ship.target.grafana import Grafana

    named = grafanas(servers, project, os.environ)
    if not named:
        raise UsageError("no Grafana is named", remedy="name it with --grafana URL")
    if len(named) != 1:
        raise UsageError(
            f"pull takes one Grafana, and {len(named)} are named", remedy="name it with --grafana URL"
        )
    target = named[0].open(()).target
    assert isinstance(target, Grafana)
    name = servers.datasource or project.setting("datasource", str, "")
    return target, target.binding(name) if name else None
