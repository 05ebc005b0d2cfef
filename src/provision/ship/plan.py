"""Deciding: desired and live to an ordered, immutable plan. Nothing here touches a server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from provision.diff import title_of
from provision.errors import ProvisionError
from provision.model import Action, Live, Plan, Resource, Verb, digest
from provision.ship import prune as pruning
from provision.ship.generations import told
from provision.ship.safety import verdict
from provision.ship.target import Target

_PLAIN_BYTES = 24 << 20
"""What is live is kept as it is beside resources of up to so much."""


def make_plan(
    desired: Sequence[Resource],
    target: Target,
    owner: str,
    *,
    overwrite: bool = False,
    adopt: bool = False,
    prune: bool = False,
    force: bool = False,
    spared: frozenset[tuple[str, str]] = frozenset(),
) -> Plan:
    """What is to happen on `target` so that it holds `desired`; reads the target with GETs only.

    Args:
        owner: the project's name, as the marks on the target spell it.
        overwrite: turn conflicts and foreign resources into updates.
        adopt: take conflicts and foreign resources over as they are: only the mark is written.
        prune: delete what the owner has on the target and `desired` lacks.
        force: carry it out even if it changes much at once.
        spared: (kind, key) of what the sources define, though not for this target: it stays as it is.

    Raises:
        ProvisionError: the target can't be read, or resources need each other in a circle.
    """
    bodies = {(resource.kind, resource.key): resource.body for resource in desired}
    wanted = frozenset(bodies)
    many = sum(map(len, bodies.values())) > _PLAIN_BYTES
    live = {(found.kind, found.key): _held(found, bodies, many=many) for found in target.read(wanted)}
    for resource in desired:
        name = (resource.kind, resource.key)
        now = target.standing(resource, live.get(name))
        if now is not None:
            live[name] = now
    actions = [
        decide(
            resource,
            live.get((resource.kind, resource.key)),
            owner,
            target.marks,
            overwrite=overwrite,
            adopt=adopt,
        )
        for resource in ordered(desired, target.order)
    ]
    gone = pruning.no_longer_defined(live.values(), wanted | spared, owner, target.order)
    if prune:
        actions.extend(pruning.deletions(gone, live.values(), tuple(actions), overwrite=overwrite))
        gone = []
    owned = sum(found.mark is not None and found.mark.owner == owner for found in live.values())
    choices = {"overwrite": overwrite, "adopt": adopt, "prune": prune, "force": force}
    return Plan(
        target.name,
        owner,
        tuple(actions),
        tuple(gone),
        owned,
        verdict(actions, owner, owned, len(wanted)),
        tuple(name for name, chosen in choices.items() if chosen),
        target.identity,
    )


def _held(found: Live, bodies: Mapping[tuple[str, str], bytes], *, many: bool) -> Live:
    """What is live, in the same bytes where it is what is desired: of thousands that are kept, one copy is enough. Of
    thousands that change, the old one waits compressed."""
    body = bodies.get((found.kind, found.key))
    if body is not None and body == found.body:
        return replace(found, body=body)
    return found.packed() if many else found


def decide(
    desired: Resource,
    live: Live | None,
    owner: str,
    marks: frozenset[str],
    *,
    overwrite: bool = False,
    adopt: bool = False,
) -> Action:
    """What is to happen to one resource. Edited means: the digest of what was sent last differs from what is
    live, and live isn't what is desired either."""

    def action(verb: Verb, reason: str = "") -> Action:
        if verb.stops and overwrite:
            return Action(Verb.UPDATE, desired.kind, desired.key, desired, live, reason)
        if verb.stops and adopt and live is not None:
            if live.fixed:
                said = f"{reason}, and it can't be taken over as it is: {live.fixed}"
                return Action(verb, desired.kind, desired.key, desired, live, said)
            as_it_is = replace(desired, body=live.body)
            return Action(Verb.ADOPT, desired.kind, desired.key, as_it_is, live, reason)
        return Action(verb, desired.kind, desired.key, desired, live, reason)

    if live is None:
        return action(Verb.CREATE)
    owned = live.mark is not None and live.mark.owner == owner
    whose = "was not ours" if live.mark is None else f"belonged to {live.mark.owner!r}"
    if live.body == desired.body:
        if desired.kind not in marks or (
            live.mark is not None and owned and live.mark.base == digest(live.body)
        ):
            if owned and live.outdated:
                return action(Verb.ADOPT, live.outdated)
            return action(Verb.KEEP)
        if owned:  # only the mark is written, so that the next change of the sources is no conflict
            return action(Verb.ADOPT, "it was changed on the server to what the sources ask for")
        if overwrite or (adopt and not live.fixed):
            return action(Verb.ADOPT, f"it is the same, but {whose}")
        return action(Verb.KEEP, "it is the same, but not ours")
    if desired.kind not in marks:
        return action(Verb.UPDATE)
    if live.mark is None:
        return action(
            Verb.FOREIGN, told(desired, live, "it exists already and carries no mark of this project")
        )
    if live.mark.owner != owner:
        return action(Verb.FOREIGN, told(desired, live, f"it belongs to {live.mark.owner!r}"))
    if live.mark.base != digest(live.body):
        return action(Verb.CONFLICT, told(desired, live, "it was changed on the server since the last push"))
    loses = told(desired, live)
    return action(Verb.CONFLICT if loses else Verb.UPDATE, loses)


def ordered(resources: Iterable[Resource], kinds: Sequence[str]) -> list[Resource]:
    """Resources so that each comes after what it needs; otherwise by kind, then key.

    Raises:
        ProvisionError: some need each other in a circle.
    """
    by_name = {(resource.kind, resource.key): resource for resource in resources}
    sorter = TopologicalSorter(
        {name: [need for need in resource.needs if need in by_name] for name, resource in by_name.items()}
    )
    rank = {kind: position for position, kind in enumerate(kinds)}
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " → ".join(title_of(kind, key, by_name[kind, key].body) for kind, key in error.args[1])
        raise ProvisionError(f"resources need each other in a circle: {circle}") from None
    result: list[Resource] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=lambda name: (rank.get(name[0], len(rank)), name[1]))
        result.extend(by_name[name] for name in ready)
        sorter.done(*ready)
    result.sort(key=lambda resource: rank.get(resource.kind, len(rank)))
    return result
