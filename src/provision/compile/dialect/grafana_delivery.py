"""The routes, receivers and time intervals of a project as definitions of Grafana's policies, contact points and mute
timings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from provision.compile.dialect import grafana_routes
from provision.compile.dialect.grafana_remarks import Said, Tell
from provision.compile.kinds import (
    ALERTMANAGER,
    CONTACT_POINT,
    FOLDER,
    GRAFANA_RULE_GROUP,
    INHIBIT,
    MUTE_TIMING,
    POLICY,
    RECEIVER,
    ROUTE,
    TIME_INTERVAL,
)
from provision.model import Definition, decode, encode

Body = dict[str, Any]


def delivery(definitions: Sequence[Definition], tell: Tell) -> Iterator[Definition]:
    """The contact points and mute timings that receivers and time intervals become; what a Grafana has no room for is
    told. A contact point of the project takes the place of a receiver of its name."""
    own_points = {found.key for found in definitions if found.kind == CONTACT_POINT}
    own_timings = {found.key for found in definitions if found.kind == MUTE_TIMING}
    for definition in definitions:
        if definition.kind == RECEIVER and definition.key not in own_points:
            body, said = grafana_routes.contact_point(decode(definition.body))
            for each in said:
                tell(definition, each)
            if said and not body["integrations"]:
                continue  # told already
            yield Definition(CONTACT_POINT, definition.key, encode(body), definition.place)
        elif definition.kind == TIME_INTERVAL and definition.key not in own_timings:
            yield Definition(MUTE_TIMING, definition.key, definition.body, definition.place)
        elif definition.kind == INHIBIT:
            what = "Grafana has no inhibitions: alerts that this one silences are delivered, too"
            tell(definition, Said("warning", "", what))
        elif definition.kind == ALERTMANAGER and decode(definition.body).get("templates"):
            what = "files of templates aren't carried over to Grafana"
            tell(definition, Said("warning", "/templates", what, "write them as MessageTemplate"))


def folder_labels(definitions: Sequence[Definition], *, nested: bool) -> tuple[str, ...]:
    """What Grafana puts into the label `grafana_folder` of alerts of these rule groups: the titles of the folder and
    those around it."""
    folders = {found.key: decode(found.body) for found in definitions if found.kind == FOLDER}
    used = {decode(found.body)["folder"] for found in definitions if found.kind == GRAFANA_RULE_GROUP}
    found = set()
    for path in used & folders.keys():
        titles = []
        while path in folders:
            titles.append(folders[path]["title"])
            path = folders[path]["parent"]  # noqa: PLW2901  # up to the root
        found.add(("/" if nested else " / ").join(reversed(titles)))
    return tuple(sorted(found))


def policy(
    definitions: Sequence[Definition],
    folders: Sequence[str] | None,
    tell: Tell,
) -> Iterator[Definition]:
    """The policies that the project's routes become, with those that are written as Grafana's; none for no route.

    Args:
        folders: labels of the project's folders; None: the root of the tree is the project's.
    """
    routes = sorted((found for found in definitions if found.kind == ROUTE), key=_in_order)
    if not routes:
        return
    written = next((found for found in definitions if found.kind == POLICY), None)
    body: Body = decode(written.body) if written is not None else {"root": None, "routes": []}
    found = next((route for route in routes if route.key == "root"), None)
    root = decode(found.body) if found is not None else None
    others = [decode(route.body) for route in routes if route is not found]
    if root and body["root"]:
        where = found or routes[0]
        tell(
            where,
            Said(
                "error",
                "",
                f"the policies have two roots; the other is in {written.place if written else ''}",
            ),
        )
    try:
        made = grafana_routes.top_routes(root, others, folders)
    except ValueError as error:
        tell(found or routes[0], Said("error", "", str(error)))
        return
    merged = {"root": body["root"] or grafana_routes.policy_root(root), "routes": [*body["routes"], *made]}
    yield Definition(POLICY, "root", encode(merged), (found or routes[0]).place)


def _in_order(definition: Definition) -> tuple[str, int, int]:
    number = definition.key.rpartition("#")[2]
    return definition.place.path, definition.place.line or 0, int(number) if number.isdigit() else 0
