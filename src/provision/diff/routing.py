"""What changed in Alertmanager's configuration: routes by their matchers, receivers and intervals by name."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, Final

from provision.diff.leaves import Kept, Shape, kept, leaves
from provision.diff.naming import field, numbered, overlap, position
from provision.diff.pairs import by, by_nth
from provision.diff.words import words
from provision.model import Change, encode


def matchers_text(body: dict[str, Any], side: str = "") -> str:
    """The matchers of a route, or of one side of an inhibition, on one line: `{severity="page"}`.

    Args:
        side: empty, `source_` or `target_`.
    """
    listed = body.get(f"{side}matchers")
    found = [str(matcher) for matcher in listed] if isinstance(listed, list) else []
    if not side and isinstance(body.get("object_matchers"), list):  # as Grafana writes them
        found += [_joined(matcher) for matcher in body["object_matchers"]]
    for name, operator in ((f"{side}match", "="), (f"{side}match_re", "=~")):
        older = body.get(name)
        if isinstance(older, dict):
            found += [f'{label}{operator}"{value}"' for label, value in older.items()]
    return "{" + ", ".join(found) + "}"


def _joined(matcher: Any) -> str:
    if isinstance(matcher, list) and len(matcher) == 3:
        return f'{matcher[0]}{matcher[1]}"{matcher[2]}"'
    return words(matcher)


def route_name(route: dict[str, Any], routes: Sequence[Any]) -> str:
    """Such as `route {severity="page"}`; with a number where several have the same matchers."""
    text = matchers_text(route)
    alike = [other for other in routes if matchers_text(other) == text]
    return f"route {text}" + (f" #{position(route, alike)}" if len(alike) > 1 else "")


def inhibition_name(body: dict[str, Any], bodies: Sequence[Any]) -> str:
    """Such as `inhibition of {severity="ticket"} by {severity="page"}`."""
    text = f"inhibition of {matchers_text(body, 'target_')} by {matchers_text(body, 'source_')}"
    alike = [other for other in bodies if inhibition_name(other, [other]) == text] if len(bodies) > 1 else []
    return text + (f" #{position(body, alike)}" if len(alike) > 1 else "")


def route_changes(path: str, before: Any, after: Any) -> Iterator[Change]:
    """Every change between two routes with their children."""
    yield from leaves(path, before, after, ROUTE)


def route_likeness(before: dict[str, Any], after: dict[str, Any]) -> float:
    """How alike two routes are, 0 to 1: by matchers, receiver, and the matchers of their children."""
    parts = [
        overlap(matchers_text(before), matchers_text(after)),
        1.0 if before.get("receiver") == after.get("receiver") else 0.0,
    ]
    return sum(parts) / len(parts)


def _whole(route: dict[str, Any]) -> Hashable:
    return matchers_text(route), encode(route.get("receiver"))


ROUTE_PASSES: Final = (by(encode), by(_whole), by(matchers_text), by_nth(_whole))
"""How routes are matched: with their receivers, then by matchers alone."""

ROUTES: Final = kept(Kept("routes", route_name, route_changes, ROUTE_PASSES, route_likeness))
"""A list of routes."""
ROUTE: Final = Shape({("routes",): ""}, {("routes",): ROUTES})
"""One route."""

INHIBITION_PASSES: Final = (
    by_nth(encode),
    by(lambda body: (matchers_text(body, "source_"), matchers_text(body, "target_"))),
    by(lambda body: matchers_text(body, "target_")),
    by(lambda body: matchers_text(body, "source_")),
)
"""How inhibitions are matched."""


def _named(noun: str) -> Any:
    return kept(
        Kept(
            f"{noun}s",
            numbered(noun, "name", bare=False),
            leaves,
            (
                by_nth(encode),
                by_nth(field("name")),
            ),
            label=lambda _: "name",
        )
    )


CONFIG: Final = Shape(
    {
        ("route",): "root route",
        ("route", "routes"): "",
        ("receivers",): "",
        ("inhibit_rules",): "",
        ("time_intervals",): "",
        ("mute_time_intervals",): "",
    },
    {
        ("route",): lambda _, before, after: _tree(before, after),
        ("receivers",): _named("receiver"),
        ("inhibit_rules",): kept(Kept("inhibitions", inhibition_name, leaves, INHIBITION_PASSES)),
        ("time_intervals",): _named("time interval"),
        ("mute_time_intervals",): _named("mute time interval"),
    },
)
"""A whole `alertmanager.yml`."""


def _tree(before: Any, after: Any) -> Iterator[Change]:
    """The root's fields are named as such, its children as what they are."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        yield from leaves("root route", before, after)
        return
    yield from leaves("root route", _part(before, children=False), _part(after, children=False))
    yield from leaves("", _part(before, children=True), _part(after, children=True), ROUTE)


def _part(route: dict[str, Any], *, children: bool) -> dict[str, Any]:
    return {key: value for key, value in route.items() if (key == "routes") is children}
