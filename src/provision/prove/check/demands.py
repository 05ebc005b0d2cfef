"""What a project demands of the labels or annotations of its rules: which must be there, which mustn't, and values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence


def missing(texts: Mapping[str, str], required: Sequence[str]) -> Iterator[str]:
    """What of the required is missing. `runbook_url|runbook` asks for one of the two."""
    for names in required:
        if not any(name in texts for name in names.split("|")):
            yield names


def not_as_wanted(
    texts: Mapping[str, str], forbidden: Sequence[str], values: Mapping[str, re.Pattern[str]]
) -> Iterator[tuple[str, str]]:
    """Name and fault, half a sentence, of each that is forbidden, or whose whole value isn't as its pattern wants."""
    for name in forbidden:
        if name in texts:
            yield name, "may not be set"
    for name, pattern in values.items():
        if name in texts and not pattern.fullmatch(texts[name]):
            yield name, f"must match {pattern.pattern!r}, unlike {texts[name]!r:.80}"


def one_of(names: str) -> str:
    """`runbook_url|runbook` in words."""
    return " or ".join(names.split("|"))
