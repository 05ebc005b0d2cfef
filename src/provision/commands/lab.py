"""`provision lab`: the whole stack on this machine, with traffic."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provision.commands import lab_swarm
from provision.commands.options import (
    SOMEWHERE,
    Servers,
    format_option,
    given,
    opened,
    project_options,
    teller,
)
from provision.errors import DONE, FAILED, MissingTool, ProvisionError, UsageError, did_you_mean
from provision.project import Project

if TYPE_CHECKING:
    from provision.client.endpoint import Endpoint
    from provision.commands.watched import Round
    from provision.lab.lifecycle import Started, Status
    from provision.tools.grafana import Installed

state_option = click.option(
    "--state",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the lab keeps what it needs (default: .provision/lab in the project).",
)


def _ports(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, int]:
    """The ports that the command line gives, by name."""
    from provision.lab.ports import NAMES

    found: dict[str, int] = {}
    for value in values:
        name, _, number = value.partition("=")
        if name not in NAMES:
            raise click.BadParameter(f"there is no {name!r}; {did_you_mean(name, NAMES, _one_of(NAMES))}")
        if not number.isdecimal() or not 0 < int(number) < 65536:
            raise click.BadParameter(f"{value!r} isn't a name and a port, such as {name}=9090")
        if int(number) in found.values():
            raise click.BadParameter(f"port {number} is given twice")
        found[name] = int(number)
    return found


def _one_of(names: Sequence[str]) -> str:
    return f"it may be one of {', '.join(names)}"


@click.group("lab")
def command() -> None:
    """Run the whole platform on this machine, under load.

    A gallery in three replicas with a Redis, Traefik, Prometheus and Alertmanager with this project's configuration, a
    receiver for what Alertmanager tells, Grafana where one is installed, and clients. Everything listens on 127.0.0.1,
    on free ports, and needs neither root nor a container engine.
    """


command.add_command(lab_swarm.command)


@command.command("up")
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
@click.option(
    "--port",
    "given_ports",
    metavar="NAME=N",
    multiple=True,
    callback=_ports,
    help="The port that something is to have, such as prometheus=9090; may be given several times "
    "(default: free ones).",
)
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
    project: Project, started: Started, folder: Path, form: str, *, verify: bool, tell: Callable[[str], None]
) -> int:
    """Say how a lab is that was just started, and whether every expression has data; an exit code."""
    from provision.commands.watched import verified
    from provision.lab import lifecycle

    proof = verified(project, started, tell) if verify else None
    _show_status(lifecycle.status(folder), folder, form, proof)
    return FAILED if proof is not None and proof.failed else DONE


@command.command("status")
@state_option
@click.option(
    "--url", "part", metavar="NAME", type=given, help="Print nothing but where NAME is, such as Prometheus."
)
@format_option
@project_options
def status(
    folder: Path | None,
    part: str | None,
    form: str,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
) -> int:
    """Say how the lab is: what runs, and where. Exits with 1 when it doesn't run, or not all of it."""
    from provision.lab import lifecycle

    folder = folder or lifecycle.default_folder(opened(project_dir, environment, verbose=verbose))
    found = lifecycle.status(folder)
    if part is not None:
        click.echo(_where(found, part, folder.absolute()))
    elif not quiet:
        _show_status(found, folder.absolute(), form)
    return DONE if found.condition == "running" else FAILED


def _where(found: Status, part: str, folder: Path) -> str:
    """Where something of the lab is, by the name that `status` calls it, in any case.

    Raises:
        ProvisionError: no lab runs.
        UsageError: it has nothing of that name.
    """
    from provision.lab import board

    if found.lab is None:
        raise ProvisionError(
            "no lab runs there", where=str(folder), remedy="start one with `provision lab up`"
        )
    urls = board.urls(found.lab)
    url = next((url for name, url in urls.items() if name.casefold() == part.casefold()), None)
    if url is None:
        raise UsageError(
            f"the lab has nothing called {part!r}", remedy=did_you_mean(part, urls, _one_of(tuple(urls)))
        )
    return url


@command.command("down")
@state_option
@click.option("--keep", is_flag=True, help="Keep its folder, with logs and samples.")
@project_options
def down(
    folder: Path | None,
    keep: bool,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
) -> int:
    """Stop the lab. Nothing is left of it, also when its start was cut short."""
    from provision.lab import lifecycle

    folder = folder or lifecycle.default_folder(opened(project_dir, environment, verbose=verbose))
    there = lifecycle.down(folder, keep=keep)
    if not quiet:
        what = f"The lab in {folder} is stopped" if there else f"No lab runs in {folder}"
        click.echo(f"{what}{'; the folder is kept' if there and keep else ''}.")
    return DONE


def _grafana(
    project: Project, url: str | None, home: Path | None, tell: Callable[[str], None]
) -> Installed | Endpoint | None:
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


def _show_status(found: Status, folder: Path, form: str, proof: Round | None = None) -> None:
    from provision.lab import board

    if form == "json":
        value = board.status_value(found, folder)
        click.echo(_json(value if proof is None else {**value, "verify": proof.value}))
        return
    before = () if proof is None else (*proof.lines, "")
    click.echo("\n".join([*before, board.status_text(found, folder)]))


def _json(value: Any) -> str:
    from provision.model import encode

    return encode(value).decode()


@contextmanager
def without_proxy(*networks: str) -> Iterator[None]:
    """What goes to this machine, and to these networks on it, doesn't go through a proxy, whatever the environment says of
    proxies."""
    before = {name: os.environ.get(name) for name in ("NO_PROXY", "no_proxy")}
    direct = ("127.0.0.1", *networks)
    os.environ.update({name: ",".join(filter(None, (value, *direct))) for name, value in before.items()})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value
