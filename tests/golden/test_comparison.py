"""The page about the verdicts of others says of each of their checks which of ours serves it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.comparison import dashboard_linter, panels, places
from provision.prove.check.checking import CHECKS
from support.docs import ROOT

PAGE = (ROOT / "docs" / "comparison.md").read_text()


def rows_of(name: str) -> list[str]:
    return [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |")]


@pytest.mark.parametrize("rule", dashboard_linter.RULES)
def test_each_rule_of_dashboard_linter_is_compared_with_a_check_of_ours(rule: str) -> None:
    id_, _ = dashboard_linter.RULES[rule]
    assert id_ in CHECKS
    first, *more = rows_of(rule)
    assert f"[{id_}](checks/{id_}.md)" in first
    assert bool(more) == (id_ in dashboard_linter.REQUIRED)


def test_a_report_is_read_and_a_rule_that_isnt_known_is_told(tmp_path: Path) -> None:
    linter = tmp_path / "dashboard-linter"
    report = "Checks that each panel has a title and description.\n[\x1b[31m❌\x1b[0m] Dashboard 'A', panel 'B' has …\n"
    linter.write_text(f"#!/bin/sh\ncat <<'END'\n{report}END\n")
    linter.chmod(0o755)
    (tmp_path / "a.json").write_text("{}")
    found = dashboard_linter.complaints(linter, [tmp_path / "a.json"], tmp_path)
    assert {rule: files for rule, files in found.items() if files} == {
        "panel-title-description-rule": {"a.json"}
    }
    linter.write_text("#!/bin/sh\necho Checks that the moon is full.\n")
    with pytest.raises(ValueError, match="the moon is full"):
        dashboard_linter.complaints(linter, [tmp_path / "a.json"], tmp_path)


def test_each_panel_stands_alone_with_all_else_of_its_dashboard(tmp_path: Path) -> None:
    inner = {"type": "stat", "title": "Inner"}
    row = {"type": "row", "title": "Row", "panels": [inner]}
    old = {"title": "Old", "rows": [{"panels": [{"type": "graph", "title": "Graph"}]}]}
    new = {"title": "New", "tags": ["a"], "panels": [row, {"type": "text", "title": "Text"}]}
    for name, content in {"old.json": {"dashboard": old}, "new.json": new}.items():
        (tmp_path / name).write_text(json.dumps(content))
    (tmp_path / "alone").mkdir()
    made = panels.split([tmp_path / "new.json", tmp_path / "old.json"], tmp_path / "alone")
    assert [json.loads(file.read_text()) for file in made] == [
        {"title": "New", "tags": ["a"], "panels": [inner]},
        {"title": "New", "tags": ["a"], "panels": [{"type": "text", "title": "Text"}]},
        {"title": "Old", "panels": [{"type": "graph", "title": "Graph"}]},
    ]


def test_a_program_that_isnt_there_is_left_out_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("DASHBOARD_LINTER", raising=False)
    assert (
        places.program("dashboard-linter")
        == "left out: dashboard-linter isn't on the PATH, and DASHBOARD_LINTER isn't set"
    )
    monkeypatch.setenv("DASHBOARD_LINTER", "/nowhere/linter")
    assert "names /nowhere/linter, which isn't there" in str(places.program("dashboard-linter"))
