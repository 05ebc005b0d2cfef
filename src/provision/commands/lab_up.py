"""`provision lab up`: the platform is started, given what the project defines, and perhaps watched."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provision.commands.direct import without_proxy
from provision.commands.lab_options import port_option, state_option
from provision.commands.lab_status import show_status
from provision.commands.options import (
    SOMEWHERE,
    Servers,
    format_option,
    given,
    opened,
    project_options,
    teller,
)
from provision.errors import DONE, FAILED, MissingTool
from provision.lab.telling import Tell
from provision.project import Project

if TYPE_CHECKING:
    from provision.client.endpoint import Endpoint
    from provision.lab.lifecycle import Started
    from provision.tools.grafana import Installed


@click.command("up")
@state_option
@click.option(
    "--watch", is_flag=True, help="Print every panel's current value until Ctrl-C, then stop the lab."
)
@click.option("--once", is_flag=True, help="With --watch: print once, then stop the lab.")
@click.option(
    "--verify",
    is_flag=True,
    help="Ask whether every expression has data, as provision verify does; exits with 1 when one has not.",
)
@click.option("--no-traffic", is_flag=True, help="Start no HTTP clients.")
@click.option(
    "--browsers",
    metavar="N",
    type=click.IntRange(0, 10),
    default=0,
    help="Visitors with a real browser, the system's Chromium, beside the HTTP clients (default: none).",
)
@port_option
@click.option(
    "--grafana",
    "grafana_url",
    metavar="URL|NAME",
    type=given,
    help="A Grafana that is there anyway, to push dashboards to, with credentials as for provision push "
    "(default: one that is installed here becomes part of the lab).",
)
@click.option(
    "--grafana-home",
    metavar="DIR",
    type=SOMEWHERE,
    help="The home path of the Grafana that is installed here (default: GF_PATHS_HOME, or as it is usual).",
)
@click.option("--no-grafana", is_flag=True, help="Start no Grafana, and push to none.")
@format_option
@project_options
def up(
    folder: Path | None,
    watch: bool,
    once: bool,
    verify: bool,
    no_traffic: bool,
    browsers: int,
    given_ports: dict[str, int],
    grafana_url: str | None,
    grafana_home: Path | None,
    no_grafana: bool,
    form: str,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
) -> int:
    """Start the lab, and push this project's rules, routes and dashboards to it.

    Sources see the lab's ports and its short intervals through their variables. Receivers deliver to the lab's
    own webhook, whatever the environment says. Without --watch the lab runs until `provision lab down`.
    """
    from provision.lab import ending, lifecycle
    from provision.lab.starting import Wanted

    if once and not watch:
        raise click.UsageError("--once belongs to --watch")
    if verify and no_traffic and not browsers:
        raise click.UsageError(
            "--verify needs clients, without which most expressions have no data; leave --no-traffic out"
        )
    project = opened(project_dir, environment, verbose=verbose)
    folder = (folder or lifecycle.default_folder(project)).absolute()
    tell = teller(quiet=quiet)
    if (grafana_url is not None) + (grafana_home is not None) + no_grafana > 1:
        raise click.UsageError("--grafana, --grafana-home and --no-grafana exclude each other")
    grafana = None if no_grafana else _grafana(project, grafana_url, grafana_home, tell)
    wanted = Wanted(traffic=not no_traffic, browsers=browsers, ports=given_ports, grafana=grafana)
    with ending.by_signals(), without_proxy():
        started = lifecycle.up(project, folder, wanted, tell=tell)
        if not watch:
            return _show_started(project, started, folder, form, verify=verify, tell=tell)
        from provision.commands.watched import watch as watch_it

        try:
            return watch_it(project, started, folder, form, once=once, verify=verify, tell=tell)
        finally:
            lifecycle.down(folder)


def _show_started(
    project: Project, started: Started, folder: Path, form: str, *, verify: bool, tell: Tell
) -> int:
    """Say how a lab is that was just started, and whether every expression has data; an exit code."""
    from provision.commands.watched import verified
    from provision.lab import lifecycle

    proof = verified(project, started, tell) if verify else None
    show_status(lifecycle.status(folder), folder, form, proof)
    return FAILED if proof is not None and proof.failed else DONE


def _grafana(project: Project, url: str | None, home: Path | None, tell: Tell) -> Installed | Endpoint | None:
    """The Grafana that is to show the lab: the one that is named, or one that is installed here. When there is none,
    that is told."""
    from provision.commands.instances import instances
    from provision.tools.grafana import find

    if url is not None:
        found = instances(Servers(grafana=(url,)), project, os.environ)
        return found[0].endpoint
    named = str(home or "") or os.environ.get("GF_PATHS_HOME") or project.setting("grafana_home", str, "")
    try:
        return find(project.root / named if named else None)
    except MissingTool as error:
        if named:
            raise
        tell(f"no Grafana in this lab: {error}")
        return None
