"""Visitors with browsers while a lab is watched."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from provision.commands import watched
from provision.lab import lifecycle, processes, state
from provision.lab.client.results import RequestResult
from provision.lab.lifecycle import Started
from provision.lab.starting import Wanted
from provision.lab.state import Running
from support.lab_command import RUNNING, run


@pytest.fixture
def with_browsers(project: Path, calls: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lab with visitors that have seen nothing yet; its folder."""
    here = processes.identify(os.getpid())
    assert here is not None
    entry = Running("browsers", "browsers", here.pid, here.started)
    lab = replace(RUNNING, processes=(*RUNNING.processes, entry))

    def up(_project: Any, folder: Path, wanted: Wanted, *, tell: Callable[[str], None]) -> Started:
        assert wanted.browsers == 2
        folder.mkdir(parents=True)
        state.write(folder, lab)
        return Started(lab, ())

    monkeypatch.setattr(lifecycle, "up", up)
    return project / ".provision" / "lab"


def test_once_waits_for_a_visit_with_a_browser(
    project: Path, with_browsers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sleep(_: float) -> None:
        with (with_browsers / "browsers.jsonl").open("a") as log:
            for page, failure in (("/", ""), ("POST /delete", "")):
                outcome = RequestResult(1.0, page, "GET", "/", 0.1, 200, failure)
                log.write(json.dumps(asdict(outcome)) + "\n")

    monkeypatch.setattr(watched.time, "sleep", sleep)
    result = run(project, "up", "--watch", "--once", "--browsers", "2")
    assert result.stderr.endswith("waiting for a visit with a browser\n")
    assert "What browsers saw: 2 requests" in result.stdout


def test_a_visit_is_not_waited_for_for_ever(
    project: Path, with_browsers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "VISIT_SECONDS", 0.0)
    result = run(project, "up", "--watch", "--once", "--browsers", "2")
    assert result.return_value == 0
    assert result.stderr.endswith("no visit with a browser is over after 0 s\n")


@pytest.mark.parametrize(("log", "said"), [("no sandbox\n", "no sandbox"), ("", "they said nothing")])
def test_browsers_that_end_are_told_and_the_others_go_on(
    project: Path, with_browsers: Path, monkeypatch: pytest.MonkeyPatch, log: str, said: str
) -> None:
    monkeypatch.setattr(processes, "alive", lambda _: False)
    (with_browsers / "logs").mkdir(parents=True)
    (with_browsers / "logs" / "browsers.log").write_text(log)
    monkeypatch.setattr(lifecycle, "up", keeping(lifecycle.up, with_browsers))
    result = run(project, "up", "--watch", "--once", "--browsers", "2")
    assert result.return_value == 0
    assert result.stderr.endswith(f"the browsers have ended, and the other clients go on: {said}\n")


def keeping(up: Callable[..., Started], folder: Path) -> Callable[..., Started]:
    """The same, though its folder is there already."""

    def again(*arguments: Any, **options: Any) -> Started:
        aside = folder.with_name("aside")
        folder.rename(aside)
        started = up(*arguments, **options)
        (aside / "logs").rename(folder / "logs")
        return started

    return again
