from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.commands import Shell, alone, project


@pytest.fixture
def provision(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Shell]:
    """The command line, in an environment that names no server."""
    with alone(monkeypatch, tmp_path / "logs"):
        yield Shell(capfd)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project; the working directory is its root."""
    root = project(tmp_path / "shop")
    monkeypatch.chdir(root)
    return root
