"""Fields of decoded definitions, whatever their types, and what people call definitions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any, Final

from provision.compile.kinds import (
    ALERTMANAGER,
    CONTACT_POINT,
    DASHBOARD,
    DATASOURCE,
    FOLDER,
    GRAFANA_RULE_GROUP,
    INHIBIT,
    LIBRARY_PANEL,
    MUTE_TIMING,
    POLICY,
    PROMETHEUS,
    RECEIVER,
    ROUTE,
    RULE_GROUP,
    SCRAPE_CONFIG,
    STACK,
    TEMPLATE,
    TIME_INTERVAL,
    WAIVER,
)
from provision.model import JSON, Definition

_CALLED: Final = {
    DASHBOARD: "dashboard",
    FOLDER: "folder",
    DATASOURCE: "data source",
    LIBRARY_PANEL: "library panel",
    TEMPLATE: "message template",
    MUTE_TIMING: "mute timing",
    CONTACT_POINT: "contact point",
    POLICY: "Grafana's notification policies",
    GRAFANA_RULE_GROUP: "rule group",
    RULE_GROUP: "rule group",
    SCRAPE_CONFIG: "scrape job",
    PROMETHEUS: "prometheus.yml",
    RECEIVER: "receiver",
    ROUTE: "route",
    INHIBIT: "inhibition",
    TIME_INTERVAL: "time interval",
    ALERTMANAGER: "alertmanager.yml",
    STACK: "stack",
    WAIVER: "waiver",
}


def subject_of(definition: Definition) -> str:
    """What people call a definition, such as `scrape job "shop"`."""
    called = _CALLED[definition.kind]
    if definition.kind in (PROMETHEUS, ALERTMANAGER, POLICY):
        return called
    if definition.kind == ROUTE and definition.key == "root":
        return "the root route"
    path, _, number = definition.key.rpartition("#")
    if path and definition.kind in (ROUTE, INHIBIT):
        return f"{called} {number} of {path}"
    name = definition.key.partition("/")[2] if definition.kind == RULE_GROUP else definition.key
    return f'{called} "{name}"'


def objects(body: JSON, pointer: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """The JSON objects in a list, with the pointer of each; nothing when it isn't a list."""
    if isinstance(body, list):
        for index, item in enumerate(body):
            if isinstance(item, dict):
                yield f"{pointer}/{index}", item


def text_of(body: JSON, name: str) -> str:
    """The text of that field; empty when it has none."""
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, str) else ""


def inside(value: JSON, *names: str) -> dict[str, Any]:
    """The JSON object under these names, each within the one before; empty when there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def and_more(first: str, count: int) -> str:
    """What people call the first of so many things, and how many others there are."""
    return f"{first}, and {count - 1} more" if count > 1 else first


def suggestion(name: str, known: Iterable[str]) -> str:
    """`did you mean "…"?` for the known name that is most like it; empty when none is."""
    close = get_close_matches(name, list(known), n=1)
    return f'did you mean "{close[0]}"?' if close else ""
