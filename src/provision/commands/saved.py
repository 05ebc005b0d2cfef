"""Plans that are kept in a file: written by `plan -o`, carried out by `push --plan` while nothing has moved."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from provision.commands.options import Choices, Servers, absolute
from provision.commands.plan import Planned
from provision.commands.sources import loaded
from provision.commands.targets import named, open_targets
from provision.errors import ProvisionError, UsageError
from provision.model import Definition, Plan, Resource
from provision.project import Project
from provision.ship.fleet import Aim, Leg

_MADE_WITH: Final = ("overwrite", "adopt", "prune", "force", "rotate_secrets")
"""What decides how a plan is made, of `Choices`; the rest is about how it is carried out."""


def keep(plans: Sequence[Plan], file: Path) -> None:
    """Write plans to a file.

    Raises:
        ProvisionError: it can't be written.
    """
    from provision.ship.target.folder import write_beside
    from provision.show.plan import plans_json

    try:
        write_beside(absolute(file), plans_json(plans).encode() + b"\n")
    except OSError as error:
        raise ProvisionError(f"can't be written: {error.strerror}", where=str(file)) from None


def planned_from(file: Path, project: Project, servers: Servers, choices: Choices) -> Planned:
    """What a push is made of, as a file has it; every server is read again.

    Raises:
        UsageError: options that a plan is made with are given.
        ProvisionError: the file isn't a plan, or one for something else; or something has moved since.
    """
    from provision.ship import planfile

    given = [name for name in _MADE_WITH if getattr(choices, name)]
    given += ["datasource"] if servers.datasource else []
    if given:
        raise UsageError(
            f"--{given[0].replace('_', '-')} can't be combined with --plan: a plan is carried out as it was made",
            remedy=f"make it again with --{given[0].replace('_', '-')}",
        )
    saved = planfile.read(absolute(file))
    definitions: tuple[Definition, ...] = ()
    if any(each.concealed for each in saved):
        definitions = loaded(project).definitions
    aims = {
        aim.target.identity: aim
        for aim in open_targets(named(servers, project, os.environ), project, definitions, os.environ)
    }
    _require_same(file, [each.plan for each in saved], project, aims)
    legs: list[Leg] = []
    moved: list[str] = []
    for each in saved:
        aim = aims[each.plan.identity]

        def sources(aim: Aim = aim) -> Mapping[tuple[str, str], Resource]:
            return {(found.kind, found.key): found for found in aim.desired}

        plan, found = planfile.resumed(each, aim.target, sources)
        legs.append(Leg(aim, plan))
        moved.extend(f"{aim.target.name}: {what}" for what in found)
    if moved:
        raise ProvisionError(
            "since this plan was made something has moved, so nothing was written:\n  " + "\n  ".join(moved),
            where=str(file),
            remedy=f"make it again with provision plan -o {file.name}",
        )
    return Planned(project, definitions, tuple(legs))


def _require_same(file: Path, plans: Sequence[Plan], project: Project, aims: Mapping[str, Aim]) -> None:
    others = {plan.owner for plan in plans} - {project.name}
    if others:
        raise ProvisionError(
            f"is a plan of the project {min(others)!r}, and this one is {project.name!r}", where=str(file)
        )
    meant = {plan.identity: plan.target for plan in plans}
    if meant.keys() != aims.keys():
        theirs = ", ".join(sorted(meant.values())) or "no server"
        ours = ", ".join(sorted(aim.target.name for aim in aims.values()))
        raise ProvisionError(
            f"is a plan for {theirs}, and this push is for {ours}",
            where=str(file),
            remedy="name the servers that it was made for",
        )
