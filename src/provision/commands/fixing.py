"""`--fix`: the sources corrected by what a server has, shown as a diff."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from provision.errors import Problem
from provision.model import Definition
from provision.project import Project

if TYPE_CHECKING:
    from provision.model.finding import Part
    from provision.prove.fix.fixing import Fixed, Wanted
    from provision.prove.fix.verified import Correction
    from provision.prove.verify.verdicts import Asked, Report, Status, Verdict

_STEPS = ("type-misuse", "unknown-metric", "unknown-label", "unknown-value")
"""What stops an expression, in the order in which it is found out."""


def fix_sources(
    project: Project,
    definitions: Sequence[Definition],
    report: Report,
    ask: Callable[[Sequence[Definition], Callable[[Asked], bool]], Report],
    reload: Callable[[], tuple[Sequence[Definition], Sequence[Problem]]],
) -> frozenset[Part]:
    """Correct the sources, and print what was changed and what was left; where the expressions that were corrected
    stand.

    Args:
        ask: asks about those of some definitions' expressions that are meant.
        reload: compiles the sources again.

    Raises:
        Unreachable, NotAllowed, ServerRefused: as a server answers.
        ProvisionError: a source can't be written.
    """
    from provision.prove.fix.verified import corrections
    from provision.show.sourcediff import source_diff

    found = _helpful(corrections(report.results, definitions), definitions, report, ask)
    found, fixed = _written(project, found, definitions, reload)
    if fixed.files:
        click.echo(source_diff(fixed.files))
    for each, reason in fixed.left:
        click.echo(f"{each.definition.place_of(each.pointer)}: not corrected: {reason}")
        click.echo(f"    {each.after.text.strip()}")
    left = {id(each) for each, _ in fixed.left}
    done = [each for each in found if id(each.wanted[0]) not in left]
    if done:
        click.echo(f"{_many(len(done), 'expression')} corrected in {_many(len(fixed.files), 'file')}")
    elif left:
        click.echo("nothing corrected")
    elif any(not each.fine for each in report.results):
        click.echo("nothing corrected: of what is wrong, it isn't sure what was meant")
    else:
        click.echo("nothing to correct")
    return frozenset(each.asked.part for each in done)


def _helpful(
    found: Sequence[Correction],
    definitions: Sequence[Definition],
    report: Report,
    ask: Callable[[Sequence[Definition], Callable[[Asked], bool]], Report],
) -> tuple[Correction, ...]:
    """The corrections after which a server has more to say of an expression than before."""
    from provision.prove.fix.verified import with_corrections

    places = {each.asked.part for each in found if not each.through}
    if not places:
        return ()
    before = {each.asked.part: each.verdict.status for each in report.results}
    again = ask(with_corrections(definitions, found), lambda asked: asked.part in places)
    better = {each.asked.part for each in again.results if _is_better(each.verdict, before[each.asked.part])}
    return _with_what_they_read([each for each in found if each.through or each.asked.part in better])


def _is_better(now: Verdict, before: Status) -> bool:
    """Whether a server has more to say of it: that a label isn't there is more than that its metric isn't."""
    if not now.grave:
        return True
    if now.status in ("type-misuse", "error"):
        return False
    return now.status not in _STEPS or _STEPS.index(now.status) > _STEPS.index(before)


def _written(
    project: Project,
    found: Sequence[Correction],
    definitions: Sequence[Definition],
    reload: Callable[[], tuple[Sequence[Definition], Sequence[Problem]]],
) -> tuple[tuple[Correction, ...], Fixed]:
    """The corrections that were tried at last, and what came of them: what reads a record is corrected with it or not at
    all."""
    from provision.prove.fix.fixing import Fixed, fix, undo

    told: tuple[tuple[Wanted, str], ...] = ()
    while found:
        wanted = [each for one in found for each in one.wanted]
        renames = list(dict.fromkeys(each for one in found for each in one.renames))
        fixed = fix(project.root, wanted, definitions, reload, renames)
        left = {id(each) for each, _ in fixed.left}
        kept = _with_what_they_read([each for each in found if id(each.wanted[0]) not in left])
        if len(kept) + len([each for each in found if id(each.wanted[0]) in left]) == len(found):
            return tuple(found), Fixed(fixed.files, (*told, *fixed.left))
        undo(project.root, fixed)
        told = (*told, *fixed.left)
        found = kept
    return (), Fixed({}, told)


def _with_what_they_read(found: Sequence[Correction]) -> tuple[Correction, ...]:
    """Those whose records are corrected, too."""
    while True:
        records = {each.record for each in found}
        kept = tuple(each for each in found if each.through <= records)
        if len(kept) == len(found):
            return kept
        found = kept


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
