"""Pushes through a proxy that lets one request of each kind go wrong, in every way that it knows.

After each: the report agrees with what the server holds, a second push finishes the job, a third writes nothing,
nothing is there twice, what others own is as it was, no message holds a secret, and the exit code is the documented one.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

from provision.commands.push import exit_code
from provision.errors import FAILED, PARTLY_DONE, ProvisionError
from provision.model import Definition, Live, Outcome, Verb, digest
from provision.ship.preflight import require_allowed, require_possible
from provision.ship.rotation import with_rotation
from support.fault_proxy import FAULTS, Proxy, proxy
from support.grafana_standin import standin

pytest.register_assert_rewrite("contract.scenarios_grafana")

from contract.scenarios_grafana import DASHBOARD, DATASOURCE, FOLDER, Stage  # noqa: E402  # rewritten

REAL = os.environ.get("GRAFANA_URL")
STAGES = ["stand-in 12.4.0", "stand-in 12.4.0, classic API", "stand-in 9.0", "real", "real, classic API"]
SECRET = "hunter2-secret"
PATIENCE_SECONDS = 5.0
"""How long a client waits for an answer; where none comes, a tenth of it."""


class Kind(NamedTuple):
    """A kind of resource: what its writes look like, and two of it in each of two versions."""

    writes: str
    made: Callable[[Stage, str, int], Definition]


def _datasource(stage: Stage, name: str, version: int) -> Definition:
    secure = {"httpHeaderValue1": {"source": "env", "name": "TOKEN"}}
    return stage.datasource(f"{name}-source", url=f"http://127.0.0.1:{version}", secure=secure)


def _dashboard(stage: Stage, name: str, version: int) -> Definition:
    return stage.dashboard(f"{name}-dashboard", title=f"{name} {version}", panels=[])


KINDS: dict[str, Kind] = {
    FOLDER: Kind(
        "/folders(/|$)", lambda stage, name, version: stage.folder(f"{name}-folder", f"F {name} {version}")
    ),
    DATASOURCE: Kind("/api/datasources", _datasource),
    DASHBOARD: Kind("/dashboards(/|$)", _dashboard),
}


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
        return f"{self.error}" + "".join(f"\n{one.message}" for one in self.outcomes)


class Rig:
    """A Grafana, a proxy before it, and what pushes through it wait for."""

    def __init__(self, stage: Stage, between: Proxy) -> None:
        self.stage = stage
        self.between = between
        self.waited: list[float] = []
        self.secret = SECRET

    def connect(self, patience: float = PATIENCE_SECONDS) -> Any:
        return self.stage.connect(
            environ={"TOKEN": self.secret}, sleep=self.waited.append, timeout_seconds=patience
        )

    def push(
        self,
        *definitions: Definition,
        patience: float = PATIENCE_SECONDS,
        rotate: bool = False,
        **options: bool,
    ) -> Run:
        """What `provision push --prune` does, from the first request to the last."""
        try:
            target = self.connect(patience)
            plan = self.stage.plan(target, *definitions, prune=True, **options)
            plan = with_rotation(plan) if rotate else plan
            require_possible(target, plan)
            require_allowed(target, plan)
            return Run(self.stage.apply(target, plan), None)
        except ProvisionError as error:
            return Run([], error)

    def held(self) -> dict[tuple[str, str], Live]:
        """What the server really holds of ours, and by name."""
        self.between.calm()
        named = {(DASHBOARD, self.stage.uid("theirs"))} | {
            (kind, self.stage.uid(f"{name}-{kind.removeprefix('data')}")) for kind in KINDS for name in "ab"
        }
        found = {(live.kind, live.key): live for live in self.connect().read(frozenset(named))}
        return {name: live for name, live in found.items() if name[1].startswith(self.stage.prefix)}

    def wanted(self, version: int) -> tuple[Definition, ...]:
        if not version:
            return ()
        return tuple(kind.made(self.stage, name, version) for kind in KINDS.values() for name in "ab")


@contextmanager
def rig(name: str) -> Iterator[Rig]:
    classic = "classic" in name
    if name.startswith("real"):
        if not REAL:
            pytest.skip("GRAFANA_URL names no Grafana to run against")
        user, password = os.environ.get("GRAFANA_USER", "admin"), os.environ.get("GRAFANA_PASSWORD", "admin")
        with proxy(REAL) as between:
            stage = Stage(between.url, user, password, classic=classic)
            yield Rig(stage, between)
            stage.clean()
        return
    with standin("9.0" if "9.0" in name else "12.4.0") as state, proxy(state.url) as between:
        stage = Stage(between.url, "admin", "admin", classic=classic, state=state)
        yield Rig(stage, between)
        for target in stage.targets:
            target.close()


def somebody_elses(rig: Rig) -> Any:
    """A dashboard that nobody manages, and what it says of itself."""
    stage = rig.stage
    path = f"/api/dashboards/uid/{stage.uid('theirs')}"
    if not stage.ask("GET", path, expect=(200, 404)).get("dashboard"):
        theirs = {"uid": stage.uid("theirs"), "title": f"{stage.prefix} theirs", "panels": []}
        stage.ask("POST", "/api/dashboards/db", {"dashboard": theirs, "folderUid": ""})
    return stage.ask("GET", path)["dashboard"]


def check_agreement(run: Run, before: dict[Any, Live], after: dict[Any, Live], stage: Stage) -> None:
    """The report says what the server holds."""
    told = {(one.action.kind, one.action.key): one for one in run.outcomes}
    assert len(told) == len(run.outcomes), "a resource is reported twice"
    for name in before.keys() | after.keys() | told.keys():
        one, now, was = told.get(name), after.get(name), before.get(name)
        seen = (name, one and (one.status, one.message), was, now)
        if one is None or one.status == "skipped":
            assert (now and (now.body, now.mark)) == (was and (was.body, was.mark)), seen
        elif one.status == "done" and one.action.verb is Verb.DELETE:
            assert now is None, seen
        elif one.status == "done":
            assert now is not None, seen
            assert now.body == one.action.after, seen
            assert now.mark is not None, seen
            assert (now.mark.owner, now.mark.base) == (stage.owner, digest(now.body)), seen
        elif not one.left_behind:
            assert (now and (now.body, now.mark)) == (was and (was.body, was.mark)), seen
            assert one.message, seen


def check_words(run: Run) -> None:
    """Sentences without secrets."""
    hidden = (SECRET, base64.b64encode(b"admin:admin").decode())
    assert not [one for one in hidden if one in run.said], run.said
    assert "Traceback" not in run.said
    assert "this is a bug" not in run.said, run.said
    assert all(
        one.message.strip() and "\n" not in one.message for one in run.outcomes if one.status != "done"
    )


def check_code(run: Run, before: dict[Any, Live], after: dict[Any, Live]) -> None:
    """0 only when all was done; 1 only when nothing was written."""
    assert run.code in (0, FAILED, PARTLY_DONE), run
    assert (run.code == 0) == (run.error is None and all(one.status == "done" for one in run.outcomes))
    if run.code == FAILED:
        assert {name: live.body for name, live in before.items()} == {
            name: live.body for name, live in after.items()
        }, run


def check_once(stage: Stage, version: int, *others: str) -> None:
    """Nothing is there twice, nothing is lost."""
    expected = {stage.uid(name) for name in others} | {
        stage.uid(f"{name}-dashboard") for name in "ab" if version
    }
    hits = [hit for hit in stage.ask("GET", "/api/search?type=dash-db&limit=5000") if hit["title"].startswith(stage.prefix)]  # fmt: skip
    assert sorted(hit["uid"] for hit in hits) == sorted(expected)
    sources = [one["name"] for one in stage.ask("GET", "/api/datasources") if one["name"].startswith(stage.prefix)]  # fmt: skip
    assert sorted(sources) == [f"{stage.prefix} {name}-source" for name in "ab" if version]
    titles = [one["title"] for one in stage.ask("GET", "/api/folders?limit=1000")]
    mine = sorted(title for title in titles if title.startswith(stage.prefix))
    assert mine == [f"{stage.prefix} F {name} {version}" for name in "ab" if version]


VERBS = {"create": (0, 1), "update": (1, 2), "delete": (1, 0)}
"""Verb → the versions before and after the push."""


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", STAGES)
def test_a_write_of_each_kind_goes_wrong(name, fault, verb):
    start, end = VERBS[verb]
    with rig(name) as it:
        theirs = somebody_elses(it)
        first = it.push(*it.wanted(start))
        assert first.code == 0, first.said
        before = it.held()
        it.between.calm()
        for kind in KINDS.values():
            it.between.trouble("WRITE", kind.writes, fault)
        patience = PATIENCE_SECONDS / 10 if FAULTS[fault].ending == "silence" else PATIENCE_SECONDS
        run = it.push(*it.wanted(end), patience=patience)
        check_words(run)
        met = [trouble.met for trouble in it.between.troubles]
        assert met == [1, 1, 1], (met, run.said, it.between.requests)
        after = it.held()
        check_agreement(run, before, after, it.stage)
        check_code(run, before, after)
        second = it.push(*it.wanted(end))
        assert second.code == 0, second.said
        check_once(it.stage, end, "theirs")
        check_agreement(second, after, it.held(), it.stage)
        it.between.calm()
        third = it.push(*it.wanted(end))
        assert (third.code, third.outcomes, it.between.writes) == (0, [], [])
        assert somebody_elses(it) == theirs


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    "fault", ["reset before", "reset after", "502 before", "502 after", "half an answer"]
)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", STAGES)
def test_a_write_goes_wrong_and_nothing_answers_any_more(name, kind, fault, verb):
    """What became of it can't be looked up: that is said, and the exit code isn't that of nothing written."""
    start, end = VERBS[verb]
    with rig(name) as it:
        assert it.push(*it.wanted(start)).code == 0
        before = it.held()
        it.between.calm()
        it.between.trouble("WRITE", KINDS[kind].writes, fault, down=True)
        run = it.push(*it.wanted(end))
        check_words(run)
        after = it.held()
        check_agreement(run, before, after, it.stage)
        check_code(run, before, after)
        assert run.code == PARTLY_DONE, run.said
        assert "it may have been written all the same, so plan again to see" in run.said
        second = it.push(*it.wanted(end))
        assert second.code == 0, second.said
        check_once(it.stage, end)
        it.between.calm()
        third = it.push(*it.wanted(end))
        assert (third.code, third.outcomes, it.between.writes) == (0, [], [])


FEW = [
    "reset before", "reset after", "JSON cut in two", "502 before", "502 after", "503 with Retry-After after",
    "database is locked before", "database is locked after", "a login page before", "429 for an hour",
]  # fmt: skip


@pytest.mark.parametrize("fault", FEW)
@pytest.mark.parametrize("name", STAGES)
def test_taking_over_goes_wrong(name, fault):
    """Only the mark is written then: that it looks as it should says nothing."""
    with rig(name) as it:
        stage = it.stage
        assert it.push(*it.wanted(1)).code == 0
        stage.ask("PUT", f"/api/folders/{stage.uid('a-folder')}", {"title": f"{stage.prefix} edited", "overwrite": True})  # fmt: skip
        source = f"/api/datasources/uid/{stage.uid('a-source')}"
        stage.ask("PUT", source, stage.ask("GET", source) | {"url": "http://127.0.0.1:9"})
        stage.save_title("a-dashboard", f"{stage.prefix} edited")
        before = it.held()
        for kind in KINDS.values():
            it.between.trouble("WRITE", kind.writes, fault)
        run = it.push(*it.wanted(1), adopt=True)
        check_words(run)
        assert [trouble.met for trouble in it.between.troubles] == [1, 1, 1], run.said
        after = it.held()
        check_agreement(run, before, after, stage)
        check_code(run, before, after)
        assert it.push(*it.wanted(1), adopt=True).code == 0
        plan = stage.plan(it.connect(), *it.wanted(1))
        assert set(stage.verbs(plan).values()) <= {"keep", "update"}
        assert it.push(*it.wanted(1)).code == 0
        it.between.calm()
        assert (it.push(*it.wanted(1)).outcomes, it.between.writes) == ([], [])


@pytest.mark.parametrize("fault", FEW)
@pytest.mark.parametrize("name", STAGES[:3])
def test_a_rotation_goes_wrong(name, fault):
    """Nothing that can be read of a data source changes then, but its version."""
    with rig(name) as it:
        assert it.push(*it.wanted(1)).code == 0
        it.secret = "hunter3-secret"
        it.between.trouble("WRITE", "/api/datasources", fault)
        run = it.push(*it.wanted(1), rotate=True)
        assert "hunter3" not in run.said
        told = {one.action.key.removeprefix(f"{it.stage.prefix}-"): one.status for one in run.outcomes}
        assert set(told) == {"a-source", "b-source"}
        for key, status in told.items():
            kept = it.stage.state.datasources[it.stage.uid(key)]["secrets"]["httpHeaderValue1"]
            assert (status, kept) in (("done", "hunter3-secret"), ("failed", SECRET)), run.said
        assert it.push(*it.wanted(1), rotate=True).code == 0
        kept = [found["secrets"] for found in it.stage.state.datasources.values()]
        assert kept == [{"httpHeaderValue1": "hunter3-secret"}] * 2
