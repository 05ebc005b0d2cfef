"""The functions that templates of alerts may call. Source: Go's text/template, and Prometheus' template/template.go and
CHANGELOG up to 3.14."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Signature:
    """How a function is called.

    Attributes:
        least: how many values it takes at least, one that is handed on by `|` included.
        most: how many at most; None for any number.
        since: the first version of Prometheus that has it, major and minor; none for all since 2.0.
    """

    least: int
    most: int | None
    since: tuple[int, int] | None = None


_ONE: Final = Signature(1, 1)

PROMETHEUS: Final[dict[str, Signature]] = {
    **dict.fromkeys(
        (
            "query", "first", "value", "strvalue", "safeHtml", "title", "toUpper", "toLower", "graphLink", "tableLink",
            "humanize", "humanize1024", "humanizeDuration", "humanizePercentage", "humanizeTimestamp",
        ),
        _ONE,
    ),
    "args": Signature(0, None),
    "externalURL": Signature(0, 0),
    "label": Signature(2, 2),
    "match": Signature(2, 2),
    "now": Signature(0, 0, (3, 6)),
    "parseDuration": Signature(1, 1, (2, 32)),
    "pathPrefix": Signature(0, 0),
    "reReplaceAll": Signature(3, 3),
    "sortByLabel": Signature(2, 2),
    "stripDomain": Signature(1, 1, (2, 36)),
    "stripPort": Signature(1, 1, (2, 33)),
    "toDuration": Signature(1, 1, (3, 6)),
    "toTime": Signature(1, 1, (2, 38)),
    "urlQueryEscape": Signature(1, 1, (3, 8)),
}  # fmt: skip
"""Prometheus' own."""

GO: Final[dict[str, Signature]] = {
    **dict.fromkeys(("and", "or", "call", "index", "slice", "printf"), Signature(1, None)),
    **dict.fromkeys(("html", "js", "print", "println", "urlquery"), Signature(0, None)),
    **dict.fromkeys(("ne", "lt", "le", "gt", "ge"), Signature(2, 2)),
    "eq": Signature(2, None),
    "len": _ONE,
    "not": _ONE,
}
"""Those of all Go templates."""

FUNCTIONS: Final = {**GO, **PROMETHEUS}
"""All that an alert's template may call."""
