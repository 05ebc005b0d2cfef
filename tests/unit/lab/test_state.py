import json
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from provision.errors import ProvisionError
from provision.lab import state
from provision.lab.processes import Process
from provision.lab.state import Lab, Running

LAB = Lab(
    id="a1",
    boot="b1",
    ready=True,
    starter=Process(7, 70),
    project="/somewhere",
    environment="demo",
    urls={"Prometheus": "http://127.0.0.1:9090"},
    processes=(Running("app-1", "app", 8, 80, "http://127.0.0.1:8080"),),
    made=("/a", "/a/b"),
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    state.write(tmp_path, LAB)
    assert state.read(tmp_path) == LAB
    assert LAB.processes[0].process == Process(8, 80)
    assert [path.name for path in tmp_path.iterdir()] == [state.FILE]


def test_there_may_be_none(tmp_path: Path) -> None:
    assert state.read(tmp_path) is None
    assert state.read(tmp_path / "missing") is None
    (tmp_path / "file").touch()
    assert state.read(tmp_path / "file") is None


def test_of_two_that_claim_a_folder_one_gets_it(tmp_path: Path) -> None:
    barrier, won = threading.Barrier(8), []

    def claim(number: int) -> None:
        barrier.wait()
        if state.claim(tmp_path, replace(LAB, id=str(number))):
            won.append(str(number))

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = state.read(tmp_path)
    assert found is not None
    assert won == [found.id]
    assert [path.name for path in tmp_path.iterdir()] == [state.FILE]


def test_who_is_late_and_taken_for_dead_does_not_get_it_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def late(source: str, target: Path) -> None:
        state.write(tmp_path, LAB)  # another one has it meanwhile,
        for file in state.half_written(tmp_path):  # and clears away what it takes for remains
            file.unlink()
        link(source, target)

    monkeypatch.setattr(state.os, "link", late)
    assert not state.claim(tmp_path, replace(LAB, id="late"))
    (tmp_path / state.FILE).unlink()
    monkeypatch.setattr(state.os, "link", lambda *_: Path("/nowhere").read_bytes())
    with pytest.raises(FileNotFoundError):
        state.claim(tmp_path, LAB)


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{", json.dumps({"format": 2}), json.dumps({"id": "a"}), json.dumps({"format": 1, "id": "a"})],
)
def test_a_file_of_another_making_is_said(tmp_path: Path, content: str) -> None:
    (tmp_path / state.FILE).write_text(content)
    with pytest.raises(ProvisionError, match="is not what this version of the lab writes") as caught:
        state.read(tmp_path)
    assert caught.value.where == str(tmp_path / state.FILE)


def test_a_file_that_can_not_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / state.FILE).mkdir()
    with pytest.raises(ProvisionError, match="can't be read: Is a directory"):
        state.read(tmp_path)


def test_a_failed_write_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state.write(tmp_path, LAB)
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        state.write(tmp_path, replace(LAB, ready=False))
    monkeypatch.undo()
    assert state.read(tmp_path) == LAB
    assert [path.name for path in tmp_path.iterdir()] == [state.FILE]
