"""Where in an expression its selectors and their matchers stand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from provision.promql.names import Selector, selectors
from provision.promql.outline import Part, outline
from provision.promql.tokens import Token


@dataclass(frozen=True, slots=True)
class Located:
    """A selector and where it stands; positions are counted from 0.

    Attributes:
        start, end: of the name and what stands in its braces.
        whole_end: where its range, offset and @ end.
        matchers: for each label that is matched, where its matcher stands; of one that is matched twice, the last.
        ranged: whether it has a range.
    """

    selector: Selector
    start: int
    end: int
    whole_end: int
    matchers: dict[str, tuple[int, int]]
    ranged: bool


@lru_cache(maxsize=16384)
def located(expr: str) -> tuple[Located, ...]:
    """The selectors of `expr` from left to right; none when it isn't PromQL, or is written in a way that the
    positions aren't sure. Grafana variables must be replaced before."""
    found = selectors(expr)
    whole = outline(expr)
    parts = [part for part, _ in whole.walk() if part.kind == "selector"] if whole is not None else []
    if len(parts) != len(found):
        return ()
    return tuple(_located(selector, part) for selector, part in zip(found, parts, strict=True))


def _located(selector: Selector, part: Part) -> Located:
    end = part.braces[1] + 1 if part.braces else part.name.end if part.name else part.end
    matchers = {
        _unquoted(each.label): (each.label.start, each.value.end) for each in part.matchers if each.op
    }
    return Located(selector, part.start, end, part.end, matchers, part.ranged)


def _unquoted(label: Token) -> str:
    return label.text[1:-1] if label.kind == "string" else label.text
