"""The options of `provision lab` that several commands take, or that need to be read."""

from __future__ import annotations

from collections.abc import Sequence

import click

from provision.commands.options import SOMEWHERE
from provision.errors import did_you_mean

state_option = click.option(
    "--state",
    "folder",
    metavar="DIR",
    type=SOMEWHERE,
    help="Where the lab keeps what it needs (default: .provision/lab in the project).",
)


_HIGHEST_PORT = 65535


def _ports(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, int]:
    """The ports that the command line gives, by name."""
    from provision.lab.ports import NAMES

    found: dict[str, int] = {}
    for value in values:
        name, _, number = value.partition("=")
        if name not in NAMES:
            raise click.BadParameter(f"there is no {name!r}; {did_you_mean(name, NAMES, one_of(NAMES))}")
        if not (number.isascii() and number.isdecimal() and 0 < int(number) <= _HIGHEST_PORT):
            raise click.BadParameter(
                f"{value!r} isn't a name and a port from 1 to {_HIGHEST_PORT}, such as {name}=9090"
            )
        if int(number) in found.values():
            raise click.BadParameter(f"port {number} is given twice")
        found[name] = int(number)
    return found


def one_of(names: Sequence[str]) -> str:
    """What something may be, for the end of a sentence."""
    return f"it may be one of {', '.join(names)}"


port_option = click.option(
    "--port",
    "given_ports",
    metavar="NAME=N",
    multiple=True,
    callback=_ports,
    help="The port that something is to have, such as prometheus=9090; may be given several times "
    "(default: free ones).",
)
