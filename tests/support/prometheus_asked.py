"""A Prometheus that answers what it was told to, and the client that asks it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from provision.client.prometheus import Prometheus
from provision.client.session import Endpoint, open_session
from support.prometheus_standin import Canned, serving

_PATHS = {
    "reload": "/-/reload",
    "ready": "/-/ready",
    "buildinfo": "/api/v1/status/buildinfo",
    "config": "/api/v1/status/config",
    "flags": "/api/v1/status/flags",
}


@contextmanager
def prometheus(**answers: object) -> Iterator[tuple[Prometheus, Canned]]:
    """A server that answers with these: the last part of a path → data, or (status, whatever)."""
    canned = Canned()
    for name, said in answers.items():
        path = _PATHS.get(name, f"/api/v1/{name}")
        canned.answers[path] = said if isinstance(said, tuple) else (200, {"status": "success", "data": said})
    with serving(canned) as url, open_session(Endpoint(url)) as session:
        yield Prometheus(session), canned


def failed(kind: str, error: str) -> dict[str, str]:
    """The answer to a query that is refused."""
    return {"status": "error", "errorType": kind, "error": error}
