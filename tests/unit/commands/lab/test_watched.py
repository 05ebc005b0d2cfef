"""A lab that is watched: once, until Ctrl-C, and on a terminal."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from provision.commands import watched
from provision.errors import ProvisionError
from provision.lab import board, lifecycle, readings, state
from provision.lab.state import Grafana
from support.lab_command import READINGS, RUNNING, run


def test_watch_once_prints_and_stops(project: Path, calls: list[tuple[str, Any]]) -> None:
    result = run(project, "up", "--watch", "--once")
    assert result.return_value == 0
    assert result.stdout == "One  ·  Fine   1 s\n\n"
    assert [name for name, _ in calls] == ["up", "read", "down"]
    assert calls[1] == ("read", ("http://127.0.0.1:9090", 1.0))


def test_watch_once_fails_when_a_query_does(
    project: Path, calls: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "readings", lambda *_: iter(READINGS))
    result = run(project, "up", "--watch", "--once", "--format", "json")
    assert result.return_value == 1
    assert json.loads(result.stdout) == {
        "panels": [
            {"dashboard": "One", "panel": "Fine", "values": [{"name": "", "value": 1.0, "text": "1 s"}],
             "empty": [], "why": None, "error": None},
            {"dashboard": "One", "panel": "Wrong", "values": [], "empty": [], "why": None, "error": "parse error"},
        ],
        "sla": [],
        "seen": {},
    }  # fmt: skip


def test_at_last_it_is_told_what_clients_saw(project: Path, calls: list[tuple[str, Any]]) -> None:
    folder = project / ".provision" / "lab"
    folder.mkdir(parents=True)
    (folder / "traffic.jsonl").write_text(
        '{"time": 1, "page": "/", "method": "GET", "path": "/", "seconds": 0.01, "status": 200, "failure": "", "client": 1}\n'
    )
    assert run(project, "up", "--watch", "--once").stdout.splitlines()[2:] == [
        "What HTTP clients saw: 1 requests in 0.0 s, 0 failed",
        "  statuses: 200 1",
        "  /       1  p50 10.0 ms  p95 10.0 ms  p99 10.0 ms  max 10.0 ms",
        "",
    ]


def test_links_stand_below_the_first_round(
    project: Path, calls: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Grafana("http://127.0.0.1:3000", {"One": "http://127.0.0.1:3000/d/one/one"})
    up = lifecycle.up
    monkeypatch.setattr(
        lifecycle,
        "up",
        lambda *given, **more: replace(up(*given, **more), lab=replace(RUNNING, grafana=shown)),
    )
    assert run(project, "up", "--watch", "--once").stdout.splitlines() == [
        "One  ·  Fine   1 s",
        "",
        "  Grafana              http://127.0.0.1:3000",
        "    One                http://127.0.0.1:3000/d/one/one",
        "",
    ]
    value = json.loads(run(project, "up", "--watch", "--once", "--format", "json").stdout)
    assert value["grafana"] == asdict(shown)


def test_watch_goes_on_until_ctrl_c(
    project: Path, calls: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = iter([None, None, KeyboardInterrupt()])

    def sleep(_: float) -> None:
        error = next(rounds)
        if error is not None:
            raise error

    monkeypatch.setattr(watched.time, "sleep", sleep)
    result = run(project, "up", "--watch")
    assert result.return_value == 0
    assert result.stdout.count("One  ·  Fine") == 3
    assert result.stderr.endswith("stopping the lab\n")
    assert calls[-1] == ("down", False)


def test_watch_ends_with_the_lab(
    project: Path, calls: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project / ".provision" / "lab"
    monkeypatch.setattr(watched.time, "sleep", lambda _: state.write(folder, replace(RUNNING, id="another")))
    result = run(project, "up", "--watch")
    assert result.return_value == 0
    assert result.stderr.endswith("the lab was stopped\n")


def test_watch_tells_of_a_program_that_ended(
    project: Path, calls: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "ended", lambda *_: "traefik has ended\n    out of memory")
    with pytest.raises(ProvisionError, match="the lab: traefik has ended\n    out of memory"):
        run(project, "up", "--watch")
    assert calls[-1] == ("down", False)


def test_a_terminal_shows_one_screen_after_the_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(watched.sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(watched.shutil, "get_terminal_size", lambda: os.terminal_size((16, 3)))
    for rounds in range(4):
        watched._print(watched.Round(tuple(board.lines(READINGS)), {}), "text", rounds, once=False)
    first, *screens = capsys.readouterr().out.split("\x1b[2J\x1b[H")
    assert first.splitlines() == ["One  ·  Fine    1 s", "One  ·  Wrong   query failed: parse error", ""]
    assert [screen.splitlines()[0] for screen in screens] == [
        "One  ·  Fine   …",
        "One  ·  Wrong  …",
        "One  ·  Fine   …",
    ]
    assert "screen 2 of 2" in screens[1]


def test_once_without_watch_is_wrong_usage(project: Path) -> None:
    import click

    with pytest.raises(click.UsageError, match="--once belongs to --watch"):
        run(project, "up", "--once")
