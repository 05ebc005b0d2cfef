"""Whose a dashboard is, as its annotations say."""

from __future__ import annotations

from provision.model import Action, Verb
from provision.ship.plan import make_plan
from support.grafana_pushed import OWNER, connect, dashboard, push


def test_without_a_name_nothing_can_be_marked(modern):
    target = connect(modern)
    (outcome,) = target.write([Action(Verb.CREATE, "dashboard", "d", dashboard(), None)], "")
    assert (outcome.status, outcome.message) == ("failed", "the project has no name to mark it with")


def test_another_managers_resource_is_never_taken_for_ours(modern):
    target = connect(modern)
    push(target, dashboard())
    modern.dashboards["d"]["own"] |= {"grafana.app/managedBy": "terraform", "grafana.app/managerId": OWNER}
    (action,) = make_plan([dashboard(title="E")], target, OWNER).actions
    assert (action.verb, action.reason) == (Verb.FOREIGN, "it belongs to 'terraform shop'")
    assert [found.key for found in target.read(frozenset())] == []


def test_the_root_folder_has_two_names(modern):
    target = connect(modern)
    push(target, dashboard())
    modern.dashboards["d"]["own"]["grafana.app/folder"] = "general"
    (action,) = make_plan([dashboard()], target, OWNER).actions
    assert action.verb is Verb.KEEP
