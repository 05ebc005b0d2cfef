"""The table: a row for each check of another linter, with what both complain about, only they, only we."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.comparison import dashboard_linter, ours, panels
from benchmarks.comparison.places import corpus, program

Row = tuple[str, ...]
Sets = Mapping[str, set[str]]
HEADER: Row = ("theirs", "ours", "files: both", "only they", "only we", "alone: both", "only they", "only we")


def rows() -> list[Row]:
    """A header and a row for each of their checks; one row with a reason for what can't be compared."""
    if not corpus().is_dir():
        return [HEADER, (f"left out: there is no {corpus()}", *[""] * 7)]
    differences: list[str] = []
    found = [HEADER, *_dashboards(differences)]
    if os.environ.get("DIFFERENCES"):
        Path(os.environ["DIFFERENCES"]).write_text("".join(f"{each}\n" for each in differences))
    return found


def _dashboards(differences: list[str]) -> Iterator[Row]:
    linter = program("dashboard-linter")
    if isinstance(linter, str):
        yield (linter, *[""] * 7)
        return
    with tempfile.TemporaryDirectory(prefix="provision-comparison-") as folder:
        whole, alone = Path(folder, "whole"), Path(folder, "alone")
        whole.mkdir()
        alone.mkdir()
        files = []
        for file in sorted((corpus() / "dashboards").glob("*.json")):
            files.append(whole / file.name)
            files[-1].symlink_to(file)
        single = panels.split(files, alone)
        theirs = dashboard_linter.complaints(linter, files, whole)
        theirs_alone = dashboard_linter.complaints(linter, single, alone)
        yield (f"dashboard-linter: {len(files)} dashboards, {len(single)} panels", *[""] * 7)
        for settings in ({}, dashboard_linter.REQUIRED):
            own = ours.complaints(files, whole, settings)
            own_alone = ours.complaints(single, alone, settings)
            for rule, (id_, _) in dashboard_linter.RULES.items():
                if settings and id_ not in settings:
                    continue
                name = f"{id_}, required" if settings else id_
                cells = _counted(rule, name, theirs[rule], own.get(id_, set()), differences)
                if rule in dashboard_linter.ABOUT_DASHBOARDS:
                    yield (rule, name, *cells, "", "", "")
                    continue
                yield (rule, name, *cells,
                       *_counted(rule, name, theirs_alone[rule], own_alone.get(id_, set()), differences))  # fmt: skip
        yield ("(not read)", "(source)", *_counted("", "", theirs["unread"], own.get("source", set()), differences),
               *_counted("", "", theirs_alone["unread"], own_alone.get("source", set()), differences))  # fmt: skip


def _counted(theirs: str, ours: str, they: set[str], we: set[str], differences: list[str]) -> Row:
    differences.extend(f"{theirs}\t{ours}\tonly they\t{name}" for name in sorted(they - we))
    differences.extend(f"{theirs}\t{ours}\tonly we\t{name}" for name in sorted(we - they))
    return str(len(they & we)), str(len(they - we)), str(len(we - they))
