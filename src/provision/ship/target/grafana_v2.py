"""Dashboards that are stored in the second generation's schema (v2), read as what they are.

Read by a version of the classic schema such a dashboard is a conversion; `status.conversion.storedVersion` says
so. That status is only right where a conversion took place: a write keeps the status of before, so that a dashboard
that has changed its generation tells the old one when it is read by the version it is stored in (seen on 12.4).
Two readings that contradict each other are settled by a third version, which it is stored in neither way.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from provision.client.grafana_resource import Api
from provision.ship.target.grafana_server import READERS, Server, at_once

DASHBOARDS: Final = "dashboard.grafana.app"
_REFEREE: Final = "v1beta1"
_FEW: Final = 50
"""So many are read one by one; more of them by list pages, each of which holds everybody's."""

_Item = dict[str, Any]


def api(server: Server, version: str | None) -> Api:
    """Where dashboards are, by a version."""
    assert version is not None
    return Api(DASHBOARDS, version, "dashboards", "Dashboard", server.dialect.namespace)


def is_converted(server: Server, shown: _Item) -> bool:
    """Whether what the classic schema shows is said to be stored as v2, and the server can show that."""
    return server.dialect.v2_api is not None and stored_version(shown).startswith("v2")


def originals(server: Server, names: set[str]) -> Iterator[_Item]:
    """The dashboards of those names as they are stored, where they are; all of them `is_converted`."""
    missing = set(names)
    if len(names) > _FEW:
        for items in server.client.resources.pages(api(server, server.dialect.v2_api)):
            for position, item in enumerate(items):
                name = item["metadata"]["name"]
                if name in missing and not _contradicts(item):
                    missing.discard(name)
                    yield item
                items[position] = {}  # only what is yielded is kept
    for found in at_once(sorted(missing), lambda name: original(server, name), READERS):
        if found is not None:
            yield found


def original(server: Server, name: str) -> _Item | None:
    """The dashboard of that name, which `is_converted`, as it is stored."""
    second = server.client.resources.get(api(server, server.dialect.v2_api), name)
    if second is None or not _contradicts(second):
        return second
    third = server.client.resources.get(api(server, _REFEREE), name)
    if third is None or stored_version(third).startswith("v2"):
        return second
    first = server.client.resources.get(api(server, server.dialect.dashboard_api), name)
    return first and {**first, "status": {}}  # so that nobody takes its word again


def stored_version(item: _Item) -> str:
    """The version that a dashboard is said to be stored in; empty where it says nothing."""
    return str(((item.get("status") or {}).get("conversion") or {}).get("storedVersion") or "")


def _contradicts(second: _Item) -> bool:
    said = stored_version(second)
    return bool(said) and not said.startswith("v2")
