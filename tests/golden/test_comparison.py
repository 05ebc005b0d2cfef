"""The page about the verdicts of others says of each of their checks which of ours serves it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from benchmarks.comparison import dashboard_linter, panels, pint, places, rules
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


@pytest.mark.parametrize("check", pint.CHECKS)
def test_each_check_of_pint_is_compared_with_checks_of_ours(check: str) -> None:
    (row,) = rows_of(check)
    for id_ in pint.CHECKS[check]:
        assert id_ in (*CHECKS, "source")
        assert f"[{id_}](" in row


def test_every_link_within_the_page_leads_somewhere() -> None:
    titles = {line.lstrip("# ") for line in PAGE.splitlines() if line.startswith("#")}
    anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
    links = set(re.findall(r"\(#([^)]+)\)", PAGE))
    assert links <= anchors
    assert {re.sub(r"[^\w -]", "", line[4:].lower()).replace(" ", "-")
            for line in PAGE.splitlines() if line.startswith("### ")} - {"not-measured"} <= links  # fmt: skip


def test_a_report_of_pint_is_read(tmp_path: Path) -> None:
    program = tmp_path / "pint"
    problems = [{"reporter": "promql/nan"}, {"reporter": "pint/comment"}]
    program.write_text(f"""#!/bin/sh
case "$*" in
*broken.yml) ;;
*clean.yml) echo null > {tmp_path}/report.json;;
*) echo '{json.dumps(problems)}' > {tmp_path}/report.json;;
esac
""")
    program.chmod(0o755)
    files = [tmp_path / name for name in ("a.yml", "broken.yml", "clean.yml")]
    found = pint.complaints(program, files, tmp_path, "http://127.0.0.1:9", tmp_path)
    assert {check: names for check, names in found.items() if names} == {
        "promql/nan": {"a.yml"}, "pint/comment": {"a.yml"}, "unread": {"broken.yml"},
    }  # fmt: skip
    problems[0]["reporter"] = "moon/full"
    program.write_text(f"#!/bin/sh\necho '{json.dumps(problems)}' > {tmp_path}/report.json\n")
    with pytest.raises(ValueError, match="moon/full"):
        pint.complaints(program, files, tmp_path, "http://127.0.0.1:9", tmp_path)


def test_each_rule_stands_alone_in_a_group_like_its_own(tmp_path: Path) -> None:
    group = {
        "name": "a",
        "interval": "1m",
        "rules": [{"record": "b", "expr": "c"}, {"record": "d", "expr": "e"}],
    }
    (tmp_path / "a.yml").write_text(json.dumps({"groups": [group]}))
    (tmp_path / "broken.yml").write_text("groups: [")
    (tmp_path / "other.yml").write_text("groups: 5")
    (tmp_path / "alone").mkdir()
    made = rules.split([tmp_path / f"{name}.yml" for name in ("a", "broken", "other")], tmp_path / "alone")
    assert [yaml.safe_load(file.read_text()) for file in made] == [
        {"groups": [{**group, "rules": [rule]}]} for rule in group["rules"]
    ]


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
