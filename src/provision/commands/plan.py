"""`provision plan`: what a push would do, with GETs only."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from provision.commands.options import (
    SOMEWHERE,
    Choices,
    Servers,
    all_opened,
    choice_options,
    fleet_options,
    format_option,
    server_options,
    taken,
)
from provision.commands.sources import compiled
from provision.commands.targets import Destination, destinations
from provision.errors import CHANGES_PENDING, FAILED, ProvisionError, UsageError
from provision.model import Definition, Plan
from provision.project import Project
from provision.ship.fleet import Aim, Leg, side_by_side, together


@click.command("plan")
@server_options
@choice_options
@click.option(
    "-o", "--output", metavar="FILE", type=SOMEWHERE, help="Keep the plan in a file, for push --plan."
)
@click.option("--exit-code", is_flag=True, help="Exit with 5 when something would change.")
@format_option
@fleet_options
def command(
    form: str,
    exit_code: bool,
    output: Path | None,
    project_dir: Path | None,
    environments: tuple[str, ...],
    verbose: int,
    quiet: bool,
    **options: Any,
) -> int:
    """Show what a push would do. Nothing is written: the servers see GETs only."""
    projects = all_opened(project_dir, environments, verbose=verbose)
    found = planned(destinations(taken(Servers, options), projects, os.environ), taken(Choices, options))
    show(found, form, quiet=quiet)
    found.require_all()
    if output is not None:
        from provision.commands.saved import keep

        keep(found.plans, output)
    if any(plan.stops or plan.refused for plan in found.plans):
        return FAILED
    return CHANGES_PENDING if exit_code and any(plan.writes for plan in found.plans) else 0


@dataclass(frozen=True, slots=True)
class Planned:
    """What a push is made of.

    Attributes:
        sources: what the sources came to in each environment.
        legs: a plan for each server that was named and could be read.
        failures: what a person calls each of the others, and why it couldn't.
    """

    sources: tuple[tuple[Project, tuple[Definition, ...]], ...]
    legs: tuple[Leg, ...]
    failures: tuple[tuple[str, ProvisionError], ...] = ()

    @property
    def plans(self) -> list[Plan]:
        """The plans alone."""
        return [leg.plan for leg in self.legs]

    def require_all(self) -> None:
        """Go on only with a plan for every server.

        Raises:
            ProvisionError: there is none for some.
        """
        if self.failures:
            raise together(self.failures)


def planned(found: Sequence[Destination], choices: Choices) -> Planned:
    """Compile the sources, once for all environments that agree on what they read, and plan for each server, side
    by side.

    Raises:
        ProvisionError: sources are broken, or two of the servers are one.
    """
    from provision.show.progress import progress

    sources = tuple(compiled(projects_of(found), empty=choices.prune))
    read: list[str] = []

    def leg(destination: Destination) -> Leg:
        aim = destination.open(definitions_of(destination, sources))
        plan = _plan(aim, choices)
        plan = replace(plan, instance=aim.instance, asked=(*plan.asked, *aim.asked))
        read.append(plan.target)
        advance(len(read), len(found))
        return Leg(aim, plan)

    with progress(f"Reading {f'{len(found)} servers' if len(found) > 1 else found[0].url}") as advance:
        made = side_by_side(found, leg)
    legs = tuple(each for each in made if isinstance(each, Leg))
    require_distinct(legs)
    failures = [
        (destination.instance, error)
        for destination, error in zip(found, made, strict=True)
        if isinstance(error, ProvisionError)
    ]
    return Planned(sources, legs, tuple(failures))


def projects_of(found: Sequence[Destination]) -> list[Project]:
    """The project in each environment that has a server among them."""
    return list({id(each.project): each.project for each in found}.values())


def definitions_of(
    destination: Destination, sources: Sequence[tuple[Project, tuple[Definition, ...]]]
) -> tuple[Definition, ...]:
    """What the sources came to in the environment of a server."""
    return next(made for project, made in sources if project is destination.project)


def _plan(aim: Aim, choices: Choices) -> Plan:
    from provision.ship.base import with_bases
    from provision.ship.plan import make_plan
    from provision.ship.rotation import with_rotation

    made = make_plan(
        aim.desired,
        aim.target,
        aim.owner,
        overwrite=choices.overwrite,
        adopt=choices.adopt,
        prune=choices.prune,
        force=choices.force,
        spared=aim.spared,
    )
    made = with_bases(made, aim.target)
    return with_rotation(made) if choices.rotate_secrets else made


def require_distinct(legs: Sequence[Leg]) -> None:
    """Two ways to one server would write over each other."""
    first: dict[tuple[str, str], Leg] = {}
    for leg in legs:
        other = first.setdefault((leg.target.identity, leg.plan.owner), leg)
        if other is not leg:
            names = " and ".join(name for name in (other.plan.instance, leg.plan.instance) if name)
            raise UsageError(
                f"it is named twice, as {names}" if names else "it is named twice",
                where=leg.plan.target,
                remedy="leave one of them out, or give each an organisation",
            )


def show(found: Planned, form: str, *, quiet: bool) -> None:
    """Print plans as text or as one JSON document; with -q only what stops a push, on stderr."""
    from provision.show.plan import plan_text, plans_json, total_text

    if form == "json":
        click.echo(plans_json(found.plans, found.failures))
        return
    for plan in found.plans:
        if not quiet:
            click.echo(plan_text(plan))
        elif plan.stops or plan.refused:
            click.echo(plan_text(plan, stops=True), err=True)
    if len(found.plans) > 1 and not quiet:
        click.echo(total_text(found.plans))
