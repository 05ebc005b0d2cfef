"""`provision drill`: failures on purpose, with what they must set off, and when."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provision.commands.options import SOMEWHERE, format_option, opened, project_options
from provision.errors import DONE, FAILED, UsageError, did_you_mean

if TYPE_CHECKING:
    from provision.lab.drill.comparing import Row
    from provision.lab.drill.stage import Stage
    from provision.lab.drill.values import Drill, Outcome


COMPARISON = "compare-clients"
COMPARED = "What users see with one client, and with three at the same time"


@click.command("drill")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Run all drills, one after the other on one lab.")
@click.option("--list", "listed", is_flag=True, help="Say which drills there are.")
@click.option(
    "--state", "folder", metavar="DIR", type=SOMEWHERE,
    help="The lab to break, started there unless it runs (default: the project's lab where that runs, "
         "otherwise one of the drill's own).",
)  # fmt: skip
@click.option("--report", metavar="FILE", type=SOMEWHERE, help="Write a page of HTML with pictures.")
@click.option("--pictures", metavar="DIR", type=SOMEWHERE, help="Write a picture of each drill, NAME.png.")
@format_option
@project_options
def command(
    names: tuple[str, ...],
    every: bool,
    listed: bool,
    folder: Path | None,
    report: Path | None,
    pictures: Path | None,
    form: str,
    project_dir: Path | None,
    environment: str | None,
    verbose: int,
    quiet: bool,
) -> int:
    """Break something in a lab on purpose, and see whether what is supposed to happen does.

    Each drill states what must stay up, which alert is told of within how many seconds, when that must be over, and
    what it costs of the error budget. Whatever was broken is healed, also on Ctrl-C. Exits with 1 when something that
    was supposed didn't come to pass.
    """
    from provision.commands.lab import without_proxy
    from provision.lab.drill import comparing, picture, timeline, values_json
    from provision.lab.drill.objectives import objectives
    from provision.lab.drill.runner import run
    from provision.lab.drill.staging import staged

    if listed:
        _list(form)
        return DONE
    drills = _chosen(names, every=every)
    if report is not None or pictures is not None:
        picture.require()
    project = opened(project_dir, environment, verbose=verbose)
    tell = _teller(quiet=quiet)
    outcomes: list[Outcome] = []
    rows: list[Row] = []
    with without_proxy(), staged(project, folder, tell) as stage:
        for drill in drills:
            outcome = run(drill, stage, tell)
            outcomes.append(outcome)
            if form == "text":
                click.echo("\n".join([*timeline.lines(outcome), ""]))
                sys.stdout.flush()
        if every or COMPARISON in names:
            tell(f"{COMPARISON}: for {comparing.SECONDS:g} s each, with {_and(comparing.CLIENTS)} clients")
            rows = comparing.clients(stage.url("application"), objectives(stage.definitions))
            if form == "text":
                click.echo("\n".join(comparing.lines(COMPARED, rows)))
    if form == "json":
        click.echo(_json(values_json.document(outcomes, rows)))
    _write(outcomes, rows, report, pictures)
    return DONE if all(outcome.passed for outcome in outcomes) else FAILED


def _chosen(names: tuple[str, ...], *, every: bool) -> list[Drill[Stage]]:
    from provision.lab.drill.catalogue import DRILLS

    if every == bool(names):
        raise click.UsageError("name a drill, or give --all; --list says which there are")
    unknown = [name for name in names if name not in {*DRILLS, COMPARISON}]
    if unknown:
        remedy = did_you_mean(
            unknown[0], [*DRILLS, COMPARISON], "provision drill --list says which there are"
        )
        raise UsageError(f"there is no drill {unknown[0]!r}", remedy=remedy)
    return (
        list(DRILLS.values()) if every else [DRILLS[name] for name in dict.fromkeys(names) if name in DRILLS]
    )


def _and(numbers: Iterable[int]) -> str:
    return " and ".join(map(str, numbers))


def _write(outcomes: list[Outcome], rows: list[Row], report: Path | None, pictures: Path | None) -> None:
    """The page, and the pictures."""
    from provision.lab.drill import picture
    from provision.lab.drill.report import page
    from provision.tools.writing import write_beside

    if report is not None:
        write_beside(report, page(outcomes, {COMPARED: rows} if rows else {}).encode())
    for outcome in outcomes if pictures is not None else ():
        assert pictures is not None
        write_beside(pictures / f"{outcome.drill.name}.png", picture.png(outcome))


def _list(form: str) -> None:
    from provision.lab.drill.catalogue import DRILLS

    listed = {name: drill.summary for name, drill in DRILLS.items()}
    listed[COMPARISON] = "Nothing is broken: what users see is compared with one client and with three."
    if form == "json":
        click.echo(_json([{"name": name, "summary": summary} for name, summary in listed.items()]))
        return
    width = max(map(len, listed))
    for name, summary in listed.items():
        click.echo(f"{name:<{width}}  {summary}")


def _json(value: Any) -> str:
    from provision.model import encode

    return encode(value).decode()


def _teller(*, quiet: bool) -> Callable[[str], None]:
    return lambda text: None if quiet else click.echo(text, err=True)
