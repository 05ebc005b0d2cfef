"""Where the routing tree leads an alert of which not all labels are known.

Source: Alertmanager's dispatch.Route.Match: the first child that matches takes an alert, those after it only if that one
continues; what no child takes is the route's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from provision.compile.dialect.grafana_matchers import Matcher, object_matchers
from provision.promql.labels import Labels
from provision.prove.check.patterns import Unanswered, fits


@dataclass(frozen=True, slots=True)
class AlertLabels:
    """What is known of an alert's labels.

    Attributes:
        known: those whose value is known.
        unknown: those whose value isn't known, though it has one or may have one.
        series: what is known of the others, which come from the series.
    """

    known: Mapping[str, str]
    unknown: frozenset[str]
    series: Labels

    def value(self, label: str) -> str | None:
        """The value of a label, empty when there is none; None when that isn't known."""
        if label in self.known:
            return self.known[label]
        if label in self.unknown or label.startswith(("grafana_", "__")):
            return None
        return "" if not self.series.may_have(label) else self.series.values.get(label)


@dataclass(frozen=True, slots=True)
class End:
    """A route that may be the one that takes an alert.

    Attributes:
        receiver: the name of its receiver, inherited or its own; empty when there is none.
        names_alert: whether its matchers, or those above it, name the alert itself.
    """

    receiver: str
    names_alert: bool


def is_sound(route: object) -> bool:
    """Whether a route and all below it have the form that Alertmanager, or Grafana, wants; the check `schema` tells what
    hasn't."""
    if not isinstance(route, dict):
        return False
    lists = [
        [] if (held := route.get(field)) is None else held
        for field in ("matchers", "object_matchers", "routes")
    ]
    maps = [{} if (held := route.get(field)) is None else held for field in ("match", "match_re")]
    if not all(isinstance(each, list) for each in lists) or not all(isinstance(each, dict) for each in maps):
        return False
    _, named, below = lists
    return all(isinstance(each, list) and len(each) == 3 for each in named) and all(map(is_sound, below))


def ends(root: Mapping[str, Any], labels: AlertLabels) -> frozenset[End]:
    """The routes that may take the alert, of a tree that is sound; the root takes whatever comes to it, whether it has matchers or not."""
    return frozenset(_ends(root, labels, End("", names_alert=False)))


def _ends(route: Mapping[str, Any], labels: AlertLabels, above: End) -> Iterator[End]:
    receiver = route.get("receiver")
    names = any(label == "alertname" and op in ("=", "=~") for label, op, _ in object_matchers(route) or ())
    here = End(
        receiver if isinstance(receiver, str) and receiver else above.receiver, above.names_alert or names
    )
    taken = False
    for child in route.get("routes") or ():
        match = _matches(child, labels)
        if match is False:
            continue
        yield from _ends(child, labels, here)
        taken = taken or match is True
        if match is True and not child.get("continue"):
            break
    if not taken:
        yield here


def _matches(route: Mapping[str, Any], labels: AlertLabels) -> bool | None:
    """Whether a route takes such an alert; None when that depends on labels that aren't known."""
    matchers = object_matchers(route)
    if matchers is None:
        return None  # the check of schemas tells of it
    answers = [_holds(matcher, labels.value(matcher[0])) for matcher in matchers]
    if False in answers:
        return False
    return None if None in answers else True


def _holds(matcher: Matcher, value: str | None) -> bool | None:
    _, op, wanted = matcher
    if value is None:
        return None
    if op in ("=", "!="):
        return (value == wanted) is (op == "=")
    if _OF_GO.search(wanted):
        return None
    try:
        return fits(wanted, value) is (op == "=~")
    except Unanswered:
        return None


_OF_GO: Final = re.compile(r"\[\[|\\[pPzQC]")
"""What means something else in Go, such as `[[:alpha:]]`."""
