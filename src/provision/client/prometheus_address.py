"""Where under an address the API of Prometheus is, and what answers there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from provision.client.endpoint import Endpoint
from provision.client.prometheus import Prometheus
from provision.client.session import Session
from provision.errors import NotAllowed, ProvisionError, ServerRefused, Unreachable

TENANT: Final = "X-Scope-OrgID"
"""The header that names a tenant of Mimir, Cortex, Loki's kin, and a Thanos that has tenants."""

_PREFIXES: Final = ("", "/prometheus", "/api/prom", "/select/0/prometheus")
"""Below which path the API is: of Prometheus and Thanos, of Mimir, of Cortex, of a cluster of VictoriaMetrics."""


@dataclass(frozen=True, slots=True)
class Found:
    """A server that speaks Prometheus' API.

    Attributes:
        called: what it says it is, such as `Prometheus 3.14.0`; empty when it doesn't.
    """

    client: Prometheus
    called: str


@contextmanager
def connected(endpoint: Endpoint, prefixes: Sequence[str] = _PREFIXES) -> Iterator[Found]:
    """Connections to the server at that address, or below one of the paths that others than Prometheus have.

    Raises:
        Unreachable, NotAllowed, ServerRefused: nothing there speaks the API, or not with these credentials.
    """
    failure: ProvisionError | None = None
    refused: NotAllowed | None = None
    for prefix in prefixes:
        here = replace(endpoint, url=f"{endpoint.url}{prefix}")
        with Session(here) as session:
            client = Prometheus(session)
            try:
                client.query("vector(1)")
            except NotAllowed as error:
                # A gateway may guard the address as a whole, and let these credentials to the API alone.
                wanted = _with_tenant(error, endpoint)
                if wanted is not None:
                    raise wanted from None
                refused = refused or error
                continue
            except (ServerRefused, Unreachable) as error:
                failure = failure or error
                if not _is_elsewhere(error):
                    break
                continue
            yield Found(client, _called(client))
            return
    if refused is not None:
        raise refused
    assert failure is not None
    raise _with_where(failure, prefixes)


def _with_where(failure: ProvisionError, prefixes: Sequence[str]) -> ProvisionError:
    """The same failure, with what to do where whatever answers knows no such page."""
    if not (isinstance(failure, ServerRefused) and _is_elsewhere(failure)) or failure.remedy:
        return failure
    below = " or ".join(prefix for prefix in prefixes if prefix)
    return ServerRefused(
        failure.what,
        status=failure.status,
        where=failure.where,
        remedy=f"check the URL: it isn't that of a Prometheus{f', nor is one below {below}' if below else ''}",
    )


def _is_elsewhere(error: ProvisionError) -> bool:
    """Whether something answers, and not as Prometheus does: then its API may be below another path."""
    if isinstance(error, ServerRefused):
        return error.status in (404, 405)
    return any(
        words in error.what for words in ("isn't a Prometheus", "web page", "isn't JSON", "empty where JSON")
    )


def _with_tenant(error: NotAllowed, endpoint: Endpoint) -> NotAllowed | None:
    """The same error with what to do, where it is a tenant that is missing."""
    if "no org id" not in error.what or TENANT in endpoint.headers:
        return None
    return NotAllowed(
        "it wants to know which tenant is meant",
        status=error.status,
        where=error.where,
        remedy="give --tenant NAME, or set MIMIR_TENANT_ID",
    )


def _called(client: Prometheus) -> str:
    answer = client.session.request(
        "GET", "/api/v1/status/buildinfo", allow=frozenset({400, 401, 403, 404, 405, 422, 500, 501, 502, 503}),
        most_bytes=1 << 20, once=True,
    )  # fmt: skip
    if answer.status != 200:
        return ""
    try:
        said = answer.json()
    except Unreachable:
        return ""
    data = said.get("data") if isinstance(said, dict) else None
    version = str(data.get("version") or "") if isinstance(data, dict) else ""
    name = str(data.get("application") or "") if isinstance(data, dict) else ""
    return f"{name or 'Prometheus'} {version}".strip() if version else name
