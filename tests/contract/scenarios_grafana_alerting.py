"""What the Grafana target promises of library panels and alerting: the same table, for the kinds whose marks lie in
the project's ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from contract.scenarios_grafana import Stage, requests_of, robot
from provision.compile.dialect.grafana import canonical
from provision.compile.kinds import (
    CONTACT_POINT,
    FOLDER,
    GRAFANA_RULE_GROUP,
    LIBRARY_PANEL,
    MUTE_TIMING,
    POLICY,
    TEMPLATE,
)
from provision.errors import NotAllowed, ProvisionError
from provision.model import Outcome, Place, Plan, Resource, Verb, decode
from provision.ship.apply import apply
from provision.ship.atomic import require_reversible, undo
from provision.ship.plan import make_plan
from provision.ship.target import grafana
from provision.ship.target.grafana_ledger import uid_of
from support.grafana_standin import Fault

PROVISIONING = "/api/v1/provisioning"
LEDGERED = (LIBRARY_PANEL, TEMPLATE, MUTE_TIMING, CONTACT_POINT, POLICY, GRAFANA_RULE_GROUP)

Scenario = Any
SCENARIOS: dict[str, Scenario] = {}


def scenario(function: Any) -> Any:
    SCENARIOS[function.__name__.replace("_", " ")] = function
    return function


@dataclass
class Desk:
    """What the authors of one project write for one Grafana, and what other people do there."""

    stage: Stage
    owner: str = ""

    def __post_init__(self) -> None:
        self.owner = self.owner or self.stage.owner

    def connect(self, **options: Any) -> grafana.Grafana:
        return self.stage.connect(owner=self.owner, **options)

    def name(self, name: str) -> str:
        return f"{self.stage.prefix} {name}"

    def uid(self, name: str) -> str:
        return self.stage.uid(name)

    # ── what authors write ───────────────────────────────────────────────────

    def folder(self, name: str) -> Resource:
        return self.resource(FOLDER, self.uid(name), {"title": self.name(name), "parentUid": ""})

    def panel(self, name: str, folder: str = "", **model: Any) -> Resource:
        shown = {"type": "text", "title": name, "options": {"content": "hi", "mode": "markdown"}, **model}
        body = {"folderUid": folder and self.uid(folder), "name": self.name(name), "model": shown}
        return self.resource(
            LIBRARY_PANEL, self.uid(name), body, ((FOLDER, self.uid(folder)),) if folder else ()
        )

    def template(self, name: str, text: str = "x") -> Resource:
        body = {
            "name": self.name(name),
            "template": f'{{{{ define "{self.name(name)}" }}}}{text}{{{{ end }}}}',
        }
        return self.resource(TEMPLATE, self.name(name), body)

    def timing(self, name: str, start: str = "22:00") -> Resource:
        times = [{"times": [{"start_time": start, "end_time": "23:59"}], "weekdays": ["saturday", "sunday"]}]
        return self.resource(MUTE_TIMING, self.name(name), {"name": self.name(name), "time_intervals": times})

    def contact(self, name: str, *integrations: dict[str, Any]) -> Resource:
        body = {"name": self.name(name), "integrations": list(integrations or (self.webhook(name),))}
        return self.resource(CONTACT_POINT, self.name(name), body)

    def webhook(self, name: str, path: str = "hook", **more: Any) -> dict[str, Any]:
        settings = {"url": f"http://127.0.0.1:9/{path}"}
        return {"uid": self.uid(name), "type": "webhook", "settings": settings, "disableResolveMessage": False, "secure": {}, **more}  # fmt: skip

    def route(self, receiver: str, value: str, **more: Any) -> dict[str, Any]:
        return {"receiver": self.name(receiver), "object_matchers": [[self.stage.prefix, "=", value]], **more}

    def policy(self, *routes: dict[str, Any]) -> Resource:
        return self.resource(POLICY, "root", {"routes": list(routes)})

    def rule(self, name: str, **more: Any) -> dict[str, Any]:
        data = [
            {"refId": "A", "datasourceUid": "prom", "relativeTimeRange": {"from": 600, "to": 0}, "model": {"expr": "up", "instant": True}},
            {"refId": "B", "datasourceUid": "__expr__", "model": {"type": "threshold", "expression": "A", "conditions": [{"evaluator": {"type": "gt", "params": [5]}}]}},
        ]  # fmt: skip
        return {"uid": self.uid(name), "title": self.name(name), "condition": "B", "data": data, "noDataState": "NoData",
                "execErrState": "Error", "for": "1m", "labels": {"severity": "warning"}, "annotations": {"summary": name}, **more}  # fmt: skip

    def group(
        self, title: str, *rules: dict[str, Any], folder: str = "rules", interval: int = 60
    ) -> Resource:
        body = {"folderUid": self.uid(folder), "title": title, "interval": interval, "rules": list(rules)}
        key = f"{self.uid(folder)}/{title}"
        return self.resource(GRAFANA_RULE_GROUP, key, body, ((FOLDER, self.uid(folder)),))

    def resource(self, kind: str, key: str, body: Any, needs: tuple[tuple[str, str], ...] = ()) -> Resource:
        return Resource(kind, key, canonical(kind, body), (Place("provisioning/alerting.py", 3),), needs)

    def everything(self) -> tuple[Resource, ...]:
        return (
            self.folder("rules"),
            self.panel("panel", "rules"),
            self.template("short"),
            self.timing("nights / weekends"),
            self.contact("ops", self.webhook("ops"), self.webhook("ops2", "other")),
            self.policy(self.route("ops", "a", mute_time_intervals=[self.name("nights / weekends")])),
            self.group("a/b & c", self.rule("r1"), self.rule("r2")),
        )

    # ── what a push does ─────────────────────────────────────────────────────

    def plan(self, target: grafana.Grafana, *desired: Resource, **options: Any) -> Plan:
        with self.stage.only_reading():
            return make_plan(desired, target, self.owner, **options)

    def done(self, target: grafana.Grafana, *desired: Resource, **options: Any) -> list[Outcome]:
        """Push, and be sure that everything was done."""
        outcomes = list(apply(self.plan(target, *desired, **options), target))
        assert [(one.action.key, one.message) for one in outcomes if one.status != "done"] == []
        return outcomes

    def verbs(self, plan: Plan) -> dict[str, str]:
        return {action.kind: action.verb.value for action in plan.actions}

    # ── what other people do ─────────────────────────────────────────────────

    def live(self, path: str, expect: Sequence[int] = (200,)) -> Any:
        return self.stage.ask("GET", f"{PROVISIONING}/{path}", expect=expect)

    def routes(self) -> list[dict[str, Any]]:
        return [
            route for route in self.live("policies").get("routes") or () if self.stage.prefix in str(route)
        ]

    def put_policies(self, tree: dict[str, Any]) -> None:
        editable = not tree.pop("provenance", None)
        self.stage.ask("PUT", f"{PROVISIONING}/policies", tree, expect=(202,), editable=editable)

    def contacts(self) -> list[dict[str, Any]]:
        return [found for found in self.live("contact-points") if found["name"].startswith(self.stage.prefix)]

    def secret(self) -> str | None:
        """The secret that Grafana holds, as only its export, decrypted, tells."""
        if self.stage.state is not None:
            found = self.stage.state.alerting["contacts"][self.uid("ops")]["settings"]
            return found.get("authorization_credentials")
        exported = self.live("contact-points/export?decrypt=true&format=json")["contactPoints"]
        by_uid = {one["uid"]: one for point in exported for one in point["receivers"]}
        return by_uid[self.uid("ops")]["settings"].get("authorization_credentials")

    def ledger(self) -> Any:
        """What the project's ledger says."""
        found = self.stage.ask("GET", f"/api/dashboards/uid/{uid_of(self.owner)}")
        return found["dashboard"]["panels"][0]["options"]["content"]

    def group_live(self, title: str, folder: str = "rules") -> Any:
        return self.live(f"folder/{self.uid(folder)}/rule-groups/{quote(title, safe='')}")

    def provenances(self) -> set[str | None]:
        rules = [rule for rule in self.live("alert-rules") if rule["folderUID"] == self.uid("rules")]
        named = [*self.contacts(), *self.live("mute-timings"), *(self.live("templates") or ())]
        mine = [found for found in named if found["name"].startswith(self.stage.prefix)]
        return {found.get("provenance") for found in (*rules, *mine)}


def needs_alerting(stage: Stage) -> None:
    if stage.old:
        pytest.skip("its alerting is off, as it was recorded")


@scenario
def everything_is_created_and_a_second_push_writes_nothing(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    target = desk.connect()
    plan = desk.plan(target, *desk.everything())
    assert set(desk.verbs(plan).values()) == {"create"}
    assert list(desk.verbs(plan)) == [FOLDER, LIBRARY_PANEL, TEMPLATE, MUTE_TIMING, CONTACT_POINT, POLICY, GRAFANA_RULE_GROUP]  # fmt: skip
    assert {(one.status, one.message) for one in apply(plan, target)} == {("done", "")}
    again = desk.connect()
    plan = desk.plan(again, *desk.everything())
    assert {(action.verb.value, action.reason) for action in plan.actions} == {("keep", "")}
    with stage.only_reading():
        assert list(apply(plan, again)) == []


# ── changes ──────────────────────────────────────────────────────────────────


def changed(desk: Desk) -> tuple[Resource, ...]:
    """Everything once more, each with a change."""
    return (
        desk.folder("rules"),
        desk.panel("panel", "rules", description="new"),
        desk.template("short", "y"),
        desk.timing("nights / weekends", "21:00"),
        desk.contact("ops", desk.webhook("ops", "new"), desk.webhook("ops2", "other")),
        desk.policy(desk.route("ops", "b", mute_time_intervals=[desk.name("nights / weekends")]), desk.route("ops", "c")),
        desk.group("a/b & c", desk.rule("r1"), desk.rule("r3"), interval=120),
    )  # fmt: skip


@scenario
def only_what_changed_is_written(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    target = desk.connect()
    desk.done(target, *desk.everything())
    plan = desk.plan(target, *changed(desk))
    assert desk.verbs(plan) == {FOLDER: "keep", **dict.fromkeys(LEDGERED, "update")}
    with requests_of() as sent:
        assert {(one.status, one.message) for one in apply(plan, target)} == {("done", "")}
    writes = [line.split(" ")[0] + " " + line.split("/api")[1].split(" ")[0] for line in sent if not line.startswith("GET ")]  # fmt: skip
    ledger = [line for line in writes if "provision-ledger" in line or "dashboards/db" in line]
    assert len(ledger) == 2  # ahead of all, and once the policies are there
    assert len(writes) == len(ledger) + len(LEDGERED)
    assert [rule["uid"] for rule in desk.group_live("a/b & c")["rules"]] == [desk.uid("r1"), desk.uid("r3")]
    assert desk.group_live("a/b & c")["interval"] == 120
    again = desk.connect()
    plan = desk.plan(again, *changed(desk))
    assert {(action.verb.value, action.reason) for action in plan.actions} == {("keep", "")}


def edit_everything(desk: Desk) -> None:
    """What somebody does on Grafana's page to each kind."""
    ask, quoted = desk.stage.ask, lambda name: quote(desk.name(name), safe="")
    found = ask("GET", f"/api/library-elements/{desk.uid('panel')}")["result"]
    body = {"kind": 1, "folderUid": found["folderUid"], "version": found["version"], "name": desk.name("by hand"), "model": found["model"]}  # fmt: skip
    ask("PATCH", f"/api/library-elements/{desk.uid('panel')}", body)
    text = {"template": '{{ define "by hand" }}by hand{{ end }}'}
    ask("PUT", f"{PROVISIONING}/templates/{quoted('short')}", text, expect=(202,))
    timing = {"name": desk.name("nights / weekends"), "time_intervals": [{"weekdays": ["monday"]}]}
    ask("PUT", f"{PROVISIONING}/mute-timings/{quoted('nights / weekends')}", timing, expect=(202,))
    contact = desk.webhook("ops", "by-hand") | {"name": desk.name("ops")}
    ask("PUT", f"{PROVISIONING}/contact-points/{desk.uid('ops')}", contact, expect=(202,))
    tree = desk.live("policies")
    for route in tree["routes"]:
        if route["object_matchers"] == [[desk.stage.prefix, "=", "a"]]:
            route["group_wait"] = "7s"
    desk.put_policies(tree)
    group = desk.group_live("a/b & c")
    group["rules"][0]["title"] = desk.name("by hand")
    path = f"{PROVISIONING}/folder/{desk.uid('rules')}/rule-groups/{quote('a/b & c', safe='')}"
    ask("PUT", path, group)


@scenario
def an_edit_elsewhere_is_a_conflict(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    target = desk.connect()
    desk.done(target, *desk.everything())
    edit_everything(desk)
    for wanted in (desk.everything(), changed(desk)):
        plan = desk.plan(target, *wanted)
        assert desk.verbs(plan) == {FOLDER: "keep", **dict.fromkeys(LEDGERED, "conflict")}
        with stage.only_reading():
            assert {one.status for one in apply(plan, target)} == {"skipped"}
    desk.done(target, *changed(desk), overwrite=True)
    assert len(desk.routes()) == 2
    assert "by hand" not in str(desk.group_live("a/b & c"))
    plan = desk.plan(desk.connect(), *changed(desk))
    assert {(action.verb.value, action.reason) for action in plan.actions} == {("keep", "")}


@scenario
def an_edit_to_what_is_wanted_only_changes_the_ledger(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    target = desk.connect()
    desk.done(target, desk.template("short"))
    text = {"template": decode(desk.template("short", "agreed").body)["template"]}
    stage.ask("PUT", f"{PROVISIONING}/templates/{quote(desk.name('short'), safe='')}", text, expect=(202,))
    plan = desk.plan(target, desk.template("short", "agreed"))
    assert desk.verbs(plan) == {TEMPLATE: "adopt"}
    with requests_of() as sent:
        assert [one.status for one in apply(plan, target)] == ["done"]
    assert not [line for line in sent if "templates" in line and not line.startswith("GET ")]
    assert desk.verbs(desk.plan(desk.connect(), desk.template("short", "agreed"))) == {TEMPLATE: "keep"}
    assert desk.verbs(desk.plan(desk.connect(), desk.template("short", "next"))) == {TEMPLATE: "update"}


@scenario
def a_change_between_plan_and_push_is_left_alone(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    target = desk.connect()
    desk.done(target, *desk.everything())
    plan = desk.plan(target, *changed(desk))
    edit_everything(desk)
    target.begin(plan)
    outcomes = [one for action in plan.writes for one in target.write([action], plan.owner)]
    assert {(one.action.kind, one.status) for one in outcomes} == {(kind, "failed") for kind in LEDGERED}
    assert {one.message for one in outcomes} == {
        "somebody changed it meanwhile, so it was left alone; plan again to see what changed"
    }
    assert set(desk.verbs(desk.plan(target, *changed(desk))).values()) == {"keep", "conflict"}


@scenario
def what_was_created_between_plan_and_push_is_left_alone(stage: Stage) -> None:
    needs_alerting(stage)
    desk, theirs = Desk(stage), Desk(stage, f"the others {stage.prefix}")
    target = desk.connect()
    desk.done(target, desk.folder("rules"))
    plan = desk.plan(target, *desk.everything())
    theirs.done(theirs.connect(), *(found for found in changed(theirs) if found.kind not in (FOLDER, POLICY)))
    target.begin(plan)
    writes = [action for action in plan.writes if action.kind != POLICY]
    outcomes = [one for action in writes for one in target.write([action], plan.owner)]
    assert {one.status for one in outcomes} == {"failed"}
    assert all("meanwhile" in one.message or "already" in one.message for one in outcomes), outcomes
    assert desk.group_live("a/b & c")["interval"] == 120


# ── whose it is ──────────────────────────────────────────────────────────────


@scenario
def what_exists_already_is_foreign(stage: Stage) -> None:
    needs_alerting(stage)
    desk, theirs = Desk(stage), Desk(stage, f"the others {stage.prefix}")
    other = theirs.connect()
    made = tuple(found for found in theirs.everything() if found.kind not in (FOLDER, POLICY))
    theirs.done(other, *theirs.everything())
    target = desk.connect()
    mine = tuple(found for found in changed(desk) if found.kind not in (FOLDER, POLICY))
    plan = desk.plan(target, *mine)
    assert {(action.verb, action.reason) for action in plan.actions} == {
        (Verb.FOREIGN, f"it belongs to {theirs.owner!r}")
    }
    with stage.only_reading():
        assert {one.status for one in apply(plan, target)} == {"skipped"}
    assert desk.plan(target, prune=True).actions == ()
    stage.ask("DELETE", f"/api/dashboards/uid/{uid_of(theirs.owner)}")  # their ledger is lost
    plan = theirs.plan(theirs.connect(), *changed(theirs), prune=True)
    assert {action.reason for action in plan.actions if action.verb is Verb.FOREIGN} == {
        "it exists already and carries no mark of this project"
    }
    assert len([action for action in plan.actions if action.verb is Verb.FOREIGN]) == len(made)
    left = [FOLDER] if stage.resource_api else []  # where folders have no mark, they were in the ledger, too
    assert [action.kind for action in theirs.plan(theirs.connect(), prune=True).actions] == left
    desk.done(target, *mine, overwrite=True)
    assert {action.verb for action in desk.plan(desk.connect(), *mine).actions} == {Verb.KEEP}


@scenario
def policies_of_others_stay_as_they_are(stage: Stage) -> None:
    needs_alerting(stage)
    desk, theirs = Desk(stage), Desk(stage, f"the others {stage.prefix}")
    target = desk.connect()
    contact = desk.contact("ops")
    desk.done(target, contact)
    by_hand = desk.route("ops", "by hand", group_by=["alertname"], **{"continue": True})
    desk.put_policies(
        desk.live("policies") | {"routes": [*(desk.live("policies").get("routes") or ()), by_hand]}
    )
    desk.done(target, contact, desk.policy(desk.route("ops", "a"), desk.route("ops", "b")))
    theirs.done(theirs.connect(), theirs.policy(desk.route("ops", "t"), desk.route("ops", "b")))
    later = desk.route("ops", "later")
    desk.put_policies(desk.live("policies") | {"routes": [*desk.live("policies")["routes"], later]})
    values = lambda: [route["object_matchers"][0][2] for route in desk.routes()]  # noqa: E731
    assert values() == ["by hand", "a", "b", "t", "b", "later"]
    desk.done(
        target, contact, desk.policy(desk.route("ops", "b"), desk.route("ops", "c"), desk.route("ops", "d"))
    )
    assert values() == ["by hand", "b", "c", "d", "t", "b", "later"]
    theirs.done(theirs.connect(), theirs.policy(desk.route("ops", "b")))
    assert values() == ["by hand", "b", "c", "d", "b", "later"]
    for mine, wanted in ((desk, ("b", "c", "d")), (theirs, ("b",))):
        plan = mine.plan(mine.connect(), mine.policy(*(desk.route("ops", value) for value in wanted)))
        assert mine.verbs(plan) == {POLICY: "keep"}
    plan = desk.plan(target, contact, prune=True)
    assert [action.verb for action in plan.actions] == [Verb.KEEP, Verb.DELETE]
    assert [one.status for one in apply(plan, target)] == ["done"]
    assert values() == ["by hand", "b", "later"]
    assert desk.routes()[0]["group_by"] == ["alertname"]
    assert desk.plan(desk.connect(), contact, prune=True).writes == ()


@scenario
def routes_that_stand_there_already_are_not_doubled(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    target = desk.connect()
    wanted = (desk.contact("ops"), desk.policy(desk.route("ops", "a"), desk.route("ops", "b")))
    desk.done(target, *wanted)
    before = desk.live("policies")
    stage.ask("DELETE", f"/api/dashboards/uid/{uid_of(desk.owner)}")
    again = desk.connect()
    assert desk.verbs(desk.plan(again, *wanted)) == {CONTACT_POINT: "keep", POLICY: "keep"}
    plan = desk.plan(again, *wanted, adopt=True)
    assert desk.verbs(plan) == {CONTACT_POINT: "adopt", POLICY: "adopt"}
    assert {(one.status, one.message) for one in apply(plan, again)} == {("done", "")}
    assert desk.live("policies") == before
    assert desk.verbs(desk.plan(desk.connect(), *wanted))[POLICY] == "keep"


@scenario
def rules_of_others_in_the_same_folder_stay(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    target = desk.connect()
    desk.done(target, desk.folder("rules"), desk.group("mine", desk.rule("r1")))
    theirs = {"title": "theirs", "folderUid": desk.uid("rules"), "interval": 60, "rules": [{**desk.rule("t1"), "folderUID": desk.uid("rules"), "ruleGroup": "theirs"}]}  # fmt: skip
    stage.ask("PUT", f"{PROVISIONING}/folder/{desk.uid('rules')}/rule-groups/theirs", theirs)
    stolen = desk.group("mine", desk.rule("r1"), desk.rule("t1"))
    plan = desk.plan(target, desk.folder("rules"), stolen)
    (obstacle,) = target.obstacles(plan.writes)
    assert f"uid {desk.uid('t1')!r}, which is that of a rule in {desk.uid('rules')}/theirs" in obstacle
    plan = desk.plan(target, prune=True)
    outcomes = {one.action.kind: one for one in apply(plan, target)}
    assert outcomes[GRAFANA_RULE_GROUP].status == "done"
    assert outcomes[FOLDER].status == "failed"
    assert outcomes[FOLDER].message == "the folder still holds something; move or delete that first"
    assert desk.group_live("theirs")["rules"][0]["uid"] == desk.uid("t1")


@scenario
def a_group_that_is_renamed_takes_its_rules_along(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    target = desk.connect()
    rules = [desk.rule(name) for name in ("r1", "r2", "r3")]
    desk.done(target, desk.folder("rules"), desk.group("old", *rules), desk.group("other", desk.rule("o")))
    wanted = (
        desk.folder("rules"),
        desk.group("new", *rules[:2]),
        desk.group("other", desk.rule("o"), rules[2]),
    )
    plan = desk.plan(target, *wanted, prune=True)
    assert sorted(action.verb.value for action in plan.writes) == ["create", "delete", "update"]
    assert target.obstacles(plan.writes) == ()
    assert {(one.status, one.message) for one in apply(plan, target)} == {("done", "")}
    assert [rule["uid"] for rule in desk.group_live("new")["rules"]] == [desk.uid("r1"), desk.uid("r2")]
    assert len(desk.group_live("other")["rules"]) == 2
    desk.live(f"folder/{desk.uid('rules')}/rule-groups/old", expect=(404,))
    assert desk.plan(desk.connect(), *wanted, prune=True).writes == ()


@scenario
def an_integration_that_somebody_added_is_a_conflict(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    target = desk.connect()
    desk.done(target, desk.contact("ops"))
    added = {"uid": desk.uid("added"), "name": desk.name("ops"), "type": "email", "settings": {"addresses": "a@example.org"}}  # fmt: skip
    stage.ask("POST", f"{PROVISIONING}/contact-points", added, expect=(202,))
    assert desk.verbs(desk.plan(target, desk.contact("ops"))) == {CONTACT_POINT: "conflict"}
    assert desk.verbs(desk.plan(target, prune=True)) == {CONTACT_POINT: "conflict"}
    desk.done(target, desk.contact("ops"), overwrite=True)
    assert [found["uid"] for found in desk.contacts()] == [desk.uid("ops")]


@scenario
def another_push_of_the_project_meanwhile_is_noticed(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    desk.done(desk.connect(), desk.template("short"))
    first, second = desk.connect(), desk.connect()
    plans = [
        desk.plan(first, desk.template("short"), desk.timing("nights")),
        desk.plan(second, desk.template("short", "y")),
    ]
    assert {one.status for one in apply(plans[0], first)} == {"done"}
    with pytest.raises(ProvisionError, match=r"another push of .* has written here since.*plan again"):
        list(apply(plans[1], second))
    assert "y" not in desk.live(f"templates/{quote(desk.name('short'), safe='')}")["template"]


@scenario
def projects_keep_to_themselves(stage: Stage) -> None:
    needs_alerting(stage)
    desk, theirs = Desk(stage), Desk(stage, f"the others {stage.prefix}")
    desk.done(desk.connect(), *desk.everything())
    theirs.done(theirs.connect(), theirs.template("theirs"), theirs.contact("theirs"), theirs.policy(theirs.route("theirs", "t")))  # fmt: skip
    plan = theirs.plan(theirs.connect(), theirs.template("short", "y"), theirs.template("theirs"))
    assert {action.key: action.verb.value for action in plan.actions} == {
        theirs.name("short"): "foreign", theirs.name("theirs"): "keep"
    }  # fmt: skip
    target = theirs.connect()
    plan = theirs.plan(target, prune=True)
    assert [action.kind for action in plan.actions] == [POLICY, CONTACT_POINT, TEMPLATE]
    assert {(one.status, one.message) for one in apply(plan, target)} == {("done", "")}
    assert {action.verb for action in desk.plan(desk.connect(), *desk.everything()).actions} == {Verb.KEEP}


# ── deleting ─────────────────────────────────────────────────────────────────


@scenario
def prune_deletes_all_kinds_in_reverse(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    target = desk.connect()
    desk.done(target, *desk.everything())
    plan = desk.plan(target, prune=True)
    assert [action.kind for action in plan.actions] == [GRAFANA_RULE_GROUP, POLICY, CONTACT_POINT, MUTE_TIMING, TEMPLATE, LIBRARY_PANEL, FOLDER]  # fmt: skip
    assert {(one.status, one.message) for one in apply(plan, target)} == {("done", "")}
    assert desk.contacts() == desk.routes() == []
    stage.ask("GET", f"/api/library-elements/{desk.uid('panel')}", expect=(404,))
    stage.ask("GET", f"/api/folders/{desk.uid('rules')}", expect=(404,))
    plan = desk.plan(desk.connect(), prune=True)
    assert plan.actions == plan.left == ()


@scenario
def a_folder_that_holds_anything_is_not_deleted(stage: Stage) -> None:
    """Rules, library panels and folders of others count; on its classic API Grafana 12 deletes the panels with it."""
    desk = Desk(stage)
    target = desk.connect()
    names = ["panels", "rules", "folders"] if target.dialect.alerting else ["panels"]
    desk.done(target, *(desk.folder(name) for name in names))
    panel = {"uid": desk.uid("theirs"), "folderUid": desk.uid("panels"), "name": desk.name("theirs"), "kind": 1, "model": {"type": "text"}}  # fmt: skip
    stage.ask("POST", "/api/library-elements", panel)
    if len(names) > 1:
        rule = {**desk.rule("t"), "folderUID": desk.uid("rules"), "ruleGroup": "theirs"}
        group = {"title": "theirs", "folderUid": desk.uid("rules"), "interval": 60, "rules": [rule]}
        stage.ask("PUT", f"{PROVISIONING}/folder/{desk.uid('rules')}/rule-groups/theirs", group)
        inner = {"uid": desk.uid("inner"), "title": desk.name("inner"), "parentUid": desk.uid("folders")}
        stage.ask("POST", "/api/folders", inner)
    plan = desk.plan(target, prune=True)
    assert {action.kind for action in plan.writes} <= {FOLDER}
    outcomes = [one for action in plan.writes for one in target.write([action], plan.owner)]
    assert {(one.status, one.message) for one in outcomes} <= {
        ("failed", "the folder still holds something; move or delete that first")
    }
    assert len([*outcomes, *plan.stops]) == len(names)
    assert stage.ask("GET", f"/api/library-elements/{desk.uid('theirs')}")["result"]["name"] == desk.name(
        "theirs"
    )
    for name in names:
        stage.ask("GET", f"/api/folders/{desk.uid(name)}")


@scenario
def what_is_in_use_is_not_deleted(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    target = desk.connect()
    wanted = (desk.panel("panel"), desk.timing("nights"), desk.contact("ops", desk.webhook("ops"), desk.webhook("ops2")), desk.contact("rule"))  # fmt: skip
    desk.done(target, *wanted, desk.folder("rules"))
    route = desk.route("ops", "theirs", mute_time_intervals=[desk.name("nights")])
    desk.put_policies(
        desk.live("policies") | {"routes": [*(desk.live("policies").get("routes") or ()), route]}
    )
    rule = {**desk.rule("r"), "notification_settings": {"receiver": desk.name("rule")}, "folderUID": desk.uid("rules"), "ruleGroup": "theirs"}  # fmt: skip
    group = {"title": "theirs", "folderUid": desk.uid("rules"), "interval": 60, "rules": [rule]}
    stage.ask("PUT", f"{PROVISIONING}/folder/{desk.uid('rules')}/rule-groups/theirs", group)
    shows = {"uid": stage.uid("d"), "title": desk.name("d"), "panels": [{"id": 1, "title": "T", "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0}, "libraryPanel": {"uid": desk.uid("panel"), "name": desk.name("panel")}}]}  # fmt: skip
    stage.ask("POST", "/api/dashboards/db", {"dashboard": shows, "folderUid": ""})
    plan = desk.plan(target, desk.folder("rules"), prune=True)
    said = {one.action.key: (one.status, one.message) for one in apply(plan, target)}
    assert said == {
        desk.name("ops"): ("failed", "a notification policy still sends to it; change that policy first"),
        desk.name("rule"): ("failed", f"the alert rule {desk.name('r')!r} still sends to it; change it first"),
        desk.name("nights"): ("failed", "a notification policy or an alert rule still refers to it; take it out there first"),
        desk.uid("panel"): ("failed", "a dashboard shows it; take it out there first"),
    }  # fmt: skip
    assert len(desk.contacts()) == 3
    plan = desk.plan(desk.connect(), *wanted, desk.folder("rules"))
    assert {action.verb for action in plan.actions} == {Verb.KEEP}


# ── a push that was killed ───────────────────────────────────────────────────


@scenario
def a_push_that_was_killed_knows_its_work_again(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    target = desk.connect()
    plan = desk.plan(target, *desk.everything())
    target.begin(plan)  # and no more
    assert set(desk.verbs(desk.plan(desk.connect(), *desk.everything())).values()) == {"create"}
    target = desk.connect()
    plan = desk.plan(target, *desk.everything())
    target.begin(plan)
    for action in plan.writes[:4]:
        assert [one.status for one in target.write([action], plan.owner)] == ["done"]
    again = desk.connect()
    plan = desk.plan(again, *changed(desk))
    assert desk.verbs(plan) == {
        FOLDER: "keep", LIBRARY_PANEL: "update", TEMPLATE: "update", MUTE_TIMING: "update",
        CONTACT_POINT: "create", POLICY: "create", GRAFANA_RULE_GROUP: "create",
    }  # fmt: skip
    again.begin(plan)
    for action in (plan.writes[0], *plan.writes[2:4]):
        assert [one.status for one in again.write([action], plan.owner)] == ["done"]
    desk.done(desk.connect(), *changed(desk))
    plan = desk.plan(desk.connect(), *changed(desk), prune=True)
    assert {(action.verb.value, action.reason) for action in plan.actions} == {("keep", "")}
    plan = desk.plan(again, prune=True)
    again.begin(plan)
    assert [one.status for one in again.write([plan.writes[0]], plan.owner)] == ["done"]
    plan = desk.plan(desk.connect(), prune=True)
    assert {action.verb for action in plan.actions} == {Verb.DELETE}
    assert len(plan.actions) == 6


@scenario
def a_contact_point_that_was_half_done_is_finished(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    target = desk.connect()
    old = desk.contact("ops", desk.webhook("ops"), desk.webhook("ops2"), desk.webhook("ops3"))
    new = desk.contact("ops", desk.webhook("ops", "x"), desk.webhook("ops2", "y"), desk.webhook("ops4"))
    plan = desk.plan(target, old)
    target.begin(plan)
    first = desk.webhook("ops") | {"name": desk.name("ops")}
    stage.ask("POST", f"{PROVISIONING}/contact-points", first, expect=(202,))
    assert desk.verbs(desk.plan(desk.connect(), old)) == {CONTACT_POINT: "update"}
    desk.done(desk.connect(), old)
    target = desk.connect()
    plan = desk.plan(target, new)
    target.begin(plan)
    half = desk.webhook("ops", "x") | {"name": desk.name("ops")}
    stage.ask("PUT", f"{PROVISIONING}/contact-points/{desk.uid('ops')}", half, expect=(202,))
    assert desk.verbs(desk.plan(desk.connect(), new)) == {CONTACT_POINT: "update"}
    stage.ask("DELETE", f"{PROVISIONING}/contact-points/{desk.uid('ops2')}", expect=(202,))
    assert desk.verbs(desk.plan(desk.connect(), new)) == {
        CONTACT_POINT: "conflict"
    }  # no push of ours did that
    desk.done(desk.connect(), new, overwrite=True)
    assert {found["uid"] for found in desk.contacts()} == {desk.uid(name) for name in ("ops", "ops2", "ops4")}
    assert desk.verbs(desk.plan(desk.connect(), new)) == {CONTACT_POINT: "keep"}


# ── secrets ──────────────────────────────────────────────────────────────────


def with_secret(desk: Desk, reference: dict[str, str], path: str = "hook") -> Resource:
    secure = {"authorization_credentials": reference}
    return desk.contact("ops", desk.webhook("ops", path, secure=secure), desk.webhook("plain"))


@scenario
def secrets_of_contact_points_are_written_and_never_seen_again(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    target = desk.connect(environ={"TOKEN": "hunter2-secret", "OTHER": "another-secret"})
    token, other = {"source": "env", "name": "TOKEN"}, {"source": "env", "name": "OTHER"}
    outcomes = desk.done(target, with_secret(desk, token))
    assert "hunter2-secret" not in repr(outcomes) + repr(target)
    assert desk.secret() == "hunter2-secret"
    assert desk.verbs(desk.plan(desk.connect(), with_secret(desk, token))) == {CONTACT_POINT: "keep"}
    server = {"source": "server", "name": ""}
    assert desk.verbs(desk.plan(desk.connect(), with_secret(desk, token, "new"))) == {CONTACT_POINT: "update"}
    desk.done(target, with_secret(desk, other))
    assert desk.secret() == "another-secret"
    assert desk.verbs(desk.plan(desk.connect(), with_secret(desk, other))) == {CONTACT_POINT: "keep"}
    desk.done(target, with_secret(desk, server, "kept"))
    assert desk.secret() == "another-secret"
    assert desk.verbs(desk.plan(desk.connect(), with_secret(desk, server, "kept"))) == {CONTACT_POINT: "keep"}
    desk.done(target, desk.contact("ops", desk.webhook("ops"), desk.webhook("plain")))
    assert desk.secret() is None
    plan = desk.plan(desk.connect(environ={}), with_secret(desk, token))
    assert desk.connect(environ={}).obstacles(plan.writes) == (
        f"contact point \"{desk.name('ops')}\": its secret 'authorization_credentials' needs the environment variable TOKEN, "
        f"which isn't set",
    )
    (outcome,) = apply(desk.plan(target, with_secret(desk, server)), target)
    assert outcome.status == "failed"
    assert "is to stay as it is on the server, which has none" in outcome.message


@scenario
def a_secret_of_a_killed_push_is_written_again(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    environ = {"TOKEN": "hunter2-secret", "OTHER": "another-secret"}
    desk.done(desk.connect(environ=environ), with_secret(desk, {"source": "env", "name": "TOKEN"}))
    wanted = with_secret(desk, {"source": "env", "name": "OTHER"})
    target = desk.connect(environ=environ)
    plan = desk.plan(target, wanted)
    target.begin(plan)
    again = desk.connect(environ=environ)
    plan = desk.plan(again, wanted)
    assert desk.verbs(plan) == {CONTACT_POINT: "update"}
    assert [one.status for one in apply(plan, again)] == ["done"]
    assert desk.secret() == "another-secret"
    assert desk.verbs(desk.plan(desk.connect(), wanted)) == {CONTACT_POINT: "keep"}


# ── who may change it on Grafana's page ──────────────────────────────────────


@scenario
def grafanas_page_may_change_it_when_the_project_says_so(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    stage.ask("DELETE", f"{PROVISIONING}/policies", expect=(202,))
    desk.done(desk.connect(ui_edits="allowed"), *desk.everything())
    assert desk.provenances() == {None}
    desk.done(desk.connect(), *changed(desk))
    assert desk.provenances() == {"api"}
    assert desk.live("policies").get("provenance") is None  # the tree is everybody's
    desk.done(desk.connect(ui_edits="allowed"), *desk.everything())  # only rules can be set free again
    plan = desk.plan(desk.connect(ui_edits="allowed"), *desk.everything())
    assert {action.verb for action in plan.actions} == {Verb.KEEP}


@scenario
def a_changed_ui_edits_is_written_alone(stage: Stage) -> None:
    """Whatever can be locked is, and rules are set free again, with their contents and secrets as they are."""
    needs_alerting(stage)
    desk = Desk(stage)
    environ = {"TOKEN": "hunter2-secret"}
    secret = with_secret(desk, {"source": "env", "name": "TOKEN"})
    wanted = [secret if one.kind == CONTACT_POINT else one for one in desk.everything()]
    desk.done(desk.connect(ui_edits="allowed", environ=environ), *wanted)
    free = desk.ledger()
    plan = desk.plan(desk.connect(), *wanted)
    lockable = {TEMPLATE, MUTE_TIMING, CONTACT_POINT, GRAFANA_RULE_GROUP} | _of_setting(stage)
    assert {action.kind for action in plan.writes} == lockable
    assert {action.reason for action in plan.writes} == {"Grafana's page may no longer save changes of it"}
    desk.done(desk.connect(environ={}), *wanted)
    assert desk.provenances() == {"api"}
    assert desk.secret() == "hunter2-secret"
    assert desk.ledger() == free
    assert not desk.plan(desk.connect(), *wanted).writes
    outcomes = desk.done(desk.connect(ui_edits="allowed"), *wanted)
    assert {one.action.kind for one in outcomes} == {GRAFANA_RULE_GROUP} | _of_setting(stage)
    rules = [rule for rule in desk.live("alert-rules") if rule["folderUID"] == desk.uid("rules")]
    assert {rule.get("provenance") for rule in rules} == {None}
    assert not desk.plan(desk.connect(ui_edits="allowed"), *wanted).writes


def _of_setting(stage: Stage) -> set[str]:
    """Folders have the setting only where the resource API keeps them."""
    return {FOLDER} if stage.resource_api else set()


@scenario
def alerting_that_is_off_is_told_before_the_first_write(stage: Stage) -> None:
    if not stage.old:
        pytest.skip("its alerting is on")
    desk = Desk(stage)
    target = desk.connect()
    plan = desk.plan(target, *desk.everything())
    with stage.only_reading():
        assert target.obstacles(plan.writes) == (
            f'message template "{desk.name("short")}" and 4 more: the alerting of this Grafana is switched off, or too old',
        )
    desk.done(target, desk.folder("rules"), desk.panel("panel", "rules"))
    assert {action.verb for action in desk.plan(desk.connect(), desk.folder("rules"), desk.panel("panel", "rules")).actions} == {Verb.KEEP}  # fmt: skip


@scenario
def a_type_of_integration_that_there_is_not_is_told_before_the_first_write(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    target = desk.connect()
    nonsense = desk.webhook("bad", type="nonsense")
    plan = desk.plan(
        target, desk.contact("ops", desk.webhook("ops"), nonsense, nonsense), desk.contact("fine")
    )
    with stage.only_reading():
        (told,) = target.obstacles(plan.writes)
    begun = f"contact point \"{desk.name('ops')}\": this Grafana has no integration of the type 'nonsense'; name one of "
    assert told.startswith(begun)
    assert {"email", "LINE", "webhook"} <= set(told.removeprefix(begun).split(", "))
    other = desk.plan(target, desk.contact("fine", desk.webhook("fine", type="Webhook")))  # in any case
    assert target.obstacles(other.writes) == ()
    with requests_of() as sent:
        assert target.obstacles(desk.plan(target, desk.template("short")).writes) == ()
    assert [line for line in sent if "alert-notifiers" in line] == []
    if stage.state is not None:
        stage.state.faults.append(
            Fault("GET", "/api/alert-notifiers", status=404, body={"message": "Not found"})
        )
        assert target.obstacles(plan.writes) == ()  # nobody knows, so the write will say it


# ── all or nothing ───────────────────────────────────────────────────────────


@scenario
def all_or_nothing(stage: Stage) -> None:
    """What a push has created, changed and deleted is put back, and the ledger says so."""
    needs_alerting(stage)
    desk = Desk(stage)
    target = desk.connect()
    first = (
        desk.folder("rules"),
        desk.panel("panel", "rules"),
        desk.template("short"),
        desk.template("goes"),
        desk.contact("ops"),
        desk.policy(desk.route("ops", "a")),
        desk.group("g", desk.rule("r1")),
        desk.group("goes", desk.rule("r2")),
    )
    desk.done(target, *first)
    names = frozenset((one.kind, one.key) for one in first)
    before = {(live.kind, live.key): (live.body, live.mark) for live in desk.connect().read(names)}
    second = (
        desk.folder("rules"),
        desk.panel("panel", "rules", description="changed"),
        desk.panel("more"),
        desk.template("short", "changed"),
        desk.timing("nights"),
        desk.contact("ops", desk.webhook("ops", "changed")),
        desk.contact("more"),
        desk.policy(desk.route("more", "b"), desk.route("ops", "a")),
        desk.group("g", desk.rule("r1", labels={"severity": "page"}), desk.rule("r3")),
    )
    plan = desk.plan(target, *second, prune=True)
    assert {action.verb.value for action in plan.writes} == {"create", "update", "delete"}
    require_reversible(target, plan)
    outcomes = list(apply(plan, target))
    assert [one.message for one in outcomes if one.status != "done"] == []
    told = list(undo(plan, target, outcomes))
    assert [(one.action.kind, one.message) for one in told if one.status != "undone"] == []
    assert len(told) == len(outcomes)
    again = {(live.kind, live.key): (live.body, live.mark) for live in desk.connect().read(names)}
    assert again == before
    plan = desk.plan(desk.connect(), *first, prune=True)
    assert set(desk.verbs(plan).values()) == {"keep"}


# ── who may do what ──────────────────────────────────────────────────────────


@scenario
def an_editor_may_push_all_of_it(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    credentials = robot(stage, "Editor")
    target = desk.connect(credentials=credentials)
    plan = desk.plan(target, *desk.everything())
    assert target.missing_permissions(plan.writes) == ()
    assert {(one.status, one.message) for one in apply(plan, target)} == {("done", "")}
    target = desk.connect(credentials=credentials)
    plan = desk.plan(target, *changed(desk))
    assert target.missing_permissions(plan.writes) == ()
    assert {(one.status, one.message) for one in apply(plan, target)} == {("done", "")}
    target = desk.connect(credentials=credentials)
    plan = desk.plan(target, prune=True)
    assert target.missing_permissions(plan.writes) == ()
    assert {(one.status, one.message) for one in apply(plan, target)} == {("done", "")}


@scenario
def what_a_viewer_may_not_is_listed_before_the_first_write(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    others = Desk(stage, f"the others {stage.prefix}")
    others.done(others.connect(), others.template("theirs"))  # whose history a viewer may not see
    target = desk.connect(credentials=robot(stage, "Viewer"))
    plan = desk.plan(target, *desk.everything())
    told = {"message template": "short", "mute timing": "nights / weekends", "contact point": "ops"}
    names = [*(f'{noun} "{desk.name(name)}"' for noun, name in told.items()), "notification policies"]
    status = "alert.provisioning.provenance:write"
    assert set(target.missing_permissions(plan.writes)) == {
        f'folder "{desk.name("rules")}": needs folders:create',
        *(f"{name}: needs {needed}" for name in names for needed in ("alert.notifications:write", status)),
        f'library panel "{desk.name("panel")}": needs library.panels:create',
        *(f'rule group "a/b & c": needs {needed}' for needed in ("alert.rules:create", status)),
        f'dashboard "provision ledger: {desk.owner}": needs dashboards:create',
    }
    with pytest.raises(NotAllowed, match="ledger provision-ledger-.*isn't allowed"):
        list(apply(plan, target))
    plan = desk.plan(target, *desk.everything())
    assert set(desk.verbs(plan).values()) == {"create"}


@scenario
def the_root_policy_changes_only_when_the_tree_is_the_projects(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    before = desk.live("policies")
    root = {name: value for name, value in before.items() if name not in ("routes", "provenance")}
    desk.done(desk.connect(), desk.contact("ops"), desk.policy(desk.route("ops", "a")))
    assert {name: desk.live("policies").get(name) for name in root} == root
    target = desk.connect(own_tree=True)
    wanted = {
        "root": {**root, "group_wait": "17s"},
        "routes": [desk.route("ops", "a"), desk.route("ops", "b")],
    }
    tree = (desk.contact("ops"), desk.resource(POLICY, "root", wanted))
    assert desk.verbs(desk.plan(target, *tree)) == {CONTACT_POINT: "keep", POLICY: "update"}
    desk.done(target, *tree)
    assert desk.live("policies")["group_wait"] == "17s"
    assert len(desk.routes()) == 2
    again = desk.connect(own_tree=True)
    assert desk.verbs(desk.plan(again, *tree)) == {CONTACT_POINT: "keep", POLICY: "keep"}
    desk.put_policies(desk.live("policies") | {"group_wait": "18s"})
    assert desk.verbs(desk.plan(again, *tree))[POLICY] == "conflict"
    # Who gives the root up again has only routes: nobody has changed those.
    less = (desk.contact("ops"), desk.policy(desk.route("ops", "b")))
    assert desk.verbs(desk.plan(desk.connect(), *less)) == {CONTACT_POINT: "keep", POLICY: "update"}
    desk.done(desk.connect(), *less)
    assert [route["object_matchers"][0][2] for route in desk.routes()] == ["b"]
    assert desk.live("policies")["group_wait"] == "18s"
    assert desk.verbs(desk.plan(desk.connect(), *less)) == {CONTACT_POINT: "keep", POLICY: "keep"}
    desk.put_policies(desk.live("policies") | {"routes": [desk.route("ops", "b", group_wait="5s")]})
    assert desk.verbs(desk.plan(desk.connect(), *less))[POLICY] == "conflict"
    stage.ask("DELETE", f"{PROVISIONING}/policies", expect=(202,))
