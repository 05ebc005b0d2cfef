"""What Grafana refuses of a notification policy, found before anything is sent: it takes the tree only as a whole, and
last of all but the rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from provision.author.durations import seconds
from provision.model import encode
from provision.promql.parse import parse

_ALL_LABELS: Final = "..."
_OPERATORS: Final = ("=", "!=", "=~", "!~")
_NOT_OF_THE_ROOT: Final = (
    "object_matchers", "matchers", "match", "match_re", "mute_time_intervals", "active_time_intervals",
)  # fmt: skip
_TIMES: Final[Mapping[str, bool]] = {"group_wait": True, "group_interval": False, "repeat_interval": False}
"""Whether it may be zero."""

_BRACE: Final = re.compile(r"(?<!\\)\{(?!\d)")


def of_root(root: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the root, its children aside; a sentence each."""
    for field in _NOT_OF_THE_ROOT:
        if root.get(field):
            yield f"the root of the notification policies takes all alerts at all times, and can have no {field}"
    yield from of_route(root)


def of_route(route: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a route, its children aside; a sentence each."""
    labels = [str(label) for label in route.get("group_by") or ()]
    if _ALL_LABELS in labels and len(labels) > 1:
        yield f"a route groups by {_ALL_LABELS!r}, which is every label, and by others"
    elif twice := [label for label, count in Counter(labels).items() if count > 1]:
        yield f"a route groups by {twice[0]!r} twice"
    for field, zero in _TIMES.items():
        if route.get(field) is not None and not _is_duration(route[field], zero=zero):
            least = "" if zero else ", and above zero"
            yield f"a route's {field} must be a duration such as 5m{least}, not {route[field]!r}"
    for matcher in route.get("object_matchers") or ():
        yield from _of_matcher(matcher)


def _of_matcher(matcher: Any) -> Iterator[str]:
    if not isinstance(matcher, list | tuple) or len(matcher) != 3 or matcher[1] not in _OPERATORS:
        known = ", ".join(_OPERATORS)
        yield f"a matcher of a route must be a label, one of {known}, and a value, not {matcher!r}"
        return
    label, operator, value = (str(part) for part in matcher)
    if operator in ("=~", "!~") and not _is_regex(value):
        yield f"a route's matcher {label}{operator}{value!r} isn't a regular expression that Grafana takes"


def _is_regex(text: str) -> bool:
    """Whether Go may take it: promql-parser has regular expressions much as Go has them (no look-around, no references
    back), but for braces that count nothing."""
    spellings = (text, _BRACE.sub(r"\\{", text))
    return any(parse(f"x{{a=~{encode(one).decode()}}}") is None for one in spellings)


def _is_duration(value: object, *, zero: bool) -> bool:
    try:
        found = seconds(str(value))
    except ValueError:
        return False
    return zero or found > 0
