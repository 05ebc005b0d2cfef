"""Resources of a Grafana, and what pushes them to a stand-in of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from provision.client.session import Credentials, Endpoint
from provision.compile.dialect.grafana import canonical
from provision.model import Outcome, Resource
from provision.ship.apply import apply
from provision.ship.plan import make_plan
from provision.ship.target import grafana
from support.grafana_standin import State

OWNER: Final = "shop"
DASHBOARDS: Final = "/apis/dashboard.grafana.app/v0alpha1/namespaces/default/dashboards"


def connect(state: State, **options: Any) -> grafana.Grafana:
    """The target that a stand-in is, with an environment of its own."""
    endpoint = Endpoint(state.url, Credentials(user="admin", password="admin"), prefix="GRAFANA")
    return grafana.connect(endpoint, environ=options.pop("environ", {}), **options)


def dashboard(key: str = "d", title: str = "D", **spec: Any) -> Resource:
    """A dashboard in no folder."""
    body = {"folderUid": "", "spec": {"uid": key, "title": title, "panels": [], **spec}}
    return Resource("dashboard", key, canonical("dashboard", body))


def datasource(key: str = "p", **more: Any) -> Resource:
    """A data source that isn't the default one."""
    body = {"name": key.upper(), "uid": key, "type": "prometheus", "url": "http://p", "access": "proxy", "isDefault": False,
            "jsonData": {}, "basicAuth": False, "basicAuthUser": "", "secure": {}, **more}  # fmt: skip
    return Resource("datasource", key, canonical("datasource", body))


def push(target: grafana.Grafana, *resources: Resource, **options: Any) -> list[Outcome]:
    """What comes of pushing these and nothing else."""
    return list(apply(make_plan(resources, target, OWNER, **options), target))


def one(outcomes: Iterable[Outcome]) -> tuple[str, str]:
    """Status and message of the only outcome."""
    (outcome,) = outcomes
    return outcome.status, outcome.message
