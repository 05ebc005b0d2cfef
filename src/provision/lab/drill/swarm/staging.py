"""A Swarm to try something on: made for the drill, with the project's stacks deployed on it, and taken away afterwards."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from provision.compile.dialect import files, shaped_stack, stacks
from provision.compile.load import load
from provision.errors import ProvisionError, SourceErrors
from provision.lab.drill.alone import alone
from provision.lab.drill.swarm.stage import FIRST, SwarmStage
from provision.lab.serving import Server
from provision.lab.swarm import cluster as clusters
from provision.lab.swarm import node as nodes
from provision.lab.swarm import platform, state, supply
from provision.lab.swarm.state import Cluster
from provision.lab.telling import Tell, lab_command
from provision.lab.webhook import Inbox
from provision.project import Project, open_project
from provision.ship.swarm.deploy import How, deploy, prepare
from provision.ship.swarm.placing import Label

ENVIRONMENT: Final = "swarm"
"""The environment of the reference project that fits such a Swarm."""

MADE_FOR: Final = "drills"
"""What is written down of a Swarm that a drill has made: such a one is taken away, and no other."""

STACKS: Final = ("app", "monitor")
_WAIT: Final = "wait until it is over, or name another folder with --state"
_HOST: Final = "myhbsapp.com"
"""What users call the gallery where the variable `host_name` doesn't say so, as in `provisioning/stacks.py`."""

_SECRETS: Final = (
    "GALLERY_ADMIN_TOKEN",
    "REDIS_PASSWORD",
    "MINIO_ROOT_USER",
    "MINIO_ROOT_PASSWORD",
    "GRAFANA_ADMIN_PASSWORD",
    "TRAEFIK_DASHBOARD_USERS",
)
_DEPLOY_SECONDS: Final = 180.0

_SMALL: Final = {"gallery_storage": "/tmp/gallery"}  # noqa: S108  # in a container
"""What is left out on one machine that stands for three: a store for pictures that every page asks."""


def default_folder(project: Project) -> Path:
    """Where a Swarm that is made for drills keeps what it needs."""
    return project.root / ".provision" / "drill-swarm"


@contextmanager
def staged(project: Project, folder: Path, managers: int, workers: int, tell: Tell) -> Iterator[SwarmStage]:
    """A Swarm of so many nodes that runs the project's stacks; nothing is left of it at the end.

    Args:
        folder: where it keeps what it needs; what an earlier drill has left there is taken away.

    Raises:
        MissingTool: this machine can't run one, and why.
        ProvisionError: something doesn't start, another drill runs there, or a Swarm is there that no drill made.
    """
    project = open_project(project.root, ENVIRONMENT)
    folder = folder.absolute()
    nodes.require()
    platform.require()
    # Twice, as the folder goes with what is taken away.
    with alone(folder, _WAIT):
        _clear(folder, tell)
    with alone(folder, _WAIT):
        yield from _made(project, folder, managers, workers, tell)


def _clear(folder: Path, tell: Tell) -> None:
    """Take away what a drill that was killed has left there.

    Raises:
        ProvisionError: the Swarm there is somebody's.
    """
    left = state.read(folder)
    if left is None:
        return
    if left.made_for != MADE_FOR:
        raise ProvisionError(
            "a Swarm is there that no drill made, and a drill would take it away",
            where=str(folder),
            remedy=f"name another folder with --state, or end it with: {lab_command('swarm down', folder)}",
        )
    clusters.down(folder)
    tell(f"the Swarm that an earlier drill left in {folder} is gone")


def _made(project: Project, folder: Path, managers: int, workers: int, tell: Tell) -> Iterator[SwarmStage]:
    cluster = clusters.up(folder, managers, workers, tell, MADE_FOR)
    try:
        supply.give_images(cluster, project.root / ".tools", tell)
        with _receiving(cluster) as url:
            tell("the gallery keeps its pictures in each task instead of MinIO: one machine stands for three")
            told = {"webhook_url": url, "watchdog_url": url, "watchdog_interval": "10s", **_SMALL}
            yield _deployed(cluster, replace(project, variables={**project.variables, **told}), url, tell)
    finally:
        left = state.read(folder)
        # Somebody may have taken it away meanwhile, and started another.
        if left is not None and left.sockets == cluster.sockets:
            tell("taking the Swarm away")
            clusters.down(folder)


@contextmanager
def _receiving(cluster: Cluster) -> Iterator[str]:
    """A receiver of notifications on this machine, where the nodes reach it."""
    address = f"{cluster.subnet}.1"
    server = Server(0, Inbox(cluster.sockets / "notifications.jsonl").answer, host=address)
    server.start()
    try:
        yield f"http://{address}:{server.server_port}/alerts"
    finally:
        server.stop()


def _deployed(cluster: Cluster, project: Project, notifications: str, tell: Tell) -> SwarmStage:
    loaded = load(project, use_cache=False)
    if loaded.problems:
        raise SourceErrors(loaded.problems)
    built = {file.key: file.body for file in files.shape(loaded.definitions, project)}
    shaped = shaped_stack.in_order(stacks.shape(loaded.definitions, built, project))
    wanted = [stack for stack in shaped if stack.name in STACKS]
    labels = [Label(FIRST, f"{name}-data", "true") for name in STACKS]
    how = How(
        project.name, project.root, _environment(), time_limit_seconds=_DEPLOY_SECONDS, labels=labels,
        resolve_image="never",
    )  # fmt: skip
    engine = clusters.engine(cluster, FIRST)
    given = prepare(engine, wanted, how, tell)
    for stack in wanted:
        tell(f"deploying the stack {stack.name}")
        done = deploy(engine, stack, given[stack.name], how, tell)
        if not done.succeeded:
            left = [
                f"{each.name} doesn't come to run: {each.error or each.failed}"
                for each in done.states
                if not each.settled
            ]
            raise ProvisionError("; ".join((*left, *done.failures)), where=f"stack {stack.name}")
    return SwarmStage(
        cluster.folder, loaded.definitions, str(project.variables.get("host_name", _HOST)), notifications
    )


def _environment() -> Mapping[str, str]:
    """The environment with passwords of this Swarm's own, which is gone when they are."""
    return {**os.environ, **{name: secrets.token_hex(16) for name in _SECRETS}}
