"""What the Grafana target promises, as one table of scenarios that every kind of Grafana must pass.

A scenario gets a `Stage`: a Grafana, the family of API to use, and ways to do what other people do there. It
uses names of its own, so that it can run on a Grafana that holds other things, and it leaves nothing behind.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import niquests
import pytest

from provision.author import Secret
from provision.client.session import Credentials, Endpoint
from provision.compile.dialect.grafana import Binding, shape
from provision.compile.normalize import from_v2
from provision.diff import diff_bodies
from provision.errors import NotAllowed, ProvisionError, SourceErrors
from provision.model import Action, Definition, Outcome, Place, Plan, Verb, decode, digest, encode
from provision.ship.apply import apply
from provision.ship.atomic import carry_out_or_undo, require_reversible, undo
from provision.ship.base import with_bases
from provision.ship.fleet import Aim, Leg
from provision.ship.plan import make_plan
from provision.ship.rotation import with_rotation
from provision.ship.target import grafana
from provision.ship.target.grafana_discovery import keepers_for

FOLDER, DATASOURCE, DASHBOARD = "folder", "datasource", "dashboard"


_TIMES = 5
"""How often somebody else asks for what a server can't tell just now."""


@dataclass
class Stage:
    """One Grafana to play on.

    Attributes:
        classic: whether the classic API is to be used even where there is another.
        state: the stand-in's state, or None on a real server.
        prefix: stands before every uid and title of a scenario.
    """

    url: str
    user: str
    password: str
    classic: bool = False
    state: Any = None
    prefix: str = field(default_factory=lambda: f"t{uuid.uuid4().hex[:8]}")
    targets: list[grafana.Grafana] = field(default_factory=list)

    @property
    def owner(self) -> str:
        return f"project {self.prefix}"

    def connect(self, credentials: Credentials | None = None, **options: Any) -> grafana.Grafana:
        if credentials is None:
            credentials = Credentials(user=self.user, password=self.password)
        more = {name: options.pop(name) for name in ("headers", "timeout_seconds") if name in options}
        endpoint = Endpoint(self.url, credentials, prefix="GRAFANA", **more)
        target = grafana.connect(endpoint, **{"environ": {}, "owner": self.owner, **options})
        if self.classic:
            dialect = replace(target.dialect, dashboard_api=None, v2_api=None, folder_api=None)
            target = replace(
                target, server=replace(target.server, dialect=dialect), keepers=keepers_for(dialect)
            )
        self.targets.append(target)
        return target

    @property
    def old(self) -> bool:
        """Whether it is a Grafana without the resource API at all."""
        return self.state is not None and not self.state.modern

    @property
    def resource_api(self) -> bool:
        """Whether dashboards and folders go over the resource API."""
        return not self.classic and not self.old

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        expect: Iterable[int] = (200, 201),
        editable: bool = False,
    ) -> Any:
        """What somebody else asks, `editable` as Grafana's page does; the stand-in doesn't count it."""
        headers = {"X-Test": "yes", "Content-Type": "application/json"}
        if editable:
            headers["X-Disable-Provenance"] = "true"
        for _ in range(_TIMES if method == "GET" else 1):
            response = niquests.request(
                method, self.url + path, auth=(self.user, self.password), headers=headers,
                data=None if body is None else json.dumps(body),
            )  # fmt: skip
            if response.status_code != 500:  # while 12.4 rebuilds its index it answers: index is closed
                break
        assert response.status_code in expect, (method, path, response.status_code, response.text)
        return response.json() if response.text else None

    def uid(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    # ── what authors write ───────────────────────────────────────────────────

    def folder(self, path: str, title: str = "") -> Definition:
        parent, _, name = path.rpartition("/")
        body = {
            "uid": self.uid(path.replace("/", "-")),
            "title": f"{self.prefix} {title or name}",
            "parent": parent,
        }
        return Definition(FOLDER, path, encode(body), Place(f"dashboards/{path}", None))

    def datasource(self, name: str = "prom", **more: Any) -> Definition:
        body = {
            "name": f"{self.prefix} {name}", "uid": self.uid(name), "type": "prometheus", "url": "http://127.0.0.1:9090",
            "access": "proxy", "isDefault": False, "jsonData": {"timeInterval": "15s"}, "basicAuth": False,
            "basicAuthUser": "", "secure": {}, **more,
        }  # fmt: skip
        return Definition(DATASOURCE, body["uid"], encode(body), Place("provisioning/grafana.py", 3))

    def dashboard(self, name: str, folder: str = "", title: str = "", **more: Any) -> Definition:
        uid = self.uid(name)
        panel = {
            "id": 1, "type": "timeseries", "title": "Up", "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0},
            "datasource": {"type": "prometheus", "uid": self.uid("prom")},
            "targets": [{"expr": "up", "refId": "A"}],
        }  # fmt: skip
        spec = {
            "uid": uid,
            "title": f"{self.prefix} {title or name}",
            "panels": [panel],
            "schemaVersion": 42,
            "tags": ["t"],
            **more,
        }
        return Definition(
            DASHBOARD,
            uid,
            encode({"folder": folder, "spec": spec}),
            Place(f"dashboards/{folder}/{name}.py", 7),
        )

    # ── what a push does ─────────────────────────────────────────────────────

    def plan(
        self,
        target: grafana.Grafana,
        *definitions: Definition,
        datasource: Binding | None = None,
        **options: Any,
    ) -> Plan:
        desired = shape(definitions, target.dialect, datasource=datasource)
        with self.only_reading():
            return make_plan(desired, target, options.pop("owner", self.owner), **options)

    def push(self, target: grafana.Grafana, *definitions: Definition, **options: Any) -> list[Outcome]:
        return self.apply(target, self.plan(target, *definitions, **options))

    def apply(self, target: grafana.Grafana, plan: Plan) -> list[Outcome]:
        return list(apply(plan, target))

    def done(self, target: grafana.Grafana, *definitions: Definition, **options: Any) -> list[Outcome]:
        """Push, and be sure that everything was done."""
        outcomes = self.push(target, *definitions, **options)
        assert [(one.action.key, one.message) for one in outcomes if one.status != "done"] == []
        return outcomes

    @contextmanager
    def only_reading(self) -> Iterator[None]:
        """Be sure that no write leaves the machine, and that none arrives."""
        arrived = len(self.state.writes) if self.state else 0
        with requests_of() as sent:
            yield
        assert [line for line in sent if not line.startswith("GET ")] == []
        if self.state:
            assert self.state.writes[arrived:] == []

    def verbs(self, plan: Plan) -> dict[str, str]:
        return {action.key.removeprefix(f"{self.prefix}-"): action.verb.value for action in plan.actions}

    # ── what other people do ─────────────────────────────────────────────────

    def spec(self, name: str) -> dict[str, Any]:
        return self.ask("GET", f"/api/dashboards/uid/{self.uid(name)}")["dashboard"]

    def edit_in_ui(self, name: str, title: str) -> None:
        """Save a change as Grafana's page does: over the resource API where there is one."""
        uid = self.uid(name)
        if self.old:
            found = self.ask("GET", f"/api/dashboards/uid/{uid}")
            spec = found["dashboard"] | {"title": title}
            self.ask(
                "POST",
                "/api/dashboards/db",
                {"dashboard": spec, "folderUid": found["meta"]["folderUid"], "message": ""},
            )
            return
        path = f"/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards/{uid}"
        found = self.ask("GET", path)
        found["spec"]["title"] = title
        found["metadata"]["annotations"].pop("grafana.app/message", None)
        self.ask("PUT", path, found)

    def save_over_classic(self, name: str, title: str) -> None:
        """Save over the classic API, whatever there is beside it."""
        found = self.ask("GET", f"/api/dashboards/uid/{self.uid(name)}")
        body = {
            "dashboard": found["dashboard"] | {"title": title},
            "folderUid": found["meta"].get("folderUid") or "",
        }
        self.ask("POST", "/api/dashboards/db", body | {"overwrite": True, "message": "by hand"})

    def save_title(self, name: str, title: str) -> None:
        """Save another title and nothing else, and keep what lies beside the content."""
        if self.resource_api:
            path = f"/apis/dashboard.grafana.app/v0alpha1/namespaces/default/dashboards/{self.uid(name)}"
            found = self.ask("GET", path)
            found["spec"]["title"] = title
            found["metadata"]["annotations"].pop("grafana.app/message", None)
            self.ask("PUT", path, found)
            return
        found = self.ask("GET", f"/api/dashboards/uid/{self.uid(name)}")
        body = {"dashboard": found["dashboard"] | {"title": title}, "folderUid": found["meta"]["folderUid"]}
        self.ask("POST", "/api/dashboards/db", body | {"overwrite": True, "message": ""})

    def edit_last(self, action: Action) -> None:
        """Put something into a folder that is about to be deleted."""
        body = {"dashboard": {"title": f"{self.prefix} x", "uid": self.uid("x")}, "folderUid": action.key}
        self.ask("POST", "/api/dashboards/db", body)

    def undo_last(self, action: Action) -> None:
        """Take away what somebody put into the way."""
        self.ask(
            "DELETE", f"/api/dashboards/uid/{self.uid('x') if action.verb is Verb.DELETE else action.key}"
        )

    def clean(self) -> None:
        """Remove what a scenario has made."""
        if not self.old:
            self._clean_alerting()
        for hit in self.ask("GET", "/api/search?type=dash-db&limit=5000"):
            if hit["uid"].startswith(self.prefix) or self.prefix in hit["title"]:
                self.ask("DELETE", f"/api/dashboards/uid/{hit['uid']}", expect=(200, 404))
        for found in self.ask("GET", "/api/datasources"):
            if found["uid"].startswith(self.prefix):
                self.ask("DELETE", f"/api/datasources/uid/{found['uid']}")
        self._clean_folders("")
        for found in self.ask("GET", f"/api/serviceaccounts/search?query={self.prefix}")["serviceAccounts"]:
            self.ask("DELETE", f"/api/serviceaccounts/{found['id']}")
        for target in self.targets:
            target.close()

    def _clean_alerting(self) -> None:
        at = "/api/v1/provisioning"
        tree = self.ask("GET", f"{at}/policies")
        kept = [route for route in tree.get("routes") or () if self.prefix not in json.dumps(route)]
        if kept != (tree.pop("routes", None) or []):
            editable = not tree.pop("provenance", None)
            self.ask("PUT", f"{at}/policies", tree | {"routes": kept}, expect=(202,), editable=editable)
        for rule in self.ask("GET", f"{at}/alert-rules"):
            if rule["uid"].startswith(self.prefix) or rule["folderUID"].startswith(self.prefix):
                self.ask("DELETE", f"{at}/alert-rules/{rule['uid']}", expect=(204,))
        for found in self.ask("GET", f"{at}/contact-points"):
            if found["name"].startswith(self.prefix):
                self.ask("DELETE", f"{at}/contact-points/{found['uid']}", expect=(202,))
        for plural in ("mute-timings", "templates"):
            for found in self.ask("GET", f"{at}/{plural}") or ():
                if found["name"].startswith(self.prefix):
                    self.ask("DELETE", f"{at}/{plural}/{quote(found['name'], safe='')}", expect=(204,))
        for found in self.ask("GET", "/api/library-elements?perPage=500")["result"]["elements"]:
            if found["uid"].startswith(self.prefix):
                self.ask("DELETE", f"/api/library-elements/{found['uid']}")

    def _clean_folders(self, parent: str) -> None:
        for found in self.ask("GET", f"/api/folders?limit=1000&parentUid={parent}"):
            if found["uid"].startswith(self.prefix):
                if not self.old:
                    self._clean_folders(found["uid"])
                self.ask("DELETE", f"/api/folders/{found['uid']}")


@contextmanager
def requests_of() -> Iterator[list[str]]:
    """What the session sends while it is open: `METHOD URL → STATUS, …`."""
    sent: list[str] = []
    log = logging.getLogger("provision.client.session")
    handler = logging.Handler()
    handler.emit = lambda record: sent.append(record.getMessage())  # type: ignore[method-assign]  # a handler of one line
    before = log.level
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    try:
        yield sent
    finally:
        log.removeHandler(handler)
        log.setLevel(before)


Scenario = Callable[[Stage], None]
SCENARIOS: dict[str, Scenario] = {}


def scenario(function: Scenario) -> Scenario:
    SCENARIOS[function.__name__.replace("_", " ")] = function
    return function


def usual(stage: Stage) -> tuple[Definition, ...]:
    """Nested folders, a data source, and a dashboard in each folder and in none."""
    return (
        stage.folder("edge"),
        stage.folder("edge/inner"),
        stage.datasource(),
        stage.dashboard("root"),
        stage.dashboard("outer", "edge"),
        stage.dashboard("inner", "edge/inner"),
    )


# ── pushing ──────────────────────────────────────────────────────────────────


@scenario
def everything_is_created_in_order(stage: Stage) -> None:
    target = stage.connect()
    plan = stage.plan(target, *usual(stage))
    assert [action.kind for action in plan.actions] == [FOLDER] * 2 + [DATASOURCE] + [DASHBOARD] * 3
    assert set(stage.verbs(plan).values()) == {"create"}
    outcomes = stage.apply(target, plan)
    assert {one.status for one in outcomes} == {"done"}
    inner = stage.ask("GET", f"/api/dashboards/uid/{stage.uid('inner')}")
    assert inner["meta"]["folderUid"] == stage.uid("edge-inner")
    assert stage.ask("GET", f"/api/dashboards/uid/{stage.uid('root')}")["meta"]["folderUid"] == ""
    folder = stage.ask("GET", f"/api/folders/{stage.uid('edge-inner')}")
    if target.dialect.nested_folders:
        assert folder["parentUid"] == stage.uid("edge")
    else:
        assert folder["title"] == f"{stage.prefix} edge / {stage.prefix} inner"
    links = {one.action.key: one.url for one in outcomes}
    assert links[stage.uid("inner")] == f"{stage.url}/d/{stage.uid('inner')}/{stage.prefix}-inner"


@scenario
def a_second_push_writes_nothing(stage: Stage) -> None:
    target = stage.connect()
    stage.done(target, *usual(stage))
    again = stage.connect()
    plan = stage.plan(again, *usual(stage))
    assert set(stage.verbs(plan).values()) == {"keep"}
    assert {action.reason for action in plan.actions} == {""}
    with stage.only_reading():
        assert stage.apply(again, plan) == []


@scenario
def only_what_changed_is_written(stage: Stage) -> None:
    target = stage.connect()
    stage.done(target, *usual(stage))
    changed = (*usual(stage)[:5], stage.dashboard("inner", "edge/inner", title="new title"))
    with requests_of() as sent:
        outcomes = stage.done(target, *changed)
    assert [one.action.key for one in outcomes] == [stage.uid("inner")]
    assert len([line for line in sent if not line.startswith("GET ")]) == 1
    assert stage.spec("inner")["title"] == f"{stage.prefix} new title"
    assert set(stage.verbs(stage.plan(target, *changed)).values()) == {"keep"}


@scenario
def dashboards_and_folders_move(stage: Stage) -> None:
    target = stage.connect()
    stage.done(target, *usual(stage), stage.folder("other"))
    moved = (
        stage.folder("edge"),
        stage.folder("other"),
        Definition(FOLDER, "other/inner", encode({"uid": stage.uid("edge-inner"), "title": f"{stage.prefix} renamed", "parent": "other"}), Place("dashboards/other/inner")),
        stage.datasource(),
        stage.dashboard("root", "other/inner"),
        stage.dashboard("outer"),
        stage.dashboard("inner", "other/inner"),
    )  # fmt: skip
    stage.done(target, *moved)
    assert stage.ask("GET", f"/api/dashboards/uid/{stage.uid('outer')}")["meta"]["folderUid"] == ""
    assert stage.ask("GET", f"/api/dashboards/uid/{stage.uid('root')}")["meta"]["folderUid"] == stage.uid(
        "edge-inner"
    )
    folder = stage.ask("GET", f"/api/folders/{stage.uid('edge-inner')}")
    assert folder["title"].endswith("renamed")
    assert folder.get("parentUid", "") == (stage.uid("other") if target.dialect.nested_folders else "")
    assert set(stage.verbs(stage.plan(target, *moved)).values()) == {"keep"}


@scenario
def unusual_json_comes_back_equal(stage: Stage) -> None:
    target = stage.connect()
    unusual = stage.dashboard(
        "odd", title="1 % ≤ 200 ms 🚦 <b>&amp; “q”", number=1.0, fraction=0.1, big=9007199254740993, huge=1e21,
        small=1e-7, zero=-0.0, nothing=None, empty={}, none=[], description="a\u2028b\\n\t", tags=[], version=7, id=12,
    )  # fmt: skip
    stage.done(target, unusual)
    assert stage.verbs(stage.plan(target, unusual)) == {"odd": "keep"}


@scenario
def many_dashboards_come_in_pages(stage: Stage) -> None:
    target = stage.connect()
    many = [stage.dashboard(f"n{number}", "edge") for number in range(23)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("provision.client.grafana_resource.PAGE", 5)
        patch.setattr("provision.client.grafana._HITS", 5)
        stage.done(target, stage.folder("edge"), *many)
        assert set(stage.verbs(stage.plan(target, stage.folder("edge"), *many)).values()) == {"keep"}


# ── what other people did ────────────────────────────────────────────────────


@scenario
def an_edit_in_the_ui_is_a_conflict(stage: Stage) -> None:
    target = stage.connect(ui_edits="allowed")
    stage.done(target, *usual(stage))
    stage.edit_in_ui("inner", "by hand")
    plan = stage.plan(target, *usual(stage))
    assert stage.verbs(plan)["inner"] == "conflict"
    assert [one.status for one in stage.apply(target, plan)] == ["skipped"]
    assert stage.spec("inner")["title"] == "by hand"
    stage.done(target, *usual(stage), overwrite=True)
    assert stage.spec("inner")["title"] == f"{stage.prefix} inner"
    assert set(stage.verbs(stage.plan(target, *usual(stage))).values()) == {"keep"}


@scenario
def an_edit_that_makes_it_what_is_wanted_is_marked_again(stage: Stage) -> None:
    """Only the mark is written; the next push sends no write, and the next change is no conflict."""
    target = stage.connect(ui_edits="allowed")
    stage.done(target, stage.datasource(), stage.dashboard("d"))
    wanted = (stage.datasource(url="http://127.0.0.1:9"), stage.dashboard("d", title="agreed"))
    stage.save_title("d", f"{stage.prefix} agreed")
    source = stage.ask("GET", f"/api/datasources/uid/{stage.uid('prom')}")
    stage.ask("PUT", f"/api/datasources/uid/{stage.uid('prom')}", source | {"url": "http://127.0.0.1:9"})
    plan = stage.plan(target, *wanted)
    assert stage.verbs(plan) == {"prom": "adopt", "d": "adopt"}
    assert all(action.before == action.after for action in plan.actions)
    assert [(one.status, one.message) for one in stage.apply(target, plan)] == [("done", "")] * 2
    again = stage.connect(ui_edits="allowed")
    plan = stage.plan(again, *wanted)
    assert stage.verbs(plan) == {"prom": "keep", "d": "keep"}
    with stage.only_reading():
        assert stage.apply(again, plan) == []
    assert stage.spec("d")["title"] == f"{stage.prefix} agreed"
    assert stage.spec("d")["tags"].count(f"provision:{stage.owner}") == (0 if stage.resource_api else 1)
    changed = stage.plan(again, stage.datasource(), stage.dashboard("d"))
    assert stage.verbs(changed) == {"prom": "update", "d": "update"}


@scenario
def a_folder_renamed_in_the_ui_to_what_is_wanted(stage: Stage) -> None:
    target = stage.connect()
    stage.done(target, stage.folder("edge"))
    wanted = stage.folder("edge", "agreed")
    title = {"title": f"{stage.prefix} agreed", "overwrite": True}
    stage.ask("PUT", f"/api/folders/{stage.uid('edge')}", title)
    plan = stage.plan(target, wanted)
    assert stage.verbs(plan) == {"edge": "adopt"}
    assert {one.status for one in stage.apply(target, plan)} <= {"done"}
    plan = stage.plan(target, wanted)
    assert stage.verbs(plan) == {"edge": "keep"}
    with stage.only_reading():
        assert stage.apply(target, plan) == []


@scenario
def a_folder_renamed_in_the_ui(stage: Stage) -> None:
    target = stage.connect()
    stage.done(target, stage.folder("edge"))
    stage.ask(
        "PUT", f"/api/folders/{stage.uid('edge')}", {"title": f"{stage.prefix} by hand", "overwrite": True}
    )
    plan = stage.plan(target, stage.folder("edge"))
    assert stage.verbs(plan) == {"edge": "conflict"}
    stage.done(target, stage.folder("edge"), overwrite=True)
    assert stage.ask("GET", f"/api/folders/{stage.uid('edge')}")["title"] == f"{stage.prefix} edge"


@scenario
def a_foreign_dashboard_is_left_alone(stage: Stage) -> None:
    target = stage.connect()
    theirs = {"uid": stage.uid("d"), "title": f"{stage.prefix} theirs", "panels": []}
    stage.ask("POST", "/api/dashboards/db", {"dashboard": theirs, "folderUid": ""})
    plan = stage.plan(target, stage.dashboard("d"))
    assert stage.verbs(plan) == {"d": "foreign"}
    assert [one.status for one in stage.apply(target, plan)] == ["skipped"]
    stage.done(target, stage.dashboard("d"), overwrite=True)
    assert stage.verbs(stage.plan(target, stage.dashboard("d"))) == {"d": "keep"}


@scenario
def another_projects_dashboard_is_named(stage: Stage) -> None:
    target = stage.connect()
    stage.done(target, stage.datasource(), stage.dashboard("d"), owner="the others")
    plan = stage.plan(target, stage.datasource(url="http://127.0.0.1:9"), stage.dashboard("d", title="mine"))
    assert stage.verbs(plan) == {"prom": "foreign", "d": "foreign"}
    assert all("'the others'" in action.reason for action in plan.actions)


@scenario
def a_save_over_the_classic_api_is_an_edit_of_ours(stage: Stage) -> None:
    """It takes the annotations away; the history remembers whose it was."""
    if not stage.resource_api:
        pytest.skip("the classic API keeps its own marks")
    target = stage.connect()
    stage.done(target, stage.dashboard("d"), stage.dashboard("same"))
    stage.save_over_classic("d", "by hand")
    stage.save_over_classic("same", f"{stage.prefix} same")
    plan = stage.plan(target, stage.dashboard("d"), stage.dashboard("same"))
    assert stage.verbs(plan) == {"d": "conflict", "same": "adopt"}
    (stopped,) = plan.stops
    assert stopped.reason == "it was changed on the server since the last push"
    other = stage.plan(target, stage.dashboard("d"), owner=f"{stage.prefix} other")
    assert (stage.verbs(other), other.actions[0].reason) == (
        {"d": "foreign"},
        f"it belongs to {stage.owner!r}",
    )
    stage.done(target, stage.dashboard("d"), stage.dashboard("same"), overwrite=True)
    plan = stage.plan(target, stage.dashboard("d"), stage.dashboard("same"))
    assert stage.verbs(plan) == {"d": "keep", "same": "keep"}


@scenario
def what_was_made_anew_after_a_deletion_is_not_ours(stage: Stage) -> None:
    target = stage.connect()
    stage.done(target, stage.dashboard("d"))
    stage.ask("DELETE", f"/api/dashboards/uid/{stage.uid('d')}")
    body = {
        "dashboard": {"uid": stage.uid("d"), "title": f"{stage.prefix} theirs", "panels": []},
        "folderUid": "",
    }
    stage.ask("POST", "/api/dashboards/db", body)
    assert stage.verbs(stage.plan(target, stage.dashboard("d"))) == {"d": "foreign"}


@scenario
def a_setting_that_changes_alone_is_written(stage: Stage) -> None:
    if not stage.resource_api:
        pytest.skip("the classic API can't lock a dashboard")
    wanted = (stage.folder("edge", "Edge"), stage.dashboard("d", "edge"))
    stage.done(stage.connect(), *wanted)
    for setting, annotation, reason in (
        ("allowed", "true", "Grafana's page may now save changes of it"),
        ("locked", None, "Grafana's page may no longer save changes of it"),
    ):
        target = stage.connect(ui_edits=setting)
        plan = stage.plan(target, *wanted)
        assert stage.verbs(plan) == {"edge": "adopt", "d": "adopt"}
        assert {action.reason for action in plan.actions} == {reason}
        stage.done(target, *wanted)
        assert stage.verbs(stage.plan(target, *wanted)) == {"edge": "keep", "d": "keep"}
        path = f"/apis/dashboard.grafana.app/v0alpha1/namespaces/default/dashboards/{stage.uid('d')}"
        annotations = stage.ask("GET", path)["metadata"]["annotations"]
        assert annotations.get("grafana.app/managerAllowsEdits") == annotation


@scenario
def a_library_panel_that_nobody_has_is_told_before_the_first_write(stage: Stage) -> None:
    if stage.old:
        pytest.skip("its library panels were not recorded")
    target = stage.connect()
    link = {"uid": stage.uid("lib"), "name": f"{stage.prefix} lib"}
    shown = {"id": 1, "title": "L", "libraryPanel": link, "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0}}
    plan = stage.plan(target, stage.dashboard("d", panels=[shown]))
    (told,) = target.obstacles(plan.writes)
    assert told.startswith(f'dashboard "{stage.prefix} d": it shows the library panel {stage.uid("lib")!r}')
    body = {"folder": "", "name": f"{stage.prefix} lib", "model": {"type": "text", "title": "L"}}
    panel = Definition("library-panel", stage.uid("lib"), encode(body), Place("provisioning/lib.py", 1))
    plan = stage.plan(target, panel, stage.dashboard("d", panels=[shown]))
    assert target.obstacles(plan.writes) == ()
    stage.apply(target, plan)
    other = stage.plan(target, stage.dashboard("e", panels=[shown]))
    assert target.obstacles(other.writes) == ()


@scenario
def a_folder_whose_title_another_one_has_is_told_before_the_first_write(stage: Stage) -> None:
    if not stage.resource_api:
        pytest.skip("titles that are taken within the project are refused already, and it was not recorded")
    target = stage.connect()
    stage.ask("POST", "/api/folders", {"uid": stage.uid("theirs"), "title": f"{stage.prefix} team"})
    plan = stage.plan(target, stage.folder("team"))
    (told,) = target.obstacles(plan.writes)
    assert f"the folder {stage.uid('theirs')} in the same place has the title '{stage.prefix} team'" in told
    twins = stage.plan(target, stage.folder("a", "twin"), stage.folder("b", "twin"))
    (told,) = target.obstacles(twins.writes)
    assert "rename one of them" in told
    inside = stage.plan(target, stage.folder("up"), stage.folder("up/team"))
    assert target.obstacles(inside.writes) == ()


@scenario
def a_folder_that_holds_what_stays_is_told_before_the_first_deletion(stage: Stage) -> None:
    if stage.old or not stage.resource_api:
        pytest.skip("its folders have no mark, so that none is deleted")
    target = stage.connect()
    stage.done(target, stage.folder("edge"), stage.dashboard("a", "edge"), stage.dashboard("b"))
    folder = stage.uid("edge")
    plan = stage.plan(target, stage.dashboard("b"), prune=True)
    assert target.obstacles(plan.writes) == ()
    body = {"dashboard": {"title": f"{stage.prefix} x", "uid": stage.uid("x")}, "folderUid": folder}
    stage.ask("POST", "/api/dashboards/db", body)
    (told,) = target.obstacles(plan.writes)
    assert f'still holds the dashboard "{stage.prefix} x"' in told


@scenario
def who_becomes_the_default_instead_of_another_could_not_be_put_back(stage: Stage) -> None:
    target = stage.connect()
    theirs = {"uid": stage.uid("theirs"), "name": f"{stage.prefix} theirs", "type": "prometheus", "access": "proxy",
              "url": "http://127.0.0.1:9", "isDefault": True}  # fmt: skip
    stage.ask("POST", "/api/datasources", theirs)
    plan = stage.plan(target, stage.datasource(isDefault=True))
    assert target.irreversible(plan.writes) == (
        f"data source \"{stage.prefix} prom\": it becomes the default instead of '{stage.prefix} theirs', "
        f"and that could not be put back",
    )
    with pytest.raises(ProvisionError, match="--atomic wants all or nothing"):
        require_reversible(target, plan)
    assert target.irreversible(stage.plan(target, stage.datasource()).writes) == ()


@scenario
def what_was_sent_last_is_known_after_a_save_over_the_classic_api(stage: Stage) -> None:
    if stage.old:
        pytest.skip("it has no other API")
    target = stage.connect()
    stage.done(target, stage.dashboard("a", title="Ours"))
    stage.save_over_classic("a", f"{stage.prefix} by hand")
    (stopped,) = with_bases(stage.plan(target, stage.dashboard("a", title="Newer")), target).stops
    assert stopped.verb is Verb.CONFLICT
    assert stopped.base is not None
    assert decode(stopped.base)["spec"]["title"] == f"{stage.prefix} Ours"


@scenario
def dashboards_are_pushed_into_a_folder_of_somebody_else(stage: Stage) -> None:
    target = stage.connect()
    stage.ask("POST", "/api/folders", {"uid": stage.uid("theirs"), "title": f"{stage.prefix} theirs"})
    stage.done(target, stage.folder("theirs"), stage.dashboard("d", "theirs"))
    found = stage.ask("GET", f"/api/dashboards/uid/{stage.uid('d')}")
    assert found["meta"]["folderUid"] == stage.uid("theirs")
    plan = stage.plan(target, stage.folder("theirs"), stage.dashboard("d", "theirs"))
    assert stage.verbs(plan) == {"theirs": "keep", "d": "keep"}
    renamed = (
        stage.folder("theirs", "ours"),
        stage.dashboard("d", "theirs"),
        stage.dashboard("new", "theirs"),
    )
    plan = stage.plan(target, *renamed)
    assert stage.verbs(plan) == {"theirs": "foreign", "d": "keep", "new": "create"}
    told = {one.action.key: one.status for one in stage.apply(target, plan)}
    assert told == {stage.uid("theirs"): "skipped", stage.uid("new"): "done"}
    assert stage.ask("GET", f"/api/folders/{stage.uid('theirs')}")["title"] == f"{stage.prefix} theirs"


@scenario
def a_copy_made_in_the_ui_isnt_ours(stage: Stage) -> None:
    """Save as… keeps the tags; prune must not take the copy for ours."""
    target = stage.connect()
    stage.done(target, stage.dashboard("d"))
    copied = stage.spec("d") | {"uid": stage.uid("copy"), "id": None, "title": f"{stage.prefix} copy"}
    del copied["version"]
    stage.ask("POST", "/api/dashboards/db", {"dashboard": copied, "folderUid": ""})
    plan = stage.plan(target, prune=True)
    assert stage.verbs(plan) == {"d": "delete"}
    assert [one.status for one in stage.apply(target, plan)] == ["done"]
    assert stage.spec("copy")["title"] == f"{stage.prefix} copy"


@scenario
def a_change_between_plan_and_push_is_left_alone(stage: Stage) -> None:
    target = stage.connect()
    before = (
        stage.folder("edge"),
        stage.datasource(),
        stage.dashboard("changed", "edge"),
        stage.dashboard("gone"),
    )
    after = (
        stage.folder("edge", "renamed"),
        stage.datasource(url="http://127.0.0.1:9"),
        stage.dashboard("changed", "edge", title="new"),
    )
    stage.done(target, *before)
    plan = stage.plan(target, *after, prune=True)
    assert stage.verbs(plan) == {"edge": "update", "prom": "update", "changed": "update", "gone": "delete"}
    stage.edit_in_ui("changed", "by hand")
    stage.edit_in_ui("gone", "by hand, too")
    stage.ask(
        "PUT", f"/api/folders/{stage.uid('edge')}", {"title": f"{stage.prefix} by hand", "overwrite": True}
    )
    source = stage.ask("GET", f"/api/datasources/uid/{stage.uid('prom')}")
    stage.ask("PUT", f"/api/datasources/uid/{stage.uid('prom')}", source | {"url": "http://127.0.0.1:7"})
    outcomes = {one.action.key: one for one in apply_all(plan, target)}
    assert {one.status for one in outcomes.values()} == {"failed"}, outcomes
    assert {one.message for one in outcomes.values()} == {
        "somebody changed it meanwhile, so it was left alone; plan again to see what changed"
    }
    assert stage.spec("changed")["title"] == "by hand"
    assert stage.spec("gone")["title"] == "by hand, too"
    assert stage.ask("GET", f"/api/folders/{stage.uid('edge')}")["title"] == f"{stage.prefix} by hand"
    assert stage.ask("GET", f"/api/datasources/uid/{stage.uid('prom')}")["url"] == "http://127.0.0.1:7"


def apply_all(plan: Plan, target: grafana.Grafana) -> Iterator[Outcome]:
    """Every action on its own: what one needs may fail."""
    for action in plan.writes:
        yield from target.write([action], plan.owner)


@scenario
def what_was_created_or_deleted_between_plan_and_push(stage: Stage) -> None:
    target = stage.connect()
    stage.done(target, stage.dashboard("gone"))
    plan = stage.plan(
        target, stage.folder("edge"), stage.dashboard("new"), stage.dashboard("gone", title="changed")
    )
    stage.ask("POST", "/api/folders", {"uid": stage.uid("edge"), "title": f"{stage.prefix} theirs"})
    stage.ask(
        "POST",
        "/api/dashboards/db",
        {"dashboard": {"uid": stage.uid("new"), "title": f"{stage.prefix} theirs, too"}, "folderUid": ""},
    )
    stage.ask("DELETE", f"/api/dashboards/uid/{stage.uid('gone')}")
    outcomes = {one.action.key.removeprefix(f"{stage.prefix}-"): one for one in apply_all(plan, target)}
    assert {one.status for one in outcomes.values()} == {"failed"}
    assert "meanwhile" in outcomes["new"].message
    assert "meanwhile" in outcomes["edge"].message
    assert "no longer there" in outcomes["gone"].message or "meanwhile" in outcomes["gone"].message
    assert stage.spec("new")["title"] == f"{stage.prefix} theirs, too"
    stage.ask("GET", f"/api/dashboards/uid/{stage.uid('gone')}", expect=(404,))


@scenario
def a_dashboard_from_a_file_is_left_alone(stage: Stage) -> None:
    target = stage.connect()
    if stage.state is None:
        found = [
            hit["uid"]
            for hit in stage.ask("GET", "/api/search?type=dash-db")
            if hit["uid"] == "provisioned-one"
        ]
        if not found:
            pytest.skip("this Grafana has no dashboard `provisioned-one` from a file")
    body = {"folder": "", "spec": {"uid": "provisioned-one", "title": "Mine", "panels": []}}
    mine = Definition(DASHBOARD, "provisioned-one", encode(body), Place("dashboards/one.py", 1))
    plan = stage.plan(target, mine)
    assert [action.verb for action in plan.actions] == [Verb.FOREIGN]
    assert "file provisioning" in plan.actions[0].reason
    (outcome,) = stage.push(target, mine, overwrite=True)
    assert outcome.status == "failed"
    assert "from a file on its own machine" in outcome.message
    assert stage.ask("GET", "/api/dashboards/uid/provisioned-one")["dashboard"]["title"] == "Provisioned one"


def second(stage: Stage, name: str, folder: str = "", title: str = "", **more: Any) -> Definition:
    """A dashboard of the second generation, with tabs, as a source writes it."""
    query = {"kind": "DataQuery", "group": "prometheus", "version": "v0", "datasource": {"name": stage.uid("prom")},
             "spec": {"expr": "up", "step": 1.0}}  # fmt: skip
    panel = {"kind": "Panel", "spec": {
        "id": 1, "title": "Up", "description": "", "links": [],
        "data": {"kind": "QueryGroup", "spec": {
            "queries": [{"kind": "PanelQuery", "spec": {"refId": "A", "hidden": False, "query": query}}],
            "transformations": [], "queryOptions": {}}},
        "vizConfig": {"kind": "VizConfig", "group": "timeseries", "version": "12.4.0",
                      "spec": {"options": {}, "fieldConfig": {"defaults": {"custom": {}}, "overrides": []}}}}}  # fmt: skip
    item = {"kind": "AutoGridLayoutItem", "spec": {"element": {"kind": "ElementReference", "name": "up"}}}
    grid = {"kind": "AutoGridLayout", "spec": {"maxColumnCount": 3, "columnWidthMode": "standard", "rowHeightMode": "standard",
                                               "items": [item]}}  # fmt: skip
    layout = {
        "kind": "TabsLayout",
        "spec": {"tabs": [{"kind": "TabsLayoutTab", "spec": {"title": "One", "layout": grid}}]},
    }
    bare = {
        "title": f"{stage.prefix} {title or name}",
        "elements": {"up": panel},
        "layout": layout,
        "tags": ["t"],
        **more,
    }
    made = from_v2(bare)
    body = {"folder": folder, "schema": made.schema, "spec": made.spec}
    return Definition(DASHBOARD, stage.uid(name), encode(body), Place(f"dashboards/{folder}/{name}.py", 7))


def second_api(stage: Stage, name: str = "") -> str:
    return f"/apis/dashboard.grafana.app/v2beta1/namespaces/default/dashboards{'/' if name else ''}{name}"


@scenario
def a_dashboard_of_the_second_generation_is_written_and_read_as_that(stage: Stage) -> None:
    target = stage.connect()
    if target.dialect.v2_api is None:
        with pytest.raises(SourceErrors, match="which this Grafana doesn't offer"):
            stage.plan(target, second(stage, "d"))
        return
    folder = stage.folder("edge", "Edge")
    stage.done(target, folder, second(stage, "d", "edge"))
    stored = stage.ask("GET", second_api(stage, stage.uid("d")))
    assert stored["spec"]["layout"]["kind"] == "TabsLayout"
    assert not (stored.get("status") or {}).get("conversion")
    assert stored["metadata"]["annotations"]["grafana.app/managerId"] == stage.owner
    assert stored["metadata"]["annotations"]["grafana.app/folder"] == stage.uid("edge")
    plan = stage.plan(target, folder, second(stage, "d", "edge"))
    assert stage.verbs(plan) == {"edge": "keep", "d": "keep"}
    changed = second(stage, "d", "edge", "another title")
    assert stage.verbs(stage.plan(target, folder, changed))["d"] == "update"
    stage.done(target, folder, changed)
    stored = stage.ask("GET", second_api(stage, stage.uid("d")))
    assert stored["spec"]["title"].endswith("another title")
    stage.ask(
        "PUT", second_api(stage, stage.uid("d")), {**stored, "spec": {**stored["spec"], "tags": ["by hand"]}}
    )
    plan = stage.plan(target, folder, changed)
    assert stage.verbs(plan)["d"] == "conflict"
    (live,) = [action for action in plan.actions if action.key == stage.uid("d")]
    body = decode(live.before or b"")
    assert (body["schema"], body["spec"]["tags"]) == (target.dialect.v2_api, ["by hand"])


@scenario
def a_dashboard_of_the_second_generation_is_never_written_back_converted(stage: Stage) -> None:
    if stage.old:
        pytest.skip("Grafana 9 knows no second generation")
    target = stage.connect()
    spec = from_v2(
        {
            "title": f"{stage.prefix} d",
            "elements": {},
            "layout": {"kind": "GridLayout", "spec": {"items": []}},
        }
    ).spec
    stage.ask("POST", second_api(stage), {"apiVersion": "dashboard.grafana.app/v2beta1", "kind": "Dashboard",
                                          "metadata": {"name": stage.uid("d")}, "spec": spec})  # fmt: skip
    plan = stage.plan(target, stage.dashboard("d"))
    assert stage.verbs(plan) == {"d": "foreign"}
    if stage.classic:
        return
    assert "second generation" in plan.actions[0].reason
    assert decode(plan.actions[0].before or b"")["spec"]["layout"]["kind"] == "GridLayout"
    stage.done(target, second(stage, "mine"))
    plan = stage.plan(target, stage.dashboard("mine"))
    assert stage.verbs(plan) == {"mine": "conflict"}
    assert "second generation" in plan.actions[0].reason
    stage.done(target, stage.dashboard("mine"), overwrite=True)
    assert stage.verbs(stage.plan(target, stage.dashboard("mine"))) == {"mine": "keep"}
    assert stage.verbs(stage.plan(target, second(stage, "mine"))) == {"mine": "update"}
    stage.done(target, second(stage, "mine"))
    assert stage.verbs(stage.plan(target, second(stage, "mine"))) == {"mine": "keep"}
    stored = stage.ask("GET", second_api(stage, stage.uid("mine")))
    assert stored["spec"]["layout"]["kind"] == "TabsLayout"


# ── deleting ─────────────────────────────────────────────────────────────────


@scenario
def prune_deletes_what_is_ours_and_nothing_else(stage: Stage) -> None:
    target = stage.connect()
    stage.done(target, *usual(stage))
    stage.ask(
        "POST",
        "/api/dashboards/db",
        {
            "dashboard": {"uid": stage.uid("theirs"), "title": f"{stage.prefix} theirs"},
            "folderUid": stage.uid("edge"),
        },
    )
    plan = stage.plan(target, prune=True)
    kinds = [action.kind for action in plan.actions]
    assert kinds == [DASHBOARD] * 3 + [DATASOURCE] + [FOLDER] * 2
    outcomes = {one.action.key: one for one in stage.apply(target, plan)}
    assert stage.spec("theirs")["title"] == f"{stage.prefix} theirs"
    stage.ask("GET", f"/api/dashboards/uid/{stage.uid('inner')}", expect=(404,))
    stage.ask("GET", f"/api/datasources/uid/{stage.uid('prom')}", expect=(404,))
    if stage.resource_api:
        assert outcomes[stage.uid("edge")].status == "failed"
        assert (
            outcomes[stage.uid("edge")].message
            == "the folder still holds something; move or delete that first"
        )


@scenario
def a_folder_that_isnt_empty_is_not_deleted(stage: Stage) -> None:
    """Grafana 9 would delete everything in it."""
    target = stage.connect()
    stage.done(target, stage.folder("edge"), stage.dashboard("d", "edge"))
    live = {one.key: one for one in target.read(frozenset({(FOLDER, stage.uid("edge"))}))}[stage.uid("edge")]
    (outcome,) = target.write([Action(Verb.DELETE, FOLDER, live.key, None, live)], stage.owner)
    assert outcome.status == "failed"
    assert "folder" in outcome.message
    assert stage.spec("d")["title"] == f"{stage.prefix} d"
    stage.ask("DELETE", f"/api/dashboards/uid/{stage.uid('d')}")
    (outcome,) = target.write([Action(Verb.DELETE, FOLDER, live.key, None, live)], stage.owner)
    assert outcome.status == "done"
    stage.ask("GET", f"/api/folders/{stage.uid('edge')}", expect=(404,))


# ── data sources ─────────────────────────────────────────────────────────────


def with_secret(stage: Stage, variable: str = "TOKEN", **more: Any) -> Definition:
    return stage.datasource(secure={"httpHeaderValue1": {"source": "env", "name": variable}}, **more)


@scenario
def secrets_are_written_and_never_seen_again(stage: Stage) -> None:
    target = stage.connect(environ={"TOKEN": "hunter2-secret", "OTHER": "x"})
    outcomes = stage.done(target, with_secret(stage))
    assert "hunter2-secret" not in repr(outcomes) + repr(target)
    found = stage.ask("GET", f"/api/datasources/uid/{stage.uid('prom')}")
    assert found["secureJsonFields"] == {"httpHeaderValue1": True}
    assert "hunter2-secret" not in json.dumps(found)
    assert stage.verbs(stage.plan(target, with_secret(stage))) == {"prom": "keep"}
    assert stage.verbs(stage.plan(target, with_secret(stage, "OTHER"))) == {"prom": "update"}
    stage.done(target, stage.datasource())
    found = stage.ask("GET", f"/api/datasources/uid/{stage.uid('prom')}")
    assert found["secureJsonFields"] == {}
    assert stage.verbs(stage.plan(target, stage.datasource())) == {"prom": "keep"}


@scenario
def a_secret_is_rotated_by_its_version_or_all_at_once(stage: Stage) -> None:
    def source(version: str) -> Definition:
        return stage.datasource(secure={"httpHeaderValue1": Secret.env("TOKEN", version).reference})

    target = stage.connect(environ={"TOKEN": "hunter2-secret"})
    stage.done(target, source("1"))
    assert stage.verbs(stage.plan(target, source("1"))) == {"prom": "keep"}
    plan = stage.plan(target, source("2"))
    (change,) = diff_bodies(DATASOURCE, plan.actions[0].before, plan.actions[0].after)
    assert (change.path, change.before, change.after) == ("secret httpHeaderValue1", "version 1", "version 2")
    assert [one.status for one in stage.apply(target, plan)] == ["done"]
    plan = with_rotation(stage.plan(target, source("2")))
    assert stage.verbs(plan) == {"prom": "update"}
    with requests_of() as sent:
        assert [one.status for one in stage.apply(target, plan)] == ["done"]
    assert [line.split()[0] for line in sent] == ["PUT"]
    assert stage.verbs(stage.plan(target, source("2"))) == {"prom": "keep"}


@scenario
def a_missing_secret_fails_before_the_write(stage: Stage) -> None:
    target = stage.connect(environ={})
    plan = stage.plan(target, with_secret(stage), stage.dashboard("d"))
    with stage.only_reading():
        assert target.obstacles(plan.writes) == (
            f"data source \"{stage.prefix} prom\": its secret 'httpHeaderValue1' needs the environment variable TOKEN, "
            f"which isn't set",
        )
    assert stage.connect(environ={"TOKEN": "x"}).obstacles(plan.writes) == ()
    with requests_of() as sent:
        outcomes = {one.action.key: one for one in stage.apply(target, plan)}
    source, dashboard = outcomes[stage.uid("prom")], outcomes[stage.uid("d")]
    assert source.status == "failed"
    assert (
        source.message
        == "its secret 'httpHeaderValue1' needs the environment variable TOKEN, which isn't set"
    )
    assert dashboard.status == "skipped"
    assert sent == []


@scenario
def a_secret_that_somebody_added_is_a_conflict(stage: Stage) -> None:
    target = stage.connect()
    stage.done(target, stage.datasource())
    found = stage.ask("GET", f"/api/datasources/uid/{stage.uid('prom')}")
    stage.ask(
        "PUT",
        f"/api/datasources/uid/{stage.uid('prom')}",
        found | {"secureJsonData": {"basicAuthPassword": "theirs"}},
    )
    assert stage.verbs(stage.plan(target, stage.datasource())) == {"prom": "conflict"}
    stage.done(target, stage.datasource(), overwrite=True)
    assert stage.ask("GET", f"/api/datasources/uid/{stage.uid('prom')}")["secureJsonFields"] == {}


@scenario
def a_data_source_is_the_default_only_when_asked(stage: Stage) -> None:
    target = stage.connect()
    stage.done(target, stage.datasource())
    assert stage.ask("GET", f"/api/datasources/uid/{stage.uid('prom')}")["isDefault"] is False
    stage.done(target, stage.datasource(isDefault=True))
    assert stage.ask("GET", f"/api/datasources/uid/{stage.uid('prom')}")["isDefault"] is True
    assert stage.verbs(stage.plan(target, stage.datasource(isDefault=True))) == {"prom": "keep"}


@scenario
def a_data_source_of_the_same_name_is_told(stage: Stage) -> None:
    target = stage.connect()
    theirs = {
        "name": f"{stage.prefix} prom",
        "uid": stage.uid("theirs"),
        "type": "prometheus",
        "url": "http://127.0.0.1:9",
        "access": "proxy",
    }
    stage.ask("POST", "/api/datasources", theirs)
    plan = stage.plan(target, stage.datasource(), stage.dashboard("d"))
    (obstacle,) = target.obstacles(plan.writes)
    assert f"--datasource {stage.uid('theirs')}" in obstacle
    outcomes = {one.action.key: one for one in stage.apply(target, plan)}
    assert outcomes[stage.uid("prom")].status == "failed"
    assert "--datasource" in outcomes[stage.uid("prom")].message
    assert outcomes[stage.uid("d")].status == "skipped"
    assert target.obstacles(plan.writes[1:]) == ()


@scenario
def dashboards_are_bound_to_a_data_source_that_is_there(stage: Stage) -> None:
    target = stage.connect()
    stage.ask(
        "POST",
        "/api/datasources",
        {
            "name": f"{stage.prefix} Theirs",
            "uid": stage.uid("theirs"),
            "type": "prometheus",
            "url": "http://127.0.0.1:9",
            "access": "proxy",
        },
    )
    by_name, by_uid = target.binding(f"{stage.prefix} Theirs"), target.binding(stage.uid("theirs"))
    assert by_name == by_uid == Binding(stage.uid("theirs"), "prometheus", f"{stage.prefix} Theirs")
    stage.done(target, stage.datasource(), stage.dashboard("d"), datasource=by_name)
    assert stage.spec("d")["panels"][0]["datasource"] == {"type": "prometheus", "uid": stage.uid("theirs")}
    stage.ask("GET", f"/api/datasources/uid/{stage.uid('prom')}", expect=(404,))
    plan = stage.plan(target, stage.datasource(), stage.dashboard("d"), datasource=by_uid)
    assert stage.verbs(plan) == {"d": "keep"}
    with pytest.raises(ProvisionError, match="there is no data source 'nowhere'.*Theirs"):
        target.binding("nowhere")
    stage.ask(
        "POST",
        "/api/datasources",
        {
            "name": stage.uid("theirs"),
            "uid": stage.uid("twin"),
            "type": "loki",
            "url": "http://127.0.0.1:9",
            "access": "proxy",
        },
    )
    with pytest.raises(ProvisionError, match="the uid of one data source and the name of another"):
        target.binding(stage.uid("theirs"))


# ── all or nothing ───────────────────────────────────────────────────────────


def everything(stage: Stage) -> str:
    """What the Grafana holds of this scenario, with its marks, without what it counts itself."""
    found: list[Any] = []
    target = stage.connect()
    keys = {
        (kind, stage.uid(name))
        for kind in target.order
        for name in (*"abcdefgh", "prom", "edge", "edge-inner", "new")
    }
    for live in target.read(frozenset(keys)):
        if live.key.startswith(stage.prefix):
            beside = decode(live.beside) if live.beside else None
            found.append([live.kind, live.key, decode(live.body), repr(live.mark), beside])
    return json.dumps(sorted(found, key=repr), indent=1, sort_keys=True)


@scenario
def all_or_nothing(stage: Stage) -> None:
    """Created, updated, moved, taken over and deleted: all of it is put back when one fails."""
    target = stage.connect()
    stage.done(target, stage.folder("edge"), stage.folder("edge/inner"), stage.datasource(),
               stage.dashboard("a"), stage.dashboard("b", "edge"), stage.dashboard("c", "edge/inner"))  # fmt: skip
    stage.ask(
        "POST",
        "/api/dashboards/db",
        {"dashboard": {"title": f"{stage.prefix} d", "uid": stage.uid("d"), "tags": ["x"]}},
    )
    stage.edit_in_ui("b", f"{stage.prefix} by hand")
    before = everything(stage)
    desired = (
        stage.folder("edge"),
        stage.folder("new"),
        stage.datasource(url="http://127.0.0.1:9"),
        stage.dashboard("a", "new", title="A"),
        stage.dashboard("b"),
        stage.dashboard("d"),
        stage.dashboard("e", "new"),
        stage.dashboard("f"),
    )
    prune = not stage.old  # there the folder still holds what somebody made, and that is refused
    plan = stage.plan(target, *desired, overwrite=True, prune=prune)
    assert {action.verb.value for action in plan.writes} == {"create", "update"} | (
        {"delete"} if prune else set()
    )
    require_reversible(target, plan)
    # Somebody makes the last one that is to be written in the meantime.
    last = plan.writes[-1]
    if last.verb is Verb.DELETE:
        stage.edit_last(last)
    else:
        stage.ask(
            "POST",
            "/api/dashboards/db",
            {"dashboard": {"title": f"{stage.prefix} x", "uid": last.key}, "folderUid": ""},
        )
    leg = Leg(Aim(target, ()), plan)
    carry_out_or_undo([leg], lambda: False, lambda *_: None)
    assert [one.message for one in leg.outcomes if one.left_behind] == []
    assert {one.status for one in leg.outcomes} == {"failed", "undone"}
    (failed,) = (one for one in leg.outcomes if one.status == "failed")
    assert failed.action.key == last.key
    stage.undo_last(last)
    assert everything(stage) == before


@scenario
def what_was_changed_after_a_push_is_not_put_back(stage: Stage) -> None:
    target = stage.connect()
    plan = stage.plan(target, stage.dashboard("a"), stage.dashboard("b"))
    outcomes = stage.apply(target, plan)
    stage.edit_in_ui("a", f"{stage.prefix} by hand")
    told = {one.action.key: one for one in undo(plan, target, outcomes)}
    assert (told[stage.uid("a")].status, told[stage.uid("a")].left_behind) == ("failed", True)
    assert told[stage.uid("b")].status == "undone"
    assert stage.spec("a")["title"] == f"{stage.prefix} by hand"
    stage.ask("GET", f"/api/dashboards/uid/{stage.uid('b')}", expect=(404,))


# ── who may do what ──────────────────────────────────────────────────────────


def robot(stage: Stage, role: str) -> Credentials:
    """A service account with a role of the organisation."""
    if stage.state is not None:
        from support import grafana_standin

        stage.state.grant(
            f"{role}-token", {"Viewer": grafana_standin.VIEWER, "Editor": grafana_standin.EDITOR}[role]
        )
        return Credentials(token=f"{role}-token")
    account = stage.ask("POST", "/api/serviceaccounts", {"name": f"{stage.prefix} {role}", "role": role})
    token = stage.ask(
        "POST", f"/api/serviceaccounts/{account['id']}/tokens", {"name": f"{stage.prefix} {role}"}
    )
    return Credentials(token=token["key"])


@scenario
def missing_permissions_are_listed_before_the_first_write(stage: Stage) -> None:
    target = stage.connect(robot(stage, "Viewer"))
    admin = stage.connect()
    plan = stage.plan(admin, *usual(stage))
    missing = target.missing_permissions(plan.writes)
    if stage.old:
        assert missing == ()  # it can't be asked
    else:
        assert set(missing) == {
            f'folder "{stage.prefix} edge": needs folders:create',
            f'folder "{stage.prefix} inner": needs folders:create',
            f'data source "{stage.prefix} prom": needs datasources:create',
            f'dashboard "{stage.prefix} inner": needs dashboards:create',
            f'dashboard "{stage.prefix} outer": needs dashboards:create',
            f'dashboard "{stage.prefix} root": needs dashboards:create',
        } | (
            {f'dashboard "provision ledger: {stage.owner}": needs dashboards:create'}
            if stage.classic
            else set()
        )
    outcomes = list(apply_all(plan, target))
    assert {(one.status, one.left_behind) for one in outcomes} == {("failed", False)}
    # What lies in a folder may be refused for want of the folder.
    outside = {stage.uid(name) for name in ("edge", "prom", "root")}
    assert all(one.not_allowed for one in outcomes if one.action.key in outside)
    assert admin.missing_permissions(plan.writes) == ()
    assert admin.missing_permissions(()) == ()


@scenario
def an_editor_pushes_dashboards_but_no_data_sources(stage: Stage) -> None:
    target = stage.connect(robot(stage, "Editor"))
    dashboards = (stage.folder("edge"), stage.dashboard("d", "edge"))
    plan = stage.plan(target, *dashboards)
    assert target.missing_permissions(plan.writes) == ()
    assert {one.status for one in stage.apply(target, plan)} == {"done"}
    if stage.state is not None:
        stage.state.hidden |= {stage.uid("d"), stage.uid("edge")}  # a real one does this by itself
    plan = stage.plan(target, *dashboards, stage.datasource())
    assert stage.verbs(plan) == {"edge": "keep", "d": "keep", "prom": "create"}
    if not stage.old:
        assert target.missing_permissions(plan.writes) == (
            f'data source "{stage.prefix} prom": needs datasources:create',
        )
    (outcome,) = stage.apply(target, plan)
    assert outcome.status == "failed"
    assert "datasources:create" in outcome.message


@scenario
def wrong_credentials_and_organisations_are_told(stage: Stage) -> None:
    with pytest.raises(NotAllowed, match="the credentials were refused.*GRAFANA_TOKEN") as refused:
        stage.connect(Credentials(token="glsa_nonsense"))
    assert "glsa_nonsense" not in str(refused.value)
    with pytest.raises(NotAllowed, match="it wants credentials.*set GRAFANA_TOKEN"):
        stage.connect(Credentials())
    with pytest.raises(NotAllowed, match="don't belong to organisation 77.*GRAFANA_ORG_ID"):
        stage.connect(headers={"X-Grafana-Org-Id": "77"})
    assert stage.connect(headers={"X-Grafana-Org-Id": "1"}).dialect.namespace == "default"


# ── marks ────────────────────────────────────────────────────────────────────


@scenario
def marks_lie_where_they_are_said_to(stage: Stage) -> None:
    target = stage.connect(ui_edits="allowed")
    stage.done(target, *usual(stage))
    plan = stage.plan(target, *usual(stage))
    bases = {action.key: digest(action.after or b"") for action in plan.actions}
    source = stage.ask("GET", f"/api/datasources/uid/{stage.uid('prom')}")
    assert source["jsonData"]["provision"] == {"owner": stage.owner, "base": bases[stage.uid("prom")]}
    if stage.classic or stage.old:
        assert f"provision:{stage.owner}" in stage.spec("inner")["tags"]
        versions = stage.ask("GET", f"/api/dashboards/uid/{stage.uid('inner')}/versions?limit=1")
        newest = (versions["versions"] if isinstance(versions, dict) else versions)[0]
        assert newest["message"] == f"provision: {stage.owner} {bases[stage.uid('inner')]}"
        return
    for kind, group, key in (
        (FOLDER, "folder.grafana.app/v1beta1", "edge"),
        (DASHBOARD, "dashboard.grafana.app/v0alpha1", "inner"),
    ):
        uid = stage.uid(key)
        annotations = stage.ask("GET", f"/apis/{group}/namespaces/default/{kind}s/{uid}")["metadata"][
            "annotations"
        ]
        assert annotations["grafana.app/managedBy"] == "kubectl"
        assert annotations["grafana.app/managerId"] == stage.owner
        assert annotations["grafana.app/sourceChecksum"] == bases[uid]
        assert annotations["grafana.app/managerAllowsEdits"] == "true"
        assert annotations["grafana.app/sourcePath"].startswith("dashboards/edge")
    locked = stage.connect()
    stage.done(locked, stage.dashboard("locked"))
    path = f"/apis/dashboard.grafana.app/v0alpha1/namespaces/default/dashboards/{stage.uid('locked')}"
    assert "grafana.app/managerAllowsEdits" not in stage.ask("GET", path)["metadata"]["annotations"]


@scenario
def what_is_there_already_is_adopted_as_it_is(stage: Stage) -> None:
    target = stage.connect()
    mine = stage.dashboard("d")
    (resource,) = shape([mine], target.dialect)
    body = decode(resource.body)
    stage.ask("POST", "/api/dashboards/db", {"dashboard": body["spec"], "folderUid": ""})
    plan = stage.plan(target, mine)
    (action,) = plan.actions
    assert (action.verb, action.reason) == (Verb.KEEP, "it is the same, but not ours")
    (outcome,) = target.write([replace(action, verb=Verb.ADOPT)], stage.owner)
    assert (outcome.status, outcome.message) == ("done", "")
    (action,) = stage.plan(target, mine).actions
    assert (action.verb, action.reason) == (Verb.KEEP, "")


@scenario
def what_was_pushed_before_an_upgrade_is_still_ours(stage: Stage) -> None:
    """From the classic API, which an older Grafana has alone, to the resource API."""
    if stage.old:
        pytest.skip("Grafana 9 has the classic API alone")
    stage.classic = True
    before = stage.connect()
    names = ("same", "changes", "edited", "goes")
    stage.done(before, *(stage.dashboard(name) for name in names))
    stage.save_title("edited", "by hand")
    copied = stage.spec("same") | {"uid": stage.uid("copy"), "id": None, "title": f"{stage.prefix} copy"}
    del copied["version"]
    stage.ask("POST", "/api/dashboards/db", {"dashboard": copied, "folderUid": ""})
    stage.classic = False
    target = stage.connect()
    wanted = (
        stage.dashboard("same"),
        stage.dashboard("changes", title="new"),
        stage.dashboard("edited"),
        stage.dashboard("copy", title="mine"),
    )
    plan = stage.plan(target, *wanted, prune=True)
    assert stage.verbs(plan) == {
        "same": "keep", "changes": "update", "edited": "conflict", "copy": "foreign", "goes": "delete"
    }  # fmt: skip
    assert {one.status for one in stage.apply(target, plan)} == {"done", "skipped"}
    stage.ask("GET", f"/api/dashboards/uid/{stage.uid('goes')}", expect=(404,))
    assert stage.spec("changes")["tags"] == ["t"]
    stage.done(target, *wanted, overwrite=True)
    plan = stage.plan(target, *wanted, prune=True)
    assert set(stage.verbs(plan).values()) == {"keep"}
    assert {action.reason for action in plan.actions} == {""}
