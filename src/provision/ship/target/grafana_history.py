"""Whose a dashboard was before somebody saved it over the classic API, which takes every mark from it.

Its history keeps the annotations of earlier versions (seen on 12.4); that of a dashboard which was deleted and made
again begins anew. It costs a request, so it is looked at only where a dashboard is wanted and carries no mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from provision.client.grafana_resource import Api, Resources
from provision.model import Mark

PUT_BACK: Final = "provision: put back"
"""The message of a version that undoes a push: it has the marks of what was there before."""

_VERSIONS: Final = 50
"""So many saves are looked back at."""


def former_mark(resources: Resources, api: Api, name: str, manager: str) -> Mark | None:
    """The mark of the newest version that has one, without its base: whatever is live now was saved since, by
    somebody else. None where no version has one, or the newest that has is another kind of manager's.

    Args:
        manager: the kind of manager that this toolkit is.
    """
    for version in standing(resources.history(api, name, _VERSIONS)):
        annotations = version["metadata"].get("annotations") or {}
        found = annotations.get("grafana.app/managedBy")
        if found:
            owner = annotations.get("grafana.app/managerId")
            return Mark(owner, "") if found == manager and owner else None
    return None


def standing(versions: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The versions of a dashboard, newest first, without those that an undone push has written: where what was put
    back had no mark, the one before it is what was undone."""
    undone = False
    for version in versions:
        annotations = version["metadata"].get("annotations") or {}
        if undone:
            undone = False
        elif annotations.get("grafana.app/message") == PUT_BACK and not annotations.get(
            "grafana.app/managedBy"
        ):
            undone = True
        else:
            yield version
