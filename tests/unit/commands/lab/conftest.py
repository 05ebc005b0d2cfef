"""A lab that only writes down what is asked of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from provision.client.prometheus import Prometheus
from provision.commands import watched
from provision.errors import MissingTool
from provision.lab import lifecycle, proving, readings, sla, state
from provision.lab.lifecycle import Started, Status
from provision.lab.readings import Reading
from provision.lab.starting import Wanted
from provision.model import Part, Place
from provision.prove.verify.verdicts import Asked, Report, Verdict
from provision.prove.verify.verdicts import Result as Judged
from provision.tools import grafana
from provision.tools.grafana import Installed
from support.lab_command import PROMISE, READINGS, RUNNING


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "pyproject.toml").write_text("[tool.provision]\n[tool.provision.env.demo]\n")
    return root


@pytest.fixture
def calls(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """A lab that only writes down what is asked of it."""
    seen: list[tuple[str, Any]] = []
    shown = [READINGS[:1]]

    def up(found: Any, folder: Path, wanted: Wanted, *, tell: Callable[[str], None]) -> Started:
        seen.append(("up", (found.environment, folder, wanted, os.environ.get("NO_PROXY"))))
        tell("starting it")
        folder.mkdir(parents=True, exist_ok=True)
        state.write(folder, RUNNING)
        return Started(RUNNING, ())

    def down(folder: Path, *, keep: bool = False) -> bool:
        seen.append(("down", keep))
        return state.read(folder) is not None

    def read(_definitions: object, client: Prometheus, scrape_seconds: float) -> Iterator[Reading]:
        seen.append(("read", (client.url, scrape_seconds)))
        return iter(shown[0])

    def nowhere(home: Path | None = None) -> Installed:
        raise MissingTool("not found on the PATH", where="grafana")

    monkeypatch.setattr(lifecycle, "up", up)
    monkeypatch.setattr(grafana, "find", nowhere)
    monkeypatch.delenv("GF_PATHS_HOME", raising=False)
    monkeypatch.setattr(lifecycle, "down", down)
    monkeypatch.setattr(lifecycle, "ended", lambda *_: "")
    monkeypatch.setattr(
        lifecycle, "status", lambda _: Status("running", RUNNING, {"app-1": True, "traffic": True})
    )
    monkeypatch.setattr(readings, "readings", read)
    monkeypatch.setattr(watched, "INTERVAL_SECONDS", 0)
    return seen


@pytest.fixture
def promised(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project that promises something."""
    with (project / "pyproject.toml").open("a") as file:
        file.write("[tool.provision.variables]\nsla_latency_seconds = 0.2\nsla_error_ratio = 0.01\n")
    monkeypatch.setattr(sla, "promises", lambda *_: iter((PROMISE,)))
    monkeypatch.setattr(sla, "requests", lambda _: 1234)
    monkeypatch.setattr(watched.time, "time", lambda: RUNNING.began + 60)


@pytest.fixture
def proof(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets what comes of the only expression."""

    def comes_to(status: Any) -> None:
        asked = Asked(
            "One",
            "panel A",
            Place("dashboards/one.py", 1),
            Part("dashboard", "one", "/x", "dashboards/one.py"),
            "up",
            "up",
        )
        verdict = Verdict(status, message="" if status == "data" else "no series")
        result = Judged(asked, verdict, None if status == "data" else "error")
        monkeypatch.setattr(proving, "proved", lambda *_: Report(("http://127.0.0.1:9090",), (result,)))

    return comes_to
