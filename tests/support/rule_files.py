"""Rule files, and what pushes them to a Prometheus with a rules folder."""

from __future__ import annotations

from typing import Any

from provision.client.session import Endpoint
from provision.model import Outcome, Place, Resource, encode
from provision.ship.apply import apply
from provision.ship.plan import make_plan
from provision.ship.target.prometheus import PrometheusTarget, connect
from support.prometheus_standin import PrometheusState


def file(key: str, expr: str = "vector(1)", **fields: Any) -> Resource:
    """A rule file with one group, which has these fields besides."""
    body = encode({"groups": [{"name": "g", "rules": [{"record": "a:b:c", "expr": expr}], **fields}]})
    return Resource("rule-file", key, body, (Place("rules/a.py", 3),))


def connected(server: PrometheusState, **fields: Any) -> PrometheusTarget:
    """The target that a server and its rules folder are."""
    return connect(Endpoint(server.url), server.base / "rules", **fields)


def push(
    server: PrometheusState, *resources: Resource, target: PrometheusTarget | None = None, **fields: Any
) -> list[Outcome]:
    """What comes of pushing these and nothing else."""
    target = target or connected(server)
    return list(apply(make_plan(resources, target, "p", **fields), target))


def names(server: PrometheusState) -> list[str]:
    """What lies in the rules folder, hidden files too."""
    return sorted(found.name for found in (server.base / "rules").iterdir())
