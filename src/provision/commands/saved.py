"""Plans that are kept in a file: written by `plan -o`, carried out by `push --plan` while nothing has moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from provision.commands.options import Choices, Servers, absolute
from provision.commands.plan import Planned, definitions_of, projects_of
from provision.commands.sources import compiled
from provision.commands.targets import OWN_POLICY_TREE, Destination
from provision.errors import ProvisionError, UsageError
from provision.model import Definition, Plan
from provision.project import Project
from provision.ship.fleet import Aim, Leg, side_by_side, together

if TYPE_CHECKING:
    from provision.ship.planfile import Saved

_MADE_WITH: Final = ("overwrite", "adopt", "prune", "force", "rotate_secrets")
"""What decides how a plan is made, of `Choices`; the rest is about how it is carried out."""

_Made = TypeVar("_Made")


def keep(plans: Sequence[Plan], file: Path) -> None:
    """Write plans to a file.

    Raises:
        ProvisionError: it can't be written.
    """
    from provision.show.plan import plans_json
    from provision.tools.writing import write_beside

    try:
        write_beside(absolute(file), plans_json(plans).encode() + b"\n")
    except OSError as error:
        raise ProvisionError(f"can't be written: {error.strerror}", where=str(file)) from None


def taken_up(file: Path, servers: Servers, choices: Choices) -> tuple[list[Saved], Servers]:
    """The plans in a file, and the servers with what the plans were made with.

    Raises:
        UsageError: options that a plan is made with are given.
        ProvisionError: the file isn't a plan.
    """
    from provision.ship import planfile

    given = [name for name in _MADE_WITH if getattr(choices, name)]
    given += [name for name in ("datasource", OWN_POLICY_TREE) if getattr(servers, name)]
    if given:
        raise UsageError(
            f"--{given[0].replace('_', '-')} can't be combined with --plan: a plan is carried out as it was made",
            remedy=f"make it again with --{given[0].replace('_', '-')}",
        )
    saved = planfile.read(absolute(file))
    owned = any(OWN_POLICY_TREE in each.plan.asked for each in saved)
    return saved, replace(servers, own_policy_tree=owned)


def planned_from(file: Path, saved: Sequence[Saved], found: Sequence[Destination]) -> Planned:
    """What a push is made of, as a file has it; every server is read again.

    Args:
        saved: what is in the file.

    Raises:
        ProvisionError: it is for something else, or something has moved since.
    """
    from provision.ship import planfile

    projects = projects_of(found)
    concealed = any(each.concealed for each in saved)
    sources = tuple(compiled(projects, empty=True) if concealed else [(project, ()) for project in projects])
    aims = _opened(found, sources)
    _require_same(file, [each.plan for each in saved], projects, aims)

    def again(each: Saved) -> tuple[Leg, list[str]]:
        aim = aims[each.plan.identity, each.plan.owner]
        plan, moved = planfile.resumed(
            each, aim.target, lambda: {(found.kind, found.key): found for found in aim.desired}
        )
        name = f"{aim.instance}: {aim.target.name}" if aim.instance else aim.target.name
        return Leg(aim, replace(plan, instance=aim.instance)), [f"{name}: {what}" for what in moved]

    read = _all(side_by_side(saved, again), [each.plan.instance for each in saved])
    moved = [what for _, each in read for what in each]
    if moved:
        raise ProvisionError(
            "since this plan was made something has moved, so nothing was written:\n  " + "\n  ".join(moved),
            where=str(file),
            remedy=f"make it again with provision plan -o {file.name}",
        )
    return Planned(sources, tuple(leg for leg, _ in read))


def _opened(
    found: Sequence[Destination], sources: Sequence[tuple[Project, tuple[Definition, ...]]]
) -> dict[tuple[str, str], Aim]:
    """The servers by identity and owner.

    Raises:
        ProvisionError: some can't be reached, or two of them are one.
    """
    opened = side_by_side(found, lambda each: each.open(definitions_of(each, sources)))
    aims: dict[tuple[str, str], Aim] = {}
    for aim in _all(opened, [each.instance for each in found]):
        if aims.setdefault((aim.target.identity, aim.owner), aim) is not aim:
            raise UsageError("it is named twice", where=aim.target.name, remedy="leave one of them out")
    return aims


def _all(made: Sequence[_Made | ProvisionError], names: Sequence[str]) -> list[_Made]:
    failures = [
        (name, each) for name, each in zip(names, made, strict=True) if isinstance(each, ProvisionError)
    ]
    if failures:
        raise together(failures)
    return [each for each in made if not isinstance(each, ProvisionError)]


def _require_same(
    file: Path, plans: Sequence[Plan], projects: Sequence[Project], aims: Mapping[tuple[str, str], Aim]
) -> None:
    names = [project.name for project in projects]
    others = {plan.owner for plan in plans}.difference(names)
    if others:
        raise ProvisionError(
            f"is a plan of the project {min(others)!r}, and this one is {names[0]!r}", where=str(file)
        )
    meant = {(plan.identity, plan.owner): plan.target for plan in plans}
    if meant.keys() != aims.keys():
        theirs = ", ".join(sorted(meant.values())) or "no server"
        ours = ", ".join(sorted(aim.target.name for aim in aims.values()))
        raise ProvisionError(
            f"is a plan for {theirs}, and this push is for {ours}",
            where=str(file),
            remedy="name the servers that it was made for",
        )
