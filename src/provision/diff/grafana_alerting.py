"""What changed in Grafana's alerting: rules by uid and name, contact points by integration, policies by route."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, Final

from provision.diff.leaves import Kept, Shape, Trail, kept, leaves
from provision.diff.naming import field, numbered, overlap, position
from provision.diff.pairs import by, by_nth
from provision.diff.panels import query_text
from provision.diff.routing import ROUTES
from provision.diff.rules import entries, rule_name
from provision.diff.scraping import secrets
from provision.model import Change, encode

_FOLDER: Final[dict[Trail, str]] = {("folderUid",): "folder"}

# ── rules ────────────────────────────────────────────────────────────────────


def _rule_name(rule: dict[str, Any], rules: Sequence[Any]) -> str:
    """Such as `alert HighErrorRatio`, with the labels that tell it from others of that title."""
    known = [_in_prometheus_terms(other) for other in rules]
    return rule_name(known[position(rule, rules) - 1], known)


def _in_prometheus_terms(rule: dict[str, Any]) -> dict[str, Any]:
    """What a rule is called by."""
    kind = "record" if isinstance(rule.get("record"), dict) else "alert"
    return {kind: rule.get("title"), "labels": rule.get("labels")}


def _query(path: str, before: Any, after: Any) -> Iterator[Change]:
    yield from leaves(path, before, after, _QUERY)


def _query_name(query: dict[str, Any], queries: Sequence[Any]) -> str:
    ref = query.get("refId")
    return f"query {ref}" if isinstance(ref, str) else f"query {position(query, queries)}"


def _rule(path: str, before: Any, after: Any) -> Iterator[Change]:
    yield from leaves(path, before, after, _RULE)


def _asks(rule: dict[str, Any]) -> str:
    data = rule.get("data")
    models = (
        [query.get("model") for query in data if isinstance(query, dict)] if isinstance(data, list) else []
    )
    return " ".join(query_text(model) or "" for model in models)


def _likeness(before: dict[str, Any], after: dict[str, Any]) -> float:
    return 0.7 * overlap(_asks(before), _asks(after)) + 0.3 * overlap(before.get("title"), after.get("title"))


def _title_and_labels(rule: dict[str, Any]) -> Hashable | None:
    title = rule.get("title")
    return encode([title, rule.get("labels")]) if isinstance(title, str) else None


_QUERY: Final = Shape({("model",): ""})
_QUERIES: Final = kept(Kept("queries", _query_name, _query, (by_nth(field("refId")), by_nth(encode))))
_RULE: Final = Shape(
    {("labels",): "", ("annotations",): "", ("data",): ""},
    {("labels",): entries("label"), ("annotations",): entries("annotation"), ("data",): _QUERIES},
)
_RULES: Final = kept(
    Kept(
        "rules",
        _rule_name,
        _rule,
        (by(field("uid")), by(_title_and_labels), by(field("title")), by_nth(encode)),
        _likeness,
        0.6,
        label=lambda _: "title",
        bare=True,
    )
)
RULE_GROUP: Final = Shape({("rules",): "", **_FOLDER}, {("rules",): _RULES})
"""A rule group."""

# ── contact points ───────────────────────────────────────────────────────────


def _integration(path: str, before: Any, after: Any) -> Iterator[Change]:
    yield from leaves(path, before, after, _INTEGRATION)


_INTEGRATION: Final = Shape({("settings",): "", ("secure",): ""}, {("secure",): secrets})
_INTEGRATIONS: Final = kept(
    Kept(
        "integrations",
        numbered("integration", "type"),
        _integration,
        (by(field("uid")), by_nth(encode), by_nth(field("type"))),
    )
)
CONTACT_POINT: Final = Shape({("integrations",): ""}, {("integrations",): _INTEGRATIONS})
"""A contact point; its secrets are references."""

# ── policies ─────────────────────────────────────────────────────────────────


def _root(_path: str, before: Any, after: Any) -> Iterator[Change]:
    yield from leaves("root route", before, after)


POLICY: Final = Shape({("routes",): "", ("root",): ""}, {("routes",): ROUTES, ("root",): _root})
"""The notification policies."""
