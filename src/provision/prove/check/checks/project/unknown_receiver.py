"""Every route leads to a receiver that exists, from one root."""

from __future__ import annotations

from collections.abc import Iterator

from provision.compile.dialect.grafana_settings import GrafanaSettings
from provision.compile.kinds import ALERTMANAGER, CONTACT_POINT, INHIBIT, RECEIVER, ROUTE, TIME_INTERVAL
from provision.model import JSON, Definition, Finding
from provision.prove.check.bodies import objects, subject_of, suggestion, text_of
from provision.prove.check.estate import Estate

ID = "unknown-receiver"


def check(estate: Estate) -> Iterator[Finding]:
    """Routes that lead nowhere, and a missing root."""
    receivers = {definition.key for definition, _ in estate.of(RECEIVER)}
    on_grafana = GrafanaSettings.of(estate.project).alerting
    if on_grafana:
        receivers |= {definition.key for definition, _ in estate.of(CONTACT_POINT)}
    routes = estate.of(ROUTE)
    if not on_grafana and not any(definition.key == "root" for definition, _ in routes):
        orphans = [
            definition
            for kind in (ROUTE, RECEIVER, INHIBIT, TIME_INTERVAL, ALERTMANAGER)
            for definition, _ in estate.of(kind)
        ]
        if orphans:
            yield estate.finding(
                ID, "error", orphans[0], "", "Alertmanager's routes", "there is no root route",
                "add a module-level Route(receiver=…) without matchers",
            )  # fmt: skip
    for definition, body in routes:
        if definition.key == "root" and not text_of(body, "receiver"):
            yield estate.finding(
                ID, "error", definition, "", "the root route", "it names no receiver",
                "name the receiver of what no other route takes",
            )  # fmt: skip
        for pointer, route in _tree(body, ""):
            name = text_of(route, "receiver")
            if name and name not in receivers:
                yield estate.finding(
                    ID, "error", definition, pointer, _subject(route, pointer, definition),
                    f"there is no receiver {name!r}",
                    suggestion(name, receivers) or f"define it with Receiver(name={name!r}, …)",
                )  # fmt: skip


def _tree(route: JSON, pointer: str) -> Iterator[tuple[str, JSON]]:
    """The route and all below it, with their pointers."""
    waiting = [(pointer, route)]
    while waiting:
        at, node = waiting.pop(0)
        yield at, node
        waiting.extend(objects(node.get("routes"), f"{at}/routes"))


def _subject(route: JSON, pointer: str, definition: Definition) -> str:
    matchers = route.get("matchers")
    if isinstance(matchers, list) and matchers:
        return f"route {', '.join(map(str, matchers))}"
    return f"{subject_of(definition)}{f', {pointer[1:]}' if pointer else ''}"
