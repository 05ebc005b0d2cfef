"""`provision drill`: failures on purpose, with what they must set off, and when."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provision.commands.options import SOMEWHERE, format_option, opened, project_options, teller
from provision.errors import DONE, FAILED, ProvisionError, Several, UsageError, did_you_mean
from provision.project import Project

if TYPE_CHECKING:
    from provision.lab.drill.series import Findings
    from provision.lab.drill.stage import Stage
    from provision.lab.drill.swarm.stage import SwarmStage
    from provision.lab.drill.values import Outcome
    from provision.lab.telling import Tell

COMPARISON = "compare-clients"
PLACES = "compare-placements"
NETWORKS = "172.16.0.0/12"
"""Where the nodes of a Swarm of this machine are."""

COMPARED = {
    COMPARISON: "What users see with one client, and with three at the same time",
    PLACES: "What users see of three tasks on all nodes (and three clients at once), on one worker, on the manager alone",
}


@click.command("drill")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Run all drills, one after the other on one lab.")
@click.option(
    "--swarm", is_flag=True, help="With --all and --list: those on a Docker Swarm, which it makes for them."
)
@click.option("--list", "listed", is_flag=True, help="Say which drills there are.")
@click.option(
    "--state", "folder", metavar="DIR", type=SOMEWHERE,
    help="The lab to break, started there unless it runs (default: the project's lab where that runs, "
         "otherwise one of the drill's own). Drills on a Swarm make their own there, and take it away; a folder with "
         "a Swarm of yours is refused.",
)  # fmt: skip
@click.option("--report", metavar="FILE", type=SOMEWHERE, help="Write a page of HTML with pictures.")
@click.option("--pictures", metavar="DIR", type=SOMEWHERE, help="Write a picture of each drill, NAME.png.")
@format_option
@project_options
def command(
    names: tuple[str, ...],
    every: bool,
    swarm: bool,
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
    was supposed didn't come to pass, or one didn't run to its end; the others run all the same.
    """
    from provision.lab.drill import comparing, picture, timeline, values_json
    from provision.lab.drill.interrupting import healed_first
    from provision.lab.drill.series import Findings
    from provision.model import encode

    if listed:
        _list(form, swarm=swarm)
        return DONE
    chosen = _chosen(names, every=every, swarm=swarm)
    _require_environment(chosen, environment)
    if report is not None or pictures is not None:
        picture.require()
        _require_room(report, pictures)
    project, tell = opened(project_dir, environment, verbose=verbose), teller(quiet=quiet)
    findings = Findings()

    def done(outcome: Outcome) -> None:
        findings.outcomes.append(outcome)
        if form == "text":
            click.echo("\n".join([*timeline.lines(outcome), ""]))
            sys.stdout.flush()

    try:
        with healed_first(tell):
            _on_processes(project, folder, chosen, tell, done, findings)
            _on_a_swarm(project, folder, chosen, tell, done, findings)
    finally:
        # What was found out isn't lost with what comes after it.
        for name, rows in findings.compared.items() if form == "text" else ():
            click.echo("\n".join([*comparing.lines(COMPARED[name], rows), ""]))
        if form == "json":
            click.echo(encode(values_json.document(findings)).decode())
        _write(findings, report, pictures)
    if findings.not_run:
        raise Several([(f"{name}: not run to its end", error) for name, error in findings.not_run.items()])
    return DONE if findings.passed else FAILED


def _on_processes(
    project: Project,
    folder: Path | None,
    names: Iterable[str],
    tell: Tell,
    done: Callable[[Outcome], None],
    findings: Findings,
) -> None:
    """Those of the drills that break a lab of processes, and the comparison."""
    from provision.commands.direct import without_proxy
    from provision.lab.drill import comparing, series
    from provision.lab.drill.catalogue import DRILLS
    from provision.lab.drill.healing import heal
    from provision.lab.drill.objectives import objectives
    from provision.lab.drill.runner import run
    from provision.lab.drill.staging import staged

    def do(stage: Stage, name: str) -> None:
        if name != COMPARISON:
            done(run(DRILLS[name], stage, tell))
            return
        heal(stage.folder)
        counts = " and ".join(map(str, comparing.CLIENTS))
        tell(f"{COMPARISON}: for {comparing.SECONDS:g} s each, with {counts} clients")
        rows = comparing.clients(stage.url("application"), objectives(stage.definitions))
        findings.compared[COMPARISON] = rows

    wanted = [name for name in names if name in DRILLS] + [name for name in names if name == COMPARISON]
    if wanted:
        with without_proxy():
            series.on(staged(project, folder, tell), wanted, do, findings)


def _on_a_swarm(
    project: Project,
    folder: Path | None,
    names: Iterable[str],
    tell: Tell,
    done: Callable[[Outcome], None],
    findings: Findings,
) -> None:
    """Those that break a Swarm, which is made for all that want one of that size; and the comparison of placements."""
    from provision.commands.direct import without_proxy
    from provision.lab.drill import series
    from provision.lab.drill.runner import run
    from provision.lab.drill.swarm import placements, staging
    from provision.lab.drill.swarm.catalogue import DRILLS

    def do(stage: SwarmStage, name: str) -> None:
        if name != PLACES:
            done(run(DRILLS[name].drill, stage, tell))
            return
        findings.compared[PLACES] = placements.compare(stage, tell)

    sizes = {name: (DRILLS[name].managers, DRILLS[name].workers) for name in names if name in DRILLS}
    sizes |= {name: placements.NODES for name in names if name == PLACES}
    for size in dict.fromkeys(sizes.values()):
        place = folder or staging.default_folder(project)
        wanted = [name for name, its in sizes.items() if its == size]
        with without_proxy(NETWORKS):
            series.on(staging.staged(project, place, *size, tell), wanted, do, findings)


def _chosen(names: tuple[str, ...], *, every: bool, swarm: bool) -> list[str]:
    from provision.lab.drill.catalogue import DRILLS
    from provision.lab.drill.swarm.catalogue import DRILLS as ON_A_SWARM

    if every and names:
        raise click.UsageError("name drills, or give --all, but not both")
    if not every and not names:
        raise click.UsageError("name a drill, or give --all; --list says which there are")
    if swarm and not every:
        raise click.UsageError("--swarm belongs to --all; a drill's name says by itself where it runs")
    known = [*DRILLS, COMPARISON, *ON_A_SWARM, PLACES]
    unknown = [name for name in names if name not in known]
    if unknown:
        remedy = did_you_mean(unknown[0], known, "provision drill --list says which there are")
        raise UsageError(f"there is no drill {unknown[0]!r}", remedy=remedy)
    if every:
        return [*ON_A_SWARM, PLACES] if swarm else [*DRILLS, COMPARISON]
    return list(dict.fromkeys(names))


def _require_environment(chosen: Iterable[str], environment: str | None) -> None:
    """See that what is asked for is what a Swarm is made of.

    Raises:
        UsageError: it isn't.
    """
    from provision.lab.drill.swarm.catalogue import DRILLS
    from provision.lab.drill.swarm.staging import ENVIRONMENT

    on_a_swarm = [name for name in chosen if name in DRILLS or name == PLACES]
    if on_a_swarm and environment not in (None, ENVIRONMENT):
        raise UsageError(
            f"{on_a_swarm[0]} runs on a Swarm, which is of the environment {ENVIRONMENT!r} and of no other",
            where=f"--env {environment}",
            remedy=f"leave it out, or say --env {ENVIRONMENT}",
        )


def _require_room(report: Path | None, pictures: Path | None) -> None:
    """See now whether there is a place for what takes minutes to find out.

    Raises:
        UsageError: there is none.
    """
    if report is not None and report.is_dir():
        raise UsageError("--report is a file, and that is a folder", where=str(report))
    for option, folder in (("--report", report and report.parent), ("--pictures", pictures)):
        if folder is None:
            continue
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass  # some refuse it whatever their rights say
        except OSError as error:
            why = "there is a file of that name" if isinstance(error, FileExistsError) else error.strerror
            raise UsageError(f"{option} can't be written there: {why}", where=str(folder)) from None


def _write(findings: Findings, report: Path | None, pictures: Path | None) -> None:
    """The page, and the pictures."""
    from provision.lab.drill import picture
    from provision.lab.drill.report import page
    from provision.tools.writing import write_beside

    try:
        if report is not None:
            write_beside(report, page(findings, COMPARED).encode())
        for outcome in findings.outcomes if pictures is not None else ():
            assert pictures is not None
            write_beside(pictures / f"{outcome.drill.name}.png", picture.png(outcome))
    except OSError as error:
        raise ProvisionError(
            f"it can't be written: {error.strerror}", where=str(report or pictures)
        ) from None


def _list(form: str, *, swarm: bool) -> None:
    rows = [row for row in _listed() if not swarm or row[2] == "swarm"]
    if form == "json":
        from provision.model import encode

        said = [{"name": name, "summary": summary, "on": on} for name, summary, on in rows]
        click.echo(encode(said).decode())
        return
    width = max(len(name) for name, _, _ in rows)
    for name, summary, on in rows:
        click.echo(f"{name:<{width}}  {summary}{' (on a Swarm)' if on == 'swarm' else ''}")


def _listed() -> Iterator[tuple[str, str, str]]:
    from provision.lab.drill.catalogue import DRILLS
    from provision.lab.drill.swarm.catalogue import DRILLS as ON_A_SWARM

    yield from ((name, drill.summary, "processes") for name, drill in DRILLS.items())
    yield COMPARISON, f"{COMPARED[COMPARISON]}; nothing is broken.", "processes"
    yield from ((name, placed.drill.summary, "swarm") for name, placed in ON_A_SWARM.items())
    yield PLACES, f"{COMPARED[PLACES]}; nothing is broken.", "swarm"
