from __future__ import annotations

import errno
from pathlib import Path

import pytest

from provision.errors import UsageError
from provision.project import SETTINGS, find_root, open_project

TEXT = """
[tool.provision]
name = "shop"
output = "out"
time_limit_seconds = 3
[tool.provision.variables]
limit = 1
other = "x"
[tool.provision.env.production]
prometheus_version = "3.1"
[tool.provision.env.production.variables]
limit = 2
"""


def write(root: Path, text: str = TEXT) -> Path:
    (root / "pyproject.toml").write_text(text)
    return root


def test_an_environment_is_laid_over_the_plain_settings(tmp_path: Path) -> None:
    plain = open_project(write(tmp_path))
    assert (plain.name, plain.environment, plain.variables) == ("shop", "default", {"limit": 1, "other": "x"})
    assert (plain.output, plain.time_limit_seconds) == (tmp_path / "out", 3.0)
    production = open_project(tmp_path, "production")
    assert (production.environment, production.variables) == ("production", {"limit": 2, "other": "x"})
    assert production.setting("prometheus_version", str, "") == "3.1"
    assert plain.setting("prometheus_version", str, "none") == "none"


def test_the_name_is_the_folders_unless_set(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    root.mkdir()
    assert open_project(write(root, "[tool.provision]\n")).name == "shop"


def test_the_root_is_found_from_below_past_other_projects(tmp_path: Path) -> None:
    inner = write(tmp_path) / "library" / "src"
    inner.mkdir(parents=True)
    (tmp_path / "library" / "pyproject.toml").write_text("[project]\nname='x'\n")
    assert find_root(inner) == tmp_path


def test_no_project_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no pyproject.toml with a \[tool.provision\] table.*; add one"):
        find_root(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.provision", "not valid TOML"),
        ("tool = 3", "'tool' must be a table"),
        ("[tool]\nprovision = 3", "'provision' must be a table"),
        ("[tool.provision]\nenv = 3", "'env' must be a table"),
        ("[tool.provision]\nvariables = 3", "'variables' must be a table"),
        ("[tool.provision]\nchecks = 3", "'checks' must be a table"),
        ("[tool.provision]\nname = 3", "name must be a string"),
        ("[tool.provision]\nname = ''", "name must be a string"),
        ('[tool.provision]\nname = "a\\nb"', "name must be a string"),
        ("[tool.provision]\nname = ' a'", "name must be a string"),
        ("[tool.other]", r"there is no \[tool.provision\] table in it; add one"),
    ],
)
def test_a_broken_configuration_is_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        open_project(write(tmp_path, text))
    assert caught.value.where == str(tmp_path / "pyproject.toml")


def test_a_configuration_that_is_not_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="not valid TOML"):
        open_project(tmp_path)


def test_a_configuration_that_is_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").mkdir()
    with pytest.raises(UsageError, match="can't be read"):
        open_project(tmp_path)


def test_a_root_that_is_no_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such folder; name the folder that holds") as caught:
        open_project(tmp_path / "nowhere")
    assert caught.value.where == str(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="is not a folder; name the folder that holds"):
        open_project(write(tmp_path) / "pyproject.toml")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(UsageError, match="there is no such folder"):
        open_project(tmp_path / "loop")


def test_a_configuration_that_nobody_may_look_at_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(_: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "is_file", forbidden)
    with pytest.raises(UsageError, match="can't be looked at: Permission denied"):
        find_root(tmp_path)


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "1e300", "86401"])
def test_a_time_limit_is_more_than_nothing_and_at_most_a_day(tmp_path: Path, value: str) -> None:
    project = open_project(write(tmp_path, f"[tool.provision]\ntime_limit_seconds = {value}\n"))
    with pytest.raises(
        UsageError, match="time_limit_seconds must be more than 0 and at most 86400"
    ) as caught:
        _ = project.time_limit_seconds
    assert caught.value.where == str(tmp_path / "pyproject.toml")


def test_an_output_is_not_empty(tmp_path: Path) -> None:
    project = open_project(write(tmp_path, "[tool.provision]\noutput = ''\n"))
    with pytest.raises(UsageError, match="output must be a string that isn't empty"):
        _ = project.output


def test_a_missing_configuration_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file"):
        open_project(tmp_path)


def test_an_unknown_environment_names_the_known(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no environment 'prod'.*use one of: production"):
        open_project(write(tmp_path), "prod")


@pytest.mark.parametrize("value", ["true", "'x'", "[]"])
def test_a_setting_of_the_wrong_type_is_told(tmp_path: Path, value: str) -> None:
    project = open_project(write(tmp_path, f"[tool.provision]\ntime_limit_seconds = {value}\n"))
    with pytest.raises(UsageError, match="time_limit_seconds must be a whole number or number"):
        _ = project.time_limit_seconds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[tool.provision]\nouptut = 'x'",
            r"\[tool.provision\] has no setting 'ouptut'; did you mean 'output'\?",
        ),
        (
            "[tool.provision.env.production]\nlimit = 3",
            r"\[tool.provision.env.production\] has no setting 'limit'; variables stand in "
            r"\[tool.provision.env.production.variables\]",
        ),
    ],
)
def test_an_unknown_setting_is_told(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        open_project(write(tmp_path, text))


def test_every_setting_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text()
    assert [setting for setting in SETTINGS if f"`{setting}`" not in page] == []


def test_an_environment_lays_its_checks_over_the_others_setting_by_setting(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        """
        [tool.provision.checks]
        promql = "warning"
        [tool.provision.checks.schema]
        severity = "info"
        most = 3
        [tool.provision.env.demo.checks]
        schema = "off"
        amtool = "off"
        """,
    )
    plain = {"promql": {"severity": "warning"}, "schema": {"severity": "info", "most": 3}}
    assert open_project(root).settings["checks"] == plain
    assert open_project(root, "demo").settings["checks"] == {
        "promql": {"severity": "warning"},
        "schema": {"severity": "off", "most": 3},
        "amtool": {"severity": "off"},
    }
