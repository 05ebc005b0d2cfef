"""`provision check`, and the files from anywhere that it takes. What it prints is in tests/golden/check/."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from provision.cli import run
from provision.commands import guests as module
from provision.commands.guests import collect_guests
from provision.errors import UsageError

BAD = "groups: [{name: a, rules: [{record: 'a:b', expr: 'up up'}]}]\n"
GOOD = "groups: [{name: a, rules: [{record: 'a:b', expr: up}]}]\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, outside any project; no tools on the PATH."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        file = folder / name.replace("__", "/").replace("_yml", ".yml").replace("_json", ".json").replace(
            "_toml", ".toml"
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def test_files_are_checked_without_a_project(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(here, a_yml=BAD, b_yml=GOOD)
    assert run(["check", "a.yml"]) == 1
    assert capsys.readouterr().out.startswith('a.yml:1:54: error: rule group "a", record "a:b": ')
    assert run(["check", "b.yml"]) == 0
    assert run(["check", "."]) == 1


def test_what_else_lies_in_a_folder_is_left_aside_and_named(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(here, x__a_yml=GOOD, x__compose_yml="services: {}\n", x__package_json='{"name": "x"}')
    (here / "x" / "prometheus.yml").write_text("global: {}\n")
    assert run(["check", "x"]) == 0
    said = (
        "neither dashboards nor rule files, so left aside: x/compose.yml, x/package.json, x/prometheus.yml\n"
    )
    assert capsys.readouterr().err == said
    assert (run(["check", "-q", "x"]), capsys.readouterr().err) == (0, "")
    assert run(["check", "x", "x/compose.yml"]) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith("x/compose.yml:1: error: not a rule file: expected `groups:`")
    assert captured.err.endswith("aside: x/package.json, x/prometheus.yml\n")


def test_a_folder_without_anything_to_check_says_of_each_file_why(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(here, x__compose_yml="services: {}\n", x__package_json='{"name": "x"}')
    assert run(["check", "x"]) == 1
    captured = capsys.readouterr()
    assert captured.out.count("error: not a ") == 2
    assert captured.err == ""


def test_many_files_that_are_left_aside_are_counted(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(here, a_yml=GOOD, **{f"x{number}_json": "{}" for number in range(7)})
    assert run(["check", "."]) == 0
    assert capsys.readouterr().err.endswith(": x0.json, x1.json, x2.json, x3.json, x4.json and 2 more\n")


def test_a_rule_file_whose_groups_are_misspelt_is_no_other_file(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(here, x__a_yml=GOOD, x__b_yml="group: []\n")
    assert run(["check", "x"]) == 1
    assert "a list of groups with a name and rules, not `group:` [source]" in capsys.readouterr().out


def test_without_a_project_or_a_path_there_is_nothing_to_check(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check"]) == 2
    said = capsys.readouterr().err
    assert "no project here" in said
    assert said.endswith("--project DIR, or name dashboards and rule files: they need no project\n")


def test_a_broken_project_is_told_even_when_only_files_are_asked_for(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(here, pyproject_toml="[tool.provision", a_yml=GOOD)
    assert run(["check", "a.yml"]) == 2
    assert "not valid TOML" in capsys.readouterr().err


def test_an_environment_needs_a_project(here: Path) -> None:
    write(here, a_yml=GOOD)
    assert run(["check", "a.yml", "--env", "production"]) == 2


def test_only_what_was_asked_for_is_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(here, pyproject_toml="[tool.provision]\n", rules__a_yml=BAD, rules__b_yml=GOOD, other__c_yml=BAD)
    assert run(["check", "rules/b.yml"]) == 0
    assert run(["check", "rules"]) == 1
    assert "rules/a.yml" in capsys.readouterr().out
    assert run(["check", "rules/b.yml", "other/../other"]) == 1
    assert "other/c.yml:1:54: error" in capsys.readouterr().out


def test_a_project_is_known_by_any_of_its_names(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here / "real", pyproject_toml="[tool.provision]\n", rules__a_yml=BAD)
    (here / "link").symlink_to(here / "real")
    monkeypatch.chdir(here / "link")
    assert run(["check", str(here / "link" / "rules")]) == 1


def test_files_know_the_settings_of_the_project_they_are_checked_from(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(
        here,
        pyproject_toml='[tool.provision]\nprometheus_version = "2.42"\n',
        other__a_yml="groups: [{name: a, query_offset: 1m, rules: []}]",
    )
    assert run(["check", "other", "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert [finding["id"] for finding in document["findings"]] == ["rule-version"]
    assert document["checked"] == {"rule group": 1}


@pytest.mark.parametrize("path", ["nowhere.json", "rules/nowhere.yml", "notes.txt", "empty"])
def test_what_can_not_be_checked_is_wrong_usage(path: str, here: Path) -> None:
    write(here, pyproject_toml="[tool.provision]\n", rules__a_yml=GOOD)
    (here / "notes.txt").write_text("x")
    (here / "empty").mkdir()
    assert run(["check", path]) == 2


def test_what_is_wrong_with_a_file_stands_among_the_findings(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(here, a_json="{,}", b_yml=BAD)
    assert run(["check", "a.json", "b.yml", "--format", "json"]) == 1
    ids = [finding["id"] for finding in json.loads(capsys.readouterr().out)["findings"]]
    assert ids == ["source", "promql"]


def test_files_and_folders(tmp_path: Path) -> None:
    write(tmp_path, a_yml=GOOD, folder__b_yml=GOOD, folder__deep__c_yml=GOOD)
    write(tmp_path / "folder" / ".hidden", d_yml=GOOD)
    (tmp_path / "folder" / "e.rules").write_text(GOOD)
    (tmp_path / "folder" / "notes.txt").write_text("x")
    paths, definitions, problems = collect_guests(
        [tmp_path / "a.yml", tmp_path / "folder", tmp_path / "a.yml"], tmp_path
    )
    assert paths == {"a.yml", "folder/b.yml", "folder/deep/c.yml", "folder/e.rules"}
    assert {definition.place.path for definition in definitions} == paths
    assert len(definitions) == 4
    assert problems == ()


def test_a_file_elsewhere_keeps_its_whole_path(tmp_path: Path) -> None:
    write(tmp_path, a_yml=GOOD)
    paths, definitions, _ = collect_guests([tmp_path / "a.yml"], tmp_path / "root")
    assert paths == {(tmp_path / "a.yml").as_posix()}
    assert {place.path for _, place in definitions[0].parts} <= paths


def test_dashboards_without_a_uid_are_told_apart(tmp_path: Path) -> None:
    write(tmp_path, a_json='{"title": "A"}', b_json='{"title": "B"}')
    _, definitions, _ = collect_guests([tmp_path], tmp_path)
    assert len({definition.key for definition in definitions}) == 2


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.json").open("wb") as file:
        file.truncate(200 * 2**20)
    _, definitions, problems = collect_guests([tmp_path / "a.json"], tmp_path)
    assert definitions == ()
    assert [str(problem) for problem in problems] == [
        "a.json: has 200 MiB; files of more than 64 MiB aren't read"
    ]


@pytest.mark.parametrize(
    "text", ["a: " + "[" * 100_000, "- " * 100_000, "{a: " * 100_000, "a: " + "[" * 3_000 + "]" * 3_000]
)
def test_a_file_that_nests_too_deeply_is_a_problem(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(text)
    _, definitions, problems = collect_guests([tmp_path / "a.yml"], tmp_path)
    assert definitions == ()
    assert [problem.message for problem in problems] == ["nested too deeply"]


def test_many_brackets_are_not_deep(tmp_path: Path) -> None:
    rules = ", ".join(f"{{record: a{n}, expr: 'up[5m:]'}}" for n in range(3_000))
    (tmp_path / "a.yml").write_text(f"groups: [{{name: a, rules: [{rules}]}}]")
    assert collect_guests([tmp_path / "a.yml"], tmp_path)[2] == ()


def test_a_file_that_can_not_be_read_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, a_json="{}")

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(module.Path, "read_bytes", refuse)
    _, _, problems = collect_guests([tmp_path / "a.json"], tmp_path)
    assert [str(problem) for problem in problems] == ["a.json: can't be read: Permission denied"]


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        collect_guests([tmp_path / "x.json"], tmp_path)


def project_with(folder: Path, **files: str) -> None:
    write(folder, pyproject_toml='[tool.provision]\nname = "shop"\n', **files)


TWO = """\
groups:
- name: a
  rules:
  - {record: "a:b", expr: up up}
  - {record: "a:c", expr: up up}
"""


def test_a_page_is_printed_anywhere(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--explain", "promql"]) == 0
    assert capsys.readouterr().out.startswith("# promql\n")
    assert run(["check", "--explain", "promqll"]) == 2
    assert "there is no check 'promqll'; did you mean promql?" in capsys.readouterr().err


def test_what_a_baseline_knows_is_not_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project_with(here, rules__a_yml=TWO)
    assert run(["check", "--write-baseline", "baseline.json", "-q"]) == 0
    assert capsys.readouterr().out == ""
    assert run(["check", "--baseline", "baseline.json"]) == 0
    assert "in the baseline)" in capsys.readouterr().out
    (here / "rules/a.yml").write_text(f"# moved\n{TWO.replace('a:b', 'a:d')}")
    assert run(["check", "--baseline", "baseline.json"]) == 1
    out = capsys.readouterr().out
    assert 'rules/a.yml:5:30: error: rule group "a", record "a:d"' in out
    assert 'record "a:c"' not in out
    assert "of the baseline no longer occur" in out


def test_a_baseline_is_about_what_is_asked_for(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project_with(here, rules__a_yml=TWO, rules__b_yml=GOOD)
    run(["check", "--write-baseline", "baseline.json"])
    assert re.search(r"baseline.json: [1-9]\d* findings\n", capsys.readouterr().out)
    write(here, rules__c_yml="groups: [")
    run(["check", "rules/c.yml", "--write-baseline", "broken.json"])
    assert "broken.json: 0 findings" in capsys.readouterr().out
    (here / "rules/c.yml").unlink()
    (here / "rules/a.yml").write_text("groups: []\n")
    assert run(["check", "rules/b.yml", "--baseline", "baseline.json"]) == 0
    assert "no longer" not in capsys.readouterr().out


def test_a_baseline_that_is_not_there_is_wrong_usage(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project_with(here, rules__a_yml=GOOD)
    assert run(["check", "--baseline", "baseline.json"]) == 2
    assert "there is no such file; write one with --write-baseline FILE" in capsys.readouterr().err
    assert run(["check", "--baseline", "b.json", "--write-baseline", "b.json"]) == 2
    assert "are two steps; leave one of them out" in capsys.readouterr().err


def test_a_baseline_that_can_not_be_written_is_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project_with(here, rules__a_yml=GOOD)
    assert run(["check", "--write-baseline", "nowhere/baseline.json"]) == 1
    assert "nowhere/baseline.json: can't be written: No such file or directory" in capsys.readouterr().err


def test_warnings_fail_where_that_is_asked_for(here: Path) -> None:
    project_with(here, rules__a_yml=BAD)
    write(here, pyproject_toml='[tool.provision.checks]\npromql = "warning"\n')
    assert run(["check"]) == 0
    assert run(["check", "--fail-on", "warning"]) == 1
    write(here, pyproject_toml='[tool.provision.checks]\npromql = "off"\n')
    assert run(["check", "--fail-on", "error"]) == 0


def test_waivers_are_listed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    waived = TWO.replace("  - {", "  # provision: waive promql: it may be so\n  - {", 1)
    project_with(here, rules__a_yml=waived, rules__b_yml=f"# provision: waive schema: r\n{GOOD}")
    assert run(["check", "--waivers"]) == 0
    assert capsys.readouterr().out == (
        'rules/a.yml:4: promql of rule group "a", record "a:b": waives 1\n    it may be so\n'
        'rules/b.yml:1: schema of rule group "a": waives nothing\n    r\n2 waivers\n'
    )
    assert run(["check", "rules/b.yml", "--waivers", "--format", "json"]) == 0
    assert [each["path"] for each in json.loads(capsys.readouterr().out)["waivers"]] == ["rules/b.yml"]
    assert run(["check", "--waivers", "--format", "sarif"]) == 2
    assert "waivers can't be listed as sarif; use --format text or json" in capsys.readouterr().err
    write(here, rules__c_yml="groups: [")
    assert run(["check", "--waivers"]) == 1


def test_a_form_for_programs_is_printed_whatever_is_found(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project_with(here, rules__a_yml=GOOD)
    assert run(["check", "-q", "--format", "gitlab", "rules/a.yml"]) == 0
    json.loads(capsys.readouterr().out)
    assert run(["check", "--format", "sarif"]) == 0
    assert json.loads(capsys.readouterr().out)["version"] == "2.1.0"


def test_waivers_of_files_of_others(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(here, other__a_yml=f"# provision: waive promql: theirs\n{BAD}")
    assert run(["check", "other"]) == 0
    assert "1 waived" in capsys.readouterr().out
