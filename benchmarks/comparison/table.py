"""The table: a row for each check of another linter, with what both complain about, only they, only we."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from benchmarks.comparison import dashboard_linter, ours, panels, pint, rules
from benchmarks.comparison.places import corpus, program

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

Row = tuple[str, ...]
Sets = Mapping[str, set[str]]
HEADER: Row = ("theirs", "ours", "files: both", "only they", "only we", "alone: both", "only they", "only we")
BLANK: Row = ("", "", "")


def rows() -> list[Row]:
    """A header and a row for each of their checks; one row with a reason for what can't be compared."""
    if not corpus().is_dir():
        return [HEADER, _heading(f"left out: there is no {corpus()}")]
    differences: list[str] = []
    found = [HEADER, *_dashboards(differences), *_rules(differences)]
    if os.environ.get("DIFFERENCES"):
        Path(os.environ["DIFFERENCES"]).write_text("".join(f"{each}\n" for each in differences))
    return found


def _dashboards(differences: list[str]) -> Iterator[Row]:
    linter = program("dashboard-linter")
    if isinstance(linter, str):
        yield _heading(linter)
        return
    with tempfile.TemporaryDirectory(prefix="provision-comparison-") as folder:
        files, single = _laid_out(corpus() / "dashboards", Path(folder), panels.split)
        yield _heading(f"dashboard-linter: {len(files)} dashboards, {len(single)} panels")
        theirs = [dashboard_linter.complaints(linter, each, each[0].parent) for each in (files, single)]
        for required in (False, True):
            settings = dashboard_linter.REQUIRED if required else {}
            own = [ours.complaints(each, each[0].parent, settings) for each in (files, single)]
            for rule, (id_, _) in dashboard_linter.RULES.items():
                if not required or id_ in settings:
                    is_alone = rule not in dashboard_linter.ABOUT_DASHBOARDS
                    name = f"{id_}, required" if required else id_
                    yield _row(rule, name, theirs, own, (id_,), is_alone, differences)
        yield _row("unread", "source", theirs, own, ("source",), True, differences)


def _rules(differences: list[str]) -> Iterator[Row]:
    linter, server = program("pint"), program("prometheus")
    if isinstance(linter, str) or isinstance(server, str):
        yield _heading(f"pint: {linter if isinstance(linter, str) else server}")
        return
    from support.servers import prometheus

    with tempfile.TemporaryDirectory(prefix="provision-comparison-") as name:
        folder = Path(name)
        files, single = _laid_out(corpus() / "rules", folder, rules.split)
        yield _heading(f"pint: {len(files)} rule files, {len(single)} rules")
        (folder / "prometheus.yml").write_text(json.dumps({"global": pint.SERVER}))
        retention = f"--storage.tsdb.retention.time={pint.RETENTION}"
        with prometheus(folder, retention, program=server) as url:
            theirs = [pint.complaints(linter, each, each[0].parent, url, folder) for each in (files, single)]
        own = [
            ours.complaints_on(pint.SERVER, pint.RETENTION, each, each[0].parent, pint.OURS)
            for each in (files, single)
        ]
        for check, ids in pint.CHECKS.items():
            yield _row(check, ", ".join(ids), theirs, own, ids, check not in pint.BETWEEN_RULES, differences)
        yield _row("unread", "", theirs, own, (), True, differences)


def _laid_out(
    source: Path, folder: Path, split: Callable[[list[Path], Path], list[Path]]
) -> tuple[list[Path], list[Path]]:
    """The files of a folder, and those of a single panel or rule that `split` makes of them, each in a folder of
    their own."""
    whole, alone = folder / "whole", folder / "alone"
    whole.mkdir()
    alone.mkdir()
    files = []
    for file in sorted(source.iterdir()):
        files.append(whole / file.name)
        files[-1].symlink_to(file)
    return files, split(files, alone)


def _heading(text: str) -> Row:
    return (text, *[""] * (len(HEADER) - 1))


def _row(
    check: str,
    name: str,
    theirs: Iterable[Sets],
    own: Iterable[Sets],
    ids: Iterable[str],
    is_alone: bool,
    differences: list[str],
) -> Row:
    """A row of the table.

    Args:
        theirs, own: what they and we complain about, of whole files and of files of one thing.
        ids: our checks.
        is_alone: whether the check has anything to say of a single thing.
    """
    cells: list[str] = []
    for they, we in zip(theirs, own, strict=True):
        said = set[str]().union(*(we.get(id_, set()) for id_ in ids))
        # What one doesn't read, the other can't differ about.
        unread = set() if check == "unread" else they["unread"]
        both, only_they, only_we = they[check] & said, they[check] - said, said - they[check] - unread
        if cells and not is_alone:
            return (check, name, *cells, *BLANK)
        differences.extend(f"{check}\t{name}\tonly they\t{file}" for file in sorted(only_they))
        differences.extend(f"{check}\t{name}\tonly we\t{file}" for file in sorted(only_we))
        cells += [str(len(both)), str(len(only_they)), str(len(only_we))]
    return (check, name, *cells)
