"""What runs in a lab, where it is, and its end."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from provision.commands import lab as lab_command
from provision.errors import ProvisionError, UsageError
from provision.lab import lifecycle
from provision.lab.lifecycle import Status
from provision.lab.state import Grafana
from support.lab_command import RUNNING, run


@pytest.mark.parametrize(
    ("found", "code", "text"),
    [
        (Status("running", RUNNING, {"app-1": True, "traffic": True}), 0, "is running"),
        (
            Status("incomplete", RUNNING, {"app-1": False, "traffic": True}, {"app-1": "out of memory"}),
            1,
            "\n  app-1 has ended; its log ends with: out of memory\n",
        ),
        (
            Status("incomplete", RUNNING, {"app-1": False, "traffic": True}, {"app-1": ""}),
            1,
            "\n  app-1 has ended; its log is empty\n",
        ),
        (
            Status("incomplete", replace(RUNNING, ready=False), {"app-1": True, "traffic": True}),
            1,
            "its start was cut short",
        ),
        (Status("stopped"), 1, "No lab runs in"),
    ],
)
def test_status(project: Path, monkeypatch: pytest.MonkeyPatch, found: Status, code: int, text: str) -> None:
    monkeypatch.setattr(lifecycle, "status", lambda _: found)
    result = run(project, "status")
    assert result.return_value == code
    assert text in result.stdout
    assert run(project, "status", "-q").stdout == ""
    assert json.loads(run(project, "status", "--format", "json").stdout)["state"] == found.condition


def test_where_one_thing_is(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Grafana("http://127.0.0.1:3000", {"One": "http://127.0.0.1:3000/d/one/one"})
    found = Status("running", replace(RUNNING, grafana=shown), {"app-1": True, "traffic": True})
    monkeypatch.setattr(lifecycle, "status", lambda _: found)
    assert run(project, "status", "--url", "prometheus").stdout == "http://127.0.0.1:9090\n"
    assert run(project, "status", "-q", "--url", "Grafana").stdout == "http://127.0.0.1:3000\n"
    assert run(project, "status", "--url", "One").stdout == "http://127.0.0.1:3000/d/one/one\n"
    with pytest.raises(UsageError) as caught:
        run(project, "status", "--url", "Promtheus")
    assert str(caught.value) == "the lab has nothing called 'Promtheus'; did you mean 'Prometheus'?"
    with pytest.raises(UsageError, match="nothing called 'x'; it may be one of Grafana, One, Prometheus$"):
        run(project, "status", "--url", "x")


def test_where_something_of_no_lab_is(project: Path) -> None:
    with pytest.raises(ProvisionError) as caught:
        run(project, "status", "--url", "Prometheus")
    folder = project / ".provision" / "lab"
    assert str(caught.value) == f"{folder}: no lab runs there; start one with `provision lab up`"


def test_where_grafana_and_the_dashboards_are(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = {"One": "http://127.0.0.1:3000/d/one/one"}
    shown = Grafana("http://127.0.0.1:3000", pages, "admin", "/lab/grafana/password")
    found = Status("running", replace(RUNNING, grafana=shown, seconds=12.5), {"app-1": True, "traffic": True})
    monkeypatch.setattr(lifecycle, "status", lambda _: found)
    assert run(project, "status").stdout.splitlines()[2:4] == [
        "  Grafana              http://127.0.0.1:3000 (user admin, password in /lab/grafana/password)",
        "    One                http://127.0.0.1:3000/d/one/one",
    ]
    value = json.loads(run(project, "status", "--format", "json").stdout)
    assert value["seconds"] == 12.5
    assert value["grafana"] == {
        "url": "http://127.0.0.1:3000", "dashboards": pages, "user": "admin", "password_file": "/lab/grafana/password",
    }  # fmt: skip


def test_down(project: Path, calls: list[tuple[str, Any]]) -> None:
    folder = project / ".provision" / "lab"
    assert run(project, "down").stdout == f"No lab runs in {folder}.\n"
    run(project, "up")
    assert run(project, "down").stdout == f"The lab in {folder} is stopped.\n"
    assert run(project, "down", "--keep").stdout == f"The lab in {folder} is stopped; the folder is kept.\n"
    assert run(project, "down", "-q").stdout == ""
    assert calls[-2] == ("down", True)


def test_status_and_down_need_no_project_when_the_folder_is_named(tmp_path: Path) -> None:
    for name in ("status", "down"):
        result = CliRunner().invoke(
            lab_command.command, [name, "--state", str(tmp_path / "lab")], standalone_mode=False
        )
        assert "No lab runs in" in result.stdout
