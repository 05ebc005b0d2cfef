"""What the Grafana target promises of library panels and alerting: the same table, for the kinds whose marks lie in
the project's ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from contract.scenarios_grafana import Stage
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
from provision.model import Outcome, Place, Plan, Resource
from provision.ship.apply import apply
from provision.ship.plan import make_plan
from provision.ship.target import grafana

PROVISIONING = "/api/v1/provisioning"
EDITABLE = {"X-Disable-Provenance": "true"}

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
        return self._made(FOLDER, self.uid(name), {"title": self.name(name), "parentUid": ""})

    def panel(self, name: str, folder: str = "", **model: Any) -> Resource:
        shown = {"type": "text", "title": name, "options": {"content": "hi", "mode": "markdown"}, **model}
        body = {"folderUid": folder and self.uid(folder), "name": self.name(name), "model": shown}
        return self._made(
            LIBRARY_PANEL, self.uid(name), body, ((FOLDER, self.uid(folder)),) if folder else ()
        )

    def template(self, name: str, text: str = "x") -> Resource:
        body = {
            "name": self.name(name),
            "template": f'{{{{ define "{self.name(name)}" }}}}{text}{{{{ end }}}}',
        }
        return self._made(TEMPLATE, self.name(name), body)

    def timing(self, name: str, start: str = "22:00") -> Resource:
        times = [{"times": [{"start_time": start, "end_time": "23:59"}], "weekdays": ["saturday", "sunday"]}]
        return self._made(MUTE_TIMING, self.name(name), {"name": self.name(name), "time_intervals": times})

    def contact(self, name: str, *integrations: dict[str, Any]) -> Resource:
        body = {"name": self.name(name), "integrations": list(integrations or (self.webhook(name),))}
        return self._made(CONTACT_POINT, self.name(name), body)

    def webhook(self, name: str, path: str = "hook", **more: Any) -> dict[str, Any]:
        settings = {"url": f"http://127.0.0.1:9/{path}"}
        return {"uid": self.uid(name), "type": "webhook", "settings": settings, "disableResolveMessage": False, "secure": {}, **more}  # fmt: skip

    def route(self, receiver: str, value: str, **more: Any) -> dict[str, Any]:
        return {"receiver": self.name(receiver), "object_matchers": [[self.stage.prefix, "=", value]], **more}

    def policy(self, *routes: dict[str, Any]) -> Resource:
        return self._made(POLICY, "root", {"routes": list(routes)})

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
        return self._made(GRAFANA_RULE_GROUP, key, body, ((FOLDER, self.uid(folder)),))

    def _made(self, kind: str, key: str, body: Any, needs: tuple[tuple[str, str], ...] = ()) -> Resource:
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
