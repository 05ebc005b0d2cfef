from pathlib import Path
from typing import Any, cast

import pytest

from provision.client.prometheus import Prometheus
from provision.lab import proving
from provision.project import Project
from provision.prove.verify.verdicts import Report


class One:
    """A result that is as it should be, or not."""

    def __init__(self, fails: bool) -> None:
        self.fails = fails


class Client:
    url = "http://127.0.0.1:9090"


def proved(monkeypatch: pytest.MonkeyPatch, *rounds: bool, patience: float = 60.0) -> tuple[Report, int]:
    reports = [Report((), cast("Any", (One(False), One(fails)))) for fails in rounds]
    asked = iter(reports)
    count = 0

    def verify(_definitions: object, _project: object, servers: Any, _limits: object) -> Report:
        nonlocal count
        count += 1
        assert [(server.called, server.names) for server in servers] == [(Client.url, ())]
        return next(asked)

    monkeypatch.setattr(proving, "verify", verify)
    monkeypatch.setattr(proving, "_PAUSE_SECONDS", 0)
    project = Project(Path("/project"), "test")
    report = proving.proved((), project, cast("Prometheus", Client()), patience_seconds=patience)
    assert report is reports[count - 1]
    return report, count


def test_it_is_asked_again_until_all_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert proved(monkeypatch, True, True, False, True)[1] == 3


def test_it_is_not_asked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    report, count = proved(monkeypatch, True, True, patience=-1)
    assert count == 1
    assert [result.fails for result in report.results] == [False, True]
