"""What changed within one panel: queries, thresholds, overrides, transformations, and every other field."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, Final

from provision.diff.leaves import MISSING, Kept, Shape, change, kept, leaves
from provision.diff.naming import field, numbered, overlap, position
from provision.diff.pairs import by, by_nth, in_place
from provision.diff.words import quoted, words
from provision.model import Change, encode

_TEXTS: Final = ("expr", "query", "expression", "rawSql", "target")


def panel_changes(path: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    """Every change between two versions of a panel, by field."""
    yield from leaves(path, before, after, _PANEL)


def query_text(target: Any) -> str | None:
    """The text of a query, wherever its data source keeps it."""
    if not isinstance(target, dict):
        return None
    return next((target[name] for name in _TEXTS if isinstance(target.get(name), str) and target[name]), None)


def panel_likeness(before: dict[str, Any], after: dict[str, Any]) -> float:
    """How alike two panels are, 0 to 1: by type, the words of the title, and the queries; the same id helps."""
    if is_row(before) != is_row(after):
        return 0.0
    parts = [(2.0, 1.0 if before.get("type") == after.get("type") else 0.0)]
    if before.get("title") or after.get("title"):
        parts.append((3.0, overlap(before.get("title"), after.get("title"))))
    queries = _texts(before), _texts(after)
    if any(queries):
        common = len(queries[0] & queries[1]) / len(queries[0] | queries[1])
        parts.append((5.0, max(common, overlap(" ".join(queries[0]), " ".join(queries[1])))))
    same_id = 0.2 if "id" in before and before["id"] == after.get("id") else 0.0
    return min(
        1.0, same_id + sum(weight * part for weight, part in parts) / sum(weight for weight, _ in parts)
    )


def is_row(panel: dict[str, Any]) -> bool:
    """Whether it is a row, as Grafana writes them since 5.0 (`type`) or wrote them before (`panels`)."""
    return panel.get("type") == "row" or ("panels" in panel and "type" not in panel)


def _texts(panel: dict[str, Any]) -> frozenset[str]:
    targets = panel.get("targets")
    found = map(query_text, targets if isinstance(targets, list) else [])
    return frozenset(text for text in found if text is not None)


# ── queries ──────────────────────────────────────────────────────────────────
def _letter_and_text(target: dict[str, Any]) -> Hashable | None:
    text, letter = query_text(target), target.get("refId")
    return (letter, text) if text is not None and isinstance(letter, str) else None


def _query_name(target: dict[str, Any], targets: Sequence[Any]) -> str:
    letter = target.get("refId")
    if isinstance(letter, str) and letter and [other.get("refId") for other in targets].count(letter) == 1:
        return f"query {quoted(letter)}"
    return f"query {position(target, targets)}"


def _query(path: str, before: Any, after: Any) -> Iterator[Change]:
    yield from leaves(path, before, after, Shape({("datasource",): "data source"}))


QUERIES: Final = kept(
    Kept(
        "queries",
        _query_name,
        _query,
        (by(_letter_and_text), by(query_text), by(field("refId")), by_nth(encode)),
        label=lambda _: "refId",
        bare=True,
    )
)
"""Compares the queries of a panel: by letter and text, then by the one or the other."""


# ── thresholds ───────────────────────────────────────────────────────────────
def _step_name(step: dict[str, Any], steps: Sequence[Any]) -> str:
    color, value = words(step.get("color")), step.get("value")
    if [other.get("color") for other in steps].count(step.get("color")) == 1:
        return color
    return f"{color} base" if value is None else f"{color} from {words(value)}"


def _step(path: str, before: Any, after: Any) -> Iterator[Change]:
    numbers = [side.get("value", MISSING) for side in (before, after)]
    rest = [{**side, "value": 0} for side in (before, after)]
    if encode(rest[0]) == encode(rest[1]) and all(isinstance(number, int | float) for number in numbers):
        yield change(path, *numbers)
    else:
        yield from leaves(path, before, after)


_STEPS: Final = kept(
    Kept(
        "steps",
        _step_name,
        _step,
        (in_place, by_nth(encode), by(field("color")), by(field("value")), by_nth(lambda _: True)),
    )
)


# ── overrides, transformations, links ────────────────────────────────────────
def _override_name(override: dict[str, Any], overrides: Sequence[Any]) -> str:
    matcher = override.get("matcher")
    alike = [other for other in overrides if other.get("matcher") == matcher]
    number = f" #{position(override, alike)}" if len(alike) > 1 else ""
    if not isinstance(matcher, dict):
        return f"override{number}"
    options = matcher.get("options")
    said = quoted(options, always=True) if isinstance(options, str) else words(options)
    return f"override {words(matcher.get('id'))} {said}{number}"


def _property(path: str, before: Any, after: Any) -> Iterator[Change]:
    yield from leaves(path, before, after, Shape({("value",): ""}))


_PROPERTIES: Final = kept(Kept("properties", numbered("", "id"), _property, (by_nth(field("id")),)))


def _override(path: str, before: Any, after: Any) -> Iterator[Change]:
    yield from leaves(path, before, after, Shape({("properties",): ""}, {("properties",): _PROPERTIES}))


_OVERRIDES: Final = kept(
    Kept(
        "overrides",
        _override_name,
        _override,
        (in_place, by_nth(encode), by_nth(field("matcher")), by_nth(field("properties"))),
    )
)
_TRANSFORMATIONS: Final = kept(
    Kept(
        "transformations",
        numbered("transformation", "id"),
        leaves,
        (in_place, by_nth(encode), by_nth(field("id"))),
    )
)
LINKS: Final = kept(
    Kept(
        "links",
        numbered("link", "title", bare=False),
        leaves,
        (in_place, by_nth(encode), by(field("title")), by(field("url")), by_nth(field("type"))),
        label=lambda _: "title",
    )
)
"""Compares lists of links, by title, then address."""

_DEFAULTS: Final = ("fieldConfig", "defaults")
_PANEL: Final = Shape(
    {
        ("datasource",): "data source",
        ("targets",): "",
        ("transformations",): "",
        ("links",): "",
        ("fieldConfig",): "",
        _DEFAULTS: "",
        ("fieldConfig", "overrides"): "",
        (*_DEFAULTS, "mappings"): "value mappings",
        (*_DEFAULTS, "links"): "data links",
        (*_DEFAULTS, "thresholds", "steps"): "",
    },
    {
        ("targets",): QUERIES,
        ("transformations",): _TRANSFORMATIONS,
        ("links",): LINKS,
        ("fieldConfig", "overrides"): _OVERRIDES,
        (*_DEFAULTS, "links"): LINKS,
        (*_DEFAULTS, "thresholds", "steps"): _STEPS,
    },
)
