"""A server, or a client, that is killed in the middle of a push, and what the next push makes of it.

The servers are processes of their own; a real Grafana is started and killed where `GRAFANA_PROGRAM` and
`GRAFANA_HOMEPATH` name one.
"""

from __future__ import annotations

import json
import os
import signal

import pytest

from provision.commands.push import exit_code
from provision.errors import PARTLY_DONE
from provision.ship.apply import apply
from support.commands import DASHBOARD, PYPROJECT, environment, spawned, write
from support.fault_proxy import proxy
from support.grafana_process import grafana_process, real_is_named
from support.grafana_standin import standin

pytest.register_assert_rewrite("contract.scenarios_grafana")

from contract.scenarios_grafana import Stage, requests_of  # noqa: E402  # its asserts are to be rewritten

MANY = 200
KILLED_AFTER = 70
FLAVOURS = ["12.4.0", "9.0", "real"]


@pytest.fixture(params=FLAVOURS)
def process(request, tmp_path):
    if request.param == "real" and not real_is_named():
        pytest.skip("GRAFANA_PROGRAM and GRAFANA_HOMEPATH name no Grafana to run")
    with grafana_process(request.param, tmp_path) as running:
        yield running


def bodies(live):
    return {(found.kind, found.key): (found.body, found.mark) for found in live}


def test_a_server_killed_in_the_middle_of_a_push_of_200(process):
    stage = Stage(process.url, "admin", "admin")
    waits = {"sleep": lambda _: None, "environ": {"TOKEN": "hunter2-secret"}}
    secure = {"httpHeaderValue1": {"source": "env", "name": "TOKEN"}}
    wanted = (
        stage.folder("edge"),
        stage.datasource(secure=secure),
        *(stage.dashboard(f"n{n}", "edge" if n % 2 else "") for n in range(MANY)),
    )
    target = stage.connect(**waits)
    plan = stage.plan(target, *wanted)
    assert len(plan.writes) == MANY + 2
    outcomes = []
    for outcome in apply(plan, target):
        outcomes.append(outcome)
        if len(outcomes) == KILLED_AFTER:
            process.kill()
    target.close()
    assert len({(one.action.kind, one.action.key) for one in outcomes}) == len(outcomes) == MANY + 2
    assert {one.status for one in outcomes} == {"done", "failed"}
    assert exit_code(outcomes) == PARTLY_DONE
    said = {one.message for one in outcomes if one.status == "failed"}
    assert all(one.startswith(("nothing listens there", "the connection was closed")) for one in said), said
    assert "hunter2" not in repr(outcomes)

    process.start()
    target = stage.connect(**waits)
    names = frozenset((action.kind, action.key) for action in plan.actions)
    held = bodies(target.read(names))
    lost = 0
    for one in outcomes:
        now = held.get((one.action.kind, one.action.key))
        if one.status == "done":
            assert now is not None, one
            assert now[0] == one.action.after
        elif one.left_behind:
            lost += 1
            assert "it may have been written all the same" in one.message
        else:
            assert now is None, one
    assert lost <= 16, "no more than are ever written at once"

    with requests_of() as sent:
        again = stage.push(target, *wanted)
    assert {one.status for one in again} <= {"done"}
    complete = {name for name, (_, mark) in held.items() if mark is not None and mark.base}
    assert {(one.action.kind, one.action.key) for one in again} >= names - held.keys()
    assert not {(one.action.kind, one.action.key) for one in again} & complete
    if target.dialect.dashboard_api is not None:  # an old one takes two writes for a new dashboard
        assert len(again) == len([line for line in sent if not line.startswith("GET ")])
    third = stage.connect(**waits)
    plan = stage.plan(third, *wanted)
    with stage.only_reading():
        assert stage.apply(third, plan) == []
    hits = stage.ask("GET", "/api/search?type=dash-db&limit=5000")
    mine = sorted(hit["uid"] for hit in hits if hit["title"].startswith(stage.prefix))
    assert mine == sorted(stage.uid(f"n{n}") for n in range(MANY))
    for each in stage.targets:
        each.close()


SOME = 40


@pytest.fixture(params=FLAVOURS)
def stage(request):
    """A Grafana behind a proxy, which others ask directly."""
    if request.param == "real":
        if not (url := os.environ.get("GRAFANA_URL")):
            pytest.skip("GRAFANA_URL names no Grafana to run against")
        user, password = os.environ.get("GRAFANA_USER", "admin"), os.environ.get("GRAFANA_PASSWORD", "admin")
        made = Stage(url.rstrip("/"), user, password)
        yield made
        made.clean()
        return
    with standin(request.param) as state:
        yield Stage(state.url, "admin", "admin", state=state)


@pytest.mark.parametrize("hold", ["before", "after"])
def test_a_client_killed_in_the_middle_of_a_push(stage, hold, tmp_path):
    """Killed as nobody can prevent; one write is on its way, or done and not heard of."""
    files = {
        f"dashboards/{stage.prefix}/n{n}.json": DASHBOARD % (f"{stage.prefix} {n}", "up") for n in range(SOME)
    }
    write(tmp_path, {"pyproject.toml": PYPROJECT, **files})
    env = environment(GRAFANA_USER=stage.user, GRAFANA_PASSWORD=stage.password)
    expected = {f"{stage.prefix}-n{n}" for n in range(SOME)}

    def there():
        hits = stage.ask("GET", "/api/search?type=dash-db&limit=5000")
        found = [hit["uid"] for hit in hits if hit["uid"].startswith(stage.prefix)]
        assert len(found) == len(set(found))
        return set(found)

    def whole(uid):
        """Whether nothing is left to be done for it: an old Grafana takes two writes."""
        if not stage.old:
            return True
        newest = stage.ask("GET", f"/api/dashboards/uid/{uid}/versions?limit=1")[0]
        return "v1:" in newest["message"]

    with proxy(stage.url) as between:

        def push():
            return spawned(
                "push", "--grafana", between.url, "--yes", "--format", "json", cwd=tmp_path, env=env
            )

        def pushed():
            started = push()
            out, err = started.communicate(timeout=60)
            assert (started.returncode, err) == (0, ""), out
            return {one["key"]: one["status"] for one in json.loads(out)["reports"][0]["outcomes"]}

        held = between.trouble("WRITE", "/dashboards", nth=SOME // 2, hold=hold)
        killed = push()
        assert held.reached.wait(60)
        killed.kill()
        out, err = killed.communicate()
        assert (killed.returncode, out, err) == (-signal.SIGKILL, "", "")
        held.released.set()
        between.quiet()
        before = there()
        assert len(before) >= SOME // 4 - 1
        done = {uid for uid in before if whole(uid)}

        between.calm()
        told = pushed()
        assert set(told.values()) == {"done"}
        assert not told.keys() & done
        assert told.keys() >= expected - before
        assert there() == expected
        between.calm()
        assert pushed() == {}
        assert between.writes == []
