"""What would keep a deploy from coming to its end, told before anything is touched: networks that a deploy doesn't change, and
nodes that take no task."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from provision.compile.dialect.shaped_stack import ShapedStack
from provision.errors import ProvisionError
from provision.ship.swarm import labelling, live, networks
from provision.ship.swarm.live import LiveService, Node
from provision.ship.swarm.placing import Label, fitting
from provision.tools.docker import Engine


def check_networks(
    engine: Engine, stacks: Sequence[ShapedStack], tell: Callable[[str], None], *, force: bool
) -> None:
    """Raises ProvisionError when a network of these stacks isn't as the sources ask; with `force` that is told only, and
    stays so."""
    for stack in stacks:
        for network, how in networks.differences(engine, stack).items():
            said = f"its network {network} {how}, and a deploy doesn't change a network that is there"
            if force:
                tell(f"{stack.name}: {said}")
                continue
            users = sorted(
                {use.by for use in networks.uses(engine, [stack.name]) if use.network == network} - {""}
            )
            raise ProvisionError(
                said,
                where=f"stack {stack.name}",
                remedy=f"remove {' and '.join([*users, stack.name])} first, or leave it as it is with --force",
            )


def check_nodes(
    stacks: Sequence[ShapedStack],
    services: Mapping[str, Sequence[LiveService]],
    nodes: Sequence[Node],
    labels: Sequence[Label],
    tell: Callable[[str], None],
) -> None:
    """Raises ProvisionError when no node takes the tasks of a service that is new.

    Args:
        services: those that are there, by the name of their stack.
        labels: that nodes are to have.
        tell: called with a line for each service that waits for a node.
    """
    for stack in stacks:
        there = {service.name for service in services[stack.name]}
        for name, fit in _waiting(stack, nodes, labels):
            why = ", ".join(node.absence for node in fit)
            # One that is only out of touch, as after an election, is back in a moment.
            if name in there or not all(node.why_not in (live.DOWN, *live.IDLE) for node in fit):
                tell(f"{stack.name}_{name}: no node takes its next tasks: {why}")
            else:
                raise ProvisionError(
                    f"no node takes its tasks: {why}",
                    where=f"stack {stack.name}, service {name}",
                    remedy=_remedy(fit, nodes),
                )


def _remedy(fit: Sequence[Node], nodes: Sequence[Node]) -> str:
    """What makes one of these nodes take tasks."""
    if idle := [labelling.called(node, nodes) for node in fit if node.why_not in live.IDLE]:
        return f"let it take tasks: docker node update --availability active {idle[0]}"
    gone = labelling.called(fit[0], nodes)
    demoted = f"docker node demote {gone} and " if fit[0].role == "manager" else ""
    return f"start it, or if it is gone for good take it out of the Swarm: {demoted}docker node rm {gone}"


def _waiting(
    stack: ShapedStack, nodes: Sequence[Node], labels: Sequence[Label]
) -> list[tuple[str, list[Node]]]:
    """The services for which nodes fit of which none takes tasks, and these nodes."""
    found = []
    for name, service in sorted(stack.compose["services"].items()):
        deploy = service["deploy"]
        fit = fitting(deploy.get("placement", {}).get("constraints", ()), nodes, labels)
        # A global one is to run where it can.
        if deploy.get("replicas", 0) > 0 and fit and not any(node.ready for node in fit):
            found.append((name, fit))
    return found
