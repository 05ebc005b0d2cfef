"""`provision lab swarm`: a Docker Swarm of nested engines on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provision.commands.options import SOMEWHERE, format_option, given, opened, project_options, teller
from provision.errors import DONE, FAILED
from provision.project import Project

if TYPE_CHECKING:
    from provision.lab.swarm.state import Cluster

state_option = click.option(
    "--state", "folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False),
    help="Where it keeps what it needs (default: .provision/swarm in the project).",
)  # fmt: skip
node_argument = click.argument("node", metavar="NODE", type=given)


@click.group("swarm")
def command() -> None:
    """Run a Docker Swarm on this machine, each node an engine of its own.

    It needs root and Debian's docker.io, whose daemon need not run. Nodes reach each other and this machine, and nothing
    else: images are made of programs that are here.
    """


@command.command("up")
@click.option("--managers", type=click.IntRange(1, 7), default=1, help="How many managers (default: 1).")
@click.option("--workers", type=click.IntRange(0, 20), default=2, help="How many workers (default: 2).")
@click.option("--no-images", is_flag=True, help="Make no images of the reference stacks.")
@click.option(
    "--grafana-home",
    metavar="DIR",
    type=SOMEWHERE,
    help="The home path of the Grafana that is installed here.",
)
@state_option
@format_option
@project_options
def up(
    managers: int,
    workers: int,
    no_images: bool,
    grafana_home: Path | None,
    folder: Path | None,
    form: str,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
) -> int:
    """Start a Swarm, and give its nodes the images of the reference stacks."""
    from provision.lab.swarm import cluster, platform, supply
    from provision.lab.swarm import node as nodes

    project = opened(project_dir, environment, verbose=verbose)
    tell = teller(quiet=quiet)
    nodes.require()
    if not no_images:
        platform.require()
    place = _place(project, folder)
    made = cluster.up(place, managers, workers, tell)
    if not no_images:
        try:
            supply.give_images(made, project.root / ".tools", tell, grafana_home)
        except BaseException:
            cluster.down(place)
            raise
    _show(made, form)
    return DONE


@command.command("status")
@state_option
@format_option
@project_options
def status(
    folder: Path | None,
    form: str,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
) -> int:
    """Say which nodes run, and where. Exits with 1 when there is no Swarm, or not all of it runs."""
    from provision.lab.swarm import node, state

    place = _place(opened(project_dir, environment, verbose=verbose), folder)
    found = state.read(place)
    if found is None:
        if not quiet:
            click.echo(f"No Swarm runs in {place}.")
        return FAILED
    if not quiet:
        _show(found, form)
    return DONE if all(node.runs(each) for each in found.nodes) else FAILED


@command.command("halt")
@node_argument
@state_option
@project_options
def halt(
    node: str,
    folder: Path | None,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
) -> int:
    """Pull the plug of a node: all that it runs ends at once."""
    from provision.lab.swarm import cluster

    found = _found(_place(opened(project_dir, environment, verbose=verbose), folder))
    cluster.halt(found, node)
    teller(quiet=quiet)(f"{node} is halted")
    return DONE


@command.command("start")
@node_argument
@state_option
@project_options
def start(
    node: str,
    folder: Path | None,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
) -> int:
    """Start a node that was halted."""
    from provision.lab.swarm import cluster

    found = _found(_place(opened(project_dir, environment, verbose=verbose), folder))
    cluster.start(found, node)
    teller(quiet=quiet)(f"{node} runs")
    return DONE


@command.command("down")
@state_option
@project_options
def down(
    folder: Path | None, project_dir: Path | None, environment: str | None, verbose: int, quiet: bool
) -> int:
    """Take the Swarm away. Nothing is left of it, also when its start was cut short."""
    from provision.lab.swarm import cluster

    place = _place(opened(project_dir, environment, verbose=verbose), folder)
    there = cluster.down(place)
    teller(quiet=quiet)(f"the Swarm in {place} is gone" if there else f"no Swarm runs in {place}")
    return DONE


def _place(project: Project, folder: Path | None) -> Path:
    return (folder or project.root / ".provision" / "swarm").absolute()


def _found(place: Path) -> Cluster:
    from provision.errors import ProvisionError
    from provision.lab.swarm import state
    from provision.lab.telling import lab_command

    found = state.read(place)
    if found is None:
        raise ProvisionError(
            "no Swarm runs there",
            where=str(place),
            remedy=f"start one with: {lab_command('swarm up', place)}",
        )
    return found


def _show(found: Cluster, form: str) -> None:
    from provision.lab.swarm import node
    from provision.model import encode

    rows = [
        {
            "name": each.name,
            "role": each.role,
            "address": each.address,
            "running": node.runs(each),
            "host": found.host(each.name),
        }
        for each in found.nodes
    ]
    if form == "json":
        click.echo(encode({"folder": str(found.folder), "nodes": rows}).decode())
        return
    for row in rows:
        click.echo(f"{row['name']:<12} {row['address']:<15} {'running' if row['running'] else 'halted'}")
    click.echo(f"export DOCKER_HOST={rows[0]['host']}")
