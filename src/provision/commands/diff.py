"""`provision diff`: what the sources change, against a revision or against what is live."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from provision.commands.options import (
    Servers,
    format_option,
    opened,
    paths_argument,
    project_options,
    server_options,
)
from provision.commands.sources import chosen, loaded, made_of
from provision.errors import CHANGES_PENDING, ProvisionError, SourceErrors, UsageError
from provision.model import Action, Definition, Difference, Plan, Verb
from provision.project import Project, open_project

Comparison = tuple[str, tuple[Difference, ...]]
"""What the sources were compared with, and what differs."""

_VERBS = {Verb.CREATE: "create", Verb.DELETE: "delete"}


@click.command("diff")
@paths_argument
@click.option("--live", is_flag=True, help="Compare with what the servers hold; they see GETs only.")
@click.option(
    "--against", metavar="REV", default="HEAD", show_default=True, help="Compare with this git revision."
)
@click.option("--exit-code", is_flag=True, help="Exit with 5 when something differs.")
@server_options
@format_option
@project_options
def command(
    paths: tuple[Path, ...],
    live: bool,
    against: str,
    exit_code: bool,
    form: str,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
    **servers: Any,
) -> int:
    """Show what the sources, or those at PATH, change: by panel, query, rule and field.

    Compared with the last commit, or with what is live on the servers (--live; naming a server means that too).
    -v shows also the fields that are folded otherwise.
    """
    from provision.show.differences import differences_json, differences_text

    project = opened(project_dir, environment, verbose=verbose)
    named = Servers(**servers)
    if live or named.grafana or named.prometheus or named.alertmanager:
        comparisons = _with_servers(project, paths, named)
    else:
        comparisons = [_with_revision(project, paths, against)]
    if form == "json":
        click.echo(differences_json(comparisons))
    elif not quiet:
        for name, differences in comparisons:
            click.echo(differences_text(name, differences, everything=verbose > 0))
    return CHANGES_PENDING if exit_code and any(differences for _, differences in comparisons) else 0


# ── against a revision ───────────────────────────────────────────────────────
def _with_revision(project: Project, paths: Sequence[Path], revision: str) -> Comparison:
    """What differs from the sources as that revision has them, in the same environment.

    Raises:
        ProvisionError: there is no repository, commit or project to compare with.
        SourceErrors: sources are broken, today's or that revision's.
    """
    from provision.diff import diff_definitions
    from provision.tools import git

    commit = git.resolve(project.root, revision)
    after = loaded(project, paths).definitions
    with tempfile.TemporaryDirectory(prefix="provision-diff-") as folder:
        root = Path(folder)
        git.export(project.root, commit, root)
        name = f"{revision} ({commit[:8]})"
        before = _definitions_at(root, project, paths, name)
    return name, diff_definitions(before, after)


def _definitions_at(root: Path, project: Project, paths: Sequence[Path], name: str) -> tuple[Definition, ...]:
    if not (root / "pyproject.toml").is_file():
        raise ProvisionError(
            f"the project did not exist yet in {name}",
            where=str(project.root),
            remedy="name a later revision with --against",
        )
    environment = None if project.environment == "default" else project.environment
    try:
        earlier = replace(open_project(root, environment), name=project.name)
        there = [root / path.absolute().relative_to(project.root) for path in paths]
        # A source that is new today has nothing to be compared with.
        present = [path for path in there if path.exists()]
        return loaded(earlier, present).definitions if present or not paths else ()
    except SourceErrors as error:
        problems = tuple(
            replace(problem, message=f"in {name}: {problem.message}") for problem in error.problems
        )
        raise SourceErrors(problems) from None
    except UsageError as error:
        raise UsageError(f"in {name}: {error.what}", where=str(project.root), remedy=error.remedy) from None


# ── against servers ──────────────────────────────────────────────────────────
def _with_servers(project: Project, paths: Sequence[Path], servers: Servers) -> list[Comparison]:
    """What a push would change on each server, as differences.

    Raises:
        ProvisionError: sources are broken, or a server can't be read.
    """
    from provision.commands.targets import destinations
    from provision.ship.plan import make_plan

    found = destinations(servers, (project,), os.environ)  # wrong usage is told before anything is compiled
    sources = chosen(project, paths)
    definitions = loaded(project).definitions
    comparisons = []
    for destination in found:
        aim = destination.open(definitions)
        plan = make_plan(made_of(aim.desired, sources), aim.target, project.name)
        comparisons.append((replace(plan, instance=aim.instance).heading, differences(plan)))
    return comparisons


def differences(plan: Plan) -> tuple[Difference, ...]:
    """What differs between what is live and what the sources ask for; what stops a push is a difference too."""
    found = [_difference(action) for action in plan.actions if action.verb is not Verb.KEEP]
    return tuple(difference for difference in found if difference is not None)


def _difference(action: Action) -> Difference | None:
    from provision.diff import diff_bodies, title_of_action

    verb = _VERBS.get(action.verb, "update")
    changes = diff_bodies(action.kind, action.before, action.after) if verb == "update" else ()
    if verb == "update" and not changes:
        return None
    title = title_of_action(action)
    reason = f" ({action.reason})" if action.reason else ""
    place = next(iter(action.desired.places), None) if action.desired else None
    return Difference(action.kind, action.key, verb, f"{title}{reason}", changes, place)
