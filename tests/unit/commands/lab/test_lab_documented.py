"""The page on the lab has every option and every field."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from provision.commands import lab as lab_command
from support.lab_command import run

DOCS = Path(__file__).resolve().parents[4] / "docs"


def test_every_option_is_documented() -> None:
    import click

    text = (DOCS / "lab.md").read_text()
    everywhere = {"--project", "--verbose", "--quiet", "--env"}
    assert isinstance(lab_command.command, click.Group)
    for name, command in lab_command.command.commands.items():
        assert f"provision lab {name}" in text
        for option in command.params:
            long = next(name for name in option.opts if name.startswith("--"))
            assert long in text or long in everywhere


def documented(start: str) -> set[str]:
    """The fields in the table of the page that follows these words."""
    table = (DOCS / "lab.md").read_text().split(start)[1].split("| --- | --- |\n")[1].split("\n\n")[0]
    return {name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])}


def test_every_field_of_the_json_is_documented(
    project: Path, calls: list[tuple[str, Any]], promised: None, proof: Callable[[str], None]
) -> None:
    proof("data")
    (project / ".provision" / "lab").mkdir(parents=True)
    (project / ".provision" / "lab" / "admin-token").touch()
    found = json.loads(run(project, "up", "--verify", "--format", "json").stdout)
    assert set(found) == documented("print one document with")
    watched_ones = json.loads(run(project, "up", "--watch", "--once", "--verify", "--format", "json").stdout)
    assert set(watched_ones) | {"grafana"} == documented("each round is a line")
