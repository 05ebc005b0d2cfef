"""Breaking a Swarm. Each function writes down first how what it does is undone (`provision.lab.drill.healing`)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final

from provision.errors import ProvisionError
from provision.lab.drill.healing import Undoing, write_down
from provision.lab.drill.swarm.stage import GALLERY, SwarmStage
from provision.lab.swarm import cluster as clusters

REPLICAS: Final = 3
_SPREAD_SECONDS: Final = 120.0
_PAUSE_SECONDS: Final = 0.5
_AGAIN_SECONDS: Final = 30.0
"""How long tasks that were started are given to run and to be well."""


def halt(stage: SwarmStage, *names: str, stays: bool = False) -> None:
    """Pull the plugs of these nodes.

    Args:
        stays: whether that is only prepared.
    """
    for name in names:
        given = {"cluster": str(stage.cluster_folder), "name": name}
        write_down(stage.folder, Undoing("node", f"{name} is started", given, stays))
        clusters.halt(stage.cluster, name)


def lose(stage: SwarmStage, name: str) -> None:
    """Have a node be gone, and wait until the tasks of the gallery all run elsewhere.

    Raises:
        ProvisionError: they don't come to run there.
    """
    one_on_each(stage)
    halt(stage, name, stays=True)

    def elsewhere() -> bool:
        places = stage.places()
        return places.total() == REPLICAS and not places[name]

    await_(f"the tasks of {name} elsewhere", elsewhere, _SPREAD_SECONDS)


def give_back(stage: SwarmStage, name: str) -> None:
    """Start a node that was lost."""
    clusters.start(stage.cluster, name)


def one_on_each(stage: SwarmStage) -> None:
    """See to it that each of the three nodes runs one of the three tasks of the gallery, so that a node that is lost costs one
    of three.

    Where that isn't so, as after a drill before, all but one are taken away and started anew: each goes to the node that
    has the fewest then. An update (`--force`) replaces them one after the other, by what runs where at that moment, and
    need not ever end so.

    Raises:
        ProvisionError: they don't come to run so.
    """
    asked, limit = -math.inf, time.monotonic() + _SPREAD_SECONDS

    def there() -> bool:
        nonlocal asked
        places = stage.places()
        if places.total() == len(places) == REPLICAS and not stage.is_updating():
            return True
        if time.monotonic() - asked > _AGAIN_SECONDS and not stage.is_updating():
            asked = time.monotonic()
            _start_anew(stage, limit - asked)
            asked = time.monotonic()
        return False

    await_("one task of the gallery on each node", there, _SPREAD_SECONDS)


def _start_anew(stage: SwarmStage, seconds: float) -> None:
    back = ("service", "scale", "--detach", f"{GALLERY}={REPLICAS}")
    given = {"cluster": str(stage.cluster_folder), "arguments": list(back)}
    write_down(stage.folder, Undoing("docker", f"the gallery has {REPLICAS} tasks", given, stays=True))
    stage.docker("service", "scale", "--detach", f"{GALLERY}=1")
    await_("one task of the gallery", lambda: stage.places().total() <= 1, seconds)
    stage.docker(*back)


def drain(stage: SwarmStage, name: str) -> None:
    """Have the managers take every task off a node."""
    _asked_back(stage, f"{name} takes tasks again", "node", "update", "--availability", "active", name)
    stage.docker("node", "update", "--availability", "drain", name)


def promote(stage: SwarmStage, name: str) -> None:
    """Make a worker a manager."""
    _asked_back(stage, f"{name} is a worker again", "node", "demote", name)
    stage.docker("node", "promote", name)


def scale(stage: SwarmStage, service: str, count: int, before: int) -> None:
    """Run so many tasks of a service."""
    _asked_back(stage, f"{service}={before}", "service", "scale", "--detach", f"{service}={before}")
    stage.docker("service", "scale", "--detach", f"{service}={count}")


def let_keep(stage: SwarmStage, label: str, node: str, *, keep: bool, stays: bool = True) -> None:
    """Have a node keep the data of a stack, or not.

    Args:
        label: of the node, such as `app-data`.
        stays: whether that is only prepared.
    """
    there, back = (
        ("node", "update", "--label-add", f"{label}={str(value).lower()}", node) for value in (keep, not keep)
    )
    what = f"{node} keeps {'none' if keep else 'the data'} of {label.removesuffix('-data')}"
    given = {"cluster": str(stage.cluster_folder), "arguments": list(back)}
    write_down(stage.folder, Undoing("docker", what, given, stays=stays))
    stage.docker(*there)


def await_(what: str, holds: Callable[[], bool], seconds: float) -> float:
    """After how many seconds something came true. A question that isn't answered is asked again.

    Raises:
        ProvisionError: it doesn't within `seconds`; with why it couldn't be seen at last, if so.
    """
    began = time.monotonic()
    while True:
        try:
            if holds():
                return time.monotonic() - began
            why = ""
        except ProvisionError as error:
            why = f": {error.what}"
        if time.monotonic() - began > seconds:
            raise ProvisionError(f"{what}: not within {max(0.0, seconds):.0f} s{why}", where="the Swarm")
        time.sleep(_PAUSE_SECONDS)


def _asked_back(stage: SwarmStage, what: str, *arguments: str) -> None:
    given = {"cluster": str(stage.cluster_folder), "arguments": list(arguments)}
    write_down(stage.folder, Undoing("docker", what, given))
