import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provision.lab import processes
from provision.lab.processes import Process

Start = Callable[..., subprocess.Popen[bytes]]

WAITS = "import sys, time; print(flush=True); time.sleep(600)"
DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(600)"
)
HAS_A_CHILD = (
    "import subprocess, sys, time; child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
    "print(child.pid, flush=True); time.sleep(600)"
)


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts Python code in a process, and returns once that has printed a line."""
    started: list[subprocess.Popen[bytes]] = []

    def start(code: str, *, session: bool = True, **environment: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            start_new_session=session,
            env={**os.environ, **environment},
        )
        started.append(process)
        assert process.stdout is not None
        process.line = process.stdout.readline()  # type: ignore[attr-defined]
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def known(process: subprocess.Popen[bytes]) -> Process:
    found = processes.identify(process.pid)
    assert found is not None
    return found


def test_this_process_is_known() -> None:
    here = processes.identify(os.getpid())
    assert here is not None
    assert processes.alive(here)


def test_a_process_that_is_asked_to_end_does(start: Start) -> None:
    process = start(WAITS)
    one = known(process)
    assert processes.stop([one, one]) == ()
    assert not processes.alive(one)
    assert process.wait() in (-signal.SIGTERM, 0)  # 0: reaped already, by the stop


def test_one_that_does_not_listen_is_killed(start: Start) -> None:
    one = known(start(DEAF))
    assert processes.stop([one], grace_seconds=0.1) == ()
    assert not processes.alive(one)


def test_the_group_it_leads_ends_with_it(start: Start) -> None:
    process = start(HAS_A_CHILD)
    child = processes.identify(int(process.line))  # type: ignore[attr-defined]
    assert child is not None
    handle = os.pidfd_open(child.pid)
    processes.stop([known(process)])
    import select

    poll = select.poll()
    poll.register(handle, select.POLLIN)
    assert poll.poll(10_000), "the child is still there"
    os.close(handle)


def test_the_group_is_spared_when_asked(start: Start) -> None:
    process = start(HAS_A_CHILD)
    child = processes.identify(int(process.line))  # type: ignore[attr-defined]
    assert child is not None
    processes.stop([known(process)], groups=False)
    assert processes.alive(child)
    processes.stop([child])


def test_one_that_leads_no_group_ends_alone(start: Start) -> None:
    one = known(start(WAITS, session=False))
    assert processes.stop([one]) == ()
    assert not processes.alive(one)


def test_another_process_of_the_same_pid_is_never_touched(start: Start) -> None:
    process = start(WAITS)
    one = known(process)
    earlier = replace(one, started=one.started - 1)
    assert not processes.alive(earlier)
    assert processes.stop([earlier]) == ()
    assert process.poll() is None
    assert processes.alive(one)


def test_a_pid_that_is_free_is_nobody(start: Start) -> None:
    process = start(WAITS)
    one = known(process)
    process.kill()
    process.wait()
    assert processes.identify(process.pid) is None
    assert processes.stop([one]) == ()


def test_a_zombie_counts_as_gone(start: Start) -> None:
    process = start(WAITS)
    one = known(process)
    handle = os.pidfd_open(process.pid)
    process.kill()
    os.waitid(os.P_PIDFD, handle, os.WEXITED | os.WNOWAIT)
    os.close(handle)
    assert processes.stat(process.pid) is not None
    assert not processes.alive(one)
    assert processes.stop([one]) == ()


def test_a_name_with_brackets_and_spaces_is_read_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "7"
    folder.mkdir()
    fields = " ".join(str(number) for number in range(4, 53))
    (folder / "stat").write_text(f"7 (a) b (c) S {fields}\n")
    monkeypatch.setattr(processes, "PROC", tmp_path)
    assert processes.identify(7) == Process(7, 22)


def test_processes_are_found_by_their_mark(start: Start) -> None:
    marked, other = start(WAITS, MARK="one"), start(WAITS, MARK="one-more")
    assert set(processes.marked("MARK", "one")) == {known(marked)}
    assert set(processes.marked("MARK", "one-more")) == {known(other)}
    assert set(processes.marked("MARK", "none")) == set()


def test_what_even_killing_does_not_end_is_told(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    one = known(start(WAITS))
    monkeypatch.setattr(processes, "_tell", lambda *_, **__: None)
    monkeypatch.setattr(processes, "_KILL_SECONDS", 0.01)
    assert processes.stop([one], grace_seconds=0.01) == (one,)


def test_those_that_write_into_a_folder(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    found: list[subprocess.Popen[bytes]] = []
    try:
        for file in (tmp_path / "logs" / "one.log", tmp_path / "logs-of-another"):
            with file.open("w") as output:
                found.append(subprocess.Popen(["sleep", "600"], stdout=output))
        assert set(processes.writing_below(tmp_path / "logs")) == {processes.identify(found[0].pid)}
        (tmp_path / "link").symlink_to(tmp_path / "logs")
        assert set(processes.writing_below(tmp_path / "link")) == {processes.identify(found[0].pid)}
    finally:
        for each in found:
            each.kill()
            each.wait()
