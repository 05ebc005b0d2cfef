"""Matchers of labels: as Alertmanager writes them (`severity="page"`), to Grafana's (`["severity", "=", "page"]`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_MATCHER: Final = re.compile(
    r"""\s*("(?:[^"\\]|\\.)*"|[^\s"'`=!~{},\\]+)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|[^\s"'`=!~{},\\]*)\s*""",
    re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED: Final = {"n": "\n", '"': '"', "\\": "\\"}

Matcher = list[str]
"""`[label, operator, value]`."""


def parse_matchers(text: str) -> list[Matcher]:
    """The matchers of a text: one (`severity="page"`), or several (`{severity="page", team=~"a|b"}`).

    Raises:
        ValueError: it isn't any.
    """
    rest = text.strip()
    if rest.startswith("{") and rest.endswith("}"):
        rest = rest[1:-1].strip().removesuffix(",")
    found: list[Matcher] = []
    at = 0
    while at < len(rest):
        match = _MATCHER.match(rest, at)
        if match is None or (match.end() < len(rest) and rest[match.end()] != ","):
            raise ValueError(f'{text!r} is not a matcher such as severity="page"')
        found.append([_plain(match[1]), match[2], _plain(match[3])])
        at = match.end() + 1
    return found


def object_matchers(route: Mapping[str, Any]) -> list[Matcher] | None:
    """All matchers of a route in Grafana's form, in its order; None when one can't be read."""
    found: list[Matcher] = [list(map(str, each)) for each in route.get("object_matchers") or ()]
    try:
        for text in route.get("matchers") or ():
            found.extend(parse_matchers(str(text)))
    except ValueError:
        return None
    for name, operator in (("match", "="), ("match_re", "=~")):
        found.extend([label, operator, str(value)] for label, value in (route.get(name) or {}).items())
    return sorted(found)


def _plain(word: str) -> str:
    if not word.startswith('"'):
        return word
    return _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[0]), word[1:-1])
