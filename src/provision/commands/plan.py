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
    choice_options,
    format_option,
    opened,
    project_options,
    server_options,
    taken,
)
from provision.commands.sources import loaded, not_empty
from provision.commands.targets import named, open_targets
from provision.errors import CHANGES_PENDING, FAILED
from provision.model import Definition, Plan
from provision.project import Project
from provision.ship.fleet import Aim, Leg, plan_all


@click.command("plan")
@server_options
@choice_options
@click.option(
    "-o", "--output", metavar="FILE", type=SOMEWHERE, help="Keep the plan in a file, for push --plan."
)
@click.option("--exit-code", is_flag=True, help="Exit with 5 when something would change.")
@format_option
@project_options
def command(
    form: str,
    exit_code: bool,
    output: Path | None,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
    **options: Any,
) -> int:
    """Show what a push would do. Nothing is written: the servers see GETs only."""
    project = opened(project_dir, environment, verbose=verbose)
    plans = planned(project, taken(Servers, options), taken(Choices, options)).plans
    if output is not None:
        from provision.commands.saved import keep

        keep(plans, output)
    show(plans, form, quiet=quiet)
    if any(plan.stops or plan.refused for plan in plans):
        return FAILED
    return CHANGES_PENDING if exit_code and any(plan.writes for plan in plans) else 0


@dataclass(frozen=True, slots=True)
class Planned:
    """What a push is made of.

    Attributes:
        definitions: what the sources came to.
        legs: a plan for each server that was named.
    """

    project: Project
    definitions: tuple[Definition, ...]
    legs: tuple[Leg, ...]

    @property
    def plans(self) -> list[Plan]:
        """The plans alone."""
        return [leg.plan for leg in self.legs]


def planned(project: Project, servers: Servers, choices: Choices) -> Planned:
    """The definitions of the project, and a plan for each server that was named.

    Raises:
        ProvisionError: sources are broken, or a server can't be read.
    """
    from provision.ship.plan import make_plan
    from provision.ship.rotation import with_rotation

    servers = named(servers, project, os.environ)  # wrong usage is told before anything is compiled
    result = loaded(project)
    definitions = (result if choices.prune else not_empty(project, result)).definitions
    aims = open_targets(servers, project, definitions, os.environ)

    def plan(aim: Aim) -> Plan:
        made = make_plan(
            aim.desired,
            aim.target,
            project.name,
            overwrite=choices.overwrite,
            adopt=choices.adopt,
            prune=choices.prune,
            force=choices.force,
            spared=aim.spared,
        )
        return with_rotation(made) if choices.rotate_secrets else made

    return Planned(project, definitions, tuple(plan_all(aims, plan)))


def show(plans: Sequence[Plan], form: str, *, quiet: bool) -> None:
    """Print plans as text or as one JSON document; with -q only what stops a push, on stderr."""
    from provision.show.plan import plan_text, plans_json

    if form == "json":
        click.echo(plans_json(plans))
        return
    for plan in plans:
        if not quiet:
            click.echo(plan_text(plan))
        elif plan.stops:
            click.echo(plan_text(replace(plan, actions=plan.stops)), err=True)
