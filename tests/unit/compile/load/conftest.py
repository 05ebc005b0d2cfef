from __future__ import annotations

import sys
import textwrap
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from provision.compile.load import watch
from provision.project import Project

Make = Callable[..., Project]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes a project of files: `make({"rules/a.py": "…"}, variables={…}, limit=20)`."""

    def make_project(
        files: Mapping[str, str | bytes],
        *,
        variables: Mapping[str, Any] | None = None,
        limit: float = 30,
        environment: str = "default",
        root: Path | None = None,
    ) -> Project:
        folder = root or tmp_path / "project"
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(textwrap.dedent(content).encode() if isinstance(content, str) else content)
        return Project(
            root=folder,
            name="test",
            environment=environment,
            variables=variables or {},
            settings={"time_limit_seconds": limit},
        )

    return make_project


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The test as the only one in its process, as a worker is: without the threads of what runs the tests, and without
    what measures coverage, which reads links, files and clocks itself and would be watched like a source."""
    threads, others = watch._threads, watch._threads()
    monkeypatch.setattr(watch, "_threads", lambda: threads() - others)
    here, elsewhere = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)  # type: ignore[arg-type]  # None is what it starts with
    yield
    threading.settrace(elsewhere)  # type: ignore[arg-type]  # as above
    sys.settrace(here)
