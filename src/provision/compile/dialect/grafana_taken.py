"""Names, titles and uids that two resources of one Grafana have, and that it wants only once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from provision.compile.kinds import (
    CONTACT_POINT,
    DASHBOARD,
    DATASOURCE,
    FOLDER,
    GRAFANA_RULE_GROUP,
    LIBRARY_PANEL,
)
from provision.errors import Problem
from provision.model import Resource, decode

Name = tuple[str, str, str]
"""What it is the name of, within what, and the name."""


def taken(resources: Iterable[Resource], *, titles: bool, folder_titles: bool) -> list[Problem]:
    """A problem for each name that is taken, at the second resource; it names the first.

    Args:
        titles: whether the server wants each title of a dashboard once in a folder.
        folder_titles: whether it wants each title of a folder once, which then counts as a dashboard of the root.
    """
    problems = []
    first: dict[Name, Resource] = {}
    looked_at = _ALWAYS | ({DASHBOARD} if titles else set()) | ({FOLDER} if folder_titles else set())
    for resource in resources:
        if resource.kind not in looked_at:
            continue
        for name in _names(resource.kind, decode(resource.body)):
            what, _, said = name
            if name in first:
                other = first[name]
                where = "stands in it twice" if other is resource else f"is taken by {other.places[0]}"
                message = f"{what} {said!r} {where}, and this Grafana wants it once"
                problems.append(Problem(resource.places[0].path, resource.places[0].line, message))
            else:
                first[name] = resource
    return problems


_ALWAYS: Final = frozenset({CONTACT_POINT, DATASOURCE, GRAFANA_RULE_GROUP, LIBRARY_PANEL})


def _names(kind: str, body: dict[str, Any]) -> Iterator[Name]:
    if kind == DATASOURCE:
        yield "the name of a data source", "", body["name"]
    elif kind == LIBRARY_PANEL:
        yield "in this folder, the name of a library panel", body["folderUid"], body["name"]
    elif kind == CONTACT_POINT:
        for one in body["integrations"]:
            yield "the uid of an integration", "", one["uid"]
    elif kind == GRAFANA_RULE_GROUP:
        for rule in body["rules"]:
            if rule.get("uid"):
                yield "the uid of a rule", "", str(rule["uid"])
    elif kind == DASHBOARD:
        yield "in this folder, the title", body["folderUid"], body["spec"]["title"]
    elif kind == FOLDER:
        yield "in this folder, the title", body["parentUid"], body["title"]
