"""What came of asking a server, for people, by dashboard and rule group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provision.compile.load.snippet import Source
from provision.show.quoted import code_line
from provision.show.style import faint, strong, tinted
from provision.show.verified_json import better_of

if TYPE_CHECKING:
    from provision.prove.verify.verdicts import Asked, Remark, Report, Result, Verdict

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
_COLOURS: Final = {"error": "fail", "warning": "change", "info": "done"}
_WIDEST: Final = 160


def report_text(report: Report, root: Path, *, everything: bool, quiet: bool) -> str:
    """By dashboard and rule group: how many expressions have data, and what is to be said of the others.

    Args:
        root: what the paths of the places are relative to; their files are read for the lines.
        everything: whether expressions with nothing to say of are listed, too.
        quiet: whether only those are told that something is to be said of.
    """
    lines: list[str] = []
    read: dict[str, Source] = {}
    for owner, group in groupby(report.results, key=lambda result: result.asked.owner):
        results = list(group)
        said = [
            (result, [each for each in result.remarks if _is_told(each, everything, quiet)])
            for result in results
        ]
        if not quiet or any(remarks or not result.fine for result, remarks in said):
            lines.append(f"{strong(_printable(owner))}  {_counts(results)}")
        for result, remarks in said:
            if not result.fine:
                lines.extend(_told(result, root, read))
            elif everything and not quiet:
                lines.extend(_listed(result))
            for remark in remarks:
                lines.extend(_remarked(result.asked, remark))
    if not quiet:
        lines.extend(_summary(report))
    return "\n".join(lines)


def _listed(result: Result) -> Iterator[str]:
    """What there is nothing to say of."""
    yield f"  {_printable(result.asked.what)}: {_series(result.verdict)}"
    if result.waived:
        yield f"    {faint(_printable(f'waived: {result.waived} [verify-{result.verdict.status}]'))}"
    elif result.verdict.message:
        yield f"    {faint(_printable(result.verdict.message))}"


def _counts(results: Sequence[Result]) -> str:
    waived = sum(bool(each.waived) for each in results)
    count: Counter[str] = Counter(each.verdict.status for each in results if not each.waived)
    parts = [f"{count[status]} {word}" for status, word in _WORDS.items() if count[status]]
    parts += [f"{waived} waived"] if waived else []
    return faint(", ".join(parts))


def _told(result: Result, root: Path, read: dict[str, Source]) -> Iterator[str]:
    asked, verdict = result.asked, result.verdict
    severity = tinted(result.severity or "", _COLOURS[result.severity or "info"])
    place = strong(_printable(str(asked.place)))
    said = f"{_printable(asked.what)}: {_printable(verdict.message)}"
    yield f"  {place}: {severity}: {said} {faint(f'[verify-{verdict.status}]')}"
    line = code_line(asked.place, root, read)
    if any(character.isalnum() for character in line):
        yield faint(f"      | {line}")
    yield from _caret(asked, verdict)
    if verdict.remedy:
        yield f"    {_printable(verdict.remedy)}"
    if better := better_of(asked, verdict):
        yield f"    {_printable(better)}"


def _is_told(remark: Remark, everything: bool, quiet: bool) -> bool:
    if remark.waived:
        return everything and not quiet
    return not (quiet and remark.severity == "info")


def _remarked(asked: Asked, remark: Remark) -> Iterator[str]:
    """What else there is to say of an expression."""
    if remark.waived:
        yield f"  {_printable(asked.what)}: {_printable(remark.message)}"
        yield f"    {faint(_printable(f'waived: {remark.waived} [{remark.id}]'))}"
        return
    severity = tinted(remark.severity, _COLOURS[remark.severity])
    said = f"{_printable(asked.what)}: {_printable(remark.message)}"
    yield f"  {strong(_printable(str(asked.place)))}: {severity}: {said} {faint(f'[{remark.id}]')}"
    if remark.remedy:
        yield f"    {_printable(remark.remedy)}"


def _caret(asked: Asked, verdict: Verdict) -> Iterator[str]:
    """The expression as it was asked, and under it what is to blame."""
    if verdict.culprit is None:
        if verdict.status == "error" and asked.expr != asked.text:  # its message counts in what was asked
            yield from (f"    {_printable(line)[:_WIDEST]}" for line in asked.expr.splitlines())
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
    distinct = len({each.asked.expr for each in report.results})
    total = len(report.results)
    counts = _counts(report.results) if report.results else "nothing to ask"
    of = f" ({distinct} different)" if distinct != total else ""
    yield f"{total} expression{'' if total == 1 else 's'}{of}: {counts}"
    yield faint(
        f"asked of {', '.join(report.servers)}: {report.questions} questions in {report.seconds:.1f} s"
    )
    for note in report.notes:
        yield faint(f"note: {note}")


def _series(verdict: Verdict) -> str:
    if verdict.series is None:
        return "asked"
    return f"{verdict.series} series" if verdict.series else "no series now"


def _printable(text: str) -> str:
    """Without line breaks, and without what would take control of a terminal."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "�" for c in text)
