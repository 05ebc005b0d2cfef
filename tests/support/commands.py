"""The command line as a user sees it: a small project, a run with its code and output, and what no run may do."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from provision import cli

SOURCE = Path(cli.__file__).parents[1]

PYPROJECT = '[tool.provision]\nname = "shop"\n'
DASHBOARD = (
    '{"title": "%s", "schemaVersion": 39, "panels": [{"id": 1, "type": "timeseries", "title": "Rate", '
    '"gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}, "targets": [{"refId": "A", "expr": "%s"}]}]}'
)
RULES = "groups: [{name: shop, rules: [{record: 'job:up:sum', expr: sum by (job) (up)}]}]\n"
ROUTES = """\
from provision.author import Receiver, Route

receiver = Receiver("on-call")
root = Route(receiver="on-call", group_by=("job",))
"""

PREFIXES = ("GRAFANA_", "PROMETHEUS_", "ALERTMANAGER_", "MIMIR_", "PROVISION_")


@dataclass(frozen=True)
class Ran:
    """What a run of the command line came to."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """What stderr says, when it is one error; without its last line break."""
        assert self.err.startswith("Error: "), self
        return self.err.removeprefix("Error: ").rstrip("\n")


class Shell:
    """Runs the command line in this process, in the working directory."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd

    def __call__(self, *arguments: object) -> Ran:
        self._capfd.readouterr()
        code = cli.run([str(argument) for argument in arguments])
        said = self._capfd.readouterr()
        ran = Ran(code, said.out, said.err)
        assert "Traceback" not in ran.out + ran.err
        return ran


def write(root: Path, files: dict[str, str]) -> Path:
    """Write files below `root`."""
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


def project(root: Path, **more: str) -> Path:
    """A project with a dashboard in a folder and a rule file; `more` by names of files with `__` for `/`."""
    files = {
        "pyproject.toml": PYPROJECT,
        "dashboards/sales/orders.json": DASHBOARD % ("Orders", "up"),
        "rules/shop.yml": RULES,
    }
    return write(root, files | {name.replace("__", "/"): text for name, text in more.items()})


def tree(root: Path) -> dict[str, bytes]:
    """Every file below `root` with its content."""
    return {
        str(file.relative_to(root)): file.read_bytes() for file in sorted(root.rglob("*")) if file.is_file()
    }


@contextmanager
def alone(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[None]:
    """No server and no credentials from the environment; logs of bugs go to `folder`, and there must be none."""
    for name in tuple(os.environ):
        if name.startswith(PREFIXES) or name in ("NO_COLOR", "FORCE_COLOR"):
            monkeypatch.delenv(name)
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    log = logging.getLogger("provision")
    handlers, level = log.handlers[:], log.level
    try:
        yield
    finally:
        log.handlers, log.level = handlers, level
        log.setLevel(level)
    assert [file.read_text() for file in folder.glob("provision-bug-*")] == []


def environment(**more: str) -> dict[str, str]:
    """What a process of its own gets."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIXES)}
    return {**kept, "PYTHONPATH": str(SOURCE), **more}


def spawned(*arguments: object, cwd: Path, **options: object) -> subprocess.Popen[str]:
    """The command line as a process of its own."""
    options.setdefault("env", environment())
    return subprocess.Popen(
        [sys.executable, "-m", "provision", *map(str, arguments)],
        **{
            "cwd": cwd,
            "text": True,
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            **options,
        },
    )
