"""A lab that is started."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from provision.lab.starting import Wanted
from support.lab_command import run


def test_up_says_where_everything_is(project: Path, calls: list[tuple[str, Any]]) -> None:
    result = run(project, "up", "--env", "demo")
    assert result.return_value == 0
    folder = project / ".provision" / "lab"
    assert calls == [("up", ("demo", folder, Wanted(), "127.0.0.1"))]
    assert result.stdout.splitlines() == [
        f"The lab in {folder} is running (environment demo).",
        "  Prometheus           http://127.0.0.1:9090",
        "Stop it with: provision lab down",
    ]
    assert result.stderr == "no Grafana in this lab: grafana: not found on the PATH\nstarting it\n"


def test_up_quietly_as_json_elsewhere_without_traffic(
    project: Path, tmp_path: Path, calls: list[tuple[str, Any]]
) -> None:
    result = run(project, "up", "-q", "--format", "json", "--no-traffic", "--state", str(tmp_path / "here"))
    assert calls == [("up", ("default", tmp_path / "here", Wanted(traffic=False), "127.0.0.1"))]
    assert result.stderr == ""
    assert json.loads(result.stdout) == {
        "state": "running",
        "folder": str(tmp_path / "here"),
        "project": "/project",
        "environment": "demo",
        "urls": {"Prometheus": "http://127.0.0.1:9090"},
        "grafana": None,
        "seconds": None,
        "processes": [
            {"name": "app-1", "service": "app", "pid": 5, "url": "http://127.0.0.1:1", "alive": True,
             "last_line": None},
            {"name": "traffic", "service": "traffic", "pid": 6, "url": None, "alive": True, "last_line": None},
        ],
    }  # fmt: skip


def test_ports_that_are_given(project: Path, calls: list[tuple[str, Any]]) -> None:
    run(project, "up", "--port", "prometheus=9090", "--port", "app-3=8003")
    assert calls[0][1][2] == Wanted(ports={"prometheus": 9090, "app-3": 8003})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["grafanna=3000"], "there is no 'grafanna'; did you mean 'grafana'?"),
        (["x=3000"], "there is no 'x'; it may be one of app-1, app-2, app-3, web,"),
        (["web"], "'web' isn't a name and a port from 1 to 65535, such as web=9090"),
        (["web=65536"], "'web=65536' isn't a name and a port"),
        (["web=8000", "grafana=8000"], "port 8000 is given twice"),
    ],
)
def test_ports_that_can_not_be_meant(project: Path, given: list[str], said: str) -> None:
    import click

    with pytest.raises(click.BadParameter) as caught:
        run(project, "up", *(word for each in given for word in ("--port", each)))
    assert caught.value.message.startswith(said)


def test_the_proxy_settings_are_put_back(
    project: Path, calls: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "example.org")
    monkeypatch.delenv("no_proxy", raising=False)
    run(project, "up")
    assert calls[0][1][-1] == "example.org,127.0.0.1"
    assert os.environ["NO_PROXY"] == "example.org"
    assert "no_proxy" not in os.environ
