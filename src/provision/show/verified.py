"""What came of asking a server, for people, by dashboard and rule group, and for machines (docs/verify.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

import orjson

from provision.compile.load.snippet import Source
from provision.promql.renaming import corrected
from provision.show.findings import code_line
from provision.show.style import faint, strong, tinted

if TYPE_CHECKING:
    from provision.prove.verify.verdicts import Asked, Report, Verdict

FORMAT: Final = "provision.verify/1"
"""Names the JSON format; a change that would break its readers raises the number."""

_WORDS: Final = {
    "data": "data",
    "empty": "empty",
    "unknown-metric": "unknown metric",
    "unknown-label": "unknown label",
    "unknown-value": "label value never seen",
    "type-misuse": "type misuse",
    "error": "error",
    "too-slow": "too slow",
    "too-many-series": "too many series",
}
_WIDEST: Final = 160

Result = tuple["Asked", "Verdict"]


def report_text(report: Report, root: Path, *, everything: bool, quiet: bool) -> str:
    """By dashboard and rule group: how many expressions have data, and what is to be said of the others.

    Args:
        root: what the paths of the places are relative to; their files are read for the lines.
        everything: whether expressions with nothing to say of are listed, too.
        quiet: whether only those are told that something is to be said of.
    """
    lines: list[str] = []
    read: dict[str, Source] = {}
    for owner, group in groupby(report.results, key=lambda result: result[0].owner):
        results = list(group)
        told = [result for result in results if not result[1].fine]
        if told or not quiet:
            lines.append(f"{strong(_printable(owner))}  {_counts(results)}")
        for asked, verdict in results:
            if not verdict.fine:
                lines.extend(_told(asked, verdict, root, read))
            elif everything and not quiet:
                lines.append(f"  {_printable(asked.what)}: {_series(verdict)}")
                if verdict.message:
                    lines.append(f"    {faint(_printable(verdict.message))}")
    if not quiet:
        lines.extend(_summary(report))
    return "\n".join(lines)


def report_json(report: Report) -> str:
    """The same as one JSON document."""
    document = {
        "format": FORMAT,
        "server": report.server,
        "notes": list(report.notes),
        "results": [
            {
                "owner": asked.owner,
                "what": asked.what,
                "path": asked.place.path,
                "line": asked.place.line,
                "pointer": asked.pointer,
                "expr": asked.text,
                "asked": asked.expr,
                "status": verdict.status,
                "grave": verdict.grave and not verdict.fine,
                "series": verdict.series,
                "seconds": None if verdict.seconds is None else round(verdict.seconds, 4),
                "message": verdict.message,
                "remedy": verdict.remedy,
                "corrected": _corrected(asked, verdict) or None,
                "culprit": None
                if verdict.culprit is None
                else {
                    "text": asked.expr[verdict.culprit.start : verdict.culprit.end],
                    "start": verdict.culprit.start,
                    "end": verdict.culprit.end,
                    "metric": verdict.culprit.metric,
                    "label": verdict.culprit.label,
                    "value": verdict.culprit.value,
                },
            }
            for asked, verdict in report.results
        ],
        "summary": dict(Counter(verdict.status for _, verdict in report.results)),
        "questions": report.questions,
        "seconds": round(report.seconds, 3),
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def _counts(results: Sequence[Result]) -> str:
    count: Counter[str] = Counter(verdict.status for _, verdict in results)
    parts = [f"{count[status]} {word}" for status, word in _WORDS.items() if count[status]]
    return faint(", ".join(parts))


def _told(asked: Asked, verdict: Verdict, root: Path, read: dict[str, Source]) -> Iterator[str]:
    severity = tinted("error", "fail") if verdict.grave else tinted("warning", "change")
    place = strong(_printable(str(asked.place)))
    said = f"{_printable(asked.what)}: {_printable(verdict.message)}"
    yield f"  {place}: {severity}: {said} {faint(f'[{verdict.status}]')}"
    line = code_line(asked.place, root, read)
    if any(character.isalnum() for character in line):
        yield faint(f"      | {line}")
    yield from _caret(asked, verdict)
    if verdict.remedy:
        yield f"    {_printable(verdict.remedy)}"
    if better := _corrected(asked, verdict):
        yield f"    {_printable(better)}"


def _corrected(asked: Asked, verdict: Verdict) -> str:
    """The expression with the names that were probably meant; empty when that isn't known for sure."""
    if not verdict.renames:
        return ""
    found = corrected(asked.text, verdict.renames)
    return "" if found is None else found.text


def _caret(asked: Asked, verdict: Verdict) -> Iterator[str]:
    """The expression as it was asked, and under it what is to blame."""
    if verdict.culprit is None:
        return
    start, end = verdict.culprit.start, verdict.culprit.end
    begin = asked.expr.rfind("\n", 0, start) + 1
    until = asked.expr.find("\n", start)
    line = asked.expr[begin : len(asked.expr) if until == -1 else until]
    start, end = start - begin, min(end - begin, len(line))
    if len(line) > _WIDEST:  # as much of it as stands around the culprit
        cut = max(0, start - _WIDEST // 4)
        line = f"{'…' if cut else ''}{line[cut : cut + _WIDEST]}{'…' if cut + _WIDEST < len(line) else ''}"
        start, end = start - cut + bool(cut), min(end - cut + bool(cut), len(line))
    yield f"    {_printable(line)}"
    yield f"    {' ' * start}{tinted('^' * max(1, end - start), 'fail')}"


def _summary(report: Report) -> Iterable[str]:
    distinct = len({asked.expr for asked, _ in report.results})
    total = len(report.results)
    parts = [part for part in (_counts(report.results),) if part]
    of = f" ({distinct} different)" if distinct != total else ""
    yield f"{total} expression{'' if total == 1 else 's'}{of}: {''.join(parts) or 'nothing to ask'}"
    yield faint(f"asked of {report.server}: {report.questions} questions in {report.seconds:.1f} s")
    for note in report.notes:
        yield faint(f"note: {note}")


def _series(verdict: Verdict) -> str:
    if verdict.series is None:
        return "asked"
    return f"{verdict.series} series" if verdict.series else "no series now"


def _printable(text: str) -> str:
    """Without line breaks, and without what would take control of a terminal."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "�" for c in text)
