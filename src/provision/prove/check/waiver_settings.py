"""Waivers in the settings, `[[tool.provision.waivers]]`, for what can hold none itself: JSON, and files of others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from provision.model import Place
from provision.project import Project
from provision.prove.check.parameters import filled

_FILE: Final = "pyproject.toml"
_HEADING: Final = re.compile(r"\s*\[\[\s*tool\s*\.\s*provision\s*\.\s*waivers\s*\]\]")


@dataclass(frozen=True, slots=True)
class Written:
    """One waiver as it is written there.

    Attributes:
        of: the path of a file, as findings tell it; it may hold `*`.
        panel: of a dashboard: only the panel with that title.
    """

    check: str
    reason: str
    of: str
    panel: str | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        for name in ("check", "reason", "of"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name} must be text that isn't empty")

    @property
    def subject(self) -> str:
        """What people call what it is about."""
        return f'{self.of}, panel "{self.panel}"' if self.panel else self.of

    @property
    def target(self) -> dict[str, str]:
        """What it is about, as the body of a waiver's definition has it."""
        return {"path": self.of, **({"panel": self.panel} if self.panel else {})}


def written(project: Project) -> Iterator[tuple[Written, Place]]:
    """The waivers in the settings, and where each stands.

    Raises:
        UsageError: one lacks something, or holds what can't stand there.
    """
    tables = project.setting("waivers", list, [])
    file = project.root / _FILE
    lines = _lines(file) if tables else []
    for number, table in enumerate(tables):
        each = filled(Written, table, f"[[tool.provision.waivers]] number {number + 1}:", str(file))
        yield each, Place(_FILE, lines[number] if len(lines) == len(tables) else None)


def _lines(file: Path) -> list[int]:
    """The lines on which the tables begin. Where an environment has its own, they aren't told."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError:
        return []
    return [number for number, line in enumerate(text.split("\n"), 1) if _HEADING.match(line)]
