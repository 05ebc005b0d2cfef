"""The worker's loop in this very process; as a process of its own it is tested through `load`."""

from __future__ import annotations

import faulthandler
import os
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provision.compile.load import wire, worker
from provision.project import Project

Make = Callable[..., Project]


@pytest.fixture
def pipes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, int]]:
    monkeypatch.chdir(tmp_path)
    request, requests = os.pipe()
    answer, answers = os.pipe()
    words = os.open(tmp_path / "words", os.O_RDWR | os.O_CREAT)
    found = {"in": request, "requests": requests, "answers": answer, "out": answers, "words": words}
    yield found
    for fd in found.values():
        try:
            os.close(fd)
        except OSError:
            continue


def asked(pipes: dict[str, int], project: Project, *paths: str) -> None:
    setting = wire.Setting(str(project.root), "default", 30, pickle.dumps({}))
    wire.write(pipes["requests"], wire.encode_setting(setting))
    for path in paths:
        wire.write(pipes["requests"], wire.message([path]))
    os.close(pipes["requests"])


def answered(pipes: dict[str, int]) -> list[wire.Answer]:
    os.close(pipes["out"])
    incoming = wire.Incoming(pipes["answers"])
    ready = incoming.wait()
    assert ready is not None
    assert ready[0] == wire.READY
    found = []
    while (taken := incoming.wait()) is not None:
        found.append(wire.decode_answer(*taken))
    return found


def test_requests_are_answered_in_turn_until_the_pipe_is_closed(make: Make, pipes: dict[str, int]) -> None:
    project = make({"rules/a.py": "1/0\n", "rules/b.py": ""})
    asked(pipes, project, "rules/a.py", "rules/b.py")
    worker.serve(pipes["in"], pipes["out"], pipes["words"], lambda: False)
    first, second = answered(pipes)
    assert [problem.path for problem in first.problems] == ["rules/a.py"]
    assert second.problems == ()
    assert second.repeatable


def test_output_past_python_is_a_problem(make: Make, pipes: dict[str, int]) -> None:
    asked(pipes, make({"rules/a.py": ""}), "rules/a.py")
    worker.serve(pipes["in"], pipes["out"], pipes["words"], lambda: True)
    (answer,) = answered(pipes)
    assert [problem.message.split(",")[0] for problem in answer.problems] == [
        "writes to standard output or standard error"
    ]
    assert not answer.repeatable


def test_a_loader_that_says_nothing(pipes: dict[str, int]) -> None:
    os.close(pipes["requests"])
    worker.serve(pipes["in"], pipes["out"], pipes["words"], lambda: False)
    os.close(pipes["out"])
    assert wire.Incoming(pipes["answers"]).wait() is None


def test_a_forked_child_says_nothing(
    make: Make, pipes: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(pipes, make({"rules/a.py": ""}), "rules/a.py")
    pids = iter([1, 2])
    monkeypatch.setattr(os, "getpid", lambda: next(pids))
    worker.serve(pipes["in"], pipes["out"], pipes["words"], lambda: False)
    assert answered(pipes) == []
    faulthandler.cancel_dump_traceback_later()
