"""What a push to a Prometheus promises, on the stand-in always and on a real one where there is one."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import textwrap
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from provision.client.prometheus import Prometheus
from provision.client.session import Endpoint, open_session
from provision.compile.dialect.header import read_mark
from provision.compile.dialect.prometheus import read_rule_file, rule_file_bytes
from provision.errors import ProvisionError, Unreachable
from provision.model import Mark, Place, Resource, Verb, decode, digest, encode
from provision.ship.apply import apply
from provision.ship.plan import make_plan
from provision.ship.target.prometheus import PrometheusTarget, connect
from support import servers
from support.prometheus_standin import PrometheusState, serving

OWNER = "reference"
REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass
class World:
    """A running Prometheus, its rules folder, and the stand-in's state if it is one."""

    url: str
    folder: Path
    state: PrometheusState | None

    def target(self, **fields) -> PrometheusTarget:
        target = connect(Endpoint(self.url), fields.pop("folder", self.folder))
        # No promtool: the server itself is to answer here.
        return PrometheusTarget(target.client, target.folder, None, None, fields.pop("patience", 30.0))

    def push(self, *resources, prune=False, overwrite=False, adopt=False, **fields):
        target = self.target(**fields)
        plan = make_plan(resources, target, OWNER, prune=prune, overwrite=overwrite, adopt=adopt)
        return plan, list(apply(plan, target))

    def running(self) -> set[tuple[str, str, str]]:
        groups = Prometheus(open_session(Endpoint(self.url))).rules()
        return {(Path(group.file).name, group.name, rule.name) for group in groups for rule in group.rules}

    def files(self) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in self.folder.iterdir()}

    def reload(self) -> None:
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/-/reload", method="POST")).close()


def prepared(base: Path) -> Path:
    folder = base / "rules"
    folder.mkdir()
    config = "global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: [rules/*.yml]\n"
    (base / "prometheus.yml").write_text(config)
    return folder


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    servers.require("prometheus")
    base = tmp_path_factory.mktemp("prometheus")
    folder = prepared(base)
    with servers.prometheus(base) as url:
        yield World(url, folder, None)


@pytest.fixture(params=["standin", pytest.param("real", marks=pytest.mark.server)])
def world(request, tmp_path):
    if request.param == "real":
        world = request.getfixturevalue("real")
        shutil.rmtree(world.folder)
        world.folder.mkdir()
        world.reload()
        yield world
        return
    state = PrometheusState(tmp_path)
    folder = prepared(tmp_path)
    with serving(state) as url:
        yield World(url, folder, state)


def record(name, expr="vector(1)", **fields):
    return {"record": name, "expr": expr, **fields}


def file(key, *rules, group="g", **fields):
    body = encode({"groups": [{"name": group, "rules": list(rules), **fields}]})
    return Resource("rule-file", key, body, (Place(f"rules/{key.removesuffix('.yml')}.py", 3),))


A1_EXPR = "sum  by(job)( up{job=~'x.*'} )"
A1 = file("a.yml", record("a:one:sum", A1_EXPR, labels={"team": "x"}))
A2 = file(
    "a.yml",
    record("a:one:sum"),
    {"alert": "Two", "expr": "vector(2)\n  > 1\n", "for": "1m30s", "labels": {"severity": "page"}},
)
B1 = file("b.yml", record("b:one:sum"))
UNPARSABLE = file("a.yml", record("a:one:sum", "sum("))
FAILING = file("a.yml", record("a:bad:sum", 'label_replace(vector(1), "a", "$1", "b", "(")'))


def statuses(outcomes):
    return {outcome.action.key: outcome.status for outcome in outcomes}


def test_a_new_file_is_written_loaded_and_evaluated(world):
    plan, outcomes = world.push(A1)
    assert [action.verb for action in plan.actions] == [Verb.CREATE]
    assert [(outcome.status, outcome.message, outcome.url) for outcome in outcomes] == [
        ("done", "", f"{world.url}/rules")
    ]
    assert world.running() == {("a.yml", "g", "a:one:sum")}
    assert world.files() == {"a.yml": rule_file_bytes(A1, OWNER)}
    assert stat.S_IMODE((world.folder / "a.yml").stat().st_mode) == 0o644


def test_a_second_push_sends_no_write(world):
    world.push(A1, B1)
    before = {name: (world.folder / name).stat() for name in world.files()}
    if world.state:
        world.state.requests.clear()
    plan, outcomes = world.push(A1, B1)
    assert [action.verb for action in plan.actions] == [Verb.KEEP, Verb.KEEP]
    assert outcomes == []
    assert {name: (world.folder / name).stat().st_ino for name in world.files()} == {
        name: found.st_ino for name, found in before.items()
    }
    if world.state:
        assert {method for method, _ in world.state.requests} == {"GET"}


def test_an_update_keeps_bits_and_reloads_once_for_all_files(world):
    world.push(A1, B1)
    (world.folder / "a.yml").chmod(0o640)
    if world.state:
        world.state.requests.clear()
    changed = file("b.yml", record("b:two:sum"))
    plan, outcomes = world.push(A2, changed)
    assert [action.verb for action in plan.actions] == [Verb.UPDATE, Verb.UPDATE]
    assert statuses(outcomes) == {"a.yml": "done", "b.yml": "done"}
    assert world.running() == {
        ("a.yml", "g", "a:one:sum"),
        ("a.yml", "g", "Two"),
        ("b.yml", "g", "b:two:sum"),
    }
    assert stat.S_IMODE((world.folder / "a.yml").stat().st_mode) == 0o640
    assert set(world.files()) == {"a.yml", "b.yml"}
    if world.state:
        assert world.state.requests.count(("POST", "/-/reload")) == 1


def test_a_file_that_goes_takes_its_rules_along(world):
    world.push(A1, B1)
    plan, outcomes = world.push(B1, prune=True)
    assert [action.verb for action in plan.actions] == [Verb.KEEP, Verb.DELETE]
    assert statuses(outcomes) == {"a.yml": "done"}
    assert world.running() == {("b.yml", "g", "b:one:sum")}
    assert set(world.files()) == {"b.yml"}


@pytest.mark.parametrize("bad", [UNPARSABLE, FAILING], ids=["unparsable", "failing"])
def test_a_bad_rule_leaves_the_old_file_and_the_old_rules(world, bad):
    world.push(A1)
    files, inode = world.files(), (world.folder / "a.yml").stat().st_ino
    _, outcomes = world.push(bad)
    (outcome,) = outcomes
    assert outcome.status == "failed"
    assert "parse error" in outcome.message or "invalid regular expression" in outcome.message
    assert outcome.message.endswith("the old files are back and in force")
    assert world.files() == files
    assert (world.folder / "a.yml").stat().st_ino == inode
    assert world.running() == {("a.yml", "g", "a:one:sum")}
    plan, _ = world.push(A1)
    assert [action.verb for action in plan.actions] == [Verb.KEEP]


def test_what_was_written_together_is_put_back_together(world):
    world.push(B1)
    files = world.files()
    _, outcomes = world.push(FAILING, file("b.yml", record("b:two:sum")), file("c.yml", record("c:one:sum")))
    assert statuses(outcomes) == {"a.yml": "failed", "b.yml": "undone", "c.yml": "undone"}
    (other,) = [outcome for outcome in outcomes if outcome.action.key == "c.yml"]
    assert other.message.startswith("it was written together with a.yml, which failed")
    assert world.files() == files
    assert world.running() == {("b.yml", "g", "b:one:sum")}


def odd(key, **fields):
    """A file that a server refuses to load for a reason that it tells only its log."""
    return file(key, {"alert": "Odd", "expr": "vector(1)", **fields})


REFUSED = {
    "unparsable": (UNPARSABLE, "group 'g', 'a:one:sum': 1:"),
    "unknown field": (odd("a.yml", severity="page"), "Prometheus knows no field 'severity' there"),
    "another reason": (odd("a.yml", annotations={"a": "{{ $nonsense }}"}), "its log says why"),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_file_that_the_server_does_not_load_does_not_stop_the_others(world, reason, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")  # no promtool that knows the reason
    bad, said = REFUSED[reason]
    good = [file(f"{name}.yml", record(f"{name}:one:sum")) for name in "bcde"]
    _, outcomes = world.push(bad, *good)
    assert statuses(outcomes) == {"a.yml": "failed", **dict.fromkeys([one.key for one in good], "done")}
    (failed,) = [outcome for outcome in outcomes if outcome.status == "failed"]
    assert said in failed.message
    assert failed.message.endswith("the old files are back and in force")
    assert set(world.files()) == {one.key for one in good}
    assert {found[0] for found in world.running()} == {one.key for one in good}


def test_several_files_that_the_server_does_not_load_are_all_found(world, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    bad = [odd(f"{name}.yml", annotations={"a": "{{ $nonsense }}"}) for name in "ace"]
    good = [file(f"{name}.yml", record(f"{name}:one:sum")) for name in "bdf"]
    world.push(file("g.yml", record("g:one:sum")))
    _, outcomes = world.push(*bad, *good, prune=True)
    assert statuses(outcomes) == {
        **dict.fromkeys([one.key for one in bad], "failed"),
        **dict.fromkeys([one.key for one in good], "done"),
        "g.yml": "done",
    }
    assert set(world.files()) == {one.key for one in good}


def test_files_of_others_are_not_touched(world):
    (world.folder / "a.yml").write_text("groups: [{name: theirs, rules: [{record: 'x:y:z', expr: '1'}]}]\n")
    (world.folder / "other.yml").write_bytes(
        rule_file_bytes(file("other.yml", record("o:o:o")), "other project")
    )
    world.reload()
    files = world.files()
    plan, outcomes = world.push(A1, file("other.yml", record("p:p:p")), prune=True)
    assert [(action.verb, action.reason) for action in plan.actions] == [
        (Verb.FOREIGN, "it exists already and carries no mark of this project"),
        (Verb.FOREIGN, "it belongs to 'other project'"),
    ]
    assert statuses(outcomes) == {"a.yml": "skipped", "other.yml": "skipped"}
    assert world.files() == files
    world.push(A1, overwrite=True)
    assert world.running() == {("a.yml", "g", "a:one:sum"), ("other.yml", "g", "o:o:o")}


def test_an_edited_file_is_a_conflict(world):
    world.push(A1)
    edited = world.folder / "a.yml"
    edited.write_text(edited.read_text().replace("team: x", "team: y"))
    plan, _ = world.push(A2)
    assert [action.verb for action in plan.actions] == [Verb.CONFLICT]
    assert decode(plan.actions[0].before)["groups"][0]["rules"][0]["labels"] == {"team": "y"}
    edited.write_text("groups: [\n" + edited.read_text())
    plan, _ = world.push(A2)
    assert [action.verb for action in plan.actions] == [Verb.FOREIGN]
    edited.write_bytes(rule_file_bytes(A1, OWNER) + b"  broken: [\n")
    plan, _ = world.push(A2)
    assert [action.verb for action in plan.actions] == [Verb.CONFLICT]
    _, outcomes = world.push(A2, overwrite=True)
    assert statuses(outcomes) == {"a.yml": "done"}


def test_an_edit_that_makes_it_what_is_desired_is_none(world):
    world.push(A1)
    (world.folder / "a.yml").write_bytes(rule_file_bytes(A1, OWNER).replace(b"# Made by", b"# made by"))
    plan, _ = world.push(A1)
    assert [action.verb for action in plan.actions] == [Verb.KEEP]


def test_a_file_of_somebody_else_is_taken_over_with_its_comments(world):
    theirs = b"# ours since 2019\n\ngroups:\n- name: g\n  # why\n  rules:\n  - {record: a:one:sum, expr: vector(7)}\n"
    (world.folder / "a.yml").write_bytes(theirs)
    plan, outcomes = world.push(A1, adopt=True)
    assert ([action.verb for action in plan.actions], statuses(outcomes)) == ([Verb.ADOPT], {"a.yml": "done"})
    text = world.files()["a.yml"]
    assert text.endswith(theirs)
    assert read_mark(text, "a.yml").owner == OWNER
    plan, _ = world.push(A1)
    assert [action.verb for action in plan.actions] == [Verb.UPDATE]


def test_an_edit_that_makes_it_what_the_sources_ask_for_is_marked_again(world):
    world.push(A1)
    edited = world.folder / "a.yml"
    edited.write_text(edited.read_text().replace("team: x", "team: y"))
    asked = file("a.yml", record("a:one:sum", A1_EXPR, labels={"team": "y"}))
    plan, outcomes = world.push(asked)
    assert [action.verb for action in plan.actions] == [Verb.ADOPT]
    assert statuses(outcomes) == {"a.yml": "done"}
    assert read_rule_file(world.files()["a.yml"], "a.yml") == (asked.body, Mark(OWNER, digest(asked.body)))
    plan, outcomes = world.push(asked)
    assert ([action.verb for action in plan.actions], outcomes) == ([Verb.KEEP], [])
    plan, _ = world.push(A1)  # and is no conflict when the sources change again
    assert [action.verb for action in plan.actions] == [Verb.UPDATE]


def told(rule="A", **fields):
    return file("a.yml", {"alert": rule, "expr": "vector(1) > 1", **fields})


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (told(annotations={"a": "1"}), told(annotations={"a": "2", "b": ""}), "has another annotation 'a'"),
        (told(), told(keep_firing_for="90s"), "keeps firing for 0 s, not 90s"),
        (file("a.yml", record("x:y:z")), file("a.yml", record("x:y:z"), limit=3), "has the limit 0, not 3"),
    ],
    ids=["annotation", "keep_firing_for", "limit"],
)
def test_what_only_people_read_is_proved_too(world, tmp_path, one, other, said):
    world.push(one)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(world.folder / "a.yml", elsewhere)
    _, (outcome,) = world.push(other, folder=elsewhere)
    assert outcome.status == "failed"
    assert said in outcome.message
    killed(world, other)
    plan, outcomes = world.push(other)
    assert [action.verb for action in plan.actions] == [Verb.UPDATE]
    assert statuses(outcomes) == {"a.yml": "done"}
    plan, _ = world.push(other)
    assert [action.verb for action in plan.actions] == [Verb.KEEP]
    assert set(world.files()) == {"a.yml"}


def test_a_file_whose_old_content_still_waits_is_not_proved(world):
    world.push(A1)
    good = world.files()["a.yml"]
    (world.folder / ".a.yml.provision-old").write_bytes(good)  # the same content: nothing was written
    assert [action.verb for action in world.push(A1)[0].actions] == [Verb.KEEP]
    (world.folder / ".a.yml.provision-old").write_bytes(rule_file_bytes(B1, OWNER))
    plan, outcomes = world.push(A1)
    assert [action.verb for action in plan.actions] == [Verb.UPDATE]
    assert decode(plan.actions[0].before)["unfinished"] == "the server has not proved that it runs this file"
    assert statuses(outcomes) == {"a.yml": "done"}
    assert world.files() == {"a.yml": good}


def killed(world, *resources, prune=False, at="reload"):
    """Push in a process of its own that dies, as if killed, when it comes to the reload or has done it."""
    arguments = [(resource.kind, resource.key, resource.body) for resource in resources]
    code = f"""
        import os
        from pathlib import Path
        from provision.client.prometheus import Prometheus
        from provision.client.session import Endpoint
        from provision.model import Resource
        from provision.ship.apply import apply
        from provision.ship.plan import make_plan
        from provision.ship.target.prometheus import connect
        reload = Prometheus.reload
        def die(self):
            {"reload(self)" if at == "evaluation" else "pass"}
            os._exit(137)
        Prometheus.reload = die
        target = connect(Endpoint({world.url!r}), Path({str(world.folder)!r}))
        desired = [Resource(*given) for given in {arguments!r}]
        list(apply(make_plan(desired, target, {OWNER!r}, prune={prune}), target))
    """
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "src"), "PATH": "/nowhere"},
        check=False,
    )
    assert ended.returncode == 137


@pytest.mark.parametrize("at", ["reload", "evaluation"])
def test_a_push_that_was_killed_is_finished_by_the_next(world, at):
    world.push(A1)
    killed(world, A2, B1, at=at)
    plan, outcomes = world.push(A2, B1)
    verbs = [action.verb for action in plan.actions]
    # Of a new file that the server runs nothing tells that its first evaluations were not waited for.
    assert verbs == [Verb.UPDATE, Verb.UPDATE if at == "reload" else Verb.KEEP]
    assert {outcome.status for outcome in outcomes} <= {"done"}
    assert world.running() == {
        ("a.yml", "g", "a:one:sum"),
        ("a.yml", "g", "Two"),
        ("b.yml", "g", "b:one:sum"),
    }


def test_the_difference_after_a_kill_is_what_the_server_does_not_run(world):
    world.push(A1)
    killed(world, A2)
    plan, _ = world.push(A2)
    rules = decode(plan.actions[0].before)["groups"][0]["rules"]
    assert [rule["record"] for rule in rules] == ["a:one:sum"]
    assert "sum by (job)" in rules[0]["expr"]


def test_after_a_kill_the_last_good_file_comes_back(world):
    world.push(A1)
    good = world.files()
    killed(world, UNPARSABLE)
    assert b"expr: sum(\n" in (world.folder / "a.yml").read_bytes()
    _, outcomes = world.push(FAILING)
    assert statuses(outcomes) == {"a.yml": "failed"}
    assert world.files() == good
    assert world.running() == {("a.yml", "g", "a:one:sum")}


def test_a_deletion_that_was_killed_is_finished_or_taken_back(world):
    world.push(A1, B1)
    killed(world, B1, prune=True)
    assert not (world.folder / "a.yml").exists()
    plan, outcomes = world.push(B1, prune=True)
    assert [action.verb for action in plan.actions] == [Verb.KEEP, Verb.DELETE]
    assert statuses(outcomes) == {"a.yml": "done"}
    assert set(world.files()) == {"b.yml"}
    assert world.running() == {("b.yml", "g", "b:one:sum")}
    world.push(A1, B1)
    killed(world, B1, prune=True)
    plan, outcomes = world.push(A1, B1)
    assert [action.verb for action in plan.actions] == [Verb.UPDATE, Verb.KEEP]
    assert statuses(outcomes) == {"a.yml": "done"}
    assert set(world.files()) == {"a.yml", "b.yml"}


def test_what_a_kill_left_beside_is_swept_away(world):
    (world.folder / ".a.yml.abc.provision-new").write_text("half")
    (world.folder / ".b.yml.abc.provision-new").write_text("another file's")
    world.push(A1)
    assert set(world.files()) == {"a.yml", ".b.yml.abc.provision-new"}


def test_a_folder_that_the_server_does_not_read_is_said(world, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    _, outcomes = world.push(A1, folder=elsewhere)
    (outcome,) = outcomes
    assert outcome.status == "failed"
    assert f"{elsewhere} doesn't seem to be where {world.url} reads rules from" in outcome.message
    assert "rules/*.yml" in outcome.message
    assert list(elsewhere.iterdir()) == []


def test_a_group_that_is_evaluated_seldom_is_tried_by_query(world):
    _, outcomes = world.push(file("a.yml", record("a:one:sum"), interval="1h"), patience=5)
    assert [(outcome.status, outcome.message) for outcome in outcomes] == [
        ("done", "group 'g' is evaluated every 3600 s; its expressions were tried as queries instead")
    ]
    failing = file("a.yml", *decode(FAILING.body)["groups"][0]["rules"], interval="2h")
    _, outcomes = world.push(failing, patience=5)
    assert statuses(outcomes) == {"a.yml": "failed"}
    assert "invalid regular expression" in outcomes[0].message
    assert world.running() == {("a.yml", "g", "a:one:sum")}


def test_a_rule_that_failed_before_does_not_stop_the_others(world):
    rule = decode(FAILING.body)["groups"][0]["rules"][0]
    (world.folder / "a.yml").write_bytes(rule_file_bytes(FAILING, OWNER))
    world.reload()
    client = Prometheus(open_session(Endpoint(world.url)))
    while any(found.health == "unknown" for group in client.rules() for found in group.rules):
        pass
    _, outcomes = world.push(file("a.yml", rule, record("a:new:sum")))
    (outcome,) = outcomes
    assert outcome.status == "done"
    assert "can't be evaluated, as before" in outcome.message
    assert ("a.yml", "g", "a:new:sum") in world.running()


def test_an_empty_group_and_an_empty_file_are_fine(world):
    _, outcomes = world.push(file("a.yml"), Resource("rule-file", "b.yml", encode({"groups": []})))
    assert statuses(outcomes) == {"a.yml": "done", "b.yml": "done"}
    plan, _ = world.push(file("a.yml"), Resource("rule-file", "b.yml", encode({"groups": []})))
    assert {action.verb for action in plan.actions} == {Verb.KEEP}


def test_a_link_is_not_replaced(world, tmp_path):
    real_file = tmp_path / "real.yml"
    real_file.write_bytes(rule_file_bytes(file("a.yml", record("x:y:z")), OWNER))
    (world.folder / "a.yml").symlink_to(real_file)
    world.reload()
    _, outcomes = world.push(A1)
    assert statuses(outcomes) == {"a.yml": "failed"}
    assert f"is a link to {real_file}" in outcomes[0].message
    assert (world.folder / "a.yml").is_symlink()


def test_a_file_that_changed_since_the_plan_is_left_alone(world):
    world.push(A1)
    target = world.target()
    plan = make_plan([A2, B1], target, OWNER)
    (world.folder / "a.yml").write_bytes(rule_file_bytes(A1, OWNER) + b"# mine\n")
    (world.folder / "b.yml").write_text("groups: []\n")
    outcomes = list(apply(plan, target))
    assert statuses(outcomes) == {"a.yml": "failed", "b.yml": "failed"}
    assert all("was changed while this was planned" in outcome.message for outcome in outcomes)
    assert world.files()["b.yml"] == b"groups: []\n"


def test_a_server_that_went_away_gets_nothing_written(world, tmp_path):
    target = world.target()
    plan = make_plan([A1], target, OWNER)
    gone = PrometheusTarget(
        Prometheus(open_session(Endpoint(f"http://127.0.0.1:{servers.free_port()}"))), world.folder
    )
    outcomes = list(apply(plan, gone))
    assert statuses(outcomes) == {"a.yml": "failed"}
    assert outcomes[0].message.startswith("nothing was written: ")
    assert world.files() == {}
    with pytest.raises(Unreachable):
        make_plan([A1], gone, OWNER)


def test_a_folder_that_is_not_there_is_said(world):
    with pytest.raises(ProvisionError, match=r"nowhere: there is no such folder; make it and name it"):
        world.push(A1, folder=world.folder / "nowhere")
    with pytest.raises(ProvisionError, match="can't be read"):
        world.push(A1, folder=world.folder.parent / "prometheus.yml")


def reloads_off(tmp_path, kind):
    """A Prometheus without --web.enable-lifecycle: its rules folder, and a context that gives its URL."""
    folder = prepared(tmp_path)
    if kind == "standin":
        return folder, serving(PrometheusState(tmp_path, lifecycle=False))
    url = f"http://127.0.0.1:{servers.free_port()}"
    command = [
        servers.require("prometheus"),
        f"--config.file={tmp_path / 'prometheus.yml'}",
        f"--storage.tsdb.path={tmp_path / 'data'}",
        f"--web.listen-address={url.removeprefix('http://')}",
    ]

    @contextmanager
    def started():
        with servers.running(command, f"{url}/-/ready", tmp_path / "log"):
            yield url

    return folder, started()


@pytest.mark.parametrize("kind", ["standin", pytest.param("real", marks=pytest.mark.server)])
def test_a_reload_that_is_turned_off_is_said_before_anything_is_written(tmp_path, kind):
    folder, server = reloads_off(tmp_path, kind)
    with server as url:
        world = World(url, folder, None)
        plan, outcomes = world.push(A1)
        assert statuses(outcomes) == {"a.yml": "failed"}
        assert "its reload is turned off; start Prometheus with --web.enable-lifecycle" in outcomes[0].message
        assert world.files() == {}
        assert world.target().missing_permissions(plan.writes) == (
            f"{url}: its reload is turned off; start Prometheus with --web.enable-lifecycle",
        )
