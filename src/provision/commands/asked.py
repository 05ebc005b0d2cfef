"""The servers that `verify` and `push --verify` ask: a Prometheus, or those behind the data sources of a Grafana."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from provision.commands.options import Servers
from provision.commands.transport import checked_header, transport_of
from provision.errors import ProvisionError, ServerRefused, Unreachable, UsageError
from provision.project import Project

if TYPE_CHECKING:
    from provision.client.endpoint import Endpoint
    from provision.client.grafana_sources import SourceOfGrafana
    from provision.client.prometheus import Prometheus
    from provision.prove.verify.servers import Server

_LOOKED_UP: Final = 3
"""So many times as long as over a query a server may take over names, labels and types."""


_AT_ONCE: Final = 8
"""So many data sources are looked behind at the same time."""


@contextmanager
def asked_servers(
    servers: Servers,
    project: Project,
    environ: Mapping[str, str],
    *,
    tenant: str | None = None,
    timeout_seconds: float = 10.0,
    lenient: bool = False,
) -> Iterator[Sequence[Server]]:
    """Connections to the Prometheus that flags, the environment or the settings name, or else to those that the data
    sources of the one Grafana ask that is named.

    Args:
        timeout_seconds: how long a server may take over one query; over what it has to look up, thrice as long.
        lenient: whether the default data source of a Grafana is asked for those that it doesn't have (yet).

    Raises:
        UsageError: no server is named, or more than one Grafana.
        Unreachable, NotAllowed, ServerRefused: it can't be asked, or none of those behind the Grafana.
    """
    from provision.client.prometheus_address import TENANT, connected
    from provision.prove.verify.servers import Server

    url = servers.prometheus or (
        "" if servers.grafana else environ.get("PROMETHEUS_URL") or project.setting("prometheus", str, "")
    )
    if not url:
        yield from _behind_grafana(servers, project, environ, timeout_seconds, lenient=lenient)
        return
    endpoint = transport_of(servers, environ).endpoint(environ, "PROMETHEUS", url)
    if name := tenant or environ.get("MIMIR_TENANT_ID", ""):
        named = {TENANT: checked_header(TENANT, name, "--tenant")}
        endpoint = replace(endpoint, headers={**endpoint.headers, **named})
    with connected(replace(endpoint, timeout_seconds=_LOOKED_UP * timeout_seconds)) as found:
        yield [Server(found.client, _called(found.client.url, found.called))]


def _behind_grafana(
    servers: Servers, project: Project, environ: Mapping[str, str], timeout_seconds: float, *, lenient: bool
) -> Iterator[Sequence[Server]]:
    from provision.client.grafana_sources import sources_of_grafana
    from provision.prove.check.references import ASKED_AS_PROMETHEUS
    from provision.prove.verify.durations import length_of
    from provision.prove.verify.servers import Server

    endpoint = replace(
        grafana_endpoint(servers, project, environ), timeout_seconds=_LOOKED_UP * timeout_seconds
    )
    sources = sources_of_grafana(endpoint, ASKED_AS_PROMETHEUS)
    if not sources:
        raise ProvisionError(
            "it has no data source that speaks PromQL",
            where=endpoint.url,
            remedy="add one there, or name the server that has the data with --prometheus URL",
        )
    with ExitStack() as open_:
        found = []
        failures: list[ProvisionError] = []
        for number, (source, reached) in enumerate(
            zip(sources, _reached(sources, endpoint, open_), strict=True)
        ):
            fault, called = None, f"data source {source.name!r} of {endpoint.url}"
            if (error := reached.error) is not None:
                failures.append(error)
                fault = Unreachable(f"it can't be asked: {error.what}", where=error.where)
            elif reached.called:
                called += f" ({reached.called})"
            found.append(
                Server(
                    reached.client,
                    called,
                    (source.uid, source.name),
                    source.is_default or number == 0,
                    length_of(source.interval),
                    fault,
                )
            )
        if len(failures) == len(found):
            raise failures[0]
        yield [*found, replace(found[0], names=())] if lenient else found


@dataclass(frozen=True, slots=True)
class _Reached:
    """What was found at the other end of a data source.

    Attributes:
        open_: closes the connections.
        error: why it can't be asked.
    """

    client: Prometheus
    called: str
    open_: ExitStack
    error: ProvisionError | None = None


def _reached(sources: Sequence[SourceOfGrafana], endpoint: Endpoint, open_: ExitStack) -> Iterator[_Reached]:
    """The servers behind some data sources; all are looked for at once, as each that hangs takes its time."""
    from provision.client.grafana_sources import through

    with ThreadPoolExecutor(_AT_ONCE, "sources") as pool:
        tried = [pool.submit(_reach, through(endpoint, source.uid)) for source in sources]
    for each in tried:
        if each.exception() is None:
            open_.push(each.result().open_)
    for each in tried:
        yield each.result()


def _reach(there: Endpoint) -> _Reached:
    from provision.client.prometheus import Prometheus
    from provision.client.prometheus_address import connected
    from provision.client.session import Session

    with ExitStack() as mine:
        try:
            found = mine.enter_context(connected(there, ("",)))
        except (Unreachable, ServerRefused) as error:
            client = Prometheus(mine.enter_context(Session(there)))
            return _Reached(client, "", mine.pop_all(), error)
        return _Reached(found.client, found.called, mine.pop_all())


def grafana_endpoint(servers: Servers, project: Project, environ: Mapping[str, str]) -> Endpoint:
    """The one Grafana that is named.

    Raises:
        UsageError: none is, or several are.
    """
    from provision.commands.instances import instances

    named = instances(servers, project, environ)
    if not named:
        raise UsageError(
            "no server is named", remedy="add --prometheus URL or --grafana URL, or set PROMETHEUS_URL"
        )
    if len(named) > 1:
        raise UsageError(
            f"{len(named)} Grafanas are named, and one is asked", remedy="name it with --grafana URL"
        )
    return named[0].endpoint


def _called(url: str, what: str) -> str:
    return f"{url} ({what})" if what else url
