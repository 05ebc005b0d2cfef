"""What must be there before a stack is deployed: networks of others, nodes that may run its tasks, secrets."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from provision.compile.dialect.shaped_stack import PROJECT_LABEL, ShapedStack
from provision.errors import ProvisionError
from provision.ship.swarm import labelling
from provision.ship.swarm.live import LiveService, Node
from provision.ship.swarm.placing import Label, fitting, label_of
from provision.tools import docker
from provision.tools.docker import Engine


def check_owner(stack: str, live: Sequence[LiveService], project: str, remedy: str) -> None:
    """Raises ProvisionError when a stack has services that this project didn't deploy."""
    for service in live:
        if service.labels.get(PROJECT_LABEL) != project:
            raise ProvisionError(
                f"{service.full_name} is a service that this project didn't deploy",
                where=f"stack {stack}",
                remedy=remedy,
            )


def tell_other_environments(
    stack: ShapedStack, live: Sequence[LiveService], tell: Callable[[str], None]
) -> None:
    """Tell when services of a stack were deployed for another environment than it is for: an option may be forgotten."""
    for other in sorted({stack.other_environment(service.labels) for service in live} - {""}):
        tell(
            f"{stack.name}: it was deployed for the environment {other!r}, and gets what {stack.environment!r} says"
        )


def check_networks(stacks: Sequence[ShapedStack], there: set[str]) -> None:
    """Raises ProvisionError when a stack uses the network of another one that is neither there nor made by one of these.

    Args:
        there: the networks of the Swarm.
    """
    made = {
        network["name"]
        for stack in stacks
        for network in stack.compose.get("networks", {}).values()
        if not network.get("external")
    }
    for stack in stacks:
        for network in stack.compose.get("networks", {}).values():
            if network.get("external") and network["name"] not in there | made:
                raise ProvisionError(
                    f"it uses the network {network['name']}, which isn't there",
                    where=f"stack {stack.name}",
                    remedy=f"deploy {' and '.join(stack.needs)} as well",
                )


def labels_to_set(
    stacks: Sequence[ShapedStack], nodes: Sequence[Node], asked: Sequence[Label]
) -> tuple[Label, ...]:
    """The labels that nodes need so that every service finds one: those that were asked for, and where only one node
    comes into question for all services that want a label, that one's.

    Raises:
        ProvisionError: a service would find no node, and it isn't plain which one is meant; or as `labelling.resolved`.
    """
    chosen = list(labelling.resolved(stacks, nodes, asked))
    wanting: dict[tuple[str, str], list[tuple[str, list[str]]]] = {}
    for where, constraints in _placed(stacks):
        if fitting(constraints, nodes, chosen):
            continue
        wanted = [found for constraint in constraints if (found := label_of(constraint))]
        if not wanted:
            raise ProvisionError(f"no node fits {' and '.join(constraints)}", where=where)
        for pair in wanted:
            wanting.setdefault(pair, []).append((where, constraints))
    for (key, value), services in wanting.items():
        where, constraints = services[0]
        others = [each for _, each in services]
        loose = [constraint for each in others for constraint in each if label_of(constraint) != (key, value)]
        possible = [node for node in fitting(loose, nodes, chosen) if node.ready]
        if len(possible) == 1:
            label = Label(possible[0].name, key, value, possible[0].id)
            labelling.check_alone(stacks, nodes, label, chosen)
            chosen.append(label)
            continue
        said = f"no node fits {' and '.join(constraints)}"
        if not possible:
            raise ProvisionError(said, where=where)
        names = [labelling.called(node, possible) for node in possible]
        remedy = f"choose one of {', '.join(names)}: --label {names[0]}:{key}={value}"
        raise ProvisionError(said, where=where, remedy=remedy)
    return tuple(dict.fromkeys(chosen))


def _placed(stacks: Sequence[ShapedStack]) -> Iterator[tuple[str, list[str]]]:
    """What a message calls each service that is to have tasks, and its constraints."""
    for stack in stacks:
        for name, service in sorted(stack.compose["services"].items()):
            deploy = service["deploy"]
            if deploy.get("replicas") != 0:
                yield (
                    f"stack {stack.name}, service {name}",
                    deploy.get("placement", {}).get("constraints", []),
                )


def set_labels(
    engine: Engine, labels: Sequence[Label], nodes: Sequence[Node], tell: Callable[[str], None]
) -> None:
    """Give nodes their labels, and tell of each that is new.

    Args:
        labels: of `labels_to_set`.
    """
    by_id = {node.id: node for node in nodes}
    for label in labels:
        node = by_id[label.id]
        if node.labels.get(label.key) != label.value:
            docker.call(engine, "node", "update", "--label-add", f"{label.key}={label.value}", node.id)
            tell(f"node {label.node} is labelled {label.key}={label.value}")


def secrets_to_write(
    stack: ShapedStack, there: set[str], environ: Mapping[str, str], root: Path
) -> dict[str, bytes]:
    """Name on the Swarm → value of each secret that isn't there yet.

    Raises:
        ProvisionError: some can't be found; all are named.
    """
    found: dict[str, bytes] = {}
    missing: list[str] = []
    for name, reference in stack.secrets.items():
        if name in there:
            continue
        value = _value(reference, environ, root)
        if isinstance(value, str):
            missing.append(f"{name} {value}")
        else:
            found[name] = value
    if missing:
        raise ProvisionError(f"secrets are missing: {'; '.join(missing)}", where=f"stack {stack.name}")
    return found


def tell_kept_secrets(
    stack: ShapedStack, there: set[str], environ: Mapping[str, str], root: Path, tell: Callable[[str], None]
) -> None:
    """Tell which secrets are given although they are there: what is there can't be read, so that nobody can say whether
    it is the same value."""
    kept = [
        name
        for name, reference in stack.secrets.items()
        if name in there and isinstance(_value(reference, environ, root), bytes)
    ]
    if kept:
        tell(
            f"{stack.name}: already there, and kept with the value they have: {', '.join(kept)}; another value needs another "
            "version of the secret"
        )


def write_secrets(engine: Engine, stack: ShapedStack, values: Mapping[str, bytes]) -> None:
    """Write secrets to the Swarm, as those of the stack."""
    for name, value in values.items():
        labels = docker.labelled({docker.STACK_LABEL: stack.name})
        docker.call(engine, "secret", "create", *labels, name, "-", given=value)


def _value(reference: Mapping[str, str], environ: Mapping[str, str], root: Path) -> bytes | str:
    """The secret, or what is wrong with where it is to be found."""
    where = reference["name"]
    if reference["source"] == "env":
        value = environ.get(where, "")
        return os.fsencode(value) if value else f"needs the environment variable {where}, which isn't set"
    try:
        content = (root / where).read_bytes().removesuffix(b"\n").removesuffix(b"\r")
    except OSError as error:
        return f"needs the file {where}, which can't be read: {error.strerror}"
    return content or f"needs the file {where}, which is empty"
