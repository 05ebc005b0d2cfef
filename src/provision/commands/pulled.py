"""`provision pull UID…`: edits of single dashboards taken into the sources."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import click

from provision.commands.options import Servers
from provision.commands.pull import grafana_of
from provision.errors import SourceErrors
from provision.project import Project


def pull_some(project: Project, servers: Servers, names: Sequence[str], *, quiet: bool) -> int:
    """Take what was changed in each of these dashboards over, and show it.

    Raises:
        ProvisionError: one of them can't be pulled; those before it were.
    """
    from provision.compile.dialect.grafana import GrafanaSettings, shape
    from provision.compile.kinds import DASHBOARD
    from provision.compile.load import load
    from provision.diff import diff_bodies, title_of
    from provision.ship.pull.edit import edit_of
    from provision.ship.pull.source import take_over
    from provision.show.changes import change_lines

    found = load(project, patches=False)
    if found.problems:
        raise SourceErrors(found.problems)
    target, bound = grafana_of(project, servers)
    wanted = frozenset((DASHBOARD, name) for name in names)
    live = {one.key: one for one in target.read(wanted) if one.kind == DASHBOARD}
    shaped = partial(shape, dialect=target.dialect, datasource=bound, settings=GrafanaSettings.of(project))
    for name in dict.fromkeys(names):
        edit = edit_of(name, found.definitions, live.get(name), shaped, bound)
        written, removed = take_over(project.root, edit)
        if quiet:
            continue
        click.echo(f"{title_of(DASHBOARD, name, edit.live)}: {written or 'as its source says it'}")
        for path in removed:
            click.echo(f"  removed {path}")
        for line in change_lines(diff_bodies(DASHBOARD, edit.shaped, edit.live)):
            click.echo(f"  {line}")
    return 0
