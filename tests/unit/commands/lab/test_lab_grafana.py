"""Which Grafana becomes part of a lab."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provision.client.endpoint import Credentials, Endpoint
from provision.errors import MissingTool
from provision.lab.starting import Wanted
from provision.tools import grafana
from provision.tools.grafana import Installed
from support.lab_command import run

HOME = Path("/opt/grafana")


@pytest.mark.parametrize(
    ("arguments", "variable", "setting", "home"),
    [
        (["--grafana-home", "/opt/grafana"], "/other", "other", HOME),
        ([], "/opt/grafana", "other", HOME),
        ([], None, "../grafana", Path("../grafana")),
        ([], None, "", None),
    ],
)
def test_a_grafana_that_is_installed_becomes_part_of_it(
    project: Path,
    calls: list[tuple[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    variable: str | None,
    setting: str,
    home: Path | None,
) -> None:
    asked: list[Path | None] = []

    def find(home: Path | None = None) -> Installed:
        asked.append(home)
        return Installed(("grafana", "server"), HOME, "12.4.0")

    monkeypatch.setattr(grafana, "find", find)
    if variable:
        monkeypatch.setenv("GF_PATHS_HOME", variable)
    (project / "pyproject.toml").write_text(f'[tool.provision]\ngrafana_home = "{setting}"\n')
    run(project, "up", *arguments)
    assert asked == [home and project / home]
    assert calls[0][1][2] == Wanted(grafana=Installed(("grafana", "server"), HOME, "12.4.0"))


def test_a_home_path_that_is_none_is_no_reason_to_go_on(project: Path, calls: list[tuple[str, Any]]) -> None:
    with pytest.raises(MissingTool):
        run(project, "up", "--grafana-home", "/nowhere")
    assert calls == []


def test_a_grafana_that_is_there_anyway(
    project: Path, calls: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAFANA_TOKEN", "glsa_hush")
    run(project, "up", "--grafana", "http://127.0.0.1:3000/")
    wanted = calls[0][1][2]
    assert wanted == Wanted(
        grafana=Endpoint("http://127.0.0.1:3000", Credentials(token="glsa_hush"), prefix="GRAFANA")
    )


def test_no_grafana_at_all(project: Path, calls: list[tuple[str, Any]]) -> None:
    assert run(project, "up", "--no-grafana").stderr == "starting it\n"
    with pytest.raises(Exception, match="exclude each other"):
        run(project, "up", "--no-grafana", "--grafana", "http://127.0.0.1:3000")
