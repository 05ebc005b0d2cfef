"""A Grafana with a proxy before it, two resources of each kind in two versions, and what must be true after any push."""

from __future__ import annotations

import base64
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

from contract.scenarios_grafana import Stage
from contract.scenarios_grafana_alerting import Desk
from provision.commands.push import exit_code
from provision.compile.dialect.grafana import shape
from provision.compile.kinds import (
    CONTACT_POINT,
    DASHBOARD,
    DATASOURCE,
    FOLDER,
    GRAFANA_RULE_GROUP,
    LIBRARY_PANEL,
    MUTE_TIMING,
    POLICY,
    TEMPLATE,
)
from provision.errors import FAILED, PARTLY_DONE, ProvisionError
from provision.model import Live, Outcome, Resource, digest
from provision.ship.apply import apply
from provision.ship.plan import make_plan
from provision.ship.preflight import require_allowed, require_possible
from provision.ship.rotation import with_rotation
from provision.ship.target.grafana_ledger import ledger_in, uid_of
from provision.ship.target.grafana_pending import parts_of
from support.fault_proxy import Proxy, proxy
from support.grafana_standin import standin

REAL = os.environ.get("GRAFANA_URL")
STAGES = ["stand-in 12.4.0", "stand-in 12.4.0, classic API", "stand-in 9.0", "real", "real, classic API"]
SECRET = "hunter2-secret"
PATIENCE_SECONDS = 30.0
"""How long a client waits for an answer that is to come."""

Make = Callable[[Desk, str, int], Resource]


class Kind(NamedTuple):
    """A kind of resource.

    Attributes:
        writes: what a write of the one called `a` looks like: its path, a space, its body.
        make: one of it by name and version.
    """

    writes: str
    make: Make


def _shaped(desk: Desk, definition: Any) -> Resource:
    (resource,) = shape([definition], desk.dialect)
    return resource


def _datasource(desk: Desk, name: str, version: int) -> Resource:
    secure = {"httpHeaderValue1": {"source": "env", "name": "TOKEN"}}
    url = f"http://127.0.0.1:{version}"
    return _shaped(desk, desk.stage.datasource(f"{name}-source", url=url, secure=secure))


def _dashboard(desk: Desk, name: str, version: int) -> Resource:
    return _shaped(desk, desk.stage.dashboard(f"{name}-dashboard", title=f"{name} {version}", panels=[]))


def _folder(desk: Desk, name: str, version: int) -> Resource:
    return _shaped(desk, desk.stage.folder(f"{name}-folder", f"F {name} {version}"))


def _contact(desk: Desk, name: str, version: int) -> Resource:
    secure = {"authorization_credentials": {"source": "env", "name": "TOKEN"}}
    hooks = [desk.webhook(f"{name}{n}", f"{n}-{version}", secure=secure) for n in range(2)]
    return desk.contact(f"{name}-contact", *hooks)


def _group(desk: Desk, name: str, version: int) -> Resource:
    return desk.group(f"{name}-group", desk.rule(f"{name}-rule"), interval=60 * version)


_ALERTING = "^/api/v1/provisioning/"
KINDS: dict[str, Kind] = {
    FOLDER: Kind(r"^\S*/folders[ /?].*a-folder", _folder),
    DATASOURCE: Kind("^/api/datasources.*a-source", _datasource),
    LIBRARY_PANEL: Kind(
        "^/api/library-elements.*a-panel",
        lambda desk, name, version: desk.panel(f"{name}-panel", title=f"{version}"),
    ),
    DASHBOARD: Kind(r"^\S*/dashboards[ /](?!.*provision-ledger).*a-dashboard", _dashboard),
    TEMPLATE: Kind(
        f"{_ALERTING}templates.*a-template",
        lambda desk, name, version: desk.template(f"{name}-template", f"{version}"),
    ),
    MUTE_TIMING: Kind(
        f"{_ALERTING}mute-timings.*a-timing",
        lambda desk, name, version: desk.timing(f"{name}-timing", f"0{version}:00"),
    ),
    CONTACT_POINT: Kind(f"{_ALERTING}contact-points", _contact),
    POLICY: Kind(
        f"{_ALERTING}policies", lambda desk, _, version: desk.policy(desk.route("fixed", f"{version}"))
    ),
    GRAFANA_RULE_GROUP: Kind(rf"{_ALERTING}folder/\S*/rule-groups/a-group", _group),
}
OLD = (FOLDER, DATASOURCE, DASHBOARD)
"""The kinds on which the families of the API differ; the others are the same on each, and tried on one."""

LEDGER = r"^\S*/dashboards[ /].*provision-ledger"
"""What a write of the project's ledger looks like."""


class Run(NamedTuple):
    """What came of a push: outcomes, or the error that ended it."""

    outcomes: list[Outcome]
    error: ProvisionError | None

    @property
    def code(self) -> int:
        """As `provision push` exits."""
        return exit_code(self.outcomes) if self.error is None else self.error.exit_code

    @property
    def said(self) -> str:
        return f"{self.error}" + "".join(f"\n{one.action.kind}: {one.message}" for one in self.outcomes)


Held = dict[tuple[str, str], Live]


class Rig:
    """A Grafana, a proxy before it, and what pushes through it wait for.

    Attributes:
        kinds: those that are pushed there.
        secret: the value behind the secrets.
        impatience: how long a client waits where no answer is to come, in seconds; a real server may need as long.
    """

    def __init__(self, stage: Stage, between: Proxy) -> None:
        self.stage = stage
        self.between = between
        self.waited: list[float] = []
        self.secret = SECRET
        self.impatience = 3.0 if stage.state is None else 0.5
        modern = stage.resource_api
        self.kinds = {kind: it for kind, it in KINDS.items() if modern or kind in OLD}
        self.desk = Desk(stage)
        self.desk.dialect = self.connect().dialect

    def connect(self, patience: float = PATIENCE_SECONDS, owner: str = "") -> Any:
        return self.stage.connect(
            environ={"TOKEN": self.secret},
            sleep=self.waited.append,
            timeout_seconds=patience,
            owner=owner or self.stage.owner,
        )

    def push(
        self,
        *desired: Resource,
        patience: float = PATIENCE_SECONDS,
        rotate: bool = False,
        owner: str = "",
        **options: bool,
    ) -> Run:
        """What `provision push --prune --force` does, from the first request to the last."""
        outcomes: list[Outcome] = []
        try:
            target = self.connect(patience, owner)
            with self.stage.only_reading():
                plan = make_plan(desired, target, owner or self.stage.owner, **{"prune": True, **options})
            plan = with_rotation(plan) if rotate else plan
            require_possible(target, plan)
            require_allowed(target, plan)
            outcomes.extend(apply(plan, target))
        except ProvisionError as error:
            return Run(outcomes, error)
        return Run(outcomes, None)

    def version(self, version: int) -> tuple[Resource, ...]:
        """What the sources hold in a version; nothing in version 0."""
        if not version:
            return ()
        made = [it.make(self.desk, name, version) for it in self.kinds.values() for name in "ab"]
        if GRAFANA_RULE_GROUP in self.kinds:
            made += [self.desk.folder("rules"), self.desk.contact("fixed")]
        return tuple({(one.kind, one.key): one for one in made}.values())

    def held(self) -> Held:
        """What the server really holds of ours, and by name."""
        self.between.calm()
        names = frozenset((one.kind, one.key) for one in self.version(1))
        found = {(live.kind, live.key): live for live in self.connect().read(names)}
        return {name: live for name, live in found.items() if name in names or self.stage.prefix in name[1]}

    def census(self) -> Counter[str]:
        """The names of all that has ours, as the server lists them; what is there twice counts twice."""
        ask, prefix = self.stage.ask, self.stage.prefix
        found = [("dashboard", hit["title"]) for hit in ask("GET", "/api/search?type=dash-db&limit=5000")]
        found += [("datasource", one["name"]) for one in ask("GET", "/api/datasources")]
        found += [("folder", one["title"]) for one in ask("GET", "/api/folders?limit=1000")]
        if GRAFANA_RULE_GROUP in self.kinds:
            at = "/api/v1/provisioning/"
            elements = ask("GET", "/api/library-elements?perPage=500")["result"]["elements"]
            found += [("library-panel", one["name"]) for one in elements]
            found += [("template", one["name"]) for one in ask("GET", f"{at}templates") or ()]
            found += [("mute-timing", one["name"]) for one in ask("GET", f"{at}mute-timings") or ()]
            found += [("contact-point", one["name"]) for one in ask("GET", f"{at}contact-points")]
            found += [("policy", json.dumps(one)) for one in ask("GET", f"{at}policies").get("routes") or ()]
            found += [("rule", one["title"]) for one in ask("GET", f"{at}alert-rules")]
        return Counter(kind for kind, name in found if name.startswith(prefix) or f'"{prefix}' in name)

    def expected(self, version: int, others: int = 0) -> Counter[str]:
        """The census of a version, with so many dashboards of others."""
        counts = Counter(one.kind for one in self.version(version))
        counts["rule"] = counts.pop(GRAFANA_RULE_GROUP, 0)
        counts[CONTACT_POINT] *= 2  # it is listed by integration
        counts[CONTACT_POINT] -= bool(counts[CONTACT_POINT])  # the fixed one has only one
        counts[DASHBOARD] += others
        return +counts

    def ledger(self) -> Any:
        """The project's ledger, or None."""
        target = self.connect()
        found = target.keepers[DASHBOARD].one(target.server, uid_of(self.stage.owner))
        return found and ledger_in(found.key, found.body)

    def somebody_elses(self) -> Any:
        """A dashboard that nobody manages, and what it says of itself."""
        stage = self.stage
        path = f"/api/dashboards/uid/{stage.uid('theirs')}"
        if not stage.ask("GET", path, expect=(200, 404)).get("dashboard"):
            theirs = {"uid": stage.uid("theirs"), "title": f"{stage.prefix} theirs", "panels": []}
            stage.ask("POST", "/api/dashboards/db", {"dashboard": theirs, "folderUid": ""})
        return stage.ask("GET", path)["dashboard"]


@contextmanager
def rig(name: str) -> Iterator[Rig]:
    """A rig on the Grafana of that name; skips the test where there is none."""
    classic = "classic" in name
    if name.startswith("real"):
        if not REAL:
            pytest.skip("GRAFANA_URL names no Grafana to run against")
        user, password = os.environ.get("GRAFANA_USER", "admin"), os.environ.get("GRAFANA_PASSWORD", "admin")
        with proxy(REAL) as between:
            stage = Stage(between.url, user, password, classic=classic)
            try:
                yield Rig(stage, between)
            finally:
                between.calm()
                stage.clean()
        return
    with standin("9.0" if "9.0" in name else "12.4.0") as state, proxy(state.url) as between:
        stage = Stage(between.url, "admin", "admin", classic=classic, state=state)
        yield Rig(stage, between)
        for target in stage.targets:
            target.close()


def check_agreement(run: Run, before: Held, after: Held, owner: str) -> None:
    """The report says what the server holds."""
    told = {(one.action.kind, one.action.key): one for one in run.outcomes}
    assert len(told) == len(run.outcomes), "a resource is reported twice"
    for name in before.keys() | after.keys() | told.keys():
        one, now, was = told.get(name), after.get(name), before.get(name)
        seen = (name, one and (one.status, one.message), was, now)
        if one is not None and one.status == "done":
            assert _told(now and now.body) == _told(one.action.after), seen
            if now is not None and now.body == one.action.after:
                assert now.mark is not None, seen
                assert (now.mark.owner, now.mark.base) == (owner, digest(now.body)), seen
        elif one is None or not one.left_behind:
            assert (now and now.body) == (was and was.body), seen
            # What the ledger is to say of a write is there before it.
            same = (was and was.mark) == (now and now.mark)
            assert same or (one is not None and one.action.kind not in OLD[1:]), seen
        if one is not None and one.status != "done":
            assert one.message, seen


def _told(body: bytes | None) -> bytes | None:
    """A body as the server alone can tell it: where the secrets of a contact point come from is in the ledger, and
    when that can't be written after them, the next push writes them once more."""
    if body is None or b'"integrations"' not in body:
        return body
    return json.dumps(parts_of(body)).encode()


def check_words(run: Run) -> None:
    """Sentences without secrets."""
    hidden = (SECRET, base64.b64encode(b"admin:admin").decode())
    assert not [one for one in hidden if one in run.said], run.said
    assert "Traceback" not in run.said
    assert "this is a bug" not in run.said, run.said
    assert all(
        one.message.strip() and "\n" not in one.message for one in run.outcomes if one.status != "done"
    )


def check_code(run: Run, before: Held, after: Held) -> None:
    """0 only when all was done; 1 only when nothing was written."""
    assert run.code in (0, FAILED, PARTLY_DONE), run
    assert (run.code == 0) == (run.error is None and all(one.status == "done" for one in run.outcomes))
    if run.code == FAILED:
        bodies = [{name: live.body for name, live in held.items()} for held in (before, after)]
        assert bodies[0] == bodies[1], run
