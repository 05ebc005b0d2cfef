"""The data sources of a Grafana, as everyone who may look at dashboards is told of them, and the way to their servers
through that Grafana."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from urllib.parse import quote

from provision.client.endpoint import Endpoint
from provision.client.grafana_answers import an_object
from provision.client.probe import expect
from provision.client.session import Session


@dataclass(frozen=True, slots=True)
class SourceOfGrafana:
    """A data source.

    Attributes:
        type: the plug-in's id.
        interval: the time between two scrapes, as its settings say; empty when they don't.
    """

    uid: str
    name: str
    type: str
    is_default: bool
    interval: str


def sources_of_grafana(endpoint: Endpoint, types: Collection[str] | None) -> tuple[SourceOfGrafana, ...]:
    """The data sources of these types (None: of any), the default one first.

    Raises:
        Unreachable, NotAllowed, ServerRefused: as the Grafana answers.
    """
    with Session(endpoint) as session:
        expect(session, "Grafana")
        settings = an_object(session.request("GET", "/api/frontend/settings").json(), endpoint.url)
    listed = settings.get("datasources")
    default = settings.get("defaultDatasource")
    found = []
    for name, each in listed.items() if isinstance(listed, dict) else ():
        if isinstance(each, dict) and (types is None or each.get("type") in types) and each.get("uid"):
            held = each.get("jsonData")
            interval = str(held.get("timeInterval") or "") if isinstance(held, dict) else ""
            found.append(
                SourceOfGrafana(str(each["uid"]), name, str(each["type"]), name == default, interval)
            )
    return tuple(sorted(found, key=lambda each: (not each.is_default, each.name)))


def through(endpoint: Endpoint, uid: str) -> Endpoint:
    """Where the server of a data source answers, by way of the Grafana, which signs in there."""
    return replace(endpoint, url=f"{endpoint.url}/api/datasources/proxy/uid/{quote(uid, safe='')}")
