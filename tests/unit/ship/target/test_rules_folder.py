"""What is read of a rules folder that others have left in a state of their own."""

from __future__ import annotations

from provision.model import Verb
from provision.ship.plan import make_plan
from support.rule_files import connected, file


def test_what_others_left_broken_does_not_stop_a_push(server):
    (server.base / "rules" / "theirs.yml").write_text("groups: [\n")
    (server.base / "rules" / "folder.yml").mkdir()
    assert list(connected(server).read(frozenset())) == []
    (live,) = connected(server).read(frozenset({("rule-file", "theirs.yml")}))
    assert live.mark is None
    assert b"unreadable" in live.body


def test_a_deletion_that_another_project_began_is_not_ours_to_finish(server):
    backup = server.base / "rules" / ".theirs.yml.provision-old"
    backup.write_text("groups: []\n")
    (live,) = connected(server).read(frozenset())
    assert live.mark is None
    plan = make_plan([], connected(server), "p", prune=True)
    assert plan.actions == ()
    (action,) = make_plan([file("theirs.yml")], connected(server), "p").actions
    assert action.verb is Verb.FOREIGN
