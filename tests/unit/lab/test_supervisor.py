import os
import resource
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provision.errors import ProvisionError
from provision.lab import processes, state, supervisor
from provision.lab.processes import Process
from provision.lab.stack import Component
from provision.lab.state import Lab
from support.servers import free_port
from support.waiting import wait_until

SERVES = (
    "import sys; from provision.lab.serving import *;"
    "sys.exit(run(Server(int(sys.argv[1]), lambda r: Reply(200, 'ready at last'))))"
)


WAITS = "import time; time.sleep(600)"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    here = processes.identify(os.getpid())
    assert here is not None
    lab = Lab(f"test-{tmp_path.name}", state.this_boot(), False, here, "", "")
    state.write(tmp_path, lab)
    yield lab
    supervisor.stop(tmp_path, state.read(tmp_path) or lab)


def python(name: str, code: str, *arguments: str, url: str = "", says: str = "") -> Component:
    command = (sys.executable, "-c", code, *arguments)
    return Component(name, name, command, url, "/health" if url else "", says)


def test_a_component_is_started_awaited_remembered_and_stopped(tmp_path: Path, lab: Lab) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    started = supervisor.start([python("one", SERVES, str(port), url=url, says="ready")], lab, tmp_path)
    assert supervisor.answers(url + "/health")
    assert state.read(tmp_path) == started
    (entry,) = started.processes
    assert (entry.name, entry.url) == ("one", url)
    assert processes.alive(entry.process)
    assert supervisor.running(tmp_path, started) == {entry.process}
    supervisor.stop(tmp_path, started)
    assert supervisor.running(tmp_path, started) == set()
    assert not supervisor.answers(url + "/health")


def test_it_runs_in_a_group_of_its_own_without_credentials_and_with_a_memory_limit(
    tmp_path: Path, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAFANA_TOKEN", "secret")
    code = "import os, time; print(sorted(os.environ), flush=True); time.sleep(600)"
    component = replace(python("one", code), data_bytes=300 * 1024 * 1024)
    (entry,) = supervisor.start([component], lab, tmp_path).processes
    assert os.getpgid(entry.pid) == entry.pid
    assert resource.prlimit(entry.pid, resource.RLIMIT_DATA)[0] == 300 * 1024 * 1024
    file = Path("/proc") / str(entry.pid) / "environ"
    wait_until(file.read_bytes, "put there by the system")
    environment = file.read_bytes()
    assert b"secret" not in environment
    assert f"{supervisor.MARK}={lab.id}".encode() in environment


def test_one_that_ends_is_told_with_the_end_of_its_log(tmp_path: Path, lab: Lab) -> None:
    code = "import sys; print(*range(30), sep='\\n', flush=True); sys.exit('no such flag')"
    with pytest.raises(ProvisionError) as caught:
        supervisor.start([python("one", code, url="http://127.0.0.1:1")], lab, tmp_path)
    assert str(caught.value).startswith("one ended with exit code 1; the end of its log:\n    16\n    17\n")
    assert str(caught.value).endswith("\n    29\n    no such flag")


def test_one_that_ends_without_a_word_is_told(tmp_path: Path, lab: Lab) -> None:
    with pytest.raises(ProvisionError, match=r"^one ended with exit code 3$"):
        supervisor.start([python("one", "raise SystemExit(3)", url="http://127.0.0.1:1")], lab, tmp_path)


def test_one_that_is_never_ready_is_told(tmp_path: Path, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "READY_SECONDS", 0.2)
    port = free_port()
    component = python("one", SERVES, str(port), url=f"http://127.0.0.1:{port}", says="something else")
    with pytest.raises(ProvisionError, match="one isn't ready after 0 s"):
        supervisor.start([component], lab, tmp_path)
    found = state.read(tmp_path)
    assert found is not None
    assert len(supervisor.running(tmp_path, found)) == 1  # so that a stop finds it


def test_a_program_that_is_not_there_is_told(tmp_path: Path, lab: Lab) -> None:
    component = Component("one", "one", ("/nonexistent/program",))
    with pytest.raises(ProvisionError, match="/nonexistent/program: one can't be started: No such file"):
        supervisor.start([component], lab, tmp_path)


def test_what_was_started_but_not_written_down_is_stopped_all_the_same(tmp_path: Path, lab: Lab) -> None:
    process = supervisor._spawn(python("one", "import time; time.sleep(600)"), lab.id, tmp_path)
    assert {found.pid for found in supervisor.running(tmp_path, lab)} == {process.pid}
    supervisor.stop(tmp_path, lab)
    assert supervisor.running(tmp_path, lab) == set()
    process.wait()


def test_one_that_has_overwritten_its_mark_is_known_by_its_log(tmp_path: Path, lab: Lab) -> None:
    # As one that gives itself a title: here one that is started without it.
    code = f"import os, sys; del os.environ[{supervisor.MARK!r}]; os.execv(sys.executable, ['python', '-c', {WAITS!r}])"
    process = supervisor._spawn(python("one", code), lab.id, tmp_path)
    known = processes.identify(process.pid)
    assert known is not None
    wait_until(lambda: known not in set(processes.marked(supervisor.MARK, lab.id)), "without its mark")
    assert process.poll() is None
    assert supervisor.running(tmp_path, lab) == {known}
    assert supervisor.running(tmp_path / "another", lab) == set()
    supervisor.stop(tmp_path, lab)
    assert supervisor.running(tmp_path, lab) == set()
    process.wait()


def test_pids_from_before_a_restart_of_the_machine_are_nobodys(tmp_path: Path, lab: Lab) -> None:
    started = supervisor.start([python("one", "import time; time.sleep(600)")], lab, tmp_path)
    earlier = replace(started, boot="another", id="another")
    assert supervisor.running(tmp_path / "another", earlier) == set()
    assert supervisor.running(tmp_path, started) != set()


def test_what_can_not_be_stopped_is_told(tmp_path: Path, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "stop", lambda _: (Process(5, 1),))
    with pytest.raises(ProvisionError, match="processes of the lab can't be ended: 5"):
        supervisor.stop(tmp_path, lab)


def test_a_folder_is_removed_whole(tmp_path: Path) -> None:
    folder = tmp_path / "lab"
    (folder / "logs").mkdir(parents=True)
    (folder / "logs" / "one.log").touch()
    (folder / "link").symlink_to(tmp_path)
    (folder / state.FILE).touch()
    supervisor.remove(folder)
    assert not folder.exists()
    assert tmp_path.exists()


def test_the_tail_of_a_log(tmp_path: Path) -> None:
    file = tmp_path / "log"
    assert supervisor.tail(file) == ""
    file.write_bytes(b"one\n\xfftwo\nthree\n")
    assert supervisor.tail(file, lines=2) == "\n    \ufffdtwo\n    three"


@pytest.mark.parametrize(
    ("log", "line"),
    [("one\ntwo\n", "two"), ("one\n\n  \n", "one"), ("\x1b[31mred\x07\n", "[31mred"), ("", ""), (None, "")],
)
def test_the_last_line_of_a_log(tmp_path: Path, log: str | None, line: str) -> None:
    if log is not None:
        (tmp_path / "log").write_text(log)
    assert supervisor.last_line(tmp_path / "log") == line
