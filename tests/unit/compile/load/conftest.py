from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

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
