"""Rule groups of Grafana, from definitions to resources; what Grafana would take and never evaluate is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from provision.author.durations import seconds
from provision.compile.dialect.grafana_around import Around, Need
from provision.compile.keys import UID
from provision.compile.kinds import CONTACT_POINT, DATASOURCE, FOLDER, MUTE_TIMING
from provision.promql.parse import parse
from provision.promql.variables import placeholder

Body = dict[str, Any]

STEP_SECONDS: Final = 10
"""What an interval must divide by. Source: Grafana's scheduler."""

_LONGEST_BYTES: Final = 190
"""Of the title of a group or a rule, in UTF-8. Source: Grafana 12.4 refuses more (400)."""

EXPRESSIONS: Final = frozenset({"__expr__", "-100"})
"""The uids of the data source that calculates with what others return."""

_STATES: Final[Mapping[str, frozenset[str]]] = {
    "noDataState": frozenset({"Alerting", "NoData", "OK", "KeepLast"}),
    "execErrState": frozenset({"Alerting", "Error", "OK", "KeepLast"}),
}
_ON_ONE: Final = frozenset({"reduce", "resample", "threshold"})
"""Expressions over one query, which they name."""


def shaped(body: Body, around: Around) -> tuple[Body, tuple[Need, ...]]:
    """A rule group with its data sources settled, and what it needs.

    Raises:
        Broken: it lies in no folder of the project.
    """
    folder = around.folder_uid(body["folder"], f"rule group {body['title']!r}")
    needs: set[Need] = {(FOLDER, folder)} if folder else set()
    rules = []
    for rule in body["rules"]:
        settled, used = around.sources.settle_rule(rule)
        needs.update((DATASOURCE, uid) for uid in used)
        told = rule.get("notification_settings") or {}
        if told.get("receiver") in around.contact_points:
            needs.add((CONTACT_POINT, told["receiver"]))
        for field in ("mute_time_intervals", "active_time_intervals"):
            needs.update((MUTE_TIMING, name) for name in told.get(field) or () if name in around.mute_timings)
        rules.append(settled)
    group = {"folderUid": folder, "title": body["title"], "interval": body["interval"], "rules": rules}
    return group, tuple(sorted(needs))


def faults(body: Body, around: Around, features: frozenset[str] | None) -> Iterator[tuple[str, str]]:
    """What Grafana would refuse of a group, or take and never evaluate: JSON pointer and sentence.

    Args:
        features: Prometheus' feature flags that expressions may need; None: they are known to be PromQL.
    """
    interval = body["interval"]
    name = f"rule group {body['title']!r}"
    if interval <= 0 or interval % STEP_SECONDS:
        yield "/interval", f"{name}: the interval of {interval} s isn't a multiple of {STEP_SECONDS} s"
    if _is_too_long(body["title"]):
        yield "/title", f"{name}: its title has more than {_LONGEST_BYTES} bytes"
    if not body["rules"]:
        yield "/rules", f"{name} has no rule, and Grafana keeps no group without one"
    for number, rule in enumerate(body["rules"]):
        for fault in _of_rule(rule, around, features):
            yield f"/rules/{number}", f"{name}, {_called(rule, number)}: {fault}"


def titles_taken(body: Body) -> Iterator[tuple[str, str]]:
    """Titles that two rules of a group have, which nobody can tell apart: JSON pointer and sentence."""
    counts = Counter(str(rule.get("title")) for rule in body["rules"])
    for number, rule in enumerate(body["rules"]):
        title = str(rule.get("title"))
        if counts[title] > 1:
            counts[title] = 0  # told once
            yield (
                f"/rules/{number}",
                f"rule group {body['title']!r}: two rules have the title {title!r}; rename one",
            )


def _called(rule: Body, number: int) -> str:
    title = rule.get("title")
    return f"rule {title!r}" if isinstance(title, str) and title.strip() else f"rule {number + 1}"


def _of_rule(rule: Body, around: Around, features: frozenset[str] | None) -> Iterator[str]:
    title = rule.get("title")
    if not isinstance(title, str) or not title.strip():
        yield "it has no title"
    elif _is_too_long(title):
        yield f"its title has more than {_LONGEST_BYTES} bytes"
    uid = rule.get("uid")
    if uid is not None and (not isinstance(uid, str) or not UID.fullmatch(uid)):
        yield f"uid {uid!r} isn't 1 to 40 characters of A-Z, a-z, 0-9, _ and -"
    data = rule.get("data")
    queries = [query for query in data if isinstance(query, dict)] if isinstance(data, list) else []
    refs = [str(query.get("refId")) for query in queries]
    if not refs:
        yield "it has no query"
        return
    if len(set(refs)) < len(refs):
        yield "two of its queries have one refId"
    yield from _of_outcome(rule, refs)
    for field in ("for", "keep_firing_for"):
        if not _is_duration(rule.get(field)):
            yield f"{field} must be a duration such as 5m, not {rule.get(field)!r}"
    annotations = rule.get("annotations") or {}
    if ("__dashboardUid__" in annotations) != ("__panelId__" in annotations):
        yield "the annotations __dashboardUid__ and __panelId__ go together"
    for query in queries:
        yield from _of_query(query, refs, around, features)


def _of_outcome(rule: Body, refs: list[str]) -> Iterator[str]:
    """What is wrong with what becomes of the queries."""
    record = rule.get("record")
    if isinstance(record, dict):
        if record.get("from") not in refs:
            yield f"it records {record.get('from')!r}, which no query is called"
    else:
        if rule.get("condition") not in refs:
            yield f"its condition is {rule.get('condition')!r}, which no query is called"
        for field, known in _STATES.items():
            if rule.get(field) not in known:
                yield f"{field} must be one of {', '.join(sorted(known))}, not {rule.get(field)!r}"


def _of_query(query: Body, refs: list[str], around: Around, features: frozenset[str] | None) -> Iterator[str]:
    model = query.get("model")
    ref = query.get("refId")
    if not isinstance(model, dict):
        yield f"query {ref}: it has no model"
        return
    if query.get("datasourceUid") in EXPRESSIONS:
        if model.get("type") in _ON_ONE and str(model.get("expression", "")).strip("${} ") not in refs:
            yield f"query {ref}: it is over {model.get('expression')!r}, which no query is called"
        return
    if not query.get("datasourceUid"):
        yield f"query {ref}: it names no data source"
    span = query.get("relativeTimeRange") or {}
    if (span.get("from") or 0) <= (span.get("to") or 0):
        yield f"query {ref}: relativeTimeRange must begin before it ends: from (seconds ago) above to"
    expr = model.get("expr")
    asks_prometheus = around.types.get(str(query.get("datasourceUid"))) == "prometheus"
    if features is not None and asks_prometheus and isinstance(expr, str):
        problem = parse(placeholder(expr), features)
        if problem is not None:
            yield f"query {ref}: it isn't PromQL: {problem.message}"


def _is_too_long(title: object) -> bool:
    return isinstance(title, str) and len(title.encode()) > _LONGEST_BYTES


def _is_duration(value: object) -> bool:
    if value is None:
        return True
    try:
        seconds(value)  # type: ignore[arg-type]  # what isn't a text is told by the TypeError
    except (ValueError, TypeError):
        return False
    return True
