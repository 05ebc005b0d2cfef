"""Deploying a stack: what it needs first, then all services at once, then waiting; what fails goes back."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provision.compile.dialect.shaped_stack import SOURCE_LABEL, ShapedStack
from provision.errors import PartlyDone, ProvisionError
from provision.ship.swarm import blocking, clearing, converge, live, needs, undo, waiting
from provision.ship.swarm.converge import ServiceState
from provision.ship.swarm.live import LiveService
from provision.ship.swarm.placing import Label
from provision.tools import docker
from provision.tools.docker import Engine
from provision.tools.signals import heard_by

_LEAST_SECONDS: Final = 30.0
"""What the client's own call gets however short the time limit is: cut short, it leaves half of the stack deployed."""


@dataclass(frozen=True, slots=True)
class How:
    """How stacks are deployed.

    Attributes:
        project: the name of the project that they belong to.
        root: its root, where secrets' files are found.
        environ: where secrets' variables are found.
        time_limit_seconds: for a stack to come to run.
        roll_back: whether one that fails goes back to what ran before.
        labels: that nodes are to have.
        resolve_image: `always`, `changed` or `never`: whether the registry is asked for the digest of an image.
        force: whether services of the same name that the project didn't deploy are taken over.
    """

    project: str
    root: Path
    environ: Mapping[str, str]
    time_limit_seconds: float = 300.0
    roll_back: bool = True
    labels: Sequence[Label] = ()
    resolve_image: str = "always"
    force: bool = False


@dataclass(frozen=True, slots=True)
class Deployed:
    """What became of a stack.

    Attributes:
        states: how each service is, or was when it was given up.
        undone: whether it went back to what ran before.
        failures: what couldn't be undone or cleared up, a sentence each.
    """

    stack: str
    states: tuple[ServiceState, ...]
    undone: bool = False
    failures: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether every service runs as it is to."""
        return all(state.settled for state in self.states)


@dataclass(frozen=True, slots=True)
class Before:
    """What there was of a stack before its deploy: services by name, the names of those of which all tasks ran, and the
    names of networks."""

    services: Mapping[str, LiveService]
    complete: frozenset[str]
    networks: frozenset[str]


def prepare(
    engine: Engine, stacks: Sequence[ShapedStack], how: How, tell: Callable[[str], None]
) -> dict[str, dict[str, bytes]]:
    """See to what these stacks need, all of it before any of them is deployed: networks, and nodes with the labels that
    tasks ask for.

    Returns:
        by stack, the secrets that aren't on the Swarm yet: name → value.

    Raises:
        ProvisionError: something isn't there; no stack was touched.
    """
    live.require_manager(engine)
    services = {stack.name: live.services(engine, stack.name) for stack in stacks}
    for stack in stacks:
        if not how.force:
            remedy = "rename the stack, or take it over with --force"
            needs.check_owner(stack.name, services[stack.name], how.project, remedy)
        needs.tell_other_environments(stack, services[stack.name], tell)
    needs.check_networks(stacks, docker.names(engine, "network"))
    blocking.check_networks(engine, stacks, tell, force=how.force)
    nodes = live.nodes(engine)
    labels = needs.labels_to_set(stacks, nodes, how.labels)
    blocking.check_nodes(stacks, services, nodes, labels, tell)
    there = docker.names(engine, "secret")
    secrets = {stack.name: needs.secrets_to_write(stack, there, how.environ, how.root) for stack in stacks}
    needs.set_labels(engine, labels, nodes, tell)
    for stack in stacks:
        needs.tell_kept_secrets(stack, there, how.environ, how.root, tell)
    return secrets


def deploy(
    engine: Engine, stack: ShapedStack, secrets: Mapping[str, bytes], how: How, tell: Callable[[str], None]
) -> Deployed:
    """Deploy a stack that was prepared, and wait for it.

    Args:
        secrets: those that aren't on the Swarm yet.

    Raises:
        ProvisionError: the engine refuses it, or stops answering; it runs as before.
        PartlyDone: the same, and it doesn't, or not all of it.
    """
    tell = _told_or_not(tell)
    found = waiting.snapshot(engine, stack.name)
    before = Before(
        {service.name: service for service in found.services},
        frozenset(
            state.name
            for state in converge.judged(found.services, found.tasks, found.nodes)
            if state.complete
        ),
        frozenset(docker.in_stack(engine, "network", stack.name)),
    )
    sources = {
        name: service["deploy"]["labels"][SOURCE_LABEL] for name, service in stack.compose["services"].items()
    }
    until = time.monotonic() + how.time_limit_seconds
    try:
        needs.write_secrets(engine, stack, secrets)
        _send(engine, stack, how, tell)
        states = waiting.wait(engine, stack.name, sources, how.time_limit_seconds, until, tell)
    except KeyboardInterrupt as interrupt:
        for failure in _back(engine, stack, before, secrets, how, tell):
            interrupt.add_note(f"{stack.name}: {failure}")
        raise
    except PartlyDone:
        raise  # what somebody else has deployed meanwhile isn't taken back
    except ProvisionError as error:
        # It may have made some services before it failed.
        failures = _back(engine, stack, before, secrets, how, tell)
        kind = PartlyDone if failures or not how.roll_back else ProvisionError
        what = "; ".join([error.what, *failures])
        raise kind(what, where=f"stack {stack.name}", remedy=error.remedy) from None
    if all(state.settled for state in states):
        if how.resolve_image != "never":
            _tell_unpinned(engine, stack.name, before, tell)
        _, left = clearing.clear_after_success(engine, stack, before.services, tell)
        return Deployed(stack.name, states, failures=left)
    if not how.roll_back:
        return Deployed(stack.name, states)
    return Deployed(
        stack.name, states, undone=True, failures=_back(engine, stack, before, secrets, how, tell)
    )


def _tell_unpinned(engine: Engine, stack: str, before: Before, tell: Callable[[str], None]) -> None:
    """Tell which images of new services no registry said the digest of: the client warns of those of changed ones alone."""
    try:
        services = live.services(engine, stack)
    except ProvisionError as error:
        tell(f"{stack}: it can't be told whether every node runs the same images: {error.what}")
        return
    images = {each.image for each in services if not each.pinned and each.name not in before.services}
    if images:
        tell(
            f"{stack}: nodes may run different versions of {', '.join(sorted(images))}: no registry said the digest"
        )


def _told_or_not(tell: Callable[[str], None]) -> Callable[[str], None]:
    """What a reader who has gone doesn't hear keeps nothing from being done, least of all from being taken back."""

    def told(sentence: str) -> None:
        with suppress(OSError):
            tell(sentence)

    return told


def _back(
    engine: Engine,
    stack: ShapedStack,
    before: Before,
    secrets: Mapping[str, bytes],
    how: How,
    tell: Callable[[str], None],
) -> tuple[str, ...]:
    """Go back to what ran before, if that is wanted; what couldn't be undone, a sentence each. Half of it would be neither the
    one nor the other, so no signal cuts it short."""
    failures: tuple[str, ...] = ()
    limit = how.time_limit_seconds
    with heard_by(lambda *_: _say_so(stack.name, tell)):
        try:
            if how.roll_back:
                failures = undo.undo(engine, stack.name, before.services, before.complete, limit, tell)
                failures += clearing.remove_networks(engine, stack.name, before.networks, limit)
            written = secrets if how.roll_back else ()
            return (*failures, *clearing.clear_after_failure(engine, stack.name, written))
        except ProvisionError as error:
            return (*failures, f"it couldn't go back to what ran before, or not all of it: {error.what}")


def _say_so(stack: str, tell: Callable[[str], None]) -> None:
    with suppress(RuntimeError):  # while something else is being told there is no room for it
        tell(f"{stack}: it goes back to what ran before; then this ends")


def _send(engine: Engine, stack: ShapedStack, how: How, tell: Callable[[str], None]) -> None:
    """Hand the Compose file and the files of its configs to the engine, and tell what it warns of."""
    with tempfile.TemporaryDirectory(prefix="provision-stack-") as name:
        folder = Path(name)
        for path, content in (
            (stack.path, stack.compose_bytes()),
            *((each.path, each.content) for each in stack.configs),
        ):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        docker.call(
            engine,
            "stack", "deploy", "--resolve-image", how.resolve_image, "--with-registry-auth",
            "--compose-file", stack.path, stack.name,
            cwd=folder,
            time_limit_seconds=max(_LEAST_SECONDS, how.time_limit_seconds),
            tell=lambda warning: tell(f"{stack.name}: docker stack deploy: {warning}"),
        )  # fmt: skip
