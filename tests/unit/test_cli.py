from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import click
import pytest

from provision import __version__, cli
from provision.errors import NotAllowed, UsageError

ROOT = Path(__file__).parents[2]


def provision(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "provision", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_version(flag: str) -> None:
    result = provision(flag)
    assert (result.returncode, result.stdout) == (0, f"provision {__version__}\n")
    assert cli.run([flag]) == 0


def test_help_lists_every_command_in_one_line_each() -> None:
    result = provision("--help")
    assert result.returncode == 0
    for name, line in cli.COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(line)}$", result.stdout, re.MULTILINE)


def test_help_imports_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys; from provision import cli; cli.run(['--help']);"
        "print(sorted({'grafanalib','grafana_client','niquests','rich','jsonschema','yaml','orjson','promql_parser'}"
        " & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    assert result.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([name, "--help"]) == 0
    assert f"Usage: provision {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "no command given; start with: provision build"),
        (["bild"], "there is no command 'bild'; did you mean 'build'?"),
        (["build", "--nonsense"], "No such option"),
    ],
)
def test_wrong_usage_exits_with_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(arguments) == 2
    assert message in capsys.readouterr().err


def raising(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    @click.command()
    def command() -> None:
        raise error

    monkeypatch.setattr(cli.Lazy, "get_command", lambda *_: command)


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (UsageError("no such thing", where="x.toml"), 2, "Error: x.toml: no such thing"),
        (NotAllowed("the token may not write", status=403), 3, "Error: the token may not write"),
        (KeyboardInterrupt(), 130, "Interrupted."),
        (click.Abort(), 130, "Interrupted."),
        (click.ClickException("odd"), 1, "Error: odd"),
        (click.exceptions.Exit(5), 5, ""),
    ],
)
def test_errors_become_a_sentence_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    message: str,
) -> None:
    raising(monkeypatch, error)
    assert cli.run(["build"]) == code
    assert capsys.readouterr().err.strip() == message


def test_a_bug_becomes_a_log_file_without_the_values_of_options(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    raising(monkeypatch, RuntimeError("boom"))
    capsys.readouterr()
    assert cli.run(["push"]) == 1
    sentence = capsys.readouterr().err.strip()
    log = Path(sentence.rsplit(" ", 1)[-1])
    assert sentence.startswith("Error: this is a bug in provision; please report it with ")
    text = log.read_text()
    assert "RuntimeError: boom" in text
    assert "command: push" in text
    assert "secret" not in text


def test_a_reader_that_goes_away_is_no_error_message() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "provision", "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()
    process.wait(60)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["completion", shell]) == 0
    assert "_PROVISION_COMPLETE" in capsys.readouterr().out


def test_completion_completes_commands() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "provision"], capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "_PROVISION_COMPLETE": "bash_complete",
             "COMP_WORDS": "provision pu", "COMP_CWORD": "1"},
    )  # fmt: skip
    assert "plain,push" in result.stdout


def test_completion_after_a_name_that_is_no_command_says_nothing() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "provision"], capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "_PROVISION_COMPLETE": "bash_complete",
             "COMP_WORDS": "provision buidl ", "COMP_CWORD": "2"},
    )  # fmt: skip
    assert (result.returncode, result.stderr) == (0, "")
