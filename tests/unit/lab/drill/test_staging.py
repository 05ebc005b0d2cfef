"""A lab to break: the one that runs, healed first, or one of the drill's own that is gone afterwards."""

import os
from dataclasses import replace

import pytest

from provision.errors import ProvisionError
from provision.lab import lifecycle, preparation, processes, state, supervisor
from provision.lab.drill import staging
from provision.lab.drill.healing import Undoing, write_down, written_down
from provision.lab.drill.staging import staged
from provision.lab.lifecycle import Started
from provision.lab.stack import Component
from provision.lab.state import Lab
from provision.project import Project

WAITS = ("sleep", "600")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project whose labs are one process each."""
    monkeypatch.setattr(preparation, "compiled", lambda *_: ("compiled",))

    def up(_project, folder, *_, **__):
        folder.mkdir(parents=True)
        return Started(begun(folder), ("started",))

    monkeypatch.setattr(lifecycle, "up", up)
    return Project(root=tmp_path / "project", name="test")


def begun(folder, starter=None, root="", environment="default"):
    starter = starter or processes.identify(os.getpid())
    lab = Lab("staged", state.this_boot(), True, starter, str(root), environment)
    state.write(folder, lab)
    lab = supervisor.start([Component("one", "one", WAITS)], lab, folder)
    state.write(folder, lab)
    return lab


@pytest.fixture
def told():
    return []


@pytest.fixture
def running(project):
    folder = lifecycle.default_folder(project)
    folder.mkdir(parents=True)
    begun(folder, root=project.root)
    yield folder
    lifecycle.down(folder)


def test_the_projects_lab_is_taken_and_left(project, running, told):
    with staged(project, None, told.append) as stage:
        assert (stage.folder, stage.definitions) == (running, ("compiled",))
    assert lifecycle.status(running).condition == "running"
    assert told == [f"on the lab in {running}"]


def test_a_lab_that_is_not_whole_is_left_and_told_of(project, running, told, monkeypatch):
    monkeypatch.setattr(staging, "_runs", lambda *_: False)
    before = lifecycle.status
    monkeypatch.setattr(
        lifecycle,
        "status",
        lambda at: replace(before(at), condition="incomplete") if at == running else before(at),
    )
    with staged(project, None, told.append) as stage:
        assert stage.folder == staging.default_folder(project)
    assert told == [f"the lab in {running} is incomplete; the drill has one of its own", "stopping the lab"]


def test_one_of_its_own_is_gone_afterwards(project, told):
    with staged(project, None, told.append) as stage:
        assert stage.folder == staging.default_folder(project)
        assert stage.definitions == ("started",)
        assert stage.running("one").name == "one"
    assert not stage.folder.exists()
    assert told == ["stopping the lab"]
    with pytest.raises(ProvisionError, match="the lab was stopped"):
        _ = stage.lab


def test_one_is_started_where_it_is_asked_for(project, tmp_path, running, told):
    with staged(project, tmp_path / "there", told.append) as stage:
        assert stage.folder == tmp_path / "there"
    assert not (tmp_path / "there").exists()


def test_whatever_happens_it_is_gone(project, tmp_path, told):
    with pytest.raises(KeyboardInterrupt), staged(project, tmp_path / "there", told.append):
        raise KeyboardInterrupt
    assert not (tmp_path / "there").exists()


def test_a_lab_is_judged_by_the_environment_that_it_was_started_in(project, running, told, monkeypatch):
    project.root.joinpath("pyproject.toml").write_text(
        '[tool.provision]\nname = "test"\n[tool.provision.env.demo.variables]\na = 1\n'
    )
    asked = []
    monkeypatch.setattr(preparation, "compiled", lambda found, _: asked.append(found.environment) or ())
    state.write(running, replace(state.read(running), environment="demo"))
    with staged(project, None, told.append):
        pass
    with staged(replace(project, environment="demo"), None, told.append):
        pass
    state.write(running, replace(state.read(running), environment="default"))
    with staged(replace(project, environment="demo"), None, told.append):
        pass
    assert asked == ["demo", "demo", "default"]


def test_the_lab_of_another_project_is_left_alone(project, running, told):
    state.write(running, replace(state.read(running), project="/srv/shop"))
    with pytest.raises(ProvisionError, match="the lab is of another project, /srv/shop; name another folder"):
        with staged(project, None, told.append):
            pass


def test_two_drills_dont_share_a_lab(project, running, told):
    with staged(project, None, told.append):
        with pytest.raises(ProvisionError, match="another drill runs on this lab; wait until it is over"):
            with staged(project, None, told.append):
                pass
    with staged(project, None, told.append):
        pass


def test_what_an_earlier_drill_broke_is_healed_first(project, running, told):
    lab = state.read(running)
    processes.stop(entry.process for entry in lab.processes)
    write_down(running, Undoing("start", "one is started", {"component": _component()}))
    assert lifecycle.status(running).condition == "incomplete"
    with staged(project, None, told.append) as stage:
        assert written_down(running) == ()
        assert stage.running("one").pid != lab.processes[0].pid
    assert told == ["healing what an earlier drill left: one is started", f"on the lab in {running}"]


def _component():
    return {"name": "one", "service": "one", "command": list(WAITS)}


def test_the_lab_of_a_drill_that_was_killed_is_stopped_first(project, told):
    folder = staging.default_folder(project)
    folder.mkdir(parents=True)
    left = begun(folder, processes.Process(2**22 + 1, 1))
    with staged(project, None, told.append) as stage:
        assert stage.running("one").pid != left.processes[0].pid
    assert told[0] == f"stopping the lab that an earlier drill left in {folder}"
    assert not processes.alive(left.processes[0].process)


def test_a_process_that_is_gone_cant_be_broken(project, running, told):
    with staged(project, None, told.append) as stage:
        with pytest.raises(ProvisionError, match=f"the lab in {running}: two doesn't run; start another lab"):
            stage.running("two")


def test_a_component_is_what_runs(project, running, told):
    with staged(project, None, told.append) as stage:
        assert stage.component("one") == Component("one", "one", WAITS)
        lab = state.read(running)
        extra = Component("two", "app", WAITS, environment={"GALLERY": "a=b"})
        state.write(running, replace(lab))
        supervisor.start([extra], lab, running)
        assert stage.component("two") == replace(extra, ready="/health")
