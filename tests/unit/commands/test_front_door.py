"""What the front door does with failures that no command expects."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
from io import StringIO, TextIOWrapper
from pathlib import Path

import click
import pytest

from provision import __main__, cli
from provision.errors import ProvisionError
from support.commands import Shell, environment, project, spawned


def raising(monkeypatch: pytest.MonkeyPatch, what) -> None:
    """Make every command do `what`."""

    @click.command(context_settings={"ignore_unknown_options": True})
    @click.argument("rest", nargs=-1)
    def command(rest: tuple[str, ...]) -> None:
        del rest
        if callable(what):
            what()
        else:
            raise what

    monkeypatch.setattr(cli.Lazy, "get_command", lambda *_: command)


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def provision(capfd) -> Shell:
    return Shell(capfd)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/x/y"), "/x/y: No space left on device; make room and try again"),
        (OSError(errno.EACCES, "Permission denied", b"/x"), "/x: Permission denied; check its permissions and whose it is"),
        (OSError(errno.EMFILE, "Too many open files", 7),
         "standard output, or a file without a name: Too many open files; raise the limit of open files (ulimit -n)"),
    ],
)  # fmt: skip
def test_what_the_system_refuses_is_a_sentence(provision, monkeypatch, logs, error, sentence):
    raising(monkeypatch, error)
    ran = provision("build")
    assert (ran.code, ran.sentence) == (1, sentence)
    assert list(logs.iterdir()) == []


def test_an_error_of_the_system_that_nobody_expects_is_a_bug(provision, monkeypatch, logs):
    raising(monkeypatch, OSError(errno.ENOTTY, "Not a typewriter"))
    ran = provision("build")
    assert ran.code == 1
    (log,) = logs.iterdir()
    assert ran.sentence == f"this is a bug in provision; please report it with {log}"
    assert "Not a typewriter" in log.read_text()


def test_the_log_of_a_bug_holds_no_secret(provision, monkeypatch, logs):
    monkeypatch.setenv("GRAFANA_TOKEN", "glsa_hush")
    monkeypatch.setenv("GRAFANA_USER", "me")
    monkeypatch.setenv("GRAFANA_PASSWORD", "hunter2")
    monkeypatch.setenv("SLACK_TOKEN", "xoxb-hush")
    raising(
        monkeypatch, ValueError("Bearer glsa_hush, Basic bWU6aHVudGVyMg==, http://me:s3same@h, xoxb-hush")
    )
    ran = provision("push", "--grafana", "http://me:s3same@h", "--password=s3same")
    (log,) = logs.iterdir()
    text = log.read_text()
    assert "ValueError: Bearer ***, Basic ***, http://***@h, ***" in text
    for secret in ("hush", "hunter2", "s3same", "bWU6"):
        assert secret not in text + ran.out + ran.err


def test_a_bug_whose_log_cannot_be_written_is_still_told(provision, monkeypatch, logs):
    raising(monkeypatch, ValueError("boom"))
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(logs / "nowhere"))
        ran = provision("build")
    assert ran.code == 1
    assert ran.sentence == (
        "this is a bug in provision (ValueError), and its report can't be written: No such file or directory"
    )


def test_an_error_shows_no_credentials_of_a_url(provision, monkeypatch):
    raising(monkeypatch, ProvisionError("no such file", where="http:/me:hunter2@h"))
    assert provision("build").sentence == "http:/***@h: no such file"
    monkeypatch.undo()
    for arguments in (("plan", "http://me:hunter2@h"), ("http://me:hunter2@h",)):
        ran = provision(*arguments)
        assert ran.code == 2
        assert "http://***@h" in ran.err
        assert "hunter2" not in ran.err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_that_end_a_process_are_as_ctrl_c(provision, monkeypatch, number):
    before = signal.getsignal(number)
    raising(monkeypatch, lambda: os.kill(os.getpid(), number))
    ran = provision("build")
    assert (ran.code, ran.err.strip()) == (130, "Interrupted.")
    assert signal.getsignal(number) == before


def test_a_signal_that_nobody_wants_to_hear_is_not_heard(provision, monkeypatch):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        raising(monkeypatch, lambda: os.kill(os.getpid(), signal.SIGHUP))
        assert provision("build").code == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_reader_that_has_gone_is_not_told(tmp_path):
    ran = shell("{ provision build; echo $? >code; } | true", project(tmp_path / "shop"))
    assert ran.stderr == ""
    assert (tmp_path / "shop" / "code").read_text() in ("0\n", "1\n")


@pytest.mark.parametrize(
    ("error", "code"),
    [(BrokenPipeError(errno.EPIPE, "Broken pipe"), 1), (SystemExit(143), 143), (SystemExit("a word"), 1)],
)
def test_what_ends_a_command_at_once(provision, monkeypatch, error, code):
    raising(monkeypatch, error)
    with monkeypatch.context() as patch:  # click wraps them
        patch.setattr(sys, "stdout", sys.stdout)
        patch.setattr(sys, "stderr", sys.stderr)
        ran = provision("build")
    assert (ran.code, ran.out, ran.err) == (code, "", "")


def test_a_stream_that_is_no_file_can_be_full_too(provision, monkeypatch):
    raising(monkeypatch, OSError(errno.EDQUOT, "Disk quota exceeded"))
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", StringIO())
        assert provision("build").sentence.endswith("Disk quota exceeded; make room and try again")


def test_where_even_stderr_is_full_the_exit_code_has_to_do(provision, monkeypatch):
    class Full(StringIO):
        def write(self, _: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    raising(monkeypatch, ProvisionError("no such thing"))
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", Full())
        assert cli.run(["build"]) == 1


def test_streams_that_were_closed_go_nowhere(monkeypatch, tmp_path):
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    assert cli.run(["--version"]) == 0
    opened = [sys.stdin, sys.stdout, sys.stderr]
    assert sys.stdin.read() == ""
    for stream in opened:
        stream.close()


def test_what_an_encoding_does_not_have_is_escaped(monkeypatch, tmp_path):
    with (tmp_path / "out").open("wb") as raw:
        monkeypatch.setattr(sys, "stdout", TextIOWrapper(raw, encoding="latin-1"))
        raising(monkeypatch, lambda: click.echo("− ünï"))
        assert cli.run(["build"]) == 0
        sys.stdout.flush()
    assert (tmp_path / "out").read_text("latin-1") == "\\u2212 ünï\n"


def shell(script: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", script.replace("provision", f"{sys.executable} -m provision")],
        cwd=cwd, env=environment(), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("command", ["build", "--version", "--help"])
def test_standard_output_that_is_full(tmp_path, command):
    ran = shell(f"provision {command} >/dev/full", project(tmp_path / "shop"))
    assert ran.returncode == 1
    assert ran.stderr == (
        "Error: standard output, or a file without a name: No space left on device; make room and try again\n"
    )


@pytest.mark.parametrize(
    ("redirection", "code"),
    [(">&-", 0), ("2>&-", 0), ("<&-", 0), (">&- 2>&- <&-", 0), ("nonsense 2>/dev/full", 2)],
)
def test_streams_that_the_shell_closed_or_filled(tmp_path, redirection, code):
    root = project(tmp_path / "shop")
    ran = shell(f"provision build {redirection}", root)
    assert (ran.returncode, ran.stderr) == (code, "")
    assert (root / "build").exists() == (code == 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_compilation_is_one_word_and_leaves_nothing(tmp_path, number):
    begun = tmp_path / "begun"
    source = f"import pathlib, time\npathlib.Path({str(begun)!r}).touch()\ntime.sleep(600)\n"
    root = project(tmp_path / "shop", **{"dashboards/slow.py": source})
    process = spawned("build", cwd=root)
    while not begun.exists():
        assert process.poll() is None
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.strip()) == (130, "", "Interrupted.")
    assert not (root / "build").exists()


def test_a_ctrl_c_before_the_front_door_is_open(monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "run", interrupted)
    monkeypatch.setattr(sys, "argv", ["provision", "build"])
    with pytest.raises(SystemExit) as ended:
        __main__.main()
    assert ended.value.code == 130


def test_the_entry_point(monkeypatch, capsys):
    before = signal.getsignal(signal.SIGINT)
    try:
        monkeypatch.setattr(sys, "argv", ["provision", "--version"])
        __main__.main()
        assert capsys.readouterr().out.startswith("provision ")
        monkeypatch.setattr(sys, "argv", ["provision", "nonsense"])
        with pytest.raises(SystemExit) as ended:
            __main__.main()
        assert ended.value.code == 2
        monkeypatch.setattr(sys, "argv", ["provision", "--version"])
        monkeypatch.setattr(sys, "stdout", None)
        with pytest.raises(SystemExit) as ended:
            __main__.main()
        assert ended.value.code == 0
        sys.stdout.close()
    finally:
        signal.signal(signal.SIGINT, before)
