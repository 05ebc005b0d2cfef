"""How dashboards of the second generation are read: what a status says, and who settles a contradiction."""

from __future__ import annotations

from typing import Any

import pytest

from provision.client.session import Credentials, Endpoint
from provision.compile.dialect.grafana import canonical
from provision.compile.normalize import from_v2
from provision.model import Resource, Verb, decode
from provision.ship.apply import apply
from provision.ship.plan import make_plan
from provision.ship.target import grafana, grafana_v2
from support.grafana_standin import Fault, State, standin
from support.second_generation import spec

OWNER = "shop"
AT = "/apis/dashboard.grafana.app/{}/namespaces/default/dashboards"


@pytest.fixture
def state() -> Any:
    with standin("12.4.0") as found:
        yield found


def connect(state: State) -> grafana.Grafana:
    endpoint = Endpoint(state.url, Credentials(user="admin", password="admin"), prefix="GRAFANA")
    return grafana.connect(endpoint, environ={})


def second(key: str, title: str = "Shop") -> Resource:
    body = {"folderUid": "", "schema": "v2beta1", "spec": from_v2(spec(title)).spec}
    return Resource("dashboard", key, canonical("dashboard", body))


def classic(key: str) -> Resource:
    body = {"folderUid": "", "spec": {"uid": key, "title": "Shop", "panels": []}}
    return Resource("dashboard", key, canonical("dashboard", body))


def push(target: grafana.Grafana, *resources: Resource) -> None:
    plan = make_plan(resources, target, OWNER, overwrite=True)
    assert [outcome.status for outcome in apply(plan, target)] == ["done"] * len(plan.writes)


def reads(state: State, version: str) -> list[str]:
    start = AT.format(version)
    return [path for method, path in state.requests if method == "GET" and path.startswith(start)]


def test_few_are_read_one_by_one_and_many_by_list_pages(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = connect(state)
    wanted = [second(f"d{number}") for number in range(3)]
    push(target, *wanted)
    for most, expected in ((3, 3), (2, 1)):
        monkeypatch.setattr(grafana_v2, "_FEW", most)
        state.requests.clear()
        plan = make_plan(wanted, target, OWNER)
        assert {action.verb for action in plan.actions} == {Verb.KEEP}
        assert len(reads(state, "v2beta1")) == expected
        assert len(reads(state, "v0alpha1")) == 1


@pytest.mark.parametrize("most", [0, 50])
def test_one_that_has_changed_its_generation_is_read_as_what_it_is(
    state: State, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Its status tells the old one when it is read by the version it is stored in."""
    monkeypatch.setattr(grafana_v2, "_FEW", most)
    target = connect(state)
    for wanted in (second("d"), classic("d"), second("d"), classic("d")):
        push(target, wanted)
        (action,) = make_plan((wanted,), target, OWNER).actions
        assert action.verb is Verb.KEEP


def test_where_nobody_can_settle_it_it_counts_as_v2(state: State) -> None:
    target = connect(state)
    push(target, second("d"))
    push(target, classic("d"))
    state.faults = [Fault("GET", AT.format("v1beta1"), status=404, body={})]
    (action,) = make_plan((classic("d"),), target, OWNER).actions
    assert action.verb is Verb.CONFLICT


def test_a_server_that_only_shows_a_conversion_is_never_written_to(state: State) -> None:
    target = connect(state)
    push(target, second("d"))
    state.faults = [Fault("GET", "/apis/dashboard.grafana.app/v2beta1$", status=404, body={})]
    older = connect(state)
    assert older.dialect.v2_api is None
    (action,) = make_plan((classic("d"),), older, OWNER).actions
    assert action.verb is Verb.CONFLICT
    assert decode(action.before or b"")["storedVersion"] == "v2beta1"


def test_one_that_is_deleted_in_between_is_gone(state: State) -> None:
    target = connect(state)
    push(target, second("d"))
    state.faults = [Fault("GET", f"{AT.format('v2beta1')}/d", status=404, body={})]
    (action,) = make_plan((second("d"),), target, OWNER).actions
    assert action.verb is Verb.CREATE
