"""What a person calls a definition or a resource."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from provision.compile import kinds
from provision.diff.routing import inhibition_name, route_name
from provision.diff.words import quoted
from provision.model import Action, decode


def title_of(kind: str, key: str, body: bytes | None) -> str:
    """Such as `dashboard "Traefik / SLA"`; made of the key where the body is missing or has no name.

    Args:
        kind: of a definition (`provision.compile.kinds`) or of a resource.
        body: canonical bytes; of a `file`, its literal bytes.
    """
    if kind == "file":
        return f"file {key}"
    found = decode(body) if body else None
    return _TITLES.get(kind, _other(kind))(key, found if isinstance(found, dict) else {})


def title_of_action(action: Action) -> str:
    """What plans, refusals and reports call the resource of an action: as the sources have it, or else as it is live."""
    return title_of(action.kind, action.key, action.after or action.before)


def _other(kind: str) -> Callable[[str, dict[str, Any]], str]:
    return lambda key, _: f"{kind} {key}"


def _called(noun: str, *fields: str) -> Callable[[str, dict[str, Any]], str]:
    def title(key: str, body: dict[str, Any]) -> str:
        value: Any = body
        for field in fields:
            value = value.get(field) if isinstance(value, dict) else None
        return f"{noun} {quoted(value if isinstance(value, str) and value else key, always=True)}"

    return title


def _group(key: str, body: dict[str, Any]) -> str:
    group, file = body.get("group"), body.get("file")
    if not (isinstance(group, dict) and isinstance(file, str)):
        return f"rule group {key}"
    return f"rule group {quoted(str(group.get('name')), always=True)} in {file}"


def _route(key: str, body: dict[str, Any]) -> str:
    return "root route" if key == "root" else route_name(body, [body])


_TITLES: Final[dict[str, Callable[[str, dict[str, Any]], str]]] = {
    kinds.FOLDER: _called("folder", "title"),
    kinds.DATASOURCE: _called("data source", "name"),
    kinds.DASHBOARD: _called("dashboard", "spec", "title"),
    kinds.LIBRARY_PANEL: _called("library panel", "name"),
    kinds.TEMPLATE: _called("message template", "name"),
    kinds.MUTE_TIMING: _called("mute timing", "name"),
    kinds.CONTACT_POINT: _called("contact point", "name"),
    kinds.POLICY: lambda *_: "notification policies",
    kinds.GRAFANA_RULE_GROUP: _called("rule group", "title"),
    kinds.RULE_GROUP: _group,
    kinds.PROMETHEUS: lambda *_: "Prometheus settings",
    kinds.SCRAPE_CONFIG: _called("scrape job", "job_name"),
    kinds.ALERTMANAGER: lambda *_: "Alertmanager settings",
    kinds.TIME_INTERVAL: _called("time interval", "name"),
    kinds.RECEIVER: _called("receiver", "name"),
    kinds.ROUTE: _route,
    kinds.INHIBIT: lambda _, body: inhibition_name(body, [body]),
    kinds.STACK: _called("stack", "name"),
    kinds.WAIVER: lambda key, _: f"waiver {quoted(key.partition('#')[2], always=True)}",
    "rule-file": lambda key, _: f"rule file {key}",
    "alertmanager-config": lambda *_: "Alertmanager configuration",
    "prometheus-config": lambda *_: "Prometheus configuration",
}
