"""The form in which two bodies of Grafana's alerting, or of library panels, are equal when they mean the same,
whoever wrote them: without what a Grafana counts or fills in, and with what it rewrites as it rewrites it.

Seen on Grafana 12.4: each rule is what a read gave back after a write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from provision.compile.dialect.grafana_durations import settled
from provision.compile.dialect.grafana_matchers import object_matchers
from provision.compile.kinds import (
    CONTACT_POINT,
    GRAFANA_RULE_GROUP,
    LIBRARY_PANEL,
    MUTE_TIMING,
    POLICY,
    TEMPLATE,
)
from provision.model import JSON, encode

Body = dict[str, Any]

REDACTED: Final = "[REDACTED]"
"""What a read gives in the place of a secret setting."""

ON_THE_SERVER: Final[Mapping[str, str]] = {"source": "server", "name": ""}
"""The reference of a secret that only the server has."""

# ── rules ────────────────────────────────────────────────────────────────────

_COUNTED: Final = frozenset({
    "id", "updated", "provenance", "version", "orgID", "folderUID", "ruleGroup", "guid",
})  # fmt: skip
_DEFAULTS: Final = (("isPaused", False), ("for", "0s"), ("keep_firing_for", "0s"), ("condition", ""))
_QUERY_DEFAULTS: Final = (("queryType", ""), ("relativeTimeRange", {"from": 0, "to": 0}))
_MODEL_DEFAULTS: Final = (("intervalMs", 1000), ("maxDataPoints", 43200))
_OF_ALERTS: Final = ("for", "keep_firing_for", "condition", "noDataState", "execErrState")
"""What Grafana drops from a recording rule."""


def _rule_group(body: Body) -> Body:
    rules = body.get("rules")
    found = rules if isinstance(rules, list) else []
    return {**body, "rules": [_rule(rule) if isinstance(rule, dict) else rule for rule in found]}


def _rule(rule: Body) -> Body:
    result = {name: value for name, value in rule.items() if name not in _COUNTED and value not in (None, {})}
    for name in ("for", "keep_firing_for"):
        if name in result:
            result[name] = settled(result[name])
    if isinstance(result.get("notification_settings"), dict):
        result["notification_settings"] = _timed(result["notification_settings"])
    if isinstance(result.get("data"), list):
        result["data"] = [_query(query) if isinstance(query, dict) else query for query in result["data"]]
    if "record" in result:
        result = {name: value for name, value in result.items() if name not in _OF_ALERTS}
    return _without(result, _DEFAULTS)


def _query(query: Body) -> Body:
    result = _without(query, _QUERY_DEFAULTS)
    if isinstance(result.get("model"), dict):
        result["model"] = _without(result["model"], (*_MODEL_DEFAULTS, ("refId", query.get("refId"))))
    return result


# ── who is told ──────────────────────────────────────────────────────────────


def _contact_point(body: Body) -> Body:
    """Grafana gives the integrations back by their uids."""
    found = [_integration(each) for each in body.get("integrations") or ()]
    return {**body, "integrations": sorted(found, key=lambda each: str(each.get("uid", "")))}


def _integration(integration: Body) -> Body:
    secure = dict(integration.get("secure") or {})
    settings = _readable(integration.get("settings") or {}, "", secure)
    return {
        **{name: value for name, value in integration.items() if name not in ("name", "provenance")},
        "settings": settings,
        "secure": secure,
        "disableResolveMessage": bool(integration.get("disableResolveMessage")),
    }


def _readable(settings: Body, within: str, secure: Body) -> Body:
    """The settings without those that a read leaves out, which are entered into `secure`."""
    result: Body = {}
    for name, value in settings.items():
        if value == REDACTED:
            secure.setdefault(within + name, dict(ON_THE_SERVER))
        elif isinstance(value, dict):
            inner = _readable(value, f"{within}{name}.", secure)
            if inner:
                result[name] = inner
        elif value is not None:
            result[name] = value
    return result


def _policy(body: Body) -> Body:
    result: Body = {"routes": [_route(route) for route in body.get("routes") or ()]}
    if body.get("root"):
        result["root"] = _without_empty(
            {name: value for name, value in _timed(body["root"]).items() if name != "provenance"}
        )
    return result


def _route(route: Body) -> Body:
    """A route with its matchers in Grafana's own form and order."""
    result = _without_empty(_timed(route))
    children = [_route(child) for child in route.get("routes") or ()]
    if children:
        result["routes"] = children
    matchers = object_matchers(result)
    if matchers is not None:
        result = {name: value for name, value in result.items() if name not in _OLDER_MATCHERS}
        if matchers:
            result["object_matchers"] = matchers
    return result


_OLDER_MATCHERS: Final = ("matchers", "match", "match_re")
_TIMES: Final = ("group_wait", "group_interval", "repeat_interval")


def _timed(route: Body) -> Body:
    return _without_empty(
        {name: settled(value) if name in _TIMES else value for name, value in route.items()}
    )


# ── when ─────────────────────────────────────────────────────────────────────

_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip


def _mute_timing(body: Body) -> Body:
    intervals = [_interval(each) for each in body.get("time_intervals") or ()]
    return {"name": body.get("name"), "time_intervals": intervals}


def _interval(interval: Body) -> Body:
    result = _without_empty(interval)
    for name in ("weekdays", "days_of_month", "months", "years"):
        if isinstance(result.get(name), list):
            result[name] = [_range(str(each), months=name == "months") for each in result[name]]
    return result


def _range(text: str, *, months: bool) -> str:
    """`January:March` is `1:3`, `5:5` is `5`."""
    ends = [end.strip().lower() for end in text.split(":")]
    if months:
        ends = [str(_MONTHS.index(end) + 1) if end in _MONTHS else end for end in ends]
    return ends[0] if len(ends) == 2 and ends[0] == ends[1] else ":".join(ends)


# ── texts and panels ─────────────────────────────────────────────────────────

_DEFINES: Final = re.compile(r"\{\{\s*define", re.ASCII)


def _template(body: Body) -> Body:
    """Grafana puts a text that defines no template into one of the resource's name."""
    text = str(body.get("template") or "").strip()
    if not _DEFINES.search(text):
        lines = "\n".join(f"  {line}" for line in text.split("\n"))
        text = f'{{{{ define "{body.get("name")}" }}}}\n{lines}\n{{{{ end }}}}'
    return {"name": body.get("name"), "template": text}


_OF_ITS_PLACE: Final = ("id", "gridPos", "libraryPanel")
"""What a panel has only within a dashboard."""


def _library_panel(body: Body) -> Body:
    model = body.get("model")
    if not isinstance(model, dict):
        return body
    kept = {name: value for name, value in model.items() if name not in _OF_ITS_PLACE}
    return {**body, "model": _without(kept, (("description", ""),))}


_OF_KIND: Final[Mapping[str, Callable[[Body], Body]]] = {
    LIBRARY_PANEL: _library_panel,
    TEMPLATE: _template,
    MUTE_TIMING: _mute_timing,
    CONTACT_POINT: _contact_point,
    POLICY: _policy,
    GRAFANA_RULE_GROUP: _rule_group,
}


def settle(kind: str, body: JSON) -> JSON:
    """A body of that kind in its one form; a kind that isn't known here, as it is."""
    found = _OF_KIND.get(kind)
    return found(body) if found is not None and isinstance(body, dict) else body


def _without(body: Body, defaults: tuple[tuple[str, Any], ...]) -> Body:
    said = dict(defaults)
    return {
        name: value for name, value in body.items() if name not in said or encode(value) != encode(said[name])
    }


def _without_empty(body: Body) -> Body:
    return {name: value for name, value in body.items() if value not in (None, [], "", {}, False)}
