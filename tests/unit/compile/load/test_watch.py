from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from provision.compile.load.inputs import FILE, NAMES, SPECIAL, THERE, digest, state_of
from provision.compile.load.territory import Territory
from provision.compile.load.watch import Watch, _hook, current, watching

pytestmark = pytest.mark.usefixtures("alone")


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    return Watch(Territory(str(tmp_path)))


def test_states_tell_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "a"
    assert state_of(THERE, str(file)) == state_of(FILE, str(file)) == "not: 2"
    file.write_text("x")
    assert state_of(THERE, str(file)) == "file"
    assert state_of(FILE, str(file)) == digest(b"x")
    assert state_of(THERE, str(tmp_path)) == state_of(FILE, str(tmp_path)) == "directory"
    before = state_of(NAMES, str(tmp_path))
    (tmp_path / "b").touch()
    assert state_of(NAMES, str(tmp_path)) != before
    assert state_of(THERE, os.devnull) == "other"
    assert state_of(FILE, os.devnull) == SPECIAL
    assert state_of(FILE, "\0").startswith("not: ")


def test_what_is_read_becomes_an_input(watch: Watch, tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text("x")
    (tmp_path / "folder").mkdir()
    with watching(watch):
        assert current() is watch
        (tmp_path / "data.txt").read_text()
        (tmp_path / "absent.txt").exists()
        os.access(tmp_path / "folder", os.R_OK)
        list((tmp_path / "folder").iterdir())
        with pytest.raises(FileNotFoundError):
            (tmp_path / "missing.txt").open()
        Path(os.__file__).read_text()
    assert current() is None
    root = str(tmp_path)
    assert watch.inputs == {
        (FILE, f"{root}/data.txt"): digest(b"x"),
        (THERE, f"{root}/absent.txt"): "not: 2",
        (THERE, f"{root}/folder"): "directory",
        (NAMES, f"{root}/folder"): state_of(NAMES, f"{root}/folder"),
        (FILE, f"{root}/missing.txt"): "not: 2",
    }
    assert watch.repeatable


def test_the_first_state_counts(watch: Watch, tmp_path: Path) -> None:
    watch.note(FILE, tmp_path / "x", "one")
    watch.note(FILE, tmp_path / "x", "two")
    assert list(watch.inputs.values()) == ["one"]


def test_what_is_no_path_is_no_input(watch: Watch) -> None:
    watch.note(FILE, 3)
    watch.note(FILE, object())
    assert watch.inputs == {}


def test_a_compiled_module_stands_for_its_text(watch: Watch, tmp_path: Path) -> None:
    watch.note(FILE, tmp_path / "__pycache__" / "mine.cpython-311.pyc")
    watch.note(FILE, tmp_path / "bare.pyc")
    assert [Path(path).name for _, path in watch.inputs] == ["mine.py", "bare.pyc"]


@pytest.mark.parametrize(
    ("event", "args"),
    [
        ("open", ("x", "w", os.O_WRONLY)),
        ("open", ("x", "rb+", os.O_RDWR)),
        ("open", ("x", None, os.O_WRONLY | os.O_CREAT)),
        ("subprocess.Popen", ("date", [], None, None)),
        ("socket.connect", (None, ("127.0.0.1", 1))),
        ("os.remove", ("x", -1)),
    ],
)
def test_what_reaches_beyond_the_project_is_not_repeatable(
    watch: Watch, event: str, args: tuple[Any, ...]
) -> None:
    watch.event(event, args)
    assert not watch.repeatable


def test_reading_is_repeatable(watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    watch.event("open", ("x", "rb", os.O_RDONLY))
    watch.event("open", (os.devnull, "w", os.O_WRONLY))
    watch.event("os.listdir", (None,))
    watch.event("os.scandir", (str(tmp_path / "y"),))
    watch.event("import", ("z",))
    assert watch.repeatable
    assert list(watch.inputs) == [
        (FILE, f"{tmp_path}/x"),
        (NAMES, str(tmp_path)),
        (NAMES, f"{tmp_path}/y"),
    ]


def test_a_device_is_not_repeatable(watch: Watch) -> None:
    watch.note(FILE, "/dev/zero")
    assert not watch.repeatable


def test_audit_events_reach_the_running_source_only(watch: Watch, tmp_path: Path) -> None:
    # Called by hand, because coverage can't see what Python calls as an audit hook.
    _hook("os.remove", ("x", -1))
    with watching(watch):
        _hook("import", ("x",))
        assert watch.repeatable
        _hook("os.remove", ("x", -1))
    assert not watch.repeatable


def test_a_real_process_is_noticed(watch: Watch) -> None:
    with watching(watch):
        subprocess.run(["true"], check=True)
    assert not watch.repeatable


def test_prints_are_remembered_with_the_line_of_the_project(watch: Watch, tmp_path: Path) -> None:
    file = str(tmp_path / "rules" / "a.py")
    text = (
        "import sys, pprint\n"
        "print('x')\n"
        "pprint.pprint({})\n"
        "sys.stderr.buffer.write(b'x')\n"
        "sys.__stdout__.write('x')\n"
        "assert sys.stdout.writable() and sys.stdout.buffer.writable()\n"
    )
    with watching(watch):
        exec(compile(text, file, "exec"), {})
        exec(compile("print(1)", "<elsewhere>", "exec"), {})
    assert list(watch.prints) == [(file, 2), (file, 3), (file, 4), (file, 5), None]


def test_prints_without_end_are_remembered_only_so_often(watch: Watch, tmp_path: Path) -> None:
    text = "\n".join(["print()"] * 100)
    with watching(watch):
        exec(compile(text, str(tmp_path / "a.py"), "exec"), {})
    assert len(watch.prints) == 20


def test_outside_a_source_nothing_is_noticed(watch: Watch, tmp_path: Path) -> None:
    with watching(watch):
        stream = sys.stdout
    stream.write("lost")
    stream.buffer.write(b"lost")
    list(tmp_path.iterdir())
    assert watch.inputs == {}
    assert watch.prints == {}


def test_a_thread_of_an_earlier_source_is_not_listened_to(watch: Watch, tmp_path: Path) -> None:
    go, wrote = threading.Event(), threading.Event()

    def late() -> None:
        go.wait(20)
        print("late")
        (tmp_path / "late.txt").exists()
        wrote.set()

    with watching(watch):
        thread = threading.Thread(target=late)
        thread.start()
    assert not watch.repeatable
    following = Watch(watch.territory)
    with watching(following):
        go.set()
        assert wrote.wait(20)
    thread.join()
    assert (following.prints, following.inputs) == ({}, {})
    assert not following.repeatable
    last = Watch(watch.territory)
    with watching(last):
        thread = threading.Thread(target=print)
        thread.start()
        thread.join()
    assert list(last.prints) == [None]
    assert last.repeatable
