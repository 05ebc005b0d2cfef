"""The drills on real servers: what they suppose comes to pass, with alerts within the bounds that are derived from the
compiled definitions; and whatever happens to a drill, the lab is healed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provision import cli
from provision.client.prometheus import Prometheus
from provision.client.session import Endpoint, open_session
from provision.lab import lifecycle, processes, stack, state
from provision.lab.drill import comparing, runner
from provision.lab.drill.catalogue import DRILLS
from provision.lab.drill.healing import written_down
from provision.lab.drill.objectives import objectives
from provision.lab.drill.runner import run
from provision.lab.drill.stage import Stage
from provision.lab.drill.staging import staged
from provision.lab.drill.timeline import lines
from provision.project import open_project
from support.servers import REPOSITORY, require

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("lab"), pytest.mark.alone]

TIME_LIMIT_SECONDS = 120
OWN = "kill-replica"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drills") / "lab"


@pytest.fixture(scope="module")
def stage(folder: Path) -> Iterator[Stage]:
    for name in stack.PROGRAMS:
        require(name)
    started = lifecycle.up(open_project(REPOSITORY), folder)
    yield Stage(folder, started.definitions)
    lifecycle.down(folder)
    assert not folder.exists()


# The first has a lab of its own below.
@pytest.mark.parametrize("name", [name for name in DRILLS if name != OWN])
def test_what_a_drill_supposes_comes_to_pass(stage: Stage, name: str) -> None:
    outcome = run(DRILLS[name], stage, lambda _: None)
    if not outcome.passed:
        # What else the machine does may have held up one; two in a row are no accident.
        warnings.warn("\n".join(["was run once more", *lines(outcome)]), stacklevel=1)
        outcome = run(DRILLS[name], stage, lambda _: None)
    assert outcome.passed, "\n".join(lines(outcome))
    assert written_down(stage.folder) == ()
    found = lifecycle.status(stage.folder)
    assert found.condition == "running"
    assert all(processes.stat(entry.pid)[0] not in "Tt" for entry in stage.lab.processes)  # type: ignore[index]


def test_one_client_and_three_at_the_same_time_ask_so_much_and_no_more(stage: Stage) -> None:
    seconds = 5.0
    rows = comparing.clients(stage.url("application"), objectives(stage.definitions), seconds=seconds)
    assert [row.what for row in rows] == ["1 client", "3 clients"]
    for row, clients in zip(rows, comparing.CLIENTS, strict=True):
        due = clients * comparing.PER_SECOND * seconds
        assert row.faults == ()
        assert due / 2 < row.count <= due + clients
        # One page of the mix always fails.
        assert row.failed < 0.05


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "provision", "drill", *map(str, arguments), "--project", str(REPOSITORY)]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}


def await_(holds: Callable[[], bool]) -> None:
    limit = time.monotonic() + TIME_LIMIT_SECONDS
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.05)


def begun(stage: Stage, name: str) -> subprocess.Popen[str]:
    """A drill that has broken something."""
    process = subprocess.Popen(
        command(name, "--state", stage.folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # as on a terminal
    )
    limit = time.monotonic() + TIME_LIMIT_SECONDS
    while not written_down(stage.folder):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < limit
        time.sleep(0.05)
    return process


def test_a_fault_that_isnt_there_makes_a_drill_fail(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "GRACE_SECONDS", 1.0)
    outcome = run(replace(DRILLS[OWN], breaks=lambda _: None), stage, lambda _: None)
    assert outcome.verdict == "failed"
    failed = {clause.what: clause.measured for clause in outcome.clauses if not clause.holds}
    # Users notice nothing, as it says; but nobody is told.
    assert failed == {
        "TraefikBackendDown fires": "not at all",
        "TraefikBackendDown is delivered": "not at all",
        "TraefikBackendDown is told to be over": "not at all",
    }


def test_a_rule_that_prometheus_lost_makes_a_drill_fail(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The sources have the alert, and its bound is derived from them: it isn't told of all the same."""
    monkeypatch.setattr(runner, "GRACE_SECONDS", 1.0)
    written = {
        file: text
        for file in (stage.folder / "prometheus" / "rules").glob("*.yml")
        if "TraefikBackendDown" in (text := file.read_text())
    }
    assert written
    with open_session(Endpoint(stage.url("Prometheus"))) as session:
        prometheus = Prometheus(session)
        for file, text in written.items():
            file.write_text(text.replace("alert: TraefikBackendDown", "alert: SomethingElse"))
        prometheus.reload()
        try:
            code = cli.run(["drill", OWN, "--state", str(stage.folder), "--project", str(REPOSITORY)])
        finally:
            for file, text in written.items():
                file.write_text(text)
            prometheus.reload()
    said = capfd.readouterr().out
    assert code == 1
    assert "✗ TraefikBackendDown fires: not at all (at most " in said
    assert "The hypothesis did not hold." in said
    assert written_down(stage.folder) == ()


def test_ctrl_c_heals_and_leaves_the_lab_that_was_there(stage: Stage) -> None:
    process = begun(stage, "hang-replica")
    other = subprocess.run(
        command("hang-replica", "--state", stage.folder),
        capture_output=True, text=True, timeout=TIME_LIMIT_SECONDS, env=environment(), check=False,
    )  # fmt: skip
    assert (other.returncode, "another drill runs on this lab" in other.stderr) == (1, True)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=TIME_LIMIT_SECONDS)
    assert process.returncode == 130, errors
    assert written_down(stage.folder) == ()
    assert processes.stat(stage.running("app-2").pid)[0] not in "Tt"  # type: ignore[index]
    assert lifecycle.status(stage.folder).condition == "running"


def test_ctrl_c_while_it_heals_is_no_way_out(stage: Stage) -> None:
    process = begun(stage, "kill-replica")
    await_(lambda: lifecycle.status(stage.folder).condition != "running")
    for _ in range(3):  # a replica takes longer to start
        process.send_signal(signal.SIGINT)
        time.sleep(0.05)
    _, errors = process.communicate(timeout=TIME_LIMIT_SECONDS)
    assert process.returncode == 130, errors
    assert "healing what the drill broke; then it ends" in errors
    assert written_down(stage.folder) == ()
    assert lifecycle.status(stage.folder).condition == "running"


def test_a_drill_that_was_killed_is_healed_by_the_next(stage: Stage) -> None:
    process = begun(stage, "kill-replica")
    victim = stage.lab
    await_(lambda: lifecycle.status(stage.folder).condition != "running")
    process.kill()
    process.communicate()
    assert written_down(stage.folder) != ()
    with staged(open_project(REPOSITORY), stage.folder, lambda _: None) as again:
        assert again.lab.id == victim.id
        assert written_down(again.folder) == ()
        assert lifecycle.status(again.folder).condition == "running"


def test_a_lab_of_its_own_is_gone_afterwards(tmp_path: Path) -> None:
    for name in stack.PROGRAMS:
        require(name)
    folder, report = tmp_path / "own", tmp_path / "report.html"
    arguments = ["--state", folder, "--format", "json", "--report", report, "--pictures", tmp_path, "-q"]
    for _ in range(2):  # as above
        ended = subprocess.run(
            command(OWN, *arguments),
            capture_output=True, text=True, timeout=TIME_LIMIT_SECONDS, env=environment(), check=False,
        )  # fmt: skip
        if ended.returncode == 0:
            break
        warnings.warn(f"was run once more\n{ended.stdout}{ended.stderr}", stacklevel=1)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    (found,) = json.loads(ended.stdout)["drills"]
    assert (found["name"], found["passed"]) == (OWN, True), found["clauses"]
    assert {event["source"] for event in found["events"]} == {
        "drill", "client", "Traefik", "Prometheus", "Alertmanager", "webhook", "processes",
    }  # fmt: skip
    moments = found["moments"]
    assert (
        moments["broken"] < moments["firing"] <= moments["delivered"] < moments["healed"] < moments["ended"]
    )
    assert "of 1 hypotheses 1 held" in report.read_text()
    assert (tmp_path / f"{OWN}.png").read_bytes().startswith(b"\x89PNG")
    assert state.read(folder) is None
    assert not folder.exists()
