"""What a running lab shows: whether every expression has data, every panel's value, what came of the SLA; printed once,
or again and again until Ctrl-C."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from provision.errors import DONE, FAILED, ProvisionError, Unreachable
from provision.project import Project

if TYPE_CHECKING:
    from provision.client.prometheus import Prometheus
    from provision.lab.lifecycle import Started
    from provision.lab.state import Lab
    from provision.prove.verify.verdicts import Report

INTERVAL_SECONDS = 5.0
VISIT_SECONDS = 60.0
_PAUSE_SECONDS: Final = 0.2
_CLEAR: Final = "\x1b[2J\x1b[H"


@dataclass(frozen=True, slots=True)
class Round:
    """What is printed at once.

    Attributes:
        lines: as people read it, panel after panel, and then the SLA.
        value: the same for JSON.
        failed: whether a query did.
    """

    lines: tuple[str, ...]
    value: dict[str, Any]
    failed: bool = False


def watch(
    project: Project,
    started: Started,
    folder: Path,
    form: str,
    *,
    once: bool,
    verify: bool,
    tell: Callable[[str], None],
) -> int:
    """Print what a lab shows until Ctrl-C, until it ends, or once; an exit code.

    Args:
        verify: whether it begins with a verification.
        tell: told what isn't a result.

    Raises:
        ProvisionError: one of the lab's programs has ended by itself.
    """
    from provision.client.prometheus import Prometheus
    from provision.client.session import Endpoint, open_session
    from provision.lab import board, lifecycle, seen, state

    rounds, failed = 0, False
    with open_session(Endpoint(started.lab.urls["Prometheus"])) as session:
        client = Prometheus(session)
        try:
            proof = verified(project, started, tell) if verify else None
            failed = proof is not None and proof.failed
            if once:
                _await_visit(started.lab, folder, tell)
            while True:
                found = state.read(folder)
                if found is None or found.id != started.lab.id:
                    tell("the lab was stopped")
                    return FAILED if failed else DONE
                if what := lifecycle.ended(folder, started.lab):
                    raise ProvisionError(what, where="the lab")
                shown = _round(project, started, client)
                if once:
                    shown = _with_what_was_seen(shown, folder)
                if rounds == 0:
                    shown = _introduced(shown, proof, started.lab)
                _print(shown, form, rounds, once=once)
                if once:
                    return FAILED if failed or shown.failed else DONE
                rounds += 1
                time.sleep(INTERVAL_SECONDS)
        except KeyboardInterrupt:
            with suppress(Unreachable):  # it may have ended with us, by the same Ctrl-C
                if form == "text":
                    click.echo(
                        "\n".join([*_sla(project, started, client)[0], *board.seen_lines(seen.sums(folder))])
                    )
            tell("stopping the lab")
            return FAILED if failed else DONE


def _await_visit(lab: Lab, folder: Path, tell: Callable[[str], None]) -> None:
    """Wait until a browser's visitor has seen everything once, where there are any."""
    from provision.lab import processes, seen, stack, supervisor

    browsers = next((entry for entry in lab.processes if entry.service == stack.BROWSERS_SERVICE), None)
    if browsers is None:
        return
    tell("waiting for a visit with a browser")
    limit = time.monotonic() + VISIT_SECONDS
    while not seen.has_visit(folder):
        if not processes.alive(browsers.process):
            why = supervisor.last_line(supervisor.log_file(folder, browsers.name))
            tell(f"the browsers have ended, and the other clients go on: {why or 'they said nothing'}")
            return
        if time.monotonic() > limit:
            tell(f"no visit with a browser is over after {VISIT_SECONDS:.0f} s")
            return
        time.sleep(_PAUSE_SECONDS)


def verified(project: Project, started: Started, tell: Callable[[str], None]) -> Round:
    """Whether every expression of the project has data."""
    import orjson

    from provision.client.prometheus import Prometheus
    from provision.client.session import Endpoint, open_session
    from provision.lab.proving import proved
    from provision.show.verified import report_text
    from provision.show.verified_json import report_json

    url = started.lab.urls["Prometheus"]
    tell(f"verifying every expression against {url}")
    with open_session(Endpoint(url)) as session:
        report: Report = proved(started.definitions, project, Prometheus(session))
    text = report_text(report, project.root, everything=False, quiet=False)
    failed = any(result.fails for result in report.results)
    return Round(tuple(text.splitlines()), orjson.loads(report_json(report)), failed)


def _round(project: Project, started: Started, client: Prometheus) -> Round:
    from provision.author.durations import seconds
    from provision.lab import board, stack
    from provision.lab.readings import readings

    shown = list(readings(started.definitions, client, seconds(stack.INTERVAL)))
    lines, promises = _sla(project, started, client)
    return Round(
        (*board.lines(shown), *lines),
        {"panels": [board.reading_value(reading) for reading in shown], "sla": promises},
        any(reading.error for reading in shown),
    )


def _with_what_was_seen(shown: Round, folder: Path) -> Round:
    """A round, and what the clients saw so far."""
    from provision.lab import board, seen

    sums = seen.sums(folder)
    return replace(shown, lines=(*shown.lines, *board.seen_lines(sums)), value={**shown.value, "seen": sums})


def _sla(project: Project, started: Started, client: Prometheus) -> tuple[list[str], list[Any]]:
    """What came of the promises, for people and for JSON."""
    from provision.lab import board, sla

    promised = sla.objective(project)
    if promised is None:
        return [], []
    found = list(sla.promises(client, promised))
    if not found:
        return [], []
    lines = board.sla_lines(found, sla.requests(client), time.time() - started.lab.began)
    return ["", *lines], [board.promise_value(promise) for promise in found]


def _introduced(shown: Round, proof: Round | None, lab: Lab) -> Round:
    """The first round: what came of the verification before it, and links after it."""
    from provision.lab import board

    before = (*proof.lines, "") if proof is not None else ()
    links = board.grafana_lines(lab.grafana)
    value = dict(shown.value)
    if proof is not None:
        value["verify"] = proof.value
    if lab.grafana is not None:
        value["grafana"] = asdict(lab.grafana)
    return replace(shown, lines=(*before, *shown.lines, *([""] if links else []), *links), value=value)


def _print(shown: Round, form: str, rounds: int, *, once: bool) -> None:
    from provision.lab import board
    from provision.model import encode

    if form == "json":
        click.echo(encode(shown.value).decode())
        return
    # The first time all of it is printed on a terminal too, to be scrolled back to.
    if once or rounds == 0 or not sys.stdout.isatty():
        click.echo("\n".join([*shown.lines, ""]))
        return
    columns, rows = shutil.get_terminal_size()
    screens = board.screens(shown.lines, rows - 2, columns)
    number = (rounds - 1) % len(screens)
    foot = f"screen {number + 1} of {len(screens)}, every {INTERVAL_SECONDS:g} s; Ctrl-C stops the lab"
    click.echo(_CLEAR + "\n".join([*screens[number], click.style(foot, dim=True)]))
