"""Files that aren't what they should be, seen from outside: `check`, in every form, and `verify` say a sentence of
bounded length, in bounded memory, and never end in a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from provision.show.forms import FORMATS
from support.commands import Shell, alone, environment, tree
from support.prometheus_standin import serving
from support.series_standin import KnownSeries, SeriesServer

LONGEST_OUTPUT = 20_000
"""Characters that a file with one thing wrong may cause to be printed."""


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    (tmp_path / "files").mkdir()
    monkeypatch.chdir(tmp_path / "files")
    with alone(monkeypatch, tmp_path / "logs"):
        monkeypatch.setenv("NO_COLOR", "1")
        yield Shell(capfd)


def a_dashboard(**fields: Any) -> bytes:
    panel = {"id": 1, "type": "timeseries", "title": "Rate", "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
             "targets": [{"refId": "A", "expr": "up"}]}  # fmt: skip
    return json.dumps({"title": "Shop", "uid": "shop", "panels": [panel], **fields}).encode()


def asking(expr: str) -> bytes:
    """A dashboard with one expression."""
    target = {"refId": "A", "expr": expr}
    return a_dashboard(panels=[{"id": 1, "type": "timeseries", "title": "Rate", "targets": [target]}])


def rules(expr: str) -> bytes:
    """A rule file with one alert."""
    return json.dumps({"groups": [{"name": "shop", "rules": [{"alert": "Down", "expr": expr}]}]}).encode()


NINES = b"\n".join(
    b"a%d: &a%d [%s]" % (n, n, b",".join([b"*a%d" % (n - 1) if n else b"x"] * 9)) for n in range(9)
)
UNREADABLE: dict[str, tuple[str, bytes, str]] = {
    "broken JSON": ("a.json", b'{"title": "x",\n "panels": [\n  {"a": }\n]}',
                    "a.json:3: not valid JSON: unexpected character, expected a JSON value (column 9)"),
    "a comma too many": ("a.json", b'{"title": "x",}', "a.json:1: not valid JSON: trailing comma is not allowed (column 14)"),
    "two documents": ("a.json", b"{} {}", "a.json:1: not valid JSON: unexpected content after document (column 4)"),
    "no number": ("a.json", b'{"title": NaN}', "a.json:1: not valid JSON: unexpected character, expected a JSON value (column 11)"),
    "half a character": ("a.json", b'{"title": "\\ud800"}', "a.json:1: not valid JSON: "),
    "nothing": ("a.json", b"", "a.json:1: not valid JSON: "),
    "broken YAML": ("a.yml", b"groups:\n- name: a\n  rules: [\n", "a.yml:4: not valid YAML: "),
    "a tab": ("a.yml", b"groups:\n\t- name: a\n", "a.yml:2: not valid YAML: found character that cannot start any token (column 1)"),
    "a NUL": ("a.yml", b'groups:\n- name: "a\x00b"\n', "a.yml:2: not valid YAML: control characters are not allowed"),
    "another encoding": ("a.yml", b'groups:\n- name: "\xe9"\n', "a.yml:2: isn't UTF-8"),
    "code": ("a.yml", b'groups: !!python/object/apply:os.system ["touch owned"]', "a.yml:1: group 1 must be a mapping"),
    "aliases that multiply": ("a.yml", NINES, "aliases multiply it into more than 2,000,000 values"),
    "an alias in itself": ("a.yml", b"groups: &a\n- name: x\n  rules: *a\n", "a.yml:1: an alias contains itself"),
    "lists in lists": ("a.json", b'{"panels":' + b"[" * 20_000 + b"]" * 20_000 + b"}", "a.json: nested too deeply"),
    "deep lists": ("a.json", b'{"title": "x", "panels":' + b"[" * 500 + b"]" * 500 + b"}", "nested too deeply"),
    "lists in lists of YAML": ("a.yml", b"groups: " + b"[" * 3_000 + b"]" * 3_000, "a.yml: nested too deeply"),
    "blocks in blocks": ("a.yml", b"".join(b"  " * n + b"- a:\n" for n in range(1_500)), "a.yml: nested too deeply"),
    "keys in keys": ("a.yml", b"? " * 5_000 + b"a", "a.yml: nested too deeply"),
    "too many values": ("a.json", b'{"panels":[' + b"{}," * 3_000_000 + b"{}]}",
                        "a.json: has more than 5,000,000 values; such files aren't read"),
}  # fmt: skip
ODD_NAME = "A\u202e\u0000\u001b[31mB\r\nC\u2028\u0085\U0001f600\ufeff"
PATTERNS = ("(a+)+$", "(.*)*x", "(x+x+)+y", "a{1,1000}{1,1000}", "(" * 9_000 + ")" * 9_000, ".*" * 5_000,
            "a?" * 9_000 + "a" * 9_000, "\\\\" * 9_000, "(?:" * 900 + "a" + ")*" * 900)  # fmt: skip
VALUE = "a" * 40 + "!"


def with_patterns(pattern: str) -> bytes:
    """A dashboard that has the pattern wherever one may stand."""
    quoted = json.dumps(pattern)
    exprs = [
        f'up{{a=~{quoted}, b="{VALUE}"}} and up{{a="{VALUE}"}}',
        f'label_replace(up, "a", "$1", "b", {quoted})',
    ]
    override = {"matcher": {"id": "byRegexp", "options": f"/{pattern}/"}, "properties": []}
    panel = {"id": 1, "type": "timeseries", "title": "Rate",
             "targets": [{"refId": chr(65 + n), "expr": expr} for n, expr in enumerate(exprs)],
             "fieldConfig": {"defaults": {}, "overrides": [override]}}  # fmt: skip
    variables = [
        {"name": "v", "type": "query", "query": "label_values(up, a)", "regex": f"/{pattern}/"},
        {"name": "w", "type": "custom", "query": VALUE, "regex": pattern},
    ]
    return a_dashboard(panels=[panel], templating={"list": variables})


LONG: dict[str, Callable[[], str]] = {
    "operators": lambda: "up + " * 19_000 + "up",
    "brackets": lambda: "(" * 49_000 + "up" + ")" * 49_000,
    "calls": lambda: "sum(" * 12_000 + "up" + ")" * 12_000,
    "a value": lambda: f'up{{a="{"x" * 99_000}"}}',
    "matchers": lambda: "up{" + ",".join(f'a{n}="b"' for n in range(9_000)) + "}",
    "a name": lambda: "a" * 99_000,
    "a function": lambda: "a" * 99_000 + "(up)",
    "a duration": lambda: "up offset " + "1h" * 40_000,
    "a number": lambda: "1" * 99_000,
    "variables": lambda: "$a" * 49_000,
    "one variable": lambda: "$" + "a" * 99_000,
    "old variables": lambda: "[[a]]" * 19_000,
    "begun variables": lambda: "$" + "{a:" * 900,
    "labels": lambda: "sum by (" + ",".join(f"l{n}" for n in range(9_000)) + ") (up)",
    "subqueries": lambda: "max_over_time(" * 3_000 + "up" + "[5m:])" * 3_000,
    "a comment": lambda: "#" * 99_000,
    "signs": lambda: "-" * 99_000 + "1",
    "an open string": lambda: 'up{a="' + "\\" * 99_000,
    "much more": lambda: "up + " * 100_000 + "up",
}
"""Expressions of 100 kB."""


def checked(shell: Shell, name: str, content: bytes) -> str:
    """What `check` prints of the file as text; every other form holds it, too, and is of bounded length."""
    Path(name).write_bytes(content)
    ran = shell("check", name)
    assert (ran.code in (0, 1), ran.err) == (True, "")
    assert len(ran.out) < LONGEST_OUTPUT
    for form in FORMATS:
        other = shell("check", name, "--format", form)
        assert (other.code, other.err) == (ran.code, "")
        assert len(other.out) < 3 * LONGEST_OUTPUT
        assert not {"\x00", "\x1b", "\u202e", "\u2028"} & set(other.out), form
    return ran.out


def verified(shell: Shell, name: str) -> str:
    """What `verify` says of it."""
    with serving(SeriesServer(KnownSeries({"__name__": "up", "a": "x"}))) as url:
        ran = shell("verify", "--prometheus", url, name)
    assert ran.code in (0, 1)
    assert len(ran.out + ran.err) < LONGEST_OUTPUT
    assert not {"\x00", "\x1b", "\u202e", "\u2028"} & set(ran.out + ran.err)
    return ran.out + ran.err


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_file_that_cannot_be_read(shell: Shell, what: str) -> None:
    name, content, sentence = UNREADABLE[what]
    where, _, what_is_wrong = sentence.partition(": ")
    said = checked(shell, name, content)
    assert (f"{where}: error: {what_is_wrong}" if what_is_wrong else sentence) in said
    assert sentence in verified(shell, name)
    assert tree(Path()) == {name: content}


@pytest.mark.parametrize("what", LONG)
@pytest.mark.parametrize("form", [asking, rules])
def test_an_expression_of_100_kilobytes(shell: Shell, what: str, form: Callable[[str], bytes]) -> None:
    expr = LONG[what]()
    name = "a.json" if form is asking else "a.yml"
    checked(shell, name, form(expr))
    verified(shell, name)


@pytest.mark.parametrize("pattern", PATTERNS, ids=range(len(PATTERNS)))
def test_a_catastrophic_pattern(shell: Shell, pattern: str) -> None:
    checked(shell, "a.json", with_patterns(pattern))
    verified(shell, "a.json")
    quoted = json.dumps(pattern)
    checked(shell, "a.yml", rules(f'up{{a=~{quoted}}} == 0 and up{{a="{VALUE}"}}'))
    verified(shell, "a.yml")


def test_control_characters_in_names(shell: Shell) -> None:
    panel = {
        "id": 1,
        "type": ODD_NAME,
        "title": ODD_NAME,
        "targets": [{"refId": ODD_NAME, "expr": f"up({ODD_NAME}"}],
    }
    variable = {"name": ODD_NAME, "type": "query", "query": ODD_NAME, "regex": ODD_NAME}
    content = a_dashboard(title=ODD_NAME, uid=ODD_NAME, panels=[panel], templating={"list": [variable]})
    assert "A" in checked(shell, "a.json", content)
    verified(shell, "a.json")
    rule = {
        "alert": ODD_NAME,
        "expr": f"up({ODD_NAME}",
        "labels": {ODD_NAME: ODD_NAME},
        "annotations": {ODD_NAME: ODD_NAME},
    }
    checked(shell, "a.yml", json.dumps({"groups": [{"name": ODD_NAME, "rules": [rule]}]}).encode())
    verified(shell, "a.yml")


# ── memory ───────────────────────────────────────────────────────────────────


MEASURED = """
import resource, subprocess, sys
ran = subprocess.run([sys.executable, "-m", "provision", *sys.argv[1:]], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
sys.stdout.buffer.write(ran.stdout)
print(ran.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""
"""A process takes over the peak of the one that starts it: this one, which is small, stands between."""


def peak(*arguments: object, cwd: Path) -> tuple[str, int, int]:
    """What the command prints, its exit code, and its greatest memory, in MiB, or that of one of its workers."""
    command = [sys.executable, "-c", MEASURED, *map(str, arguments)]
    ran = subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, text=True, check=True)
    said, _, measured = ran.stdout.rstrip("\n").rpartition("\n")
    code, memory = measured.split()
    return said, int(code), int(memory)


@pytest.mark.parametrize("name", ["a.json", "a.yml"])
def test_a_file_of_200_megabytes_is_not_read(name: str, tmp_path: Path) -> None:
    with (tmp_path / name).open("wb") as file:
        file.truncate(200 * 2**20)
    said, code, memory = peak("check", name, cwd=tmp_path)
    assert f"{name}: error: has 200 MiB; files of more than 64 MiB aren't read" in said
    assert code == 1
    assert memory < 150


def test_nor_is_a_source_of_200_megabytes(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.provision]\n")
    for name in ("dashboards/a.json", "rules/a.yml"):
        (tmp_path / name).parent.mkdir()
        with (tmp_path / name).open("wb") as file:
            file.truncate(200 * 2**20)
    said, code, memory = peak("check", cwd=tmp_path)
    assert said.count("has 200 MiB; files of more than 64 MiB aren't read") == 2
    assert code == 1
    assert memory < 350


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b'{"title": "x", "panels": [' + b"{}," * 20_000_000 + b"{}]}"),
        ("a.yml", b"groups: [" + b"a," * 30_000_000 + b"a]"),
        (
            "a.yml",
            b"groups:\n- name: a\n  rules:\n" + b"  - alert: A\n    expr: up == 0\n    for: 5m\n" * 700_000,
        ),
    ],
    ids=["objects", "texts", "rules"],
)
def test_millions_of_values_are_not_read(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    said, code, memory = peak("check", name, cwd=tmp_path)
    assert ",000,000 values; such files aren't read" in said
    assert code == 1
    assert memory < 600


def test_a_prometheus_that_answers_with_a_million_series(tmp_path: Path) -> None:
    one = b'{"metric":{"__name__":"up","pod":"' + b"x" * 40 + b'"},"value":[1,"1"]}'

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            path = unquote(self.path)
            if "/label/" in path or "/metadata" in path or "/labels" in path:
                self.wfile.write(b'{"status":"success","data":["up"]}')
            elif "/query" in path:
                self.wfile.write(b'{"status":"success","data":{"resultType":"vector","result":[' + one)
                for _ in range(1_000):
                    self.wfile.write((b"," + one) * 1_000)
                self.wfile.write(b"]}}")
            else:
                self.wfile.write(b'{"status":"success","data":{}}')

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    (tmp_path / "a.json").write_bytes(asking("WITH (x = up) x"))

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Says nothing of who hangs up."""

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        said, code, memory = peak("verify", "--prometheus", url, "a.json", cwd=tmp_path)
    finally:
        server.shutdown()
        server.server_close()
    assert "Traceback" not in said
    assert code == 1
    assert "an answer has more than" in said
    assert memory < 400
