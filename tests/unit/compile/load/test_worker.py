"""The worker's loop in this very process, and its beginning in a forked one; as a process of its own it is tested
through `load`."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import pytest

from provision.compile.load import wire, worker
from provision.project import Project

Make = Callable[..., Project]


class Pipes:
    """Both ends of the pipes between a loader and a worker, and a file for the worker's last words."""

    def __init__(self, words: Path) -> None:
        self.requests_in, self.requests_out = os.pipe()
        self.answers_in, self.answers_out = os.pipe()
        self.words = words

    def ask(self, project: Project, *paths: str) -> None:
        setting = wire.Setting(str(project.root), "default", 30, pickle.dumps({}))
        wire.write(self.requests_out, wire.encode_setting(setting))
        for path in paths:
            wire.write(self.requests_out, wire.message([path]))
        os.close(self.requests_out)

    def answers(self) -> list[wire.Answer]:
        os.close(self.answers_out)
        incoming = wire.Incoming(self.answers_in)
        ready = incoming.wait()
        assert ready is not None
        assert ready[0] == wire.READY
        found = []
        while (taken := incoming.wait()) is not None:
            found.append(wire.decode_answer(*taken))
        return found

    def close(self) -> None:
        for fd in (self.requests_in, self.requests_out, self.answers_in, self.answers_out):
            with suppress(OSError):
                os.close(fd)


@pytest.fixture
def pipes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Pipes]:
    monkeypatch.chdir(tmp_path)
    found = Pipes(tmp_path / "words")
    yield found
    found.close()
    signal.setitimer(signal.ITIMER_REAL, 0)


@pytest.mark.usefixtures("alone")
def test_requests_are_answered_in_turn_until_the_pipe_is_closed(make: Make, pipes: Pipes) -> None:
    pipes.ask(make({"rules/a.py": "1/0\n", "rules/b.py": ""}), "rules/a.py", "rules/b.py")
    worker.serve(pipes.requests_in, pipes.answers_out, lambda: False)
    first, second = pipes.answers()
    assert [problem.path for problem in first.problems] == ["rules/a.py"]
    assert second.problems == ()
    assert second.repeatable


def test_output_past_python_is_a_problem(make: Make, pipes: Pipes) -> None:
    pipes.ask(make({"rules/a.py": ""}), "rules/a.py")
    worker.serve(pipes.requests_in, pipes.answers_out, lambda: True)
    (answer,) = pipes.answers()
    assert [problem.message.split(",")[0] for problem in answer.problems] == [
        "writes to standard output or standard error"
    ]
    assert not answer.repeatable


def test_a_loader_that_says_nothing(pipes: Pipes) -> None:
    os.close(pipes.requests_out)
    worker.serve(pipes.requests_in, pipes.answers_out, lambda: False)
    os.close(pipes.answers_out)
    assert wire.Incoming(pipes.answers_in).wait() is None


def test_a_forked_child_says_nothing(make: Make, pipes: Pipes, monkeypatch: pytest.MonkeyPatch) -> None:
    pipes.ask(make({"rules/a.py": ""}), "rules/a.py")
    pids = iter([1, 2])
    monkeypatch.setattr(os, "getpid", lambda: next(pids))
    worker.serve(pipes.requests_in, pipes.answers_out, lambda: False)
    assert pipes.answers() == []


def begun(pipes: Pipes) -> None:
    """What a worker process does, in a fork that ends in a way that lets its coverage be kept."""

    def leave(status: int) -> NoReturn:
        raise SystemExit(status)

    real = os._exit
    os._exit = leave
    os.close(pipes.requests_out)
    os.close(pipes.answers_in)
    words = os.open(pipes.words, os.O_WRONLY | os.O_CREAT)
    os.dup2(words, 2)
    sys.argv = ["worker", str(pipes.requests_in), str(pipes.answers_out)]
    try:
        worker.main()
    finally:
        os._exit = real


def forked(pipes: Pipes) -> int:
    """The exit code of a forked worker that gets what was asked so far."""
    process = multiprocessing.get_context("fork").Process(target=begun, args=(pipes,))
    process.start()
    os.close(pipes.requests_in)
    process.join()
    assert process.exitcode is not None
    return process.exitcode


def test_a_process_takes_the_streams_from_its_sources(make: Make, pipes: Pipes) -> None:
    project = make(
        {
            "rules/writes.py": "import os\nos.write(1, b'x')\nassert os.read(0, 1) == b''\n",
            "rules/silent.py": "",
            "rules/leaves.py": "import os\nx = 1\nos._exit(3)\n",
            "rules/kills.py": "import os\nos.kill(os.getpid(), 0)\n",
        }
    )
    pipes.ask(project, "rules/writes.py", "rules/silent.py", "rules/leaves.py", "rules/kills.py")
    assert forked(pipes) == 0
    writes, silent, leaves, kills = pipes.answers()
    assert [problem.message.split(",")[0] for problem in writes.problems] == [
        "writes to standard output or standard error"
    ]
    assert silent.problems == ()
    assert [problem.line for problem in leaves.problems] == [3]
    assert kills.problems == ()
    words = pipes.words.read_text()
    assert f'{project.root}/rules/leaves.py", line 3 in <module>' in words
    assert f'{project.root}/rules/kills.py", line 2 in <module>' in words


def test_a_forked_child_leaves_without_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[int] = []
    pid = os.getpid()
    leaving = worker._saying(2, said.append)
    monkeypatch.setattr(os, "getpid", lambda: pid + 1)
    leaving(5)
    assert said == [5]


def test_a_bug_of_a_process_is_in_its_last_words(
    make: Make, pipes: Pipes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(path: str, setting: wire.Setting) -> NoReturn:
        raise RuntimeError("odd")

    monkeypatch.setattr(worker, "run_source", fails)
    pipes.ask(make({"rules/a.py": ""}), "rules/a.py")
    assert forked(pipes) == 1
    words = pipes.words.read_text()
    assert words.startswith(wire.BUG)
    assert words.endswith("RuntimeError: odd\n")


def test_a_signal_to_this_process_is_told_with_its_line(tmp_path: Path) -> None:
    with (tmp_path / "words").open("w") as words:
        hook = worker._saying_kills(words.fileno())
        hook("os.kill", (os.getppid(), 0))
        hook("open", ("x", "r", 0))
        assert (tmp_path / "words").read_text() == ""
        hook("os.killpg", (0, 9))
    assert "in test_a_signal_to_this_process_is_told_with_its_line" in (tmp_path / "words").read_text()
