"""What was broken is undone: written down before, last in first out, twice if need be, whatever else fails."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from secrets import token_hex

import pytest

from provision.errors import ProvisionError
from provision.lab import processes, state, supervisor
from provision.lab.drill import breaks, healing
from provision.lab.drill.healing import Undoing, heal, write_down, written_down
from provision.lab.drill.stage import Stage
from provision.lab.stack import Component
from provision.lab.state import Lab

WAITS = (sys.executable, "-c", "import time; time.sleep(600)")


@pytest.fixture
def done(monkeypatch):
    """What was undone, by the names that were given, instead of doing anything."""
    names = []

    def note(_, given):
        if given.get("fails"):
            raise OSError("it fails")
        names.append(given["name"])

    monkeypatch.setattr(healing, "_DONE", {"signal": note})
    return names


def noted(name, *, stays=False, **given):
    return Undoing("signal", name, {"name": name, **given}, stays)


def test_the_last_is_undone_first_and_then_nothing_is_left(tmp_path, done):
    write_down(tmp_path, noted("one"))
    write_down(tmp_path, noted("two"))
    assert [each.what for each in written_down(tmp_path)] == ["one", "two"]
    assert heal(tmp_path) == ("two", "one")
    assert done == ["two", "one"]
    assert list(tmp_path.iterdir()) == []
    assert heal(tmp_path) == ()


def test_what_was_prepared_stays_until_the_fault_is_over(tmp_path, done):
    write_down(tmp_path, noted("prepared", stays=True))
    write_down(tmp_path, noted("fault"))
    assert heal(tmp_path, all_of_it=False) == ("fault",)
    assert [each.what for each in written_down(tmp_path)] == ["prepared"]
    assert heal(tmp_path) == ("prepared",)


def test_one_that_fails_keeps_none_of_the_others_from_it_and_stays_written_down(tmp_path, done):
    for undoing in (noted("one"), noted("two", fails=True), noted("three")):
        write_down(tmp_path, undoing)
    with pytest.raises(ProvisionError) as caught:
        heal(tmp_path)
    assert str(caught.value).endswith(
        f"can be healed: two: it fails; stop the lab with `provision lab down --state {tmp_path}`"
    )
    assert done == ["three", "one"]
    assert [each.what for each in written_down(tmp_path)] == ["two"]


def test_a_signal_waits_until_all_is_healed(tmp_path, monkeypatch):
    done = []

    def interrupted(_, given):
        os.kill(os.getpid(), signal.SIGINT)
        done.append(given["name"])

    monkeypatch.setattr(healing, "_DONE", {"signal": interrupted})
    write_down(tmp_path, noted("one"))
    write_down(tmp_path, noted("two"))
    with pytest.raises(KeyboardInterrupt):
        heal(tmp_path)
    assert done == ["two", "one"]
    assert written_down(tmp_path) == ()


def test_elsewhere_than_in_the_main_thread_there_are_no_signals(tmp_path, done):
    write_down(tmp_path, noted("one"))
    thread = threading.Thread(target=heal, args=(tmp_path,))
    thread.start()
    thread.join()
    assert done == ["one"]


@pytest.fixture
def lab(tmp_path):
    """A lab of one process."""
    starter = processes.identify(os.getpid())
    # By its name it is ended, and with it every other one of that name.
    lab = Lab(f"drilled-{token_hex(4)}", state.this_boot(), True, starter, "", "")
    state.write(tmp_path, lab)
    lab = supervisor.start([Component("app-1", "app", WAITS)], lab, tmp_path)
    yield lab
    supervisor.stop(tmp_path, lab)


def await_(holds):
    limit = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.01)


def is_stopped(process):
    return processes.stat(process.pid)[0] == "T"


def test_a_process_goes_on(tmp_path, lab):
    process = lab.processes[0].process
    write_down(tmp_path, Undoing("signal", "", {"process": asdict(process), "number": int(signal.SIGCONT)}))
    os.kill(process.pid, signal.SIGSTOP)
    await_(lambda: is_stopped(process))
    heal(tmp_path)
    await_(lambda: not is_stopped(process))
    assert processes.alive(process)


def test_a_process_that_has_ended_doesnt_go_on(tmp_path, lab):
    ended = subprocess.Popen(WAITS)
    process = processes.identify(ended.pid)
    ended.kill()
    ended.wait()
    given = {"process": asdict(process), "number": int(signal.SIGCONT)}
    write_down(tmp_path, Undoing("signal", "app-2 goes on", given))
    with pytest.raises(ProvisionError, match=f"app-2 goes on: its process {ended.pid} has ended"):
        heal(tmp_path)
    assert len(written_down(tmp_path)) == 1
    (tmp_path / state.FILE).rename(tmp_path / "kept.json")
    assert heal(tmp_path) == ("app-2 goes on: the lab is gone, and nothing is left to be undone",)
    (tmp_path / "kept.json").rename(tmp_path / state.FILE)


def test_a_process_that_cant_be_ended_is_told(tmp_path, lab, monkeypatch):
    write_down(tmp_path, Undoing("end", "the crowd leaves", {"name": "app-1"}))
    entry = lab.processes[0]
    with monkeypatch.context() as patched:
        patched.setattr(processes, "stop", lambda *_: (entry.process,))
        with pytest.raises(ProvisionError, match=f"the crowd leaves: process {entry.pid} can't be ended"):
            heal(tmp_path)
        with pytest.raises(ProvisionError, match=f"process {entry.pid}: app-1 can't be ended"):
            breaks.end(Stage(tmp_path, ()), "app-1")
    assert state.read(tmp_path).processes == (entry,)


def test_what_was_killed_is_gone_before_anybody_looks(tmp_path, lab):
    breaks.kill(Stage(tmp_path, ()), "app-1")
    assert not processes.alive(lab.processes[0].process)
    assert [each.what for each in written_down(tmp_path)] == ["app-1 is started"]


def test_a_program_that_was_killed_just_now_is_started_again(tmp_path, lab, monkeypatch):
    (entry,) = lab.processes
    write_down(tmp_path, Undoing("start", "", {"component": asdict(Component("app-1", "app", WAITS))}))
    looks, alive = [], processes.alive

    def dying(process):
        """As a process that is killed looks for some milliseconds."""
        looks.append(process)
        if len(looks) == 3:
            os.kill(entry.pid, signal.SIGKILL)
            os.waitpid(entry.pid, 0)
        return alive(process)

    monkeypatch.setattr(processes, "alive", dying)
    heal(tmp_path)
    (again,) = state.read(tmp_path).processes
    assert again.pid != entry.pid


def test_a_program_that_runs_and_doesnt_answer_is_no_success(tmp_path, lab):
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        component = Component("app-1", "app", WAITS, url, "/health")
        write_down(tmp_path, Undoing("start", "app-1 is started", {"component": asdict(component)}))
        with pytest.raises(
            ProvisionError, match=r"app-1 is started: its process \d+ runs, and doesn't answer"
        ):
            heal(tmp_path)


def test_whatever_becomes_of_one_the_others_are_undone_and_struck_off_at_once(tmp_path, monkeypatch):
    left = []

    def undo(folder, given):
        left.append([each.what for each in written_down(folder)])
        if given["name"] == "two":
            raise KeyError("unheard of")
        return ""

    monkeypatch.setattr(healing, "_DONE", {"signal": undo})
    for name in ("one", "two", "three"):
        write_down(tmp_path, noted(name))
    with pytest.raises(ProvisionError, match="two: KeyError: 'unheard of'; stop the lab"):
        heal(tmp_path)
    assert left == [["one", "two", "three"], ["one", "two"], ["one", "two"]]
    assert [each.what for each in written_down(tmp_path)] == ["two"]


def test_on_a_swarm_there_is_no_lab_to_be_stopped(tmp_path, monkeypatch):
    def fails(*_):
        raise ProvisionError("it refuses")

    monkeypatch.setattr(healing, "_DONE", {"docker": fails})
    write_down(tmp_path, Undoing("docker", "worker-1 is a worker again", {}))
    with pytest.raises(ProvisionError) as told:
        heal(tmp_path)
    assert told.value.remedy == "the next drill on a Swarm takes this one away"


def test_a_program_is_started_again_once(tmp_path, lab):
    (entry,) = lab.processes
    write_down(tmp_path, Undoing("start", "", {"component": asdict(Component("app-1", "app", WAITS))}))
    notes = (tmp_path / healing.FILE).read_text()
    os.kill(entry.pid, signal.SIGKILL)
    os.waitpid(entry.pid, 0)
    heal(tmp_path)
    (again,) = state.read(tmp_path).processes
    assert again.pid != entry.pid
    assert processes.alive(again.process)
    (tmp_path / healing.FILE).write_text(notes)
    heal(tmp_path)
    assert state.read(tmp_path).processes == (again,)
    # It hears of its end, although signals waited while it was started.
    assert processes.stop([again.process], grace_seconds=60) == ()


def test_a_program_of_the_drills_own_is_ended(tmp_path, lab):
    write_down(tmp_path, Undoing("end", "", {"name": "app-1"}))
    heal(tmp_path)
    assert state.read(tmp_path).processes == ()
    assert not processes.alive(lab.processes[0].process)


def test_a_lab_that_is_gone_needs_neither(tmp_path):
    write_down(tmp_path, Undoing("end", "end", {"name": "app-1"}))
    write_down(tmp_path, Undoing("start", "start", {"component": asdict(Component("app-1", "app", WAITS))}))
    gone = "the lab is gone, and nothing is left to be undone"
    assert heal(tmp_path) == (f"start: {gone}", f"end: {gone}")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_put_back_or_removed(tmp_path):
    folder, file, new = tmp_path / "state", tmp_path / "routes.yml", tmp_path / "new.yml"
    folder.mkdir()
    write_down(folder, Undoing("file", "", {"path": str(file), "content": "b2xk"}))
    write_down(folder, Undoing("file", "", {"path": str(new), "content": None}))
    file.write_text("new")
    new.write_text("new")
    heal(folder)
    assert file.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["routes.yml", "state"]


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"doing": "end"}]'])
def test_what_no_drill_has_written_is_one_sentence(tmp_path, text):
    (tmp_path / healing.FILE).write_text(text)
    with pytest.raises(ProvisionError, match=r"drill\.json: it doesn't say what a drill broke"):
        heal(tmp_path)


def test_what_is_written_down_is_json(tmp_path):
    write_down(tmp_path, Undoing("end", "it ends", {"name": "x"}, stays=True))
    found = json.loads((tmp_path / healing.FILE).read_text())
    assert found == [{"doing": "end", "what": "it ends", "given": {"name": "x"}, "stays": True}]
