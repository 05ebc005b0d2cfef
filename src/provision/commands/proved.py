"""`push --verify`: what can't show data isn't pushed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import click

from provision.commands.asked import asked_servers
from provision.commands.options import Servers
from provision.commands.plan import Planned
from provision.errors import ProvisionError
from provision.model import Definition
from provision.project import Project

_EMPTY: Final = frozenset({"empty", "unknown-value"})
"""What --allow-empty passes."""


def require_data(found: Planned, servers: Servers, *, allow_empty: bool) -> None:
    """Go on only when every expression of what is to be written has data, or is waived.

    Args:
        allow_empty: whether what has merely no data is fine.

    Raises:
        ProvisionError: some have none; each is told on stderr.
        Unreachable, NotAllowed, ServerRefused: the server that has the data can't be asked.
    """
    written = {
        place.path
        for plan in found.plans
        for action in plan.writes
        for place in (action.desired.places if action.desired else ())
    }
    if not written:
        return
    wrong = [
        status
        for project, definitions in found.sources
        for status in _wrong(project, definitions, written, servers, allow_empty=allow_empty)
    ]
    if wrong:
        expressions = f"{len(wrong)} expression{'' if len(wrong) == 1 else 's'}"
        merely_empty = not _EMPTY.isdisjoint(wrong)
        raise ProvisionError(
            f"{expressions} in what is to be written can't show data, so nothing is written",
            remedy="mend them, waive what may be so, or give --allow-empty for what is empty until something is wrong"
            if merely_empty
            else "mend them, or waive what may be so",
        )


def _wrong(
    project: Project,
    definitions: Sequence[Definition],
    written: set[str],
    servers: Servers,
    *,
    allow_empty: bool,
) -> list[str]:
    """What the expressions of the project's are called that can't show data."""
    from provision.prove.verify.verifying import Limits, verify
    from provision.show.progress import progress
    from provision.show.verified import report_text

    url = servers.prometheus or os.environ.get("PROMETHEUS_URL") or project.setting("prometheus", str, "")
    limits = Limits(allow_empty=allow_empty, pending=True)
    with (
        asked_servers(replace(servers, prometheus=url or None), project, os.environ, lenient=True) as asked,
        progress("Asking") as advance,
    ):
        report = verify(
            definitions,
            project,
            asked,
            limits,
            concerns=lambda one: one.place.path in written,
            advance=advance,
        )
    if told := report_text(report, project.root, everything=False, quiet=True):
        click.echo(told, err=True)
    return [each.verdict.status for each in report.results if each.fails]
