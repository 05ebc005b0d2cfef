"""What stands on a Grafana already and the sources say just so, as after `pull --all`: policies and contact points."""

from __future__ import annotations

from typing import Any

from contract.scenarios_grafana import Stage, requests_of, robot
from contract.scenarios_grafana_alerting import PROVISIONING, Desk, needs_alerting, scenario
from provision.compile.dialect.grafana import shape
from provision.compile.dialect.grafana_settings import GrafanaSettings
from provision.compile.kinds import CONTACT_POINT, POLICY
from provision.compile.provisioned import from_file
from provision.model import Plan, Resource
from provision.ship.apply import apply
from provision.ship.pull.everything import pull


def stand(desk: Desk, *routes: dict[str, Any]) -> None:
    """Somebody puts routes into the tree, behind those that stand there."""
    tree = desk.live("policies")
    desk.put_policies(tree | {"routes": [*(tree.get("routes") or ()), *routes]})


def values(desk: Desk) -> list[str]:
    return [route["object_matchers"][0][2] for route in desk.routes()]


def writes_of(plan: Plan, target: Any) -> list[str]:
    with requests_of() as sent:
        assert {(one.status, one.message) for one in apply(plan, target)} <= {("done", "")}
    return [line for line in sent if not line.startswith("GET ")]


@scenario
def routes_that_stand_there_are_the_same_and_nobodys(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    desk.done(desk.connect(), desk.contact("ops"))
    made = [desk.route("ops", value) for value in "axbyc"]
    stand(desk, *made)
    before = desk.live("policies")
    ours = [made[at] for at in (0, 2, 4)]
    for routes in (made, ours, made[:1], []):
        plan = desk.plan(desk.connect(), desk.contact("ops"), desk.policy(*routes))
        assert desk.verbs(plan) == {CONTACT_POINT: "keep", POLICY: "keep"}, routes
        assert not plan.writes
    for routes in ([*made, desk.route("ops", "d")], list(reversed(ours)), [{**made[0], "group_wait": "7s"}]):
        plan = desk.plan(desk.connect(), desk.policy(*routes))
        assert desk.verbs(plan) == {POLICY: "foreign"}, routes
        assert apply_nothing(plan, desk)
    assert desk.live("policies") == before
    assert desk.verbs(desk.plan(desk.connect(), desk.policy(desk.route("ops", "new")))) == {POLICY: "create"}


def apply_nothing(plan: Plan, desk: Desk) -> bool:
    with desk.stage.only_reading():
        return [one.status for one in apply(plan, desk.connect())] == ["skipped"]


@scenario
def routes_that_were_changed_are_taken_over_where_they_stand(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    desk.done(desk.connect(), desk.contact("ops"))
    made = [desk.route("ops", value) for value in "axbyc"]
    stand(desk, *made)
    changed = [made[0], desk.route("ops", "b", group_wait="7s"), made[4], desk.route("ops", "d")]
    target = desk.connect()
    before = desk.live("policies")
    plan = desk.plan(target, desk.policy(*changed), adopt=True)
    assert desk.verbs(plan) == {POLICY: "adopt"}
    assert not [line for line in writes_of(plan, target) if "policies" in line]
    assert desk.live("policies") == before
    target = desk.connect()
    plan = desk.plan(target, desk.policy(*changed))
    assert desk.verbs(plan) == {POLICY: "update"}
    assert len([line for line in writes_of(plan, target) if "policies" in line]) == 1
    assert values(desk) == ["a", "x", "b", "y", "c", "d"]
    assert desk.routes()[2]["group_wait"] == "7s"
    assert not desk.plan(desk.connect(), desk.policy(*changed)).writes
    target = desk.connect()
    assert writes_of(desk.plan(target, desk.contact("ops"), prune=True), target)
    assert values(desk) == ["x", "y"]


@scenario
def a_project_that_has_some_of_the_routes_takes_the_others_as_they_stand(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    made = [desk.route("ops", value) for value in "ab"]
    desk.done(desk.connect(), desk.contact("ops"), desk.policy(made[0]))
    stand(desk, made[1], desk.route("ops", "y"))
    target = desk.connect()
    plan = desk.plan(target, desk.contact("ops"), desk.policy(*made))
    assert desk.verbs(plan) == {CONTACT_POINT: "keep", POLICY: "adopt"}
    assert not [line for line in writes_of(plan, target) if "policies" in line]
    stand(desk, desk.route("ops", "c"))
    wanted = (
        desk.contact("ops"),
        desk.policy(desk.route("ops", "a", group_wait="7s"), made[1], desk.route("ops", "c")),
    )
    desk.done(desk.connect(), *wanted)
    assert values(desk) == ["a", "b", "y", "c"]
    assert not desk.plan(desk.connect(), *wanted).writes


@scenario
def routes_of_another_project_are_left_to_it(stage: Stage) -> None:
    needs_alerting(stage)
    desk, theirs = Desk(stage), Desk(stage, f"the others {stage.prefix}")
    made = [desk.route("ops", value) for value in "abc"]
    theirs.done(theirs.connect(), theirs.contact("ops"), theirs.policy(*made))
    plan = desk.plan(desk.connect(), desk.policy(*made), adopt=True)
    assert desk.verbs(plan) == {POLICY: "keep"}
    changed = desk.policy(desk.route("ops", "a", group_wait="7s"), *made[1:])
    (action,) = desk.plan(desk.connect(), changed, adopt=True).actions
    assert (action.verb.value, action.reason) == (
        "foreign",
        f"it belongs to {theirs.owner!r}, and it can't be taken over as it is: a route of it belongs to {theirs.owner!r}",
    )
    desk.done(desk.connect(), changed, overwrite=True)
    assert values(desk) == ["a", "b", "c"]
    assert desk.routes()[0]["group_wait"] == "7s"
    assert not desk.plan(desk.connect(), changed).writes


@scenario
def the_root_counts_only_when_the_tree_is_the_projects(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    desk.done(desk.connect(), desk.contact("ops"))
    made = [desk.route("ops", value) for value in "ab"]
    stand(desk, *made)
    tree = desk.live("policies")
    root = {name: value for name, value in tree.items() if name not in ("routes", "provenance")}
    same = desk.resource(POLICY, "root", {"root": root, "routes": made})
    target = desk.connect(own_tree=True)
    assert desk.verbs(desk.plan(target, same)) == {POLICY: "keep"}
    other = desk.resource(POLICY, "root", {"root": {**root, "group_wait": "17s"}, "routes": made})
    plan = desk.plan(target, other)
    assert desk.verbs(plan) == {POLICY: "update"}
    desk.done(target, other)
    assert values(desk) == ["a", "b"]
    assert desk.live("policies")["group_wait"] == "17s"
    assert not desk.plan(desk.connect(own_tree=True), other).writes
    without = desk.policy(*made)  # no conflict: of the routes nothing was changed
    assert desk.verbs(desk.plan(desk.connect(), without)) == {POLICY: "keep"}
    fewer = desk.policy(made[1])
    assert desk.verbs(desk.plan(desk.connect(), fewer)) == {POLICY: "update"}
    stage.ask("DELETE", f"{PROVISIONING}/policies", expect=(202,))


# ── contact points with something in plain that no source may hold ───────────

SERVER = {"source": "server", "name": ""}
HIDDEN = "plain-hush"


def hook(desk: Desk, **more: Any) -> dict[str, Any]:
    """A webhook whose address only the server knows."""
    return {**desk.webhook("ops"), "settings": {"maxAlerts": "3"}, "secure": {"url": SERVER}, **more}


def made_by_hand(desk: Desk, **settings: Any) -> None:
    body = desk.webhook("ops") | {"name": desk.name("ops")}
    body["settings"] = {"url": f"http://127.0.0.1:9/{HIDDEN}", "maxAlerts": "3", **settings}
    desk.stage.ask("POST", f"{PROVISIONING}/contact-points", body, expect=(202,))


def settings_of(desk: Desk) -> dict[str, Any]:
    (found,) = desk.contacts()
    return dict(found["settings"])


def unsaid(plan: Plan) -> None:
    assert all(
        HIDDEN.encode() not in (action.before or b"") + (action.after or b"") for action in plan.actions
    )


@scenario
def an_address_that_only_the_server_knows_stays_as_it_is(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    made_by_hand(desk)
    plan = desk.plan(desk.connect(), desk.contact("ops", hook(desk)))
    assert desk.verbs(plan) == {CONTACT_POINT: "keep"}
    unsaid(plan)
    changed = desk.contact("ops", hook(desk, disableResolveMessage=True))
    plan = desk.plan(desk.connect(), changed)
    assert desk.verbs(plan) == {CONTACT_POINT: "foreign"}
    unsaid(plan)
    desk.done(desk.connect(), changed, adopt=True)
    plan = desk.plan(desk.connect(), changed)
    assert desk.verbs(plan) == {CONTACT_POINT: "update"}
    unsaid(plan)
    desk.done(desk.connect(), changed)
    assert settings_of(desk) == {"url": f"http://127.0.0.1:9/{HIDDEN}", "maxAlerts": "3"}
    assert desk.contacts()[0]["disableResolveMessage"] is True
    plan = desk.plan(desk.connect(), changed)
    assert desk.verbs(plan) == {CONTACT_POINT: "keep"}
    unsaid(plan)
    plan = desk.plan(desk.connect(), prune=True)
    assert [(action.verb.value, action.kind) for action in plan.actions] == [("delete", CONTACT_POINT)]
    unsaid(plan)
    changed_address = desk.contact("ops", desk.webhook("ops", "new"))
    desk.done(desk.connect(), changed_address)
    assert settings_of(desk) == {"url": "http://127.0.0.1:9/new"}
    assert not desk.plan(desk.connect(), changed_address).writes


@scenario
def an_address_by_reference_is_written_and_not_shown(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    secure = {"url": {"source": "env", "name": "HOOK"}}
    wanted = desk.contact("ops", hook(desk, secure=secure), desk.webhook("ops2"))
    environ = {"HOOK": f"http://127.0.0.1:9/{HIDDEN}"}
    desk.done(desk.connect(environ=environ), wanted)
    assert {found["settings"]["url"] for found in desk.contacts()} == {
        environ["HOOK"],
        "http://127.0.0.1:9/hook",
    }
    plan = desk.plan(desk.connect(environ=environ), wanted)
    assert desk.verbs(plan) == {CONTACT_POINT: "keep"}
    unsaid(plan)


@scenario
def an_address_that_no_server_knows_is_told_before_the_first_write(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    target = desk.connect()
    plan = desk.plan(target, desk.contact("ops", hook(desk)))
    assert desk.verbs(plan) == {CONTACT_POINT: "create"}
    assert target.obstacles(plan.writes) == (
        f"contact point \"{desk.name('ops')}\": its secret 'url' is one that only the server has, and this one has none; "
        f"name a variable or a file that holds it",
    )


@scenario
def a_secret_within_a_setting_isnt_lost(stage: Stage) -> None:
    needs_alerting(stage)
    desk = Desk(stage)
    made_by_hand(desk, hmacConfig={"secret": "inner-secret", "header": "X-Sum"})
    secure = {"url": SERVER, "hmacConfig.secret": SERVER}
    settings = {"maxAlerts": "3", "hmacConfig": {"header": "X-Sum"}}
    wanted = [
        desk.contact("ops", hook(desk, settings=settings, secure=secure, disableResolveMessage=quiet))
        for quiet in (False, True)
    ]
    desk.done(desk.connect(), wanted[0], adopt=True)
    desk.done(desk.connect(), wanted[1])
    point = f"{PROVISIONING}/contact-points/export?decrypt=true&format=json"
    exported = stage.ask("GET", point)["contactPoints"]
    (found,) = [one for each in exported for one in each["receivers"] if one["uid"] == desk.uid("ops")]
    assert found["settings"]["hmacConfig"]["secret"] == "inner-secret"
    assert not desk.plan(desk.connect(), wanted[1]).writes
    if stage.classic and stage.state is None:
        return  # seen on 12.4: what an administrator puts into the root folder over this API, the ledger, is 403 for an Editor
    target = desk.connect(credentials=robot(stage, "Editor"))
    (outcome,) = apply(desk.plan(target, wanted[0]), target)
    assert (outcome.status, outcome.message) == (
        "failed",
        "Grafana would forget its secret 'hmacConfig.secret' when anything of it is written; say where it is, such as "
        "Secret.env(…), or push as an administrator, who may read it",
    )
    assert desk.contacts()[0]["disableResolveMessage"] is True


@scenario
def all_that_is_there_comes_back_as_it_was(stage: Stage) -> None:
    """What `pull --all` writes of a Grafana is what that Grafana holds."""
    needs_alerting(stage)
    desk = Desk(stage)
    desk.done(desk.connect(), *desk.everything())
    stand(desk, desk.route("ops", "by hand", **{"continue": True}, routes=[desk.route("ops", "inner")]))
    target = desk.connect()
    with stage.only_reading():
        pulled = pull(target.everything(), target.dialect)
    definitions = [
        found
        for file in pulled.files
        if file.path.startswith("provisioning/")
        for found in from_file(file.path, file.content)[0]
    ]
    assert POLICY in {found.kind for found in definitions}
    for own_tree in (False, True):
        resources: tuple[Resource, ...] = shape(
            definitions, target.dialect, settings=GrafanaSettings(own_policy_tree=own_tree)
        )
        other = Desk(stage, f"another {stage.prefix}")
        plan = other.plan(other.connect(own_tree=own_tree), *resources)
        assert {action.verb.value for action in plan.actions} == {"keep"}, own_tree
