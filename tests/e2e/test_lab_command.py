"""The lab's commands as a user types them, with real servers."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from provision.lab import stack, state
from support.servers import REPOSITORY, require, require_chromium

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("lab")]

TIME_LIMIT_SECONDS = 120


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    for name in stack.PROGRAMS:
        require(name)
    folder = tmp_path / "lab"
    yield folder
    provision("lab", "down", "--state", folder)


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "provision", *map(str, arguments), "--project", str(REPOSITORY)]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}


def provision(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT_SECONDS,
        env=environment(),
        check=False,
    )


def test_the_demo_shows_all_of_it_and_leaves_nothing(folder: Path) -> None:
    require_chromium()
    if not (REPOSITORY / ".venv" / "bin" / "provision").exists():
        pytest.skip("make has set up no .venv here")
    shown = subprocess.run(
        ["make", "-s", "demo", f"DEMO=--once --state {folder}"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=2 * TIME_LIMIT_SECONDS,
        # As from a terminal, though make itself may have started this test.
        env={name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))},
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    lines = shown.stdout.splitlines()
    assert any(re.match(r"What browsers saw: \d+ requests in [\d.]+ s, 0 failed", line) for line in lines)
    assert any(re.fullmatch(r'dashboard "Traefik SLA"  \d+ data, 2 waived', line) for line in lines)
    assert any(re.match(r"2\d\d expressions \(\d+ different\): ", line) for line in lines)
    verdict = next(number for number, line in enumerate(lines) if line.startswith("SLA over "))
    assert [line.partition("  ")[2].split("  ")[0] for line in lines[verdict + 1 : verdict + 4]] == [
        "answered within 5.60 ms", "response time on average", "answered without a 5xx",
    ]  # fmt: skip
    assert any(line.startswith("What HTTP clients saw: ") for line in lines)
    average = next(line for line in lines if line.startswith("Traefik SLA  ·  Average response time "))
    assert "SLA: 5.6 ms 5.60 ms" in average
    assert any(line.startswith("Containers  ·  Memory ") and line.endswith(" MiB") for line in lines)
    assert not [line for line in lines if "no data" in line or "query failed" in line]
    assert not folder.exists()


def test_up_status_and_down(folder: Path) -> None:
    up = provision("lab", "up", "--no-traffic", "-q", "--format", "json", "--state", folder)
    assert up.returncode == 0, up.stderr
    assert up.stderr == ""
    found = json.loads(up.stdout)
    assert found["state"] == "running"
    assert "traffic" not in {process["name"] for process in found["processes"]}
    again = provision("lab", "up", "--state", folder)
    assert (again.returncode, "a lab is running there already" in again.stderr) == (1, True)
    status = provision("lab", "status", "--state", folder)
    assert (status.returncode, found["urls"]["Prometheus"] in status.stdout) == (0, True)
    prometheus = next(process for process in found["processes"] if process["name"] == "prometheus")
    os.kill(prometheus["pid"], signal.SIGKILL)
    status = provision("lab", "status", "--state", folder)
    assert (status.returncode, "prometheus has ended" in status.stdout) == (1, True)
    assert provision("lab", "down", "--state", folder).returncode == 0
    assert not folder.exists()
    assert provision("lab", "status", "--state", folder).returncode == 1
    assert provision("lab", "down", "--state", folder).returncode == 0


def test_ctrl_c_ends_a_watched_lab(folder: Path, tmp_path: Path) -> None:
    with (tmp_path / "errors").open("w+", encoding="utf-8") as errors:
        watcher = subprocess.Popen(
            command("lab", "up", "--watch", "--state", folder),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment(),
            start_new_session=True,
            # As on a terminal: what runs in the background of a script is started with Ctrl-C ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # it only resets a signal
        )
        assert watcher.stdout is not None
        first = watcher.stdout.readline()
        found = state.read(folder)
        watcher.send_signal(signal.SIGINT)
        # Read on by the same reader: communicate() would start in the middle of a character that it has begun.
        watcher.stdout.read()
        watcher.wait(timeout=TIME_LIMIT_SECONDS)
        watcher.stdout.close()
        errors.seek(0)
        assert "  ·  " in first, errors.read()
    assert watcher.returncode == 0
    assert found is not None
    assert not [entry.name for entry in found.processes if (Path("/proc") / str(entry.pid)).exists()]
    assert not folder.exists()


def test_down_ends_a_lab_whose_watcher_was_killed(folder: Path) -> None:
    watcher = subprocess.Popen(
        command("lab", "up", "--watch", "--state", folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
        start_new_session=True,
    )
    assert watcher.stdout is not None
    assert watcher.stdout.readline()
    watcher.kill()
    watcher.wait()
    watcher.stdout.close()
    found = state.read(folder)
    assert found is not None
    assert provision("lab", "status", "--state", folder).stdout.splitlines()[0] == (
        f"The lab in {folder} is running (environment default)."
    )
    second = provision("lab", "up", "--state", folder)
    assert (second.returncode, second.stderr.splitlines()[-1]) == (
        1,
        f"Error: {folder}: a lab is running there already; stop it with `provision lab down --state {folder}`",
    )
    assert provision("lab", "down", "--state", folder).returncode == 0
    assert not folder.exists()
    assert not [entry.name for entry in found.processes if _runs(entry.pid)]


def _runs(pid: int) -> bool:
    """Whether a process runs; one that has ended may still be listed until somebody asks what became of it."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
