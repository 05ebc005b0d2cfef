"""`provision plan`: what a push would do, with GETs only."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from provision.commands.options import Servers, format_option, opened, project_options, server_options
from provision.commands.sources import loaded, not_empty
from provision.commands.targets import Aim, named, open_targets
from provision.errors import CHANGES_PENDING, FAILED
from provision.model import Definition, Plan
from provision.project import Project


@click.command("plan")
@server_options
@click.option(
    "--overwrite", is_flag=True, help="Write over what was changed on the server, and over what is not ours."
)
@click.option("--exit-code", is_flag=True, help="Exit with 5 when something would change.")
@format_option
@project_options
def command(
    form: str,
    overwrite: bool,
    exit_code: bool,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
    **servers: Any,
) -> int:
    """Show what a push would do. Nothing is written: the servers see GETs only."""
    project = opened(project_dir, environment, verbose=verbose)
    _, pairs = planned(project, Servers(**servers), overwrite=overwrite)
    plans = [plan for _, plan in pairs]
    show(plans, form, quiet=quiet)
    if any(plan.stops for plan in plans):
        return FAILED
    return CHANGES_PENDING if exit_code and any(plan.writes for plan in plans) else 0


def planned(
    project: Project, servers: Servers, *, overwrite: bool
) -> tuple[tuple[Definition, ...], list[tuple[Aim, Plan]]]:
    """The definitions of the project, and a plan for each server that was named.

    Raises:
        ProvisionError: sources are broken, or a server can't be read.
    """
    from provision.ship.plan import make_plan

    servers = named(servers, project, os.environ)  # wrong usage is told before anything is compiled
    definitions = not_empty(project, loaded(project)).definitions
    aims = open_targets(servers, project, definitions, os.environ)
    plans = [make_plan(aim.desired, aim.target, project.name, overwrite=overwrite) for aim in aims]
    return definitions, list(zip(aims, plans, strict=True))


def show(plans: list[Plan], form: str, *, quiet: bool) -> None:
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
