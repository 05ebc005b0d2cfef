"""What was changed in files of sources, as a unified diff."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Final

from provision.compile.load.snippet import read
from provision.show.style import strong, tinted

_CONTEXT: Final = 2
_LONGEST: Final = 500
"""Characters of a line that are shown."""
_AROUND: Final = 100
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


def source_diff(files: Mapping[str, tuple[bytes, bytes]]) -> str:
    """A unified diff, without what may be a secret in the lines around.

    Args:
        files: by its path, what each held before and holds now.
    """
    return "\n".join(line for path, contents in sorted(files.items()) for line in _file(path, *contents))


def _file(path: str, before: bytes, after: bytes) -> Iterator[str]:
    old, new = (_LINE_END.split(content.decode("utf-8", "replace")) for content in (before, after))
    shown_old, shown_new = (read(content.decode("utf-8", "replace")).censored for content in (before, after))
    yield strong(f"--- {path}")
    yield strong(f"+++ {path}")
    # Without its guess that lines which are there often mean little; a file of thousands of lines is compared in full.
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_CONTEXT):
        first, last = group[0], group[-1]
        yield f"@@ -{_span(first[1], last[2])} +{_span(first[3], last[4])} @@"
        for tag, start, end, begin, finish in group:
            gone, come = shown_old[start:end], shown_new[begin:finish]
            if tag == "equal":
                yield from (f" {_cut(line, line)}" for line in gone)
                continue
            yield from (
                tinted(f"-{_cut(*pair)}", "remove")
                for pair in zip_longest(gone, come[: len(gone)], fillvalue="")
            )
            yield from (
                tinted(f"+{_cut(*pair)}", "add")
                for pair in zip_longest(come, gone[: len(come)], fillvalue="")
            )


def _cut(line: str, other: str) -> str:
    """The line; of a very long one, such as JSON without line ends, what stands around where it differs."""
    if len(line) <= _LONGEST:
        return line
    same = next((at for at, pair in enumerate(zip(line, other, strict=False)) if pair[0] != pair[1]), 0)
    start = max(0, min(same - _AROUND, len(line) - _LONGEST))
    end = start + _LONGEST
    return f"{'…' if start else ''}{line[start:end]}{'…' if end < len(line) else ''}"


def _span(start: int, end: int) -> str:
    """A range of lines as diffs write it, counted from 1."""
    length = end - start
    return f"{start + 1}" if length == 1 else f"{start + 1 if length else start},{length}"
