"""What changed in rule files: groups by name, rules by name and labels, then by expression."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, Final

from provision.diff.leaves import MISSING, Handler, Kept, Shape, Trail, join, kept, leaves
from provision.diff.naming import field, numbered, overlap, position
from provision.diff.pairs import by, by_nth
from provision.diff.words import quoted, words
from provision.model import Change, encode


def entries(noun: str) -> Handler:
    """Compares an object of named entries, such as labels: `label severity`."""

    def differ(path: str, before: Any, after: Any) -> Iterator[Change]:
        sides = [side for side in (before, after) if side is not MISSING]
        if not any(sides) or not all(isinstance(side, dict) for side in sides):
            yield from leaves(join(path, f"{noun}s"), before, after)
            return
        names: dict[Trail, str] = {
            (name,): f"{noun} {name if name.strip() else quoted(name)}" for side in sides for name in side
        }
        yield from leaves(path, before, after, Shape(names))

    return differ


def rule_kind(rule: dict[str, Any]) -> str:
    """`alert` or `record`; empty for neither."""
    return next((kind for kind in ("alert", "record") if isinstance(rule.get(kind), str)), "")


def rule_name(rule: dict[str, Any], rules: Sequence[Any]) -> str:
    """Such as `alert HighErrorRatio`, with the labels that tell it from others of that name."""
    kind = rule_kind(rule)
    if not kind:
        return f"rule {position(rule, rules)}"
    alike = [other for other in rules if other.get(kind) == rule[kind]]
    if len(alike) == 1:
        return f"{kind} {quoted(rule[kind])}"
    labels = _labels(rule)
    telling = [
        f"{name}={words(value)}"
        for name, value in labels.items()
        if any(encode(_labels(other).get(name)) != encode(value) for other in alike)
    ]
    twins = [other for other in alike if _labels(other) == labels]
    number = f" #{position(rule, twins)}" if len(twins) > 1 else ""
    return f"{kind} {quoted(rule[kind])}{{{', '.join(telling)}}}{number}"


def _labels(rule: dict[str, Any]) -> dict[str, Any]:
    labels = rule.get("labels")
    return labels if isinstance(labels, dict) else {}


def _named(*fields: str) -> Callable[[Any], Hashable | None]:
    def key(rule: dict[str, Any]) -> Hashable | None:
        kind = rule_kind(rule)
        return (kind, encode([rule.get(name) for name in (kind, *fields)])) if kind else None

    return key


def _likeness(before: dict[str, Any], after: dict[str, Any]) -> float:
    kind = rule_kind(before)
    if kind != rule_kind(after):
        return 0.0
    return 0.7 * overlap(before.get("expr"), after.get("expr")) + 0.3 * overlap(
        before.get(kind), after.get(kind)
    )


def _rule(path: str, before: Any, after: Any) -> Iterator[Change]:
    yield from leaves(path, before, after, _RULE)


def _same_expression(rule: dict[str, Any]) -> Hashable | None:
    kind = rule_kind(rule)
    return (kind, encode(rule["expr"])) if kind and "expr" in rule else None


_ENTRIES: Final[dict[Trail, str]] = {("labels",): "", ("annotations",): ""}
_RULE: Final = Shape(_ENTRIES, {("labels",): entries("label"), ("annotations",): entries("annotation")})
_PASSES: Final = (by(_named("labels")), by(_named()), by(_same_expression), by_nth(encode))


_RULES: Final = kept(Kept("rules", rule_name, _rule, _PASSES, _likeness, 0.6, label=rule_kind, bare=True))
_GROUP: Final = Shape(
    {("rules",): "", ("labels",): ""},
    {("rules",): _RULES, ("labels",): entries("label")},
)


def group_changes(path: str, before: Any, after: Any) -> Iterator[Change]:
    """Every change between two groups, as Prometheus writes them."""
    yield from leaves(path, before, after, _GROUP)


def _group_likeness(before: dict[str, Any], after: dict[str, Any]) -> float:
    return overlap(_rule_names(before), _rule_names(after))


def _rule_names(group: dict[str, Any]) -> str:
    rules = group.get("rules")
    found = [rule for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []
    return " ".join(str(rule.get(rule_kind(rule))) for rule in found)


_GROUPS: Final = kept(
    Kept(
        "groups",
        numbered("group", "name", bare=False),
        group_changes,
        (by_nth(encode), by_nth(field("name")), by(field("rules"))),
        _group_likeness,
        label=lambda _: "name",
    )
)
RULE_FILE: Final = Shape({("groups",): ""}, {("groups",): _GROUPS})
"""A rule file: `{"groups": […]}`."""
