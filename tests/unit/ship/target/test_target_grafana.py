"""What the Grafana target makes of a server that fails, lies or breaks off; of permissions; of what it discovers."""

from __future__ import annotations

import itertools
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from provision.client.session import Credentials, Endpoint
from provision.compile.dialect.grafana import GrafanaDialect, canonical
from provision.errors import NotAllowed, ServerRefused, UsageError
from provision.model import Action, Live, Mark, Resource, Verb, decode, digest, encode
from provision.ship.apply import apply
from provision.ship.plan import make_plan
from provision.ship.target import grafana, grafana_permissions, grafana_write
from provision.ship.target.grafana_server import at_once
from support.grafana_pushed import DASHBOARDS, OWNER, connect, dashboard, datasource, one, push
from support.grafana_standin import Fault, standin

pytestmark = pytest.mark.usefixtures("impatient")


SAVE = {"12.4.0": ("POST", "/dashboards$"), "9.0": ("POST", "/api/dashboards/db")}
CHANGE = {"12.4.0": ("PUT", "/dashboards/d$"), "9.0": ("POST", "/api/dashboards/db")}
DELETE = {"12.4.0": ("DELETE", "/dashboards/d$"), "9.0": ("DELETE", "/api/dashboards/uid/d")}

# ── faults ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_lost_answer_is_looked_up(state, cut):
    """The report agrees with what the server holds, and a second push finishes the job."""
    target = connect(state)
    for faulty, wanted in ((SAVE, (dashboard(),)), (CHANGE, (dashboard(title="E"),)), (DELETE, ())):
        state.faults = [Fault(*faulty[state.flavour], cut=cut)]
        status, message = one(push(target, *wanted, prune=True))
        title = state.dashboards["d"]["spec"]["title"] if "d" in state.dashboards else None
        arrived = title == ({"D": "D", "E": "E"}.get(wanted[0].body and title) if wanted else None)
        if cut == "after":
            assert status == "done"
            assert arrived
        else:
            assert (status, message) == (
                "failed",
                "the connection was closed in the middle; check the server and try again",
            )
            assert one(push(target, *wanted, prune=True)) == ("done", "")
    assert "d" not in state.dashboards


def test_a_first_version_whose_message_was_lost_on_the_way():
    """Grafana 9 is told the message in a second save; when that one fails, the dashboard isn't marked, and says so."""
    with standin("9.0") as state:
        target = connect(state)
        state.faults = [
            Fault("POST", "/api/dashboards/db", times=0),
            Fault("GET", "/versions", status=500, body={"message": "no"}),
        ]
        (outcome,) = push(target, dashboard())
        assert (outcome.status, outcome.left_behind) == ("failed", True)
        assert "500: no" in outcome.message
        assert outcome.message.endswith("; part of it was written, so push again")


def test_a_write_that_is_repeated_after_a_503_though_it_was_done(state):
    """The second try meets what the first one did."""
    target = connect(state)
    late = {"status": 503, "body": {"message": "soon"}, "headers": {"Retry-After": "0"}, "late": True}
    folder = Resource("folder", "f", canonical("folder", {"title": "F", "parentUid": ""}))
    state.faults = [Fault("POST", "/folders$", **late)]
    assert one(push(target, folder)) == ("done", "")
    for faulty, wanted in ((SAVE, [dashboard()]), (CHANGE, [dashboard(title="E")]), (DELETE, [])):
        state.faults = [Fault(*faulty[state.flavour], **late)]
        assert one(push(target, folder, *wanted, prune=True)) == ("done", "")
        assert state.faults[0].times == 0
        assert push(target, folder, *wanted, prune=True) == []


def test_a_dashboard_of_somebody_else_isnt_taken_for_a_repeated_write(state):
    target = connect(state)
    plan = make_plan([dashboard()], target, OWNER)
    assert one(apply(plan, connect(state))) == ("done", "")
    for stored in state.dashboards.values():
        stored["spec"].pop("tags", None)
        stored["own"] = {}
    status, message = one(apply(plan, target))
    assert status == "failed"
    assert "meanwhile" in message


def test_a_push_that_died_between_the_two_saves_of_grafana_9():
    with standin("9.0") as state:
        target = connect(state)
        state.faults = [Fault("GET", "/versions", status=500, times=9, body={"message": "no"})]
        assert one(push(target, dashboard()))[0] == "failed"
        state.faults = []
        assert [found["message"] for found in state.dashboards["d"]["history"]] == ["Initial save"]
        assert list(make_plan([], target, OWNER, prune=True).actions) == []
        (action,) = make_plan([dashboard(title="E")], target, OWNER).actions
        assert action.verb is Verb.CONFLICT
        (action,) = make_plan([dashboard()], target, OWNER).actions
        assert action.verb is Verb.ADOPT
        assert one(push(target, dashboard())) == ("done", "")
        assert push(target, dashboard()) == []
        (action,) = make_plan([dashboard(title="E")], target, OWNER).actions
        assert action.verb is Verb.UPDATE


def test_a_busy_database_is_given_time(state):
    target = connect(state)
    locked = {"message": "database is locked"}
    state.faults = [Fault(*SAVE[state.flavour], times=2, status=500, body=locked)]
    assert one(push(target, dashboard())) == ("done", "")
    state.faults = [Fault(*CHANGE[state.flavour], times=9, status=500, body=locked)]
    status, message = one(push(target, dashboard(title="E")))
    assert (status, message) == (
        "failed",
        "Grafana's database stayed locked; try again when it has less to do",
    )


def test_an_error_after_the_work_was_done_is_no_failure(modern):
    """A proxy gives up while the server goes on."""
    target = connect(modern)
    push(target, dashboard())
    modern.faults = [Fault("PUT", "/dashboards/d$", status=502, body="<html>bad gateway</html>")]
    status, message = one(push(target, dashboard(title="E")))
    assert (status, message) == (
        "failed",
        f"PUT {DASHBOARDS}/d was answered with 502: a proxy before it can't reach it",
    )
    modern.faults = [Fault("PUT", "/dashboards/d$", status=502, body="<html>bad gateway</html>", late=True)]
    assert one(push(target, dashboard(title="E"))) == ("done", "")
    assert modern.dashboards["d"]["spec"]["title"] == "E"


def test_a_busy_database_that_did_it_all_the_same(modern):
    """The second attempt meets what the first one did."""
    target = connect(modern)
    push(target, dashboard())
    plan = make_plan([dashboard(title="E")], target, OWNER)
    twin = connect(modern)
    modern.faults = [
        Fault("PUT", "/dashboards/d$", status=500, body={"message": "database is locked"}),
        Fault("PUT", "/dashboards/d$", then=lambda: one(push(twin, dashboard(title="E")))),
    ]
    assert one(apply(plan, target)) == ("done", "")
    assert modern.dashboards["d"]["spec"]["title"] == "E"


def test_too_many_requests_are_asked_again_later(state, monkeypatch):
    target = connect(state)
    state.faults = [
        Fault(
            *SAVE[state.flavour],
            times=2,
            status=429,
            body={"message": "slow down"},
            headers={"Retry-After": "0"},
        )
    ]
    assert one(push(target, dashboard())) == ("done", "")


def test_a_login_page_in_the_middle_of_a_push(state):
    target = connect(state)
    page = "<html><form>Log in, password</form></html>"
    state.faults = [Fault("POST", "dashboards", times=1, status=200, body=page)]
    status, message = one(push(target, dashboard()))
    assert status == "failed"
    assert message.startswith("a login page answered instead of the API; set GRAFANA_TOKEN")


def test_a_server_that_is_gone_in_the_middle():
    with standin("12.4.0") as state:
        target = connect(state)
        plan = make_plan([dashboard(f"d{n}") for n in range(6)], target, OWNER)
    outcomes = list(apply(plan, target))
    assert {outcome.status for outcome in outcomes} == {"failed"}
    told = ("nothing listens there", "the connection was closed")
    assert all(outcome.message.startswith(told) for outcome in outcomes)


def test_an_interrupted_push_finishes_what_it_began(modern):
    target = connect(modern)
    plan = make_plan([dashboard(f"d{n}") for n in range(20)], target, OWNER)
    asked = itertools.count()
    outcomes = list(apply(plan, target, cancelled=lambda: next(asked) >= 6))
    done = [outcome.action.key for outcome in outcomes if outcome.status == "done"]
    assert len(done) == 6
    assert sorted(done) == sorted(modern.dashboards.keys() - {"provisioned-one"})
    assert len([outcome for outcome in outcomes if outcome.status == "skipped"]) == 14


def test_only_so_many_are_written_at_once():
    running, most, lock, gate = set(), [], threading.Lock(), threading.Barrier(3, timeout=10)

    def work(item):
        with lock:
            running.add(item)
            most.append(len(running))
        gate.wait()
        with lock:
            running.discard(item)
        return item * 2

    assert sorted(at_once(range(9), work, 3)) == [n * 2 for n in range(9)]
    assert max(most) == 3
    assert list(at_once([], work, 3)) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500, "body": {"message": "database is locked"}},
        {"status": 429, "body": None, "headers": {"Retry-After": "0"}},
        {"status": 503, "body": None, "headers": {"Retry-After": "0"}},
    ],
    ids=["locked", "429", "503"],
)
def test_fewer_write_at_once_to_a_server_that_has_too_much_to_do(modern, fault):
    target = connect(modern)
    target = replace(target, server=replace(target.server, sleep=lambda _: None))
    modern.faults = [Fault("POST", "dashboards$", times=1, **fault)]
    plan = make_plan([dashboard(f"d{n}") for n in range(6)], target, OWNER)
    assert {outcome.status for outcome in apply(plan, target)} == {"done"}
    assert modern.faults[0].times == 0
    assert target.server.pace.width() == 2
    assert len([path for method, path in modern.writes if method == "POST"]) == 7


CREATED = ("POST", "/api/datasources$")
LOCKED = {"message": "database is locked"}


@pytest.mark.parametrize(
    "fault",
    [
        Fault(*CREATED, cut="after"),
        Fault(*CREATED, status=502, body="<html>bad gateway</html>", late=True),
        Fault(*CREATED, status=504, body=None, late=True),
        Fault(*CREATED, status=500, body=LOCKED, late=True),
        Fault(*CREATED, status=200, body=[], late=True),
        Fault(*CREATED, status=503, body={"message": "soon"}, headers={"Retry-After": "0"}, late=True),
    ],
    ids=["cut", "502", "504", "locked", "odd", "503"],
)
@pytest.mark.parametrize("default", [False, True])
def test_the_first_data_source_whose_answer_was_lost(state, fault, default):
    """Grafana makes it the default; that is put right all the same."""
    target = connect(state)
    state.faults = [replace(fault)]
    assert one(push(target, datasource(isDefault=default))) == ("done", "")
    assert state.faults[0].times == 0
    assert state.datasources["p"]["isDefault"] is default
    assert push(target, datasource(isDefault=default)) == []


def test_a_data_source_whose_plugin_has_another_id_on_the_server_is_unchanged(state):
    """Grafana stores the newer id; a push of before compared it as it was written."""
    target = connect(state)
    written = datasource(type="postgres")
    assert one(push(target, written)) == ("done", "")
    stored = state.datasources["p"]
    stored["type"] = "grafana-postgresql-datasource"
    assert push(target, written) == []
    body = {**decode(written.body), "type": "grafana-postgresql-datasource"}
    stored["jsonData"]["provision"]["base"] = digest(encode(body))
    assert push(target, written) == []
    stored["url"] = "http://changed"
    (action,) = make_plan([written], target, OWNER).actions
    assert action.verb is Verb.CONFLICT


def test_a_lost_answer_that_cant_be_looked_up_is_told_as_that(state):
    target = connect(state)
    plan = make_plan([dashboard()], target, OWNER)
    state.faults = [Fault(*SAVE[state.flavour], cut="after"), Fault("GET", ".", times=99, cut="before")]
    (outcome,) = apply(plan, target)
    assert (outcome.status, outcome.left_behind) == ("failed", True)
    assert outcome.message == (
        "the connection was closed in the middle; check the server and try again; "
        "it may have been written all the same, so plan again to see"
    )


def test_a_write_that_was_never_sent_leaves_nothing():
    with standin("12.4.0") as state:
        target = connect(state)
        plan = make_plan([dashboard()], target, OWNER)
        target.close()  # so that no connection stands
    (outcome,) = apply(plan, target)
    assert (outcome.status, outcome.left_behind) == ("failed", False)
    assert outcome.message.startswith("nothing listens there")


def test_a_data_source_that_wasnt_created_is_a_failure(state):
    target = connect(state)
    for fault in (Fault(*CREATED, cut="before"), Fault(*CREATED, status=502, body="<html>no</html>")):
        state.faults = [fault]
        assert one(push(target, datasource()))[0] == "failed"
    plan = make_plan([datasource()], target, OWNER)
    push(target, datasource(url="http://elsewhere"))
    state.faults = [Fault(*CREATED, cut="before")]
    assert one(apply(plan, target)) == ("failed", "the connection was closed in the middle; check the server and try again")  # fmt: skip
    assert state.datasources["p"]["url"] == "http://elsewhere"


def test_a_push_that_broke_off_before_the_default_was_put_right(state):
    target = connect(state)
    state.faults = [Fault("PUT", "/api/datasources/", times=9, status=500, body={"message": "no"})]
    (outcome,) = push(target, datasource())
    assert (outcome.status, outcome.left_behind) == ("failed", True)
    assert outcome.message.endswith("; part of it was written, so push again")
    state.faults = []
    assert state.datasources["p"]["isDefault"] is True
    (action,) = make_plan([datasource()], target, OWNER).actions
    assert (action.verb, action.reason) == (Verb.UPDATE, "")
    push(target, datasource())
    assert push(target, datasource()) == []
    state.datasources["p"]["isDefault"] = True  # this time somebody else did it
    (action,) = make_plan([datasource()], target, OWNER).actions
    assert action.verb is Verb.CONFLICT


def test_an_answer_of_another_shape_ends_one_action_only(state):
    target = connect(state)
    odd = {"status": 200, "body": []}
    state.faults = [Fault(*SAVE[state.flavour], **odd)]
    outcomes = push(target, datasource(), dashboard())
    assert [outcome.status for outcome in outcomes] == ["done", "failed"]
    assert "isn't of the shape that Grafana gives" in outcomes[1].message
    assert "d" not in state.dashboards
    for faulty, wanted in ((SAVE, [dashboard()]), (CHANGE, [dashboard(title="E")]), (DELETE, [])):
        state.faults = [Fault(*faulty[state.flavour], **odd, late=True)]
        assert one(push(target, datasource(), *wanted, prune=True)) == ("done", "")
        assert state.faults[0].times == 0


def test_what_nobody_foresaw_ends_one_action_only(state, monkeypatch):
    target = connect(state)
    plan = make_plan([datasource(), dashboard()], target, OWNER)

    def broken(*_):
        raise KeyError("hunter2")

    monkeypatch.setattr(type(target.server.client), "create_datasource", broken)
    outcomes = {outcome.action.key: outcome for outcome in apply(plan, target)}
    assert outcomes["p"].status == "failed"
    assert "a bug in provision (KeyError" in outcomes["p"].message
    assert "hunter2" not in outcomes["p"].message
    assert outcomes["p"].left_behind
    assert outcomes["d"].status == "done"


# ── what a failure is told as ────────────────────────────────────────────────

NEW = Action(Verb.CREATE, "dashboard", "d", dashboard(), None)
OLD = Action(Verb.UPDATE, "dashboard", "d", dashboard(), Live("dashboard", "d", b"{}", None, "1"))
SOURCE = Action(Verb.CREATE, "datasource", "p", datasource(), None)


@pytest.mark.parametrize(
    ("action", "status", "said", "told"),
    [
        (OLD, 409, "the object has been modified; please apply", "somebody changed it meanwhile"),
        (OLD, 412, "The dashboard has been changed by someone else", "somebody changed it meanwhile"),
        (
            NEW,
            412,
            "A dashboard with the same name in the folder already exists",
            "another dashboard of this title",
        ),
        (NEW, 409, 'dashboards "d" already exists', "made by somebody else meanwhile"),
        (OLD, 400, "Cannot save provisioned dashboard", "from a file on its own machine"),
        (OLD, 404, "Dashboard not found", "it is no longer there"),
        (OLD, 500, "resourceVersion should not be set on objects to be created", "it is no longer there"),
        (NEW, 404, 'folders.folder.grafana.app "x" not found', "its folder is no longer there"),
        (NEW, 400, "folder not found", "its folder is no longer there"),
        (
            SOURCE,
            409,
            "data source with the same name already exists",
            "another data source has the name 'P'",
        ),
        (SOURCE, 409, "data source with the same uid already exists", "or this uid"),
        (OLD, 500, "something else", "POST /api/folders was answered with 500: something else"),
    ],
)
def test_refusals_are_told_in_a_sentence(action, status, said, told):
    error = ServerRefused(f"POST /api/folders was answered with {status}: {said}", status=status)
    assert told in grafana_write.sentence(error, action)


def test_a_read_only_data_source_is_told(state):
    target = connect(state)
    push(target, datasource())
    state.datasources["p"]["readOnly"] = True
    plan = make_plan([datasource(url="http://q")], target, OWNER)
    assert [(action.verb, action.reason) for action in plan.actions] == [
        (Verb.FOREIGN, 'it belongs to "Grafana\'s file provisioning"')
    ]
    (outcome,) = push(target, datasource(url="http://q"), overwrite=True)
    assert (outcome.status, outcome.not_allowed) == ("failed", False)
    assert "from a file on its own machine" in outcome.message
    refused = NotAllowed("PUT isn't allowed: Cannot update read-only data source", status=403)
    assert "from a file" in grafana_write.sentence(refused, OLD)


def test_no_actions_send_nothing(modern):
    target = connect(modern)
    before = len(modern.requests)
    assert list(target.write([], OWNER)) == []
    assert target.missing_permissions([]) == ()
    assert target.obstacles([NEW]) == ()
    assert len(modern.requests) == before


# ── secrets ──────────────────────────────────────────────────────────────────


def secret(source, name):
    return datasource(secure={"basicAuthPassword": {"source": source, "name": name}})


def test_a_secret_from_a_file_is_relative_to_the_project(state, tmp_path):
    (tmp_path / "secret.txt").write_text("hunter2\r\n")
    target = connect(state, root=tmp_path)
    assert one(push(target, secret("file", "secret.txt"))) == ("done", "")
    assert state.datasources["p"]["secrets"] == {"basicAuthPassword": "hunter2"}
    assert "hunter2" not in str(state.datasources["p"]["jsonData"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "which can't be read: No such file or directory"),
        (b"\xff\xfe", "not UTF-8 text"),
        (b"\n", "which is empty"),
    ],
)
def test_a_secret_that_a_file_doesnt_hold(modern, tmp_path, content, said):
    if content is not None:
        (tmp_path / "secret.txt").write_bytes(content)
    status, message = one(push(connect(modern, root=tmp_path), secret("file", "secret.txt")))
    assert status == "failed"
    assert "its secret 'basicAuthPassword' needs the file secret.txt" in message
    assert said in message
    assert modern.writes == []


def test_all_secrets_that_cant_be_found_are_listed_before_the_first_write(modern, tmp_path):
    (tmp_path / "good.txt").write_text("x")
    target = connect(modern, environ={"GOOD": "x"}, root=tmp_path)
    references = {
        name: {"source": source, "name": where}
        for name, source, where in (("a", "env", "GONE"), ("b", "env", "GOOD"), ("c", "file", "gone.txt"), ("d", "file", "good.txt"))
    }  # fmt: skip
    wanted = datasource(secure=references)
    plan = make_plan([wanted], target, OWNER)
    assert target.obstacles(plan.writes) == (
        "data source \"P\": its secret 'a' needs the environment variable GONE, which isn't set",
        "data source \"P\": its secret 'c' needs the file gone.txt, which can't be read: No such file or directory",
    )
    assert modern.writes == []


def test_a_server_that_quotes_a_secret_isnt_quoted(state):
    target = connect(state, environ={"SECRET": "hunter2-and-more"})
    state.faults = [
        Fault("POST", "/api/datasources", status=400, body={"message": "bad value hunter2-and-more"})
    ]
    status, message = one(push(target, secret("env", "SECRET")))
    assert (status, message) == ("failed", "POST /api/datasources was answered with 400: bad value ***")


# ── discovery ────────────────────────────────────────────────────────────────


def test_what_a_modern_grafana_understands(modern):
    target = connect(modern)
    assert target.dialect == GrafanaDialect(
        "12.4.0", "v0alpha1", "v1beta1", True, "default", v2_api="v2beta1"
    )
    assert target.name == f"grafana {modern.url}"
    assert target.order == (
        "folder", "datasource", "library-panel", "dashboard", "template", "mute-timing", "contact-point", "policy",
        "grafana-rule-group",
    )  # fmt: skip
    assert modern.writes == []
    target.close()


def test_what_an_old_grafana_understands():
    with standin("9.0") as state:
        assert connect(state).dialect == GrafanaDialect("9.0.0", None, None, False, "default", alerting=False)


@pytest.mark.parametrize("missing", ["versions", "verbs"])
def test_a_resource_api_that_cant_do_all_is_left_aside(modern, missing):
    groups = {
        "groups": [
            {"name": name, "versions": [{"version": "v2alpha1"}]}
            for name in ("dashboard.grafana.app", "folder.grafana.app")
        ]
    }
    resources = {
        "resources": [{"name": "dashboards", "verbs": ["get", "list"]}, {"name": "folders", "verbs": ["get"]}]
    }
    path, body = ("/apis$", groups) if missing == "versions" else ("/apis/[a-z.]+/v", resources)
    modern.faults = [Fault("GET", path, times=9, status=200, body=body)]
    dialect = connect(modern).dialect
    assert (dialect.dashboard_api, dialect.folder_api, dialect.nested_folders) == (None, None, True)


def test_a_version_that_isnt_served_after_all(modern):
    modern.faults = [Fault("GET", "/apis/[a-z.]+/v", times=9, status=404, body={})]
    assert connect(modern).dialect.dashboard_api is None


def test_the_namespace_of_another_organisation(modern):
    modern.faults = [
        Fault("GET", "/api/org$", status=200, body={"id": 7, "name": "Seven"}),
        Fault("GET", "/api/frontend/settings", status=200, body={}),
    ]
    target = connect(modern)
    assert target.dialect.namespace == "org-7"
    assert target.name == f"grafana {modern.url} (Seven)"
    action = Action(Verb.CREATE, "dashboard", "d", dashboard(title="A B"), None)
    assert (
        grafana_write.link(target.server, target.keepers["dashboard"], action)
        == f"{modern.url}/d/d/a-b?orgId=7"
    )


def test_who_may_not_know_the_organisation_is_let_through(modern):
    modern.faults = [Fault("GET", "/api/org$", status=403, body={"message": "no"})]
    target = connect(modern)
    assert (target.organisation, target.dialect.namespace) == ("", "default")


def test_credentials_of_another_organisation_than_was_asked_for(modern):
    modern.faults = [Fault("GET", "/api/org$", status=200, body={"id": 2, "name": "Two"})]
    endpoint = Endpoint(
        modern.url, Credentials(user="admin", password="admin"), headers={"X-Grafana-Org-Id": "1"}
    )
    with pytest.raises(NotAllowed, match="don't belong to organisation 1"):
        grafana.connect(endpoint)


def test_ui_edits_is_one_of_two(modern):
    with pytest.raises(UsageError, match="ui_edits must be one of locked, allowed, not 'maybe'"):
        connect(modern, ui_edits="maybe")


def test_a_sub_path_stands_in_every_link(modern):
    target = connect(modern)
    moved = replace(target.server.client.session.endpoint, url=f"{modern.url}/grafana")
    target.server.client.session.endpoint = moved
    assert grafana_write.link(target.server, target.keepers["folder"], Action(Verb.CREATE, "folder", "f", Resource("folder", "f", encode({"title": "F"})), None)) == f"{modern.url}/grafana/dashboards/f/f"  # fmt: skip


# ── marks ────────────────────────────────────────────────────────────────────


def test_a_mark_that_was_written_by_hand_isnt_trusted(state):
    target = connect(state)
    push(target, datasource())
    state.datasources["p"]["jsonData"]["provision"] = "mine!"
    (action,) = make_plan([datasource(url="http://q")], target, OWNER).actions
    assert action.verb is Verb.FOREIGN


def test_deletions_of_what_is_already_gone(state):
    target = connect(state)
    push(target, datasource(), dashboard())
    plan = make_plan([], target, OWNER, prune=True)
    state.datasources.clear()
    del state.dashboards["d"]
    outcomes = list(apply(plan, target))
    assert {outcome.status for outcome in outcomes} <= {"failed", "done"}
    assert push(target, prune=True) == []


# ── permissions ──────────────────────────────────────────────────────────────


def action(verb, kind, key, body, before=None):
    live = None if before is None else Live(kind, key, encode(before), Mark(OWNER, ""))
    desired = None if body is None else Resource(kind, key, encode(body))
    return Action(verb, kind, key, desired, live)


IN_A = {"folderUid": "a", "spec": {}}
AT_ROOT = {"folderUid": "", "spec": {}}
PANEL = {"folderUid": "a", "name": "L", "model": {}}
GROUP = {"folderUid": "a", "title": "g", "interval": 60, "rules": [{"uid": "r"}]}


@pytest.mark.parametrize(
    ("actions", "permissions", "missing"),
    [
        ([action(Verb.CREATE, "dashboard", "d", IN_A)], {"dashboards:create": ["folders:uid:a"]}, []),
        ([action(Verb.CREATE, "dashboard", "d", IN_A)], {"dashboards:create": ["folders:*"]}, []),
        ([action(Verb.CREATE, "dashboard", "d", IN_A)], {"dashboards:create": ["folders:uid:b"]}, ['dashboard "d": needs dashboards:create']),
        ([action(Verb.CREATE, "dashboard", "d", AT_ROOT)], {"dashboards:create": ["folders:uid:general"]}, []),
        ([action(Verb.UPDATE, "dashboard", "d", IN_A, IN_A)], {"dashboards:write": ["dashboards:uid:d"]}, []),
        ([action(Verb.UPDATE, "dashboard", "d", IN_A, IN_A)], {"dashboards:write": ["dashboards:uid:x"]}, ['dashboard "d": needs dashboards:write']),
        ([action(Verb.UPDATE, "dashboard", "d", IN_A, AT_ROOT)], {"dashboards:write": ["*"]}, ['dashboard "d": needs dashboards:create']),
        ([action(Verb.DELETE, "dashboard", "d", None, IN_A)], {}, ['dashboard "d": needs dashboards:delete']),
        ([action(Verb.DELETE, "folder", "f", None, {"title": "F", "parentUid": ""})], {"folders:delete": ["folders:uid:f"]}, []),
        ([action(Verb.UPDATE, "folder", "f", {"title": "F", "parentUid": "a"}, {"title": "F", "parentUid": ""})],
         {"folders:write": ["folders:uid:f"], "folders:create": ["folders:uid:general"]}, ['folder "F": needs folders:create']),
        ([action(Verb.CREATE, "datasource", "p", {"name": "P"})], {"datasources:create": [""]}, []),
        ([action(Verb.UPDATE, "datasource", "p", {"name": "P"}, {"name": "P"})], {"datasources:write": ["datasources:uid:q"]}, ['data source "P": needs datasources:write']),
        ([action(Verb.CREATE, "folder", "a", {"title": "A", "parentUid": ""}), action(Verb.CREATE, "dashboard", "d", IN_A)],
         {"folders:create": ["folders:uid:general"], "dashboards:create": ["folders:uid:general"]}, []),
        ([action(Verb.UPDATE, "folder", "a", {"title": "A", "parentUid": "up"}, {"title": "B", "parentUid": "up"}), action(Verb.CREATE, "dashboard", "d", IN_A)],
         {"folders:write": ["folders:uid:up"], "dashboards:create": ["folders:uid:up"]}, []),
        ([action(Verb.CREATE, "dashboard", "d", IN_A)], {"dashboards:create": ["folders:uid:*"]}, []),
        ([action(Verb.UPDATE, "dashboard", "d", IN_A, IN_A)], {"dashboards:write": ["dashboards:uid:*"]}, []),
        ([action(Verb.UPDATE, "dashboard", "d", AT_ROOT, IN_A)],
         {"dashboards:write": ["folders:uid:a"], "dashboards:create": ["folders:uid:general"]}, []),
        ([action(Verb.UPDATE, "dashboard", "d", AT_ROOT, IN_A)],
         {"dashboards:write": ["folders:uid:general"], "dashboards:create": ["folders:uid:general"]}, ['dashboard "d": needs dashboards:write']),
        ([action(Verb.CREATE, "library-panel", "l", PANEL)], {"library.panels:create": ["folders:uid:a"]}, []),
        ([action(Verb.UPDATE, "library-panel", "l", PANEL, PANEL)], {"library.panels:write": ["library.panels:uid:l"]}, []),
        ([action(Verb.DELETE, "library-panel", "l", None, PANEL)], {"library.panels:delete": ["folders:uid:b"]}, ['library panel "L": needs library.panels:delete']),
        ([action(Verb.CREATE, "template", "t", {})], {"alert.notifications:write": [""]}, ['message template "t": needs alert.provisioning.provenance:write']),
        ([action(Verb.CREATE, "template", "t", {})], {"alert.notifications.provisioning:write": [""]}, []),
        ([action(Verb.CREATE, "policy", "root", {})], {"alert.provisioning:write": [""]}, []),
        ([action(Verb.CREATE, "contact-point", "c", {})], {"alert.notifications:write": [""], "alert.provisioning.provenance:write": [""]}, []),
        ([action(Verb.CREATE, "mute-timing", "m", {})], {},
         ['mute timing "m": needs alert.notifications:write', 'mute timing "m": needs alert.provisioning.provenance:write']),
        ([action(Verb.CREATE, "grafana-rule-group", "a/g", GROUP)], {"alert.rules.provisioning:write": [""]}, []),
        ([action(Verb.CREATE, "grafana-rule-group", "a/g", GROUP)],
         {"alert.rules:create": ["folders:uid:a"], "alert.rules:read": ["folders:*"], "alert.provisioning.provenance:write": [""]}, []),
        ([action(Verb.UPDATE, "grafana-rule-group", "a/g", {**GROUP, "rules": [{"uid": "s"}]}, GROUP)],
         {"alert.rules:create": ["folders:uid:b"], "alert.rules:read": ["folders:*"], "alert.provisioning.provenance:write": [""]},
         ['rule group "g": needs alert.rules:create', 'rule group "g": needs alert.rules:delete']),
        ([action(Verb.UPDATE, "grafana-rule-group", "a/g", {**GROUP, "interval": 120}, GROUP)],
         {"alert.rules:read": ["folders:*"], "alert.provisioning.provenance:write": [""]},
         ['rule group "g": needs alert.rules:write']),
    ],
)  # fmt: skip
def test_permissions_hold_for_what_lies_in_a_folder(actions, permissions, missing):
    assert list(grafana_permissions.missing(actions, permissions)) == missing


def test_a_changed_setting_writes_every_rule_of_a_group():
    adopted = action(Verb.ADOPT, "grafana-rule-group", "a/g", GROUP, GROUP)
    allowed = {"alert.rules:read": ["*"], "alert.provisioning.provenance:write": [""]}
    assert grafana_permissions.missing([adopted], allowed) == ()
    assert adopted.live is not None
    of_setting = replace(adopted, live=replace(adopted.live, outdated="Grafana's page may now save it"))
    said = 'rule group "g": needs alert.rules:write'
    assert grafana_permissions.missing([of_setting], allowed) == (said,)


def test_permission_on_a_folder_holds_for_the_folders_that_are_kept_in_it(modern):
    """The plan only writes the dashboard; where its folder lies is looked up on the server, once."""
    admin = connect(modern)
    folders = [
        Resource("folder", uid, canonical("folder", {"title": uid, "parentUid": parent}))
        for uid, parent in (("top", ""), ("mid", "top"), ("low", "mid"))
    ]
    for folder in folders:
        push(admin, folder)
    scopes = ["folders:uid:top"]
    modern.faults = [
        Fault("GET", "/permissions$", times=9, status=200, body={"dashboards:create": scopes, "folders:create": scopes}),
        Fault("GET", "/folders/top$", times=9, status=403, body={"message": "no"}),
    ]  # fmt: skip
    inside = [action(Verb.CREATE, "dashboard", key, {"folderUid": "low", "spec": {}}) for key in ("d", "e")]
    before = len(modern.requests)
    assert admin.missing_permissions(inside) == ()
    assert len(modern.requests) - before == 3
    outside = action(Verb.CREATE, "dashboard", "f", AT_ROOT)
    assert admin.missing_permissions([*inside, outside]) == ('dashboard "f": needs dashboards:create',)
    scopes[:] = ["folders:uid:other"]
    assert len(admin.missing_permissions(inside)) == 2


def test_secrets_are_resolved_from_the_process_environment_by_default(modern, monkeypatch):
    monkeypatch.setenv("PROVISION_TEST_SECRET", "from-outside")
    endpoint = Endpoint(modern.url, Credentials(user="admin", password="admin"))
    target = grafana.connect(endpoint, root=Path())
    assert one(push(target, secret("env", "PROVISION_TEST_SECRET"))) == ("done", "")
    assert modern.datasources["p"]["secrets"] == {"basicAuthPassword": "from-outside"}
    assert "from-outside" not in repr(target)
