"""`provision stack`: the project's stacks on a Docker Swarm."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provision.commands.options import format_option, given, opened, project_options, teller
from provision.commands.scaling import Scale, by_stack
from provision.commands.scaling import scale as scale_of
from provision.commands.stacks import (
    chosen,
    context_option,
    duration,
    files_of,
    label,
    registry_of,
    registry_option,
    shaped,
    stacks_argument,
)
from provision.errors import DONE, FAILED, PARTLY_DONE, PartlyDone, ProvisionError

if TYPE_CHECKING:
    from provision.ship.swarm.deploy import Deployed
    from provision.ship.swarm.placing import Label

timeout_option = click.option(
    "--timeout", "limit", metavar="DURATION", type=duration, default="5m",
    help="How long a stack may take (default: 5m).",
)  # fmt: skip


@click.group("stack")
def command() -> None:
    """Deploy the project's stacks to a Docker Swarm.

    A stack is written as Python under provisioning/ and named by its name; without one, all of them are meant. The
    engine is asked through the client docker: --context, or DOCKER_HOST, or the client's own settings say which.
    """


@command.command("build")
@stacks_argument
@registry_option
@click.option("--push", is_flag=True, help="Push the images to the registry.")
@context_option
@project_options
def build(
    names: tuple[str, ...],
    registry: str | None,
    push: bool,
    context: str | None,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
) -> int:
    """Build the project's own images that the stacks run."""
    from provision.ship.swarm import own_images
    from provision.tools import docker

    project = opened(project_dir, environment, verbose=verbose)
    host = registry_of(project, registry)
    if push and not host:
        raise click.UsageError("--push needs a registry: --registry, or the setting registry")
    asked = files_of(project)
    images = own_images.wanted(chosen(shaped(asked, host), names))
    tell = teller(quiet=quiet)
    if images:
        own_images.build(docker.find(context or ""), images, project.root, host, tell, push=push)
    else:
        tell("these stacks run no image of the project's own")
    return DONE


@command.command("deploy")
@stacks_argument
@click.option(
    "--build",
    "make",
    is_flag=True,
    help="Build the project's own images first, and push them if there is a registry.",
)
@registry_option
@click.option(
    "--scale",
    "scale",
    metavar="[STACK/]SERVICE=N",
    type=scale_of,
    multiple=True,
    help="Run N tasks of a service; may be given several times.",
)
@click.option(
    "--label",
    "labels",
    metavar="NODE:KEY=VALUE",
    type=label,
    multiple=True,
    help="Label a node first; may be given several times.",
)
@click.option(
    "--resolve-image",
    type=click.Choice(("always", "changed", "never")),
    default="always",
    help="Whether registries are asked for the digests of images (default: always).",
)
@click.option("--no-rollback", is_flag=True, help="Leave a stack that fails as it is.")
@click.option("--force", is_flag=True, help="Take over services that this project didn't deploy.")
@timeout_option
@context_option
@format_option
@project_options
def deploy(
    names: tuple[str, ...],
    make: bool,
    registry: str | None,
    scale: tuple[Scale, ...],
    labels: tuple[Label, ...],
    resolve_image: str,
    no_rollback: bool,
    force: bool,
    limit: float,
    context: str | None,
    form: str,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
) -> int:
    """Deploy stacks, wait until every service runs, and say how each is.

    A stack whose services don't all come to run goes back to what ran before. Those after it are not deployed.
    """  # fmt: skip
    from provision.compile.dialect.shaped_stack import scaled
    from provision.ship.swarm import own_images
    from provision.ship.swarm.deploy import How, prepare
    from provision.ship.swarm.deploy import deploy as carry_out
    from provision.show.stacks import deployed_json, deployed_text
    from provision.tools import docker

    project = opened(project_dir, environment, verbose=verbose)
    host = registry_of(project, registry)
    asked = files_of(project)
    order = chosen(shaped(asked, host), names)
    scales = by_stack(order, scale)
    order = tuple(scaled(stack, scales.get(stack.name, {})) for stack in order)
    engine, tell = docker.find(context or ""), teller(quiet=quiet)
    how = How(
        project.name,
        project.root,
        os.environ,
        time_limit_seconds=limit,
        roll_back=not no_rollback,
        labels=labels,
        resolve_image=resolve_image,
        force=force,
    )
    secrets = prepare(engine, order, how, tell)
    images: dict[str, str] = {}
    done: list[Deployed] = []
    for name in [stack.name for stack in order]:
        try:
            (stack,) = (each for each in shaped(asked, host, images) if each.name == name)
            wanted = {
                image: spec for image, spec in own_images.wanted([stack]).items() if image not in images
            }
            if make and wanted:  # not before those that go first: one of them may be the registry
                images |= own_images.build(engine, wanted, project.root, host, tell, push=bool(host))
                (stack,) = (each for each in shaped(asked, host, images) if each.name == name)
            done.append(carry_out(engine, scaled(stack, scales.get(name, {})), secrets[name], how, tell))
        except ProvisionError as error:
            if not done:
                raise
            click.echo(deployed_json(done) if form == "json" else deployed_text(done))
            raise PartlyDone(error.what, where=error.where, remedy=error.remedy) from None
        if not done[-1].succeeded:
            break
    well = all(each.succeeded and not each.failures for each in done)
    if form == "json":
        click.echo(deployed_json(done))
    elif not quiet or not well:
        click.echo(deployed_text(done))
    if well:
        return DONE
    changed = len(done) > 1 or not done[-1].undone or bool(done[-1].failures)
    return PARTLY_DONE if changed else FAILED


@command.command("status")
@stacks_argument
@registry_option
@context_option
@format_option
@project_options
def status(
    names: tuple[str, ...],
    registry: str | None,
    context: str | None,
    form: str,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
) -> int:
    """Say what runs on which node, and whether it is what the sources ask for. Exits with 1 when it isn't."""
    from provision.ship.swarm.status import compare
    from provision.show.stacks import status_json, status_text
    from provision.tools import docker

    project = opened(project_dir, environment, verbose=verbose)
    engine = docker.find(context or "")
    found = {
        stack.name: compare(engine, stack)
        for stack in chosen(shaped(files_of(project), registry_of(project, registry)), names)
    }
    if not quiet:
        click.echo(status_json(found) if form == "json" else status_text(found))
    well = all(
        not service.differs and service.state is not None and service.state.settled
        for services in found.values()
        for service in services
    )
    return DONE if well else FAILED


@command.command("remove")
@click.argument("names", metavar="STACK...", nargs=-1, required=True, type=given)
@click.option(
    "--volumes", is_flag=True, help="Remove its volumes on the engine that is asked, too, with all data."
)
@timeout_option
@context_option
@project_options
def remove(
    names: tuple[str, ...],
    volumes: bool,
    limit: float,
    context: str | None,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
) -> int:
    """Remove stacks, and wait until their tasks, networks, configs and secrets are gone. Volumes are kept.

    A stack that no source defines any more is removed when this project deployed it.
    """
    from provision.ship.swarm import removing
    from provision.tools import docker

    project = opened(project_dir, environment, verbose=verbose)
    known = shaped(files_of(project), "")
    engine, tell = docker.find(context or ""), teller(quiet=quiet)
    gone = [
        name
        for name in dict.fromkeys(names)
        if name not in {stack.name for stack in known} and removing.deployed_by(engine, name, project.name)
    ]
    defined = [name for name in names if name not in gone]
    order = chosen(known, defined) if defined else ()
    # What no source has any more may use any network.
    meant = (*gone, *(stack.name for stack in reversed(order)))
    removed = False
    for name in removing.in_order(engine, meant, project.name):
        try:
            there = removing.remove(engine, name, project.name, limit, tell, volumes=volumes)
        except ProvisionError as error:
            if not removed:
                raise
            raise PartlyDone(error.what, where=error.where, remedy=error.remedy) from None
        removed = removed or there
        tell(f"stack {name} is removed" if there else f"there is no stack {name}")
    return DONE
