import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provision.client.endpoint import Credentials, Endpoint
from provision.errors import MissingTool, ProvisionError, Unreachable
from provision.lab import delivery, lifecycle, preparation, processes, stack, starting, state, supervisor
from provision.lab.client import chromium
from provision.lab.lifecycle import Status, down, status, up
from provision.lab.ports import Ports
from provision.lab.preparation import Prepared
from provision.lab.serving import Reply, Server
from provision.lab.stack import Component
from provision.lab.starting import Wanted
from provision.lab.state import Lab
from provision.model import Definition, Place, Resource, encode
from provision.project import Project
from provision.ship.target import grafana
from provision.tools import alertmanager_templates, servers
from provision.tools.alertmanager_templates import Launch
from provision.tools.grafana import Installed
from support.grafana_program import installed
from support.grafana_standin import standin

SERVES = (
    "import sys; from provision.lab.serving import *;"
    "sys.exit(run(Server(int(sys.argv[1]), lambda r: Reply(200, 'well'))))"
)
WAITS = "import time; time.sleep(600)"
BOARD = Definition(
    "dashboard",
    "one",
    encode({"folder": "", "spec": {"title": "One", "uid": "one", "panels": []}}),
    Place("a.py", 1),
)
LOKI = Definition("datasource", "loki", encode({"name": "Loki", "type": "loki"}), Place("b.py", 1))
DEFINITIONS = (Definition("dashboard", "one", b"{}", Place("dashboards/one.py")),)


def python(name: str, code: str, *arguments: str, url: str = "") -> Component:
    command = (sys.executable, "-c", code, *arguments)
    return Component(name, name, command, url, "/health" if url else "")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(root=tmp_path / "project", name="test")


@pytest.fixture
def folder(project: Project) -> Iterator[Path]:
    folder = lifecycle.default_folder(project)
    yield folder
    down(folder)


@pytest.fixture
def pushed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A lab of two small processes instead of the real servers; what was pushed to it."""
    done: list[str] = []

    def prepare(_project: Project, _ports: Ports, _programs: object, folder: Path, **_: object) -> Prepared:
        (folder / "prometheus").mkdir()
        port = Server(0, lambda _: Reply(200, ""))
        port.server_close()
        one = python("one", SERVES, str(port.server_port), url=f"http://127.0.0.1:{port.server_port}")
        return Prepared(DEFINITIONS, (one,), python("traffic", WAITS))

    monkeypatch.setattr(servers, "find_or_fetch", lambda *_: {"alertmanager": Path("alertmanager")})
    monkeypatch.setattr(alertmanager_templates, "prepare", lambda *_: Launch())
    monkeypatch.setattr(preparation, "prepare", prepare)
    monkeypatch.setattr(preparation, "routing", lambda *_: Resource("kind", "root", b"{}"))
    monkeypatch.setattr(delivery, "push_routes", lambda *_: done.append("routes"))
    monkeypatch.setattr(delivery, "push_rules", lambda *_: done.append("rules"))
    monkeypatch.setattr(delivery, "settle", lambda *_: done.append("settled"))
    return done


def left(lab: Lab) -> set[processes.Process]:
    return set(processes.marked(supervisor.MARK, lab.id))


def test_from_start_to_end(project: Project, folder: Path, pushed: list[str]) -> None:
    told: list[str] = []
    assert status(folder) == Status("stopped")
    started = up(project, folder, tell=told.append)
    assert pushed == ["routes", "rules", "settled"]
    assert started.definitions == DEFINITIONS
    assert [entry.name for entry in started.lab.processes] == ["one", "traffic"]
    found = status(folder)
    assert (found.condition, found.alive) == ("running", {"one": True, "traffic": True})
    assert found.lab == started.lab
    assert "starting one" in told
    assert lifecycle.ended(folder, started.lab) == ""
    assert down(folder)
    assert left(started.lab) == set()
    assert not project.root.exists()  # not even the folders above it that were made for it
    assert not down(folder)


def test_without_traffic_there_are_no_clients(project: Project, folder: Path, pushed: list[str]) -> None:
    started = up(project, folder, Wanted(traffic=False))
    assert [entry.name for entry in started.lab.processes] == ["one"]


def test_browsers_come_too_when_asked_for(
    project: Project, folder: Path, pushed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[object] = []

    def browsers(*arguments: object) -> Component:
        given.extend(arguments[1:])
        return replace(python("browsers", WAITS), service="browsers")

    monkeypatch.setattr(stack, "browsers", browsers)
    monkeypatch.setattr(chromium, "find", lambda: Path("/bin/chromium"))
    lab = up(project, folder, Wanted(browsers=2)).lab
    assert given == [folder, Path("/bin/chromium"), 2]
    assert [entry.name for entry in lab.processes] == ["one", "traffic", "browsers"]
    processes.stop([lab.processes[-1].process])
    assert lifecycle.ended(folder, lab) == ""  # it goes on without them
    assert status(folder).condition == "running"


def test_without_a_browser_a_line_says_so(
    project: Project, folder: Path, pushed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> Path:
        raise MissingTool("none is on the PATH", where="Chromium", remedy="install one")

    monkeypatch.setattr(chromium, "find", missing)
    told: list[str] = []
    lab = up(project, folder, Wanted(browsers=1), tell=told.append).lab
    assert [entry.name for entry in lab.processes] == ["one", "traffic"]
    assert "no browsers in this lab: Chromium: none is on the PATH; install one" in told


def test_without_what_drives_a_browser_a_line_says_so(
    project: Project, folder: Path, pushed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting.importlib.util, "find_spec", lambda _: None)
    told: list[str] = []
    lab = up(project, folder, Wanted(browsers=1), tell=told.append).lab
    assert [entry.name for entry in lab.processes] == ["one", "traffic"]
    assert (
        "no browsers in this lab: Python's playwright isn't there; "
        f"install it with: {sys.executable} -m pip install 'provision[browser]'" in told
    )


def test_a_grafana_that_is_installed_runs_and_ends_with_it(
    project: Project, folder: Path, tmp_path: Path, pushed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    program = installed(home)
    monkeypatch.setattr(
        preparation, "prepare", lambda *_, **__: Prepared((BOARD, LOKI), (), python("traffic", WAITS))
    )
    told: list[str] = []
    wanted = Wanted(grafana=Installed((str(program), "server"), home, "12.4.0"))
    lab = up(project, folder, wanted, tell=told.append).lab
    assert [entry.name for entry in lab.processes] == ["grafana", "traffic"]
    assert lab.grafana is not None
    url = lab.grafana.url
    assert lab.grafana == state.Grafana(
        url, {"One": f"{url}/d/one/one"}, "admin", str(folder / "grafana" / "password")
    )
    assert f"pushing dashboards to {url}" in told
    assert "the data source 'Loki' is no Prometheus, and isn't pushed" in told
    assert state.read(folder) == lab
    assert lab.seconds is not None
    assert lab.seconds > 0
    down(folder)
    assert left(lab) == set()
    assert not supervisor.answers(f"{url}/api/health")
    assert not project.root.exists()


def test_a_grafana_that_is_there_anyway_stays_as_it_is_but_for_what_was_pushed(
    project: Project, folder: Path, pushed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        preparation, "prepare", lambda *_, **__: Prepared((BOARD,), (), python("traffic", WAITS))
    )
    with standin() as server:
        endpoint = Endpoint(server.url, Credentials(user="admin", password="admin"))
        lab = up(project, folder, Wanted(grafana=endpoint)).lab
        assert lab.grafana == state.Grafana(server.url, {"One": f"{server.url}/d/one/one"})
        down(folder)
        assert supervisor.answers(f"{server.url}/api/health")
        found = grafana.connect(endpoint).read(frozenset({("dashboard", "one")}))
        assert {one.key: one.mark and one.mark.owner for one in found} == {
            "one": "test lab",
            "prometheus": "test lab",
        }


def test_a_grafana_that_does_not_answer_is_told_before_anything_is_started(
    project: Project, folder: Path, pushed: list[str]
) -> None:
    with standin() as server:
        url = server.url
    told: list[str] = []
    with pytest.raises(Unreachable):
        up(project, folder, Wanted(grafana=Endpoint(url)), tell=told.append)
    assert told == []
    assert not project.root.exists()


def test_without_routes_none_are_pushed(
    project: Project, folder: Path, pushed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparation, "routing", lambda *_: None)
    up(project, folder)
    assert pushed == ["rules", "settled"]


def test_a_second_one_says_that_one_is_running(project: Project, folder: Path, pushed: list[str]) -> None:
    started = up(project, folder)
    with pytest.raises(ProvisionError, match="a lab is running there already; stop it with") as caught:
        up(project, folder)
    assert caught.value.where == str(folder)
    assert status(folder).lab == started.lab


def test_one_that_is_being_started_is_left_alone(
    project: Project, folder: Path, pushed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    starter = subprocess.Popen([sys.executable, "-c", WAITS])
    other = processes.identify(starter.pid)
    assert other is not None
    folder.mkdir(parents=True)
    state.write(folder, Lab("a", state.this_boot(), False, other, "", ""))
    assert status(folder).condition == "starting"
    with pytest.raises(ProvisionError, match="a lab is being started there already"):
        up(project, folder)
    assert down(folder)  # ends the one that starts it too
    starter.wait()
    assert not folder.exists()


def test_of_two_at_once_one_is_told(
    project: Project, folder: Path, pushed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "claim", lambda *_: False)
    with pytest.raises(ProvisionError, match="a lab is being started there already"):
        up(project, folder)


def test_what_an_earlier_one_left_is_cleared(project: Project, folder: Path, pushed: list[str]) -> None:
    first = up(project, folder)
    processes.stop(entry.process for entry in first.lab.processes)
    found = status(folder)
    assert (found.condition, found.alive) == ("incomplete", {"one": False, "traffic": False})
    told: list[str] = []
    second = up(project, folder, tell=told.append)
    assert told[0].startswith("clearing what an earlier lab left")
    assert second.lab.id != first.lab.id


@pytest.mark.parametrize("stage", ["push_routes", "push_rules", "settle"])
@pytest.mark.parametrize("error", [ProvisionError("it fails"), KeyboardInterrupt(), SystemExit(143)])
def test_nothing_is_left_of_one_that_fails_or_is_interrupted(
    project: Project,
    folder: Path,
    pushed: list[str],
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
    error: BaseException,
) -> None:
    seen: list[Lab] = []

    def fail(*_: object) -> None:
        lab = state.read(folder)
        assert lab is not None
        seen.append(lab)
        raise error

    monkeypatch.setattr(delivery, stage, fail)
    with pytest.raises(type(error)):
        up(project, folder)
    assert len(seen[0].processes) >= 1
    assert left(seen[0]) == set()
    assert not project.root.exists()


def test_one_that_was_killed_half_way_is_cleared_by_down(
    project: Project, folder: Path, pushed: list[str]
) -> None:
    started = up(project, folder)
    # As after a kill between starting a process and writing it down.
    gone = processes.Process(2**22 + 1, 1)
    state.write(folder, replace(started.lab, ready=False, starter=gone, processes=()))
    assert status(folder).condition == "incomplete"
    assert left(started.lab) != set()
    assert down(folder)
    assert left(started.lab) == set()
    assert not folder.exists()


def test_the_folder_is_kept_when_asked(project: Project, folder: Path, pushed: list[str]) -> None:
    started = up(project, folder)
    assert down(folder, keep=True)
    assert left(started.lab) == set()
    assert sorted(path.name for path in folder.iterdir()) == ["logs", "prometheus"]
    assert status(folder) == Status("stopped")
    with pytest.raises(ProvisionError, match="is not empty, and holds no lab; name another folder"):
        up(project, folder)


def test_a_folder_that_holds_something_else_is_never_touched(
    project: Project, tmp_path: Path, pushed: list[str]
) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").touch()
    with pytest.raises(ProvisionError, match="is not empty, and holds no lab"):
        up(project, tmp_path / "precious")
    assert not down(tmp_path / "precious")
    assert (tmp_path / "precious" / "file").exists()


def test_an_empty_folder_will_do(project: Project, tmp_path: Path, pushed: list[str]) -> None:
    (tmp_path / "empty").mkdir()
    up(project, tmp_path / "empty")
    assert down(tmp_path / "empty")
    assert not (tmp_path / "empty").exists()


def test_a_folder_that_can_not_be_made_is_told(project: Project, tmp_path: Path, pushed: list[str]) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ProvisionError, match="can't be used for the lab: Not a directory"):
        up(project, tmp_path / "file" / "lab")


def test_what_a_killed_start_left_half_written_is_cleared(
    project: Project, folder: Path, pushed: list[str]
) -> None:
    folder.mkdir(parents=True)
    (folder / ".lab.json.x1y2").touch()
    assert not down(folder)
    assert not folder.exists()
    folder.mkdir()
    (folder / ".lab.json.x1y2").touch()
    up(project, folder)
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_what_is_half_written_beside_something_else_is_left(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in (".lab.json.x1y2", "precious"):
        (folder / name).touch()
    assert not down(folder)
    assert len(list(folder.iterdir())) == 2


FULL = OSError(28, "No space left on device")


@pytest.mark.parametrize("claimed", [False, True])
def test_a_full_disk_is_told_and_nothing_is_left(
    project: Project, folder: Path, pushed: list[str], monkeypatch: pytest.MonkeyPatch, claimed: bool
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise FULL

    monkeypatch.setattr(preparation if claimed else state, "prepare" if claimed else "claim", fail)
    with pytest.raises(ProvisionError) as caught:
        up(project, folder)
    assert str(caught.value) == (
        f"{folder}: can't be used for the lab: No space left on device; "
        "name a folder with room that can be written, with --state DIR"
    )
    assert not project.root.exists()


def test_the_file_that_can_not_be_written_is_told(
    project: Project, folder: Path, pushed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder.parent).mkdir(parents=True)
    folder.mkdir()

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", str(folder / "traefik" / "routes.yml"))

    monkeypatch.setattr(state, "claim", fail)
    with pytest.raises(ProvisionError, match="lab/traefik/routes.yml: can't be used for the lab"):
        up(project, folder)
    assert folder.exists()  # it was there before


def test_pids_of_before_a_restart_of_the_machine_are_left_alone(
    project: Project, folder: Path, pushed: list[str]
) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", WAITS])
    try:
        known = processes.identify(stranger.pid)
        assert known is not None
        folder.mkdir(parents=True)
        (folder / "logs").mkdir()
        entry = state.Running("prometheus", "prometheus", known.pid, known.started)
        state.write(folder, Lab("a", "another boot", True, known, "", "", processes=(entry,)))
        found = status(folder)
        assert (found.condition, found.alive) == ("incomplete", {"prometheus": False})
        told: list[str] = []
        up(project, folder, tell=told.append)
        assert told[0] == f"clearing what an earlier lab left in {folder}"
        assert status(folder).condition == "running"
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_what_may_be_made_on_the_system_is_known_before_it_is(
    project: Project, folder: Path, tmp_path: Path, pushed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    link, seen = tmp_path / "link", []

    def prepare(*_: object) -> Launch:
        lab = state.read(folder)
        assert lab is not None
        seen.extend(lab.made)
        return Launch()

    monkeypatch.setattr(alertmanager_templates, "could_make", lambda: (link,))
    monkeypatch.setattr(alertmanager_templates, "prepare", prepare)
    lab = up(project, folder).lab
    assert str(link) in seen
    assert str(link) not in lab.made


def test_what_was_made_on_the_system_goes_with_it(
    project: Project, folder: Path, tmp_path: Path, pushed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "link"

    def prepare(*_: object) -> Launch:
        link.symlink_to(tmp_path)
        return Launch((), (link,))

    monkeypatch.setattr(alertmanager_templates, "prepare", prepare)
    told: list[str] = []
    up(project, folder, tell=told.append)
    assert f"Debian's Alertmanager needs {link}; it is removed with the lab" in told
    down(folder)
    assert not link.is_symlink()


def test_a_process_that_ends_by_itself_is_told(project: Project, folder: Path, pushed: list[str]) -> None:
    started = up(project, folder)
    supervisor.log_file(folder, "one").write_text("out of memory\n")
    processes.stop([started.lab.processes[0].process])
    assert lifecycle.ended(folder, started.lab) == "one has ended\n    out of memory"
    found = status(folder)
    assert (found.condition, found.last_lines) == ("incomplete", {"one": "out of memory"})
    # Browsers come for a while only.
    visited = replace(started.lab.processes[0], service=stack.BROWSERS_SERVICE)
    lab = replace(started.lab, processes=(visited, *started.lab.processes[1:]))
    state.write(folder, lab)
    assert (lifecycle.ended(folder, lab), status(folder).condition) == ("", "running")


def test_a_folder_that_goes_meanwhile_is_no_failure(
    project: Project, folder: Path, pushed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    up(project, folder)
    remove: Callable[[Path], None] = supervisor.remove

    def twice(path: Path) -> None:
        remove(path)
        remove(path)

    monkeypatch.setattr(supervisor, "remove", twice)
    assert down(folder)
    assert not folder.exists()


def test_a_folder_that_can_not_be_removed_is_told(
    project: Project, folder: Path, pushed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    up(project, folder)

    def fail(path: Path) -> None:
        raise PermissionError(1, "Operation not permitted", str(path / "prometheus"))

    with monkeypatch.context() as patched:
        patched.setattr(supervisor, "remove", fail)
        with pytest.raises(ProvisionError, match="prometheus: can't be removed: Operation not permitted"):
            down(folder)
    assert down(folder)


def test_the_starter_is_asked_to_end_its_lab_itself(project: Project, folder: Path, tmp_path: Path) -> None:
    code = (
        "import shutil, signal, sys, time\n"
        f"def end(*_):\n    shutil.rmtree({str(folder)!r}); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end); print(flush=True); time.sleep(600)"
    )
    starter = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert starter.stdout is not None
    starter.stdout.readline()
    other = processes.identify(starter.pid)
    assert other is not None
    folder.mkdir(parents=True)
    state.write(folder, Lab("a", state.this_boot(), True, other, "", ""))
    assert down(folder)
    starter.wait()
    starter.stdout.close()
    assert not folder.exists()


def test_elsewhere_than_on_linux(project: Project, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "BOOT_ID", Path("/nonexistent"))
    with pytest.raises(ProvisionError, match="the lab needs Linux"):
        up(project, folder)
    monkeypatch.undo()


def test_the_default_folder_is_in_the_project(project: Project) -> None:
    assert lifecycle.default_folder(project) == project.root / ".provision" / "lab"
    assert os.fspath(project.root) in str(lifecycle.default_folder(project))
