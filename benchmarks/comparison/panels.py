"""Dashboards of one panel each, made of dashboards of many: what is compared on them is compared panel by panel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def split(files: list[Path], into: Path) -> list[Path]:
    """A file for each panel that isn't a row, with all else of its dashboard as it was.

    Args:
        into: a folder; the files are called after the dashboard and the panel's number in it.
    """
    made: list[Path] = []
    for file in files:
        document = json.loads(file.read_bytes())
        dashboard = document.get("dashboard", document)
        for number, panel in enumerate(_panels(dashboard)):
            alone = {**dashboard, "panels": [panel]}
            alone.pop("rows", None)
            target = into / f"{file.stem}__{number:03}.json"
            target.write_text(json.dumps(alone), encoding="utf-8")
            made.append(target)
    return made


def _panels(holder: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for inner in [*(holder.get("rows") or []), *(holder.get("panels") or [])]:
        if isinstance(inner, dict):
            if inner.get("type", "row") != "row":
                yield {name: value for name, value in inner.items() if name != "panels"}
            yield from _panels(inner)
