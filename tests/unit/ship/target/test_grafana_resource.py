"""What the resource API is asked, and what for, and the lock of a write."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provision.model import Verb
from provision.ship.plan import make_plan
from support.grafana_pushed import DASHBOARDS, OWNER, connect, dashboard, push


def test_a_lock_that_the_server_keeps_to_itself(modern):
    """Then the resource is looked at once more."""
    target = connect(modern)
    push(target, dashboard())
    (action,) = make_plan([dashboard(title="E")], target, OWNER).actions
    blind = replace(action, live=replace(action.live, lock=""))
    (outcome,) = target.write([blind], OWNER)
    assert outcome.status == "done"
    (outcome,) = target.write([replace(blind, desired=dashboard(title="F"))], OWNER)
    assert "somebody changed it meanwhile" in outcome.message
    del modern.dashboards["d"]
    (outcome,) = target.write([blind], OWNER)
    assert "somebody changed it meanwhile" in outcome.message


def asked_for(state, target, *resources):
    """What a push sends, without the query of each."""
    before = len(state.requests)
    assert {outcome.status for outcome in push(target, *resources)} <= {"done"}
    return [(method, path.partition("?")[0]) for method, path in state.requests[before:]]


def test_a_push_asks_no_more_than_it_has_to(modern):
    """Pages, and one request for each dashboard that changes: with thousands of them anything more would be felt."""
    target = connect(modern)
    first = [dashboard(f"d{n}", f"Dashboard {n}") for n in range(12)]
    push(target, *first)
    unchanged = asked_for(modern, target, *first)
    assert {method for method, _ in unchanged} == {"GET"}
    assert not [path for _, path in unchanged if path.startswith(f"{DASHBOARDS}/")]
    changed = asked_for(modern, target, *first[3:], *(dashboard(f"d{n}", f"New {n}") for n in range(3)))
    assert changed[: len(unchanged)] == unchanged
    assert sorted(changed[len(unchanged) :]) == [("PUT", f"{DASHBOARDS}/d{n}") for n in range(3)]


@pytest.mark.parametrize(("scopes", "looked_for"), [
    (["dashboards:*", "folders:*"], 0), (["dashboards:*"], 12), (["dashboards:uid:d1", "folders:uid:f"], 12), ([], 12),
])  # fmt: skip
def test_what_is_new_is_looked_for_only_where_lists_may_leave_it_out(modern, monkeypatch, scopes, looked_for):
    target = connect(modern)
    monkeypatch.setattr(type(target.server.client), "permissions", lambda _: {"dashboards:read": scopes})
    before = len(modern.requests)
    plan = make_plan([dashboard(f"d{n}", f"Dashboard {n}") for n in range(12)], target, OWNER)
    assert {action.verb for action in plan.actions} == {Verb.CREATE}
    asked = [path for _, path in modern.requests[before:] if path.startswith(f"{DASHBOARDS}/")]
    assert len(asked) == looked_for
