"""A lab whose expressions are verified before anything else is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.lab_command import run


@pytest.mark.parametrize(("status", "code"), [("data", 0), ("unknown-metric", 1)])
def test_watch_begins_with_a_verification(
    project: Path, calls: list[tuple[str, Any]], proof: Callable[[str], None], status: str, code: int
) -> None:
    proof(status)
    result = run(project, "up", "--watch", "--once", "--verify")
    assert result.return_value == code
    assert result.stdout.startswith("One  1 ")
    assert result.stdout.endswith("\n\nOne  ·  Fine   1 s\n\n")
    assert "verifying every expression against http://127.0.0.1:9090\n" in result.stderr
    value = json.loads(run(project, "up", "--watch", "--once", "--verify", "--format", "json").stdout)
    assert value["verify"]["format"] == "provision.verify/1"
    assert value["verify"]["summary"] == {status: 1}


@pytest.mark.parametrize(("status", "code"), [("data", 0), ("unknown-metric", 1)])
def test_a_verification_without_watching(
    project: Path, calls: list[tuple[str, Any]], proof: Callable[[str], None], status: str, code: int
) -> None:
    proof(status)
    result = run(project, "up", "--verify")
    assert result.return_value == code
    assert result.stdout.startswith("One  1 ")
    assert result.stdout.endswith("Stop it with: provision lab down\n")
    assert [name for name, _ in calls] == ["up"]
    value = json.loads(run(project, "up", "--verify", "--format", "json").stdout)
    assert (value["state"], value["verify"]["summary"]) == ("running", {status: 1})


def test_a_verification_without_clients_is_wrong_usage(project: Path, calls: list[tuple[str, Any]]) -> None:
    import click

    with pytest.raises(click.UsageError, match="--verify needs clients"):
        run(project, "up", "--verify", "--no-traffic")
    assert calls == []
