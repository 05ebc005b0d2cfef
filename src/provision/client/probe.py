"""Which kind of server answers: each of them proves it by what it says of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from provision.client.session import Session
from provision.errors import NotAllowed, ProvisionError, ServerRefused, Unreachable
from provision.model import JSON

Kind = Literal["Grafana", "Prometheus", "Alertmanager"]

_PROBES: Mapping[Kind, tuple[str, Callable[[Any], bool]]] = {
    "Grafana": ("/api/health", lambda value: "database" in value),
    "Prometheus": (
        "/api/v1/status/buildinfo",
        lambda value: (
            value.get("status") == "success"
            and isinstance(value.get("data"), dict)
            and "version" in value["data"]
        ),
    ),
    "Alertmanager": ("/api/v2/status", lambda value: "versionInfo" in value and "cluster" in value),
}


def expect(session: Session, kind: Kind) -> JSON:
    """What the server says of itself (Grafana's health, Prometheus's build information, Alertmanager's
    status), once it has proved to be of that kind.

    Raises:
        Unreachable: it doesn't answer, or is something else; if it is another kind we know, that is said.
    """
    path, recognises = _PROBES[kind]
    failure: ProvisionError | None = None
    try:
        value = _probed(session, path)
    except (ServerRefused, Unreachable) as error:
        failure = error
    else:
        if isinstance(value, dict) and recognises(value):
            return value
    if isinstance(failure, ServerRefused) and failure.status not in (401, 403, 404, 405):
        raise failure
    if failure is None or isinstance(failure, ServerRefused) or " answered instead " in failure.what:
        for other, (its_path, its_own) in _PROBES.items():
            if other != kind and _is(session, its_path, its_own):
                failure = Unreachable(
                    f"a{'n' if other[0] == 'A' else ''} {other} answers there, not a"
                    f"{'n' if kind[0] == 'A' else ''} {kind}",
                    where=session.endpoint.url,
                    remedy="check the URL and the port",
                )
                break
    refused = isinstance(failure, ServerRefused) and not isinstance(failure, NotAllowed)
    if failure is None or refused:
        failure = Unreachable(
            f"what answers there isn't a{'n' if kind[0] == 'A' else ''} {kind}",
            where=session.endpoint.url,
            remedy="check the URL, its sub-path above all",
        )
    raise failure


def _probed(session: Session, path: str) -> JSON:
    return session.request("GET", path).json()


def _is(session: Session, path: str, recognises: Callable[[Any], bool]) -> bool:
    try:
        value = _probed(session, path)
    except (ServerRefused, Unreachable):
        return False
    return isinstance(value, dict) and recognises(value)
