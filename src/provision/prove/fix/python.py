"""A Python source with its expressions corrected where they stand literally."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from provision.promql.edits import Corrected, Edit, edited
from provision.promql.names import selectors
from provision.promql.variables import placeholder
from provision.prove.fix.literals import Literal, Run, literals


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A source after its changes.

    Attributes:
        placed: which of the wanted changes were made, by their position; the others are nowhere literally.
    """

    text: str
    placed: frozenset[int]


def rewritten_python(source: str, wanted: Sequence[tuple[str, Corrected]]) -> Rewritten:
    """A Python source in which each expression that stands there literally is corrected: in one literal or several
    side by side, and in f-strings where what changes isn't what they put in.

    Args:
        wanted: the expressions as the source makes them, and what they become.
    """
    edits: list[Edit] = []
    placed = set()
    known = [literal for literal in literals(source) if not literal.is_remark]
    for number, (before, after) in enumerate(wanted):
        for literal in known:
            made = _placed(literal, before, after.edits)
            if made is not None:
                edits.extend(made)
                placed.add(number)
    result = edited(source, edits)
    return Rewritten(source, frozenset()) if result is None else Rewritten(result.text, frozenset(placed))


def rewritten_words(source: str, wanted: Sequence[tuple[str, Corrected]], *, labels: bool) -> str:
    """A Python source with the words that corrections replace replaced in each literal that is a piece of one of the
    expressions, as where they are put together of constants and what functions return. It is a guess that what comes
    of the source has to confirm.

    Args:
        labels: whether the words that aren't metrics are replaced, too.
    """
    texts = [before for before, _ in wanted]
    words = list(dict.fromkeys(word for each in wanted for word in _words(*each, labels=labels)))
    if not any(old in source for old, _, _ in words):
        return source
    edits: dict[tuple[int, int], Edit] = {}
    for literal in literals(source):
        for run in () if literal.is_remark else literal.runs:
            if run is None or not _is_piece(run.text, texts):
                continue
            for _, pattern, new in words:
                for match in re.finditer(pattern, run.text):
                    text = run.written(new)
                    span = (run.at[match.start()], run.at[match.end()])
                    if text is not None:
                        edits.setdefault(span, Edit(*span, text))
    result = edited(source, edits.values())
    return source if result is None else result.text


_WORD: Final = re.compile(r"[A-Za-z_:][\w:]*", re.ASCII)
_FORMAT: Final = re.compile(r"\{\w*\}|%\(?\w*\)?[sdrg]")
"""Where `str.format` and `%` put something in."""


def _words(before: str, after: Corrected, *, labels: bool) -> Iterator[tuple[str, str, str]]:
    """The words that a correction replaces, a pattern of where, and by what; nothing when it does more than that."""
    pairs = [(before[edit.start : edit.end], edit.text) for edit in after.edits]
    if not all(_WORD.fullmatch(word) for pair in pairs for word in pair):
        return
    for (old, new), edit in zip(pairs, after.edits, strict=True):
        if _is_metric(before, edit):
            yield old, rf"(?<![\w:]){re.escape(old)}(?![\w:])", new
        elif labels:
            name = re.escape(old)
            yield old, rf"(?<![\w.$]){name}(?=\s*(?:=~|!~|!=|=|\}}\}})|\s*(?:,[\w\s,]*)?\))|\A{name}\Z", new


def _is_metric(before: str, edit: Edit) -> bool:
    return any(selector.name == before[edit.start : edit.end] for selector in selectors(placeholder(before)))


def _is_piece(text: str, texts: Sequence[str]) -> bool:
    """Whether a constant is part of one of these expressions; of a template, each part between what is put in."""
    if not _WORD.search(text):
        return False
    parts = [part.replace("{{", "{").replace("}}", "}").replace("%%", "%") for part in _FORMAT.split(text)]
    return any(text in each or all(part in each for part in parts) for each in texts)


def _placed(literal: Literal, before: str, edits: Sequence[Edit]) -> list[Edit] | None:
    """The changes in the source of a literal that says that expression; None when it doesn't, or when what changes is
    put in."""
    starts = _aligned(literal.runs, before)
    if starts is None:
        return None
    made: list[Edit] = []
    for edit in edits:
        here = _of_runs(literal.runs, starts, edit)
        if here is None:
            return None
        made.extend(here)
    return made


def _aligned(runs: Sequence[Run | None], before: str) -> list[int] | None:
    """Where each run begins in the expression; None when the literal can't say it."""
    segments = [""]
    for run in runs:
        if run is None:
            segments.append("")
        else:
            segments[-1] += run.text
    spots = _whole(segments[0], before) if len(segments) == 1 else _spread(segments, before)
    if spots is None:
        return None
    starts, number, at = [], 0, spots[0]
    for run in runs:
        starts.append(at)
        if run is None:
            number += 1
            at = spots[number]
        else:
            at += len(run.text)
    return starts


def _whole(said: str, before: str) -> list[int] | None:
    """Where a text begins in the expression that it is; what compiles a source may leave out the spaces around one."""
    if said.strip() != before.strip():
        return None
    return [len(before) - len(before.lstrip()) - (len(said) - len(said.lstrip()))]


def _spread(segments: Sequence[str], before: str) -> list[int] | None:
    """Where each segment begins in an expression that is made of them and of something between each two: the first at
    its start, the last at its end, the others as far to the left as can be."""
    first, *middle, last = segments
    at, end = len(first), len(before) - len(last)
    if at > end or not before.startswith(first) or not before.endswith(last):
        return None
    spots = [0]
    for segment in middle:
        at = before.find(segment, at, end)
        if at < 0:
            return None
        spots.append(at)
        at += len(segment)
    return [*spots, end]


def _of_runs(runs: Sequence[Run | None], starts: Sequence[int], edit: Edit) -> list[Edit] | None:
    """The change in the runs that hold what changes; None when not all of it stands in runs."""
    made: list[Edit] = []
    position, text = edit.start, edit.text
    for run, start in zip(runs, starts, strict=True):
        if run is None or not start <= position <= start + len(run.text):
            continue
        end = min(edit.end, start + len(run.text))
        if end == position < edit.end:
            continue
        written = run.written(text)
        if written is None:
            return None
        made.append(Edit(run.at[position - start], run.at[end - start], written))
        position, text = end, ""
        if position == edit.end:
            return made
    return None
