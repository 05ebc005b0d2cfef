"""What a Grafana holds now, as if it were sources."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from provision.commands.chosen import Chosen
from provision.commands.options import Servers
from provision.compile.kinds import DASHBOARD, DATASOURCE, LIBRARY_PANEL
from provision.errors import UsageError
from provision.model import Definition, Live, Place, decode, encode
from provision.project import Project

if TYPE_CHECKING:
    from provision.client.grafana_sources import SourceOfGrafana


def live_of(project: Project, servers: Servers) -> Chosen:
    """The dashboards and rules of the one Grafana that is named, each with its address for a place.

    Raises:
        UsageError: none is named, or several are.
        Unreachable, NotAllowed, ServerRefused: as the Grafana answers.
    """
    from provision.client.grafana_sources import sources_of_grafana
    from provision.commands.asked import grafana_endpoint
    from provision.commands.targets import grafanas
    from provision.ship.target.grafana import Grafana
    from provision.show.progress import progress

    named = grafanas(servers, project, os.environ)
    if len(named) != 1:
        raise UsageError(
            f"{len(named) or 'no'} Grafanas are named, and one is looked at",
            remedy="name it with --grafana URL",
        )
    with progress(f"Reading {named[0].url}"):
        target = named[0].open(()).target
        assert isinstance(target, Grafana)
        sources = sources_of_grafana(grafana_endpoint(servers, project, os.environ), None)
        definitions = (*_sources(sources, named[0].url), *_shown(target.shown(), named[0].url))
    return Chosen(definitions, (), None, frozenset(each.place.path for each in definitions))


def _sources(found: Iterable[SourceOfGrafana], url: str) -> Iterator[Definition]:
    for each in found:
        body = {"name": each.name, "uid": each.uid, "type": each.type, "isDefault": each.is_default}
        yield Definition(DATASOURCE, each.uid, encode(body), Place(url))


def _shown(found: Iterable[Live], url: str) -> Iterator[Definition]:
    for live in found:
        body: dict[str, Any] = decode(live.body)
        if live.kind == DASHBOARD:
            kept = {name: body[name] for name in ("schema", "spec") if name in body}
            place = Place(f"{url}/d/{quote(live.key, safe='')}")
            yield Definition(DASHBOARD, live.key, encode({"folder": "", **kept}), place)
        else:
            page = "library-panels" if live.kind == LIBRARY_PANEL else "alerting/list"
            yield Definition(live.kind, live.key, encode(body), Place(f"{url}/{page}"))
