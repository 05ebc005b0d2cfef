"""What came of the SLA, told while a lab is watched and at last."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from provision.commands import watched
from provision.errors import Unreachable
from provision.lab import board, sla
from support.lab_command import PROMISE, run


def test_watch_tells_what_came_of_the_sla(
    project: Path, calls: list[tuple[str, Any]], promised: None
) -> None:
    assert run(project, "up", "--watch", "--once").stdout.splitlines()[1:] == [
        "",
        "SLA over 60 s, 1,234 requests",
        "  answered within 200 ms  98.50%, promised 99%: broken",
        "",
    ]
    value = json.loads(run(project, "up", "--watch", "--once", "--format", "json").stdout)
    assert value["sla"] == [board.promise_value(PROMISE)]


def test_before_anybody_has_asked_for_anything_there_is_no_sla(
    project: Path, calls: list[tuple[str, Any]], promised: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sla, "promises", lambda *_: iter(()))
    assert run(project, "up", "--watch", "--once").stdout == "One  ·  Fine   1 s\n\n"


def test_the_sla_is_the_last_thing_that_is_told(
    project: Path, calls: list[tuple[str, Any]], promised: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sleep(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(watched.time, "sleep", sleep)
    result = run(project, "up", "--watch")
    assert result.return_value == 0
    assert result.stdout.count("SLA over 60 s") == 2
    assert result.stdout.endswith("promised 99%: broken\n")


def test_a_prometheus_that_ended_by_the_same_ctrl_c_is_no_failure(
    project: Path, calls: list[tuple[str, Any]], promised: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sleep(_: float) -> None:
        monkeypatch.setattr(sla, "promises", unreachable)
        raise KeyboardInterrupt

    def unreachable(*_: object) -> None:
        raise Unreachable("it doesn't answer")

    monkeypatch.setattr(watched.time, "sleep", sleep)
    result = run(project, "up", "--watch")
    assert result.return_value == 0
    assert result.stderr.endswith("stopping the lab\n")
