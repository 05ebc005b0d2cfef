"""What a push to an Alertmanager promises, on the stand-in always and on a real one where there is one."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import textwrap
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from provision.client.alertmanager import Alertmanager
from provision.client.session import Endpoint, open_session
from provision.compile.dialect.alertmanager import config_bytes
from provision.errors import ProvisionError, Unreachable
from provision.model import Place, Resource, Verb, decode, encode
from provision.ship.apply import apply
from provision.ship.plan import make_plan
from provision.ship.target.alertmanager import AlertmanagerTarget, connect
from support import servers
from support.prometheus_standin import AlertmanagerState, serving

OWNER = "reference"
REPOSITORY = Path(__file__).resolve().parents[2]
THEIRS = b"route: {receiver: theirs}\nreceivers: [{name: theirs}]\n"


@dataclass
class World:
    """A running Alertmanager, the file it reads, and the stand-in's state if it is one."""

    url: str
    file: Path
    state: AlertmanagerState | None

    def target(self, file=None) -> AlertmanagerTarget:
        target = connect(Endpoint(self.url), file or self.file)
        # No amtool: the server itself is to answer here.
        return AlertmanagerTarget(target.client, target.file, None, None)

    def push(self, resource, overwrite=True, file=None):
        target = self.target(file)
        plan = make_plan([resource], target, OWNER, overwrite=overwrite)
        (action,) = plan.actions
        return action, list(apply(plan, target))

    def receivers(self) -> set[str]:
        from provision.compile.yamltext.reading import load

        config = Alertmanager(open_session(Endpoint(self.url))).status().config
        return {receiver["name"] for receiver in load(config.encode(), "status")["receivers"]}

    def reload(self) -> None:
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/-/reload", method="POST")).close()

    def beside(self) -> set[str]:
        return {file.name for file in self.file.parent.iterdir() if "provision" in file.name}


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    servers.require("alertmanager")
    base = tmp_path_factory.mktemp("alertmanager")
    (base / "alertmanager.yml").write_bytes(THEIRS)
    with servers.alertmanager(base) as url:
        yield World(url, base / "alertmanager.yml", None)


@pytest.fixture(params=["standin", "standin-without-metrics", pytest.param("real", marks=pytest.mark.server)])
def world(request, tmp_path):
    if request.param == "real":
        world = request.getfixturevalue("real")
        for left in world.file.parent.glob("*provision*"):
            left.unlink()
        world.file.unlink()
        world.file.write_bytes(THEIRS)
        world.reload()
        yield world
        return
    file = tmp_path / "alertmanager.yml"
    file.write_bytes(THEIRS)
    state = AlertmanagerState(file, knows_hash=request.param == "standin")
    with serving(state) as url:
        yield World(url, file, state)


def config(*receivers, **fields):
    body = {
        "route": {"receiver": receivers[0], "group_wait": "300s", "routes": [{"receiver": name, "matchers": ['a="b"']} for name in receivers[1:]]},
        "receivers": [{"name": name, "webhook_configs": [{"url": "http://127.0.0.1:1/secret"}]} for name in receivers],
        **fields,
    }  # fmt: skip
    return Resource("alertmanager-config", "root", encode(body), (Place("provisioning/alerting.py", 3),))


ONE = config("one")
TWO = config("one", "two")
BAD = config("one", route={"receiver": "nobody"})


def test_a_file_of_others_is_foreign_until_it_is_overwritten(world):
    action, outcomes = world.push(ONE, overwrite=False)
    assert action.verb == Verb.FOREIGN
    assert [outcome.status for outcome in outcomes] == ["skipped"]
    assert world.file.read_bytes() == THEIRS
    world.file.chmod(0o604)
    action, outcomes = world.push(ONE)
    assert action.verb == Verb.UPDATE
    assert [(outcome.status, outcome.message, outcome.url) for outcome in outcomes] == [
        ("done", "", f"{world.url}/#/status")
    ]
    assert world.file.read_bytes() == config_bytes(ONE, OWNER)
    assert stat.S_IMODE(world.file.stat().st_mode) == 0o604
    assert world.receivers() == {"one"}
    assert world.beside() == set()


def test_a_second_push_sends_no_write(world):
    world.push(ONE)
    inode = world.file.stat().st_ino
    if world.state:
        world.state.requests.clear()
    action, outcomes = world.push(ONE)
    assert (action.verb, outcomes) == (Verb.KEEP, [])
    assert world.file.stat().st_ino == inode
    if world.state:
        assert {method for method, _ in world.state.requests} == {"GET"}


def test_an_update_is_in_force(world):
    world.push(ONE)
    action, outcomes = world.push(TWO, overwrite=False)
    assert action.verb == Verb.UPDATE
    assert [outcome.status for outcome in outcomes] == ["done"]
    assert world.receivers() == {"one", "two"}


def test_what_the_server_refuses_is_put_back(world):
    world.push(ONE)
    text, inode = world.file.read_bytes(), world.file.stat().st_ino
    _, outcomes = world.push(BAD)
    (outcome,) = outcomes
    assert outcome.status == "failed"
    assert 'could not reload: undefined receiver "nobody" used in route' in outcome.message
    assert outcome.message.endswith("the old file is back and in force")
    assert (world.file.read_bytes(), world.file.stat().st_ino) == (text, inode)
    assert world.receivers() == {"one"}
    assert world.beside() == set()


def test_an_edited_file_is_a_conflict(world):
    world.push(ONE)
    world.file.write_bytes(world.file.read_bytes().replace(b"300s", b"400s"))
    action, _ = world.push(TWO, overwrite=False)
    assert action.verb == Verb.CONFLICT
    assert decode(action.before)["route"]["group_wait"] == "400s"
    world.file.write_bytes(world.file.read_bytes() + b"  broken: [\n")
    action, _ = world.push(TWO, overwrite=False)
    assert action.verb == Verb.CONFLICT
    _, outcomes = world.push(TWO)
    assert [outcome.status for outcome in outcomes] == ["done"]


def test_an_edit_that_makes_it_what_the_sources_ask_for_is_marked_again(world):
    world.push(ONE)
    world.file.write_bytes(world.file.read_bytes().replace(b"group_wait: 300s", b"group_wait: 400s"))
    asked = config("one", route={"receiver": "one", "group_wait": "400s", "routes": []})
    action, outcomes = world.push(asked, overwrite=False)
    assert action.verb == Verb.ADOPT
    assert [outcome.status for outcome in outcomes] == ["done"]
    assert world.file.read_bytes() == config_bytes(asked, OWNER)
    action, outcomes = world.push(asked, overwrite=False)
    assert (action.verb, outcomes) == (Verb.KEEP, [])
    action, _ = world.push(ONE, overwrite=False)  # and is no conflict when the sources change again
    assert action.verb == Verb.UPDATE


def killed(world, resource, at):
    code = f"""
        import os
        from pathlib import Path
        from provision.client.alertmanager import Alertmanager
        from provision.client.session import Endpoint
        from provision.model import Resource
        from provision.ship.apply import apply
        from provision.ship.plan import make_plan
        from provision.ship.target.alertmanager import connect
        reload = Alertmanager.reload
        def die(self):
            {"reload(self)" if at == "proof" else "pass"}
            os._exit(137)
        Alertmanager.reload = die
        target = connect(Endpoint({world.url!r}), Path({str(world.file)!r}))
        list(apply(make_plan([Resource(*{(resource.kind, resource.key, resource.body)!r})], target, {OWNER!r}), target))
    """
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "src"), "PATH": "/nowhere"},
        check=False,
    )
    assert ended.returncode == 137


@pytest.mark.parametrize("at", ["reload", "proof"])
def test_a_push_that_was_killed_is_finished_by_the_next(world, at):
    world.push(ONE)
    killed(world, TWO, at)
    action, outcomes = world.push(TWO, overwrite=False)
    assert action.verb == (Verb.UPDATE if at == "reload" else Verb.KEEP)
    assert {outcome.status for outcome in outcomes} <= {"done"}
    assert world.receivers() == {"one", "two"}


def test_after_a_kill_the_last_good_file_comes_back(world):
    world.push(ONE)
    good = world.file.read_bytes()
    killed(world, BAD, "reload")
    assert world.file.read_bytes() != good
    _, outcomes = world.push(BAD, overwrite=False)
    assert [outcome.status for outcome in outcomes] == ["failed"]
    assert world.file.read_bytes() == good
    assert world.receivers() == {"one"}


def test_a_file_that_the_server_does_not_read_is_said(world, tmp_path):
    other = tmp_path / "elsewhere" / "alertmanager.yml"
    other.parent.mkdir()
    _, outcomes = world.push(ONE, file=other)
    (outcome,) = outcomes
    assert outcome.status == "failed"
    assert f"{other} is not what it reads" in outcome.message
    assert "mount its folder" in outcome.message
    assert outcome.message.endswith("the new file is gone again")
    assert list(other.parent.iterdir()) == []


def test_a_link_is_followed(world, tmp_path):
    link = tmp_path / "link.yml"
    link.symlink_to(world.file)
    _, outcomes = world.push(ONE, file=link)
    assert [outcome.status for outcome in outcomes] == ["done"]
    assert link.is_symlink()
    assert world.file.read_bytes() == config_bytes(ONE, OWNER)


def test_a_file_that_changed_since_the_plan_is_left_alone(world):
    target = world.target()
    plan = make_plan([ONE], target, OWNER, overwrite=True)
    world.file.write_bytes(THEIRS + b"# mine\n")
    (outcome,) = apply(plan, target)
    assert outcome.status == "failed"
    assert "was changed while this was planned" in outcome.message
    assert world.file.read_bytes() == THEIRS + b"# mine\n"


def test_a_server_that_went_away_gets_nothing_written(world):
    target = world.target()
    plan = make_plan([ONE], target, OWNER, overwrite=True)
    gone = AlertmanagerTarget(
        Alertmanager(open_session(Endpoint(f"http://127.0.0.1:{servers.free_port()}"))), world.file
    )
    (outcome,) = apply(plan, gone)
    assert outcome.status == "failed"
    assert "nothing listens there" in outcome.message
    assert world.file.read_bytes() == THEIRS
    with pytest.raises(Unreachable):
        connect(gone.client.session.endpoint, world.file)


def test_a_folder_that_is_not_there_is_said(world):
    with pytest.raises(ProvisionError, match=r"nowhere: there is no such folder; correct --config-file"):
        world.push(ONE, file=world.file.parent / "nowhere" / "a.yml")


def test_without_a_definition_there_is_nothing_to_plan(world):
    assert make_plan([], world.target(), OWNER).actions == ()
