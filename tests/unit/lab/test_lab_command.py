import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from provision.client.endpoint import Credentials, Endpoint
from provision.client.prometheus import Prometheus
from provision.commands import lab as lab_command
from provision.commands import watched
from provision.errors import MissingTool, ProvisionError, Unreachable, UsageError
from provision.lab import board, lifecycle, processes, proving, readings, sla, state
from provision.lab.client.results import RequestResult
from provision.lab.lifecycle import Started, Status
from provision.lab.processes import Process
from provision.lab.readings import Reading, Value
from provision.lab.sla import Promise
from provision.lab.starting import Wanted
from provision.lab.state import Grafana, Lab, Running
from provision.model import Part, Place
from provision.prove.verify.verdicts import Asked, Report, Verdict
from provision.prove.verify.verdicts import Result as Judged
from provision.tools import grafana
from provision.tools.grafana import Installed

DOCS = Path(__file__).resolve().parents[3] / "docs"

RUNNING = Lab(
    id="a1",
    boot="b",
    ready=True,
    starter=Process(1, 1),
    project="/project",
    environment="demo",
    urls={"Prometheus": "http://127.0.0.1:9090"},
    processes=(Running("app-1", "app", 5, 50, "http://127.0.0.1:1"), Running("traffic", "traffic", 6, 60)),
)
READINGS = (
    Reading("One", "Fine", (Value("", 1.0, "1 s"),)),
    Reading("One", "Wrong", error="parse error"),
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "pyproject.toml").write_text("[tool.provision]\n[tool.provision.env.demo]\n")
    return root


@pytest.fixture
def calls(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """A lab that only writes down what is asked of it."""
    seen: list[tuple[str, Any]] = []
    shown = [READINGS[:1]]

    def up(found: Any, folder: Path, wanted: Wanted, *, tell: Callable[[str], None]) -> Started:
        seen.append(("up", (found.environment, folder, wanted, os.environ.get("NO_PROXY"))))
        tell("starting it")
        folder.mkdir(parents=True, exist_ok=True)
        state.write(folder, RUNNING)
        return Started(RUNNING, ())

    def down(folder: Path, *, keep: bool = False) -> bool:
        seen.append(("down", keep))
        return state.read(folder) is not None

    def read(_definitions: object, client: Prometheus, scrape_seconds: float) -> Iterator[Reading]:
        seen.append(("read", (client.url, scrape_seconds)))
        return iter(shown[0])

    def nowhere(home: Path | None = None) -> Installed:
        raise MissingTool("not found on the PATH", where="grafana")

    monkeypatch.setattr(lifecycle, "up", up)
    monkeypatch.setattr(grafana, "find", nowhere)
    monkeypatch.delenv("GF_PATHS_HOME", raising=False)
    monkeypatch.setattr(lifecycle, "down", down)
    monkeypatch.setattr(lifecycle, "ended", lambda *_: "")
    monkeypatch.setattr(
        lifecycle, "status", lambda _: Status("running", RUNNING, {"app-1": True, "traffic": True})
    )
    monkeypatch.setattr(readings, "readings", read)
    monkeypatch.setattr(watched, "INTERVAL_SECONDS", 0)
    return seen


def run(project: Path, *arguments: str) -> Result:
    runner = CliRunner()
    return runner.invoke(
        lab_command.command,
        [*arguments, "--project", str(project)],
        standalone_mode=False,
        catch_exceptions=False,
    )


def test_up_says_where_everything_is(project: Path, calls: list[tuple[str, Any]]) -> None:
    result = run(project, "up", "--env", "demo")
    assert result.return_value == 0
    folder = project / ".provision" / "lab"
    assert calls == [("up", ("demo", folder, Wanted(), "127.0.0.1"))]
    assert result.stdout.splitlines() == [
        f"The lab in {folder} is running (environment demo).",
        "  Prometheus           http://127.0.0.1:9090",
        "Stop it with: provision lab down",
    ]
    assert result.stderr == "no Grafana in this lab: grafana: not found on the PATH\nstarting it\n"


def test_up_quietly_as_json_elsewhere_without_traffic(
    project: Path, tmp_path: Path, calls: list[tuple[str, Any]]
) -> None:
    result = run(project, "up", "-q", "--format", "json", "--no-traffic", "--state", str(tmp_path / "here"))
    assert calls == [("up", ("default", tmp_path / "here", Wanted(traffic=False), "127.0.0.1"))]
    assert result.stderr == ""
    assert json.loads(result.stdout) == {
        "state": "running",
        "folder": str(tmp_path / "here"),
        "project": "/project",
        "environment": "demo",
        "urls": {"Prometheus": "http://127.0.0.1:9090"},
        "grafana": None,
        "seconds": None,
        "processes": [
            {"name": "app-1", "service": "app", "pid": 5, "url": "http://127.0.0.1:1", "alive": True,
             "last_line": None},
            {"name": "traffic", "service": "traffic", "pid": 6, "url": None, "alive": True, "last_line": None},
        ],
    }  # fmt: skip


def test_ports_that_are_given(project: Path, calls: list[tuple[str, Any]]) -> None:
    run(project, "up", "--port", "prometheus=9090", "--port", "app-3=8003")
    assert calls[0][1][2] == Wanted(ports={"prometheus": 9090, "app-3": 8003})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["grafanna=3000"], "there is no 'grafanna'; did you mean 'grafana'?"),
        (["x=3000"], "there is no 'x'; it may be one of app-1, app-2, app-3, web,"),
        (["web"], "'web' isn't a name and a port from 1 to 65535, such as web=9090"),
        (["web=65536"], "'web=65536' isn't a name and a port"),
        (["web=8000", "grafana=8000"], "port 8000 is given twice"),
    ],
)
def test_ports_that_can_not_be_meant(project: Path, given: list[str], said: str) -> None:
    import click

    with pytest.raises(click.BadParameter) as caught:
        run(project, "up", *(word for each in given for word in ("--port", each)))
    assert caught.value.message.startswith(said)


HOME = Path("/opt/grafana")


@pytest.mark.parametrize(
    ("arguments", "variable", "setting", "home"),
    [
        (["--grafana-home", "/opt/grafana"], "/other", "other", HOME),
        ([], "/opt/grafana", "other", HOME),
        ([], None, "../grafana", Path("../grafana")),
        ([], None, "", None),
    ],
)
def test_a_grafana_that_is_installed_becomes_part_of_it(
    project: Path,
    calls: list[tuple[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    variable: str | None,
    setting: str,
    home: Path | None,
) -> None:
    asked: list[Path | None] = []

    def find(home: Path | None = None) -> Installed:
        asked.append(home)
        return Installed(("grafana", "server"), HOME, "12.4.0")

    monkeypatch.setattr(grafana, "find", find)
    if variable:
        monkeypatch.setenv("GF_PATHS_HOME", variable)
    (project / "pyproject.toml").write_text(f'[tool.provision]\ngrafana_home = "{setting}"\n')
    run(project, "up", *arguments)
    assert asked == [home and project / home]
    assert calls[0][1][2] == Wanted(grafana=Installed(("grafana", "server"), HOME, "12.4.0"))


def test_a_home_path_that_is_none_is_no_reason_to_go_on(project: Path, calls: list[tuple[str, Any]]) -> None:
    with pytest.raises(MissingTool):
        run(project, "up", "--grafana-home", "/nowhere")
    assert calls == []


def test_a_grafana_that_is_there_anyway(
    project: Path, calls: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAFANA_TOKEN", "glsa_hush")
    run(project, "up", "--grafana", "http://127.0.0.1:3000/")
    wanted = calls[0][1][2]
    assert wanted == Wanted(
        grafana=Endpoint("http://127.0.0.1:3000", Credentials(token="glsa_hush"), prefix="GRAFANA")
    )


def test_no_grafana_at_all(project: Path, calls: list[tuple[str, Any]]) -> None:
    assert run(project, "up", "--no-grafana").stderr == "starting it\n"
    with pytest.raises(Exception, match="exclude each other"):
        run(project, "up", "--no-grafana", "--grafana", "http://127.0.0.1:3000")


def test_the_proxy_settings_are_put_back(
    project: Path, calls: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "example.org")
    monkeypatch.delenv("no_proxy", raising=False)
    run(project, "up")
    assert calls[0][1][-1] == "example.org,127.0.0.1"
    assert os.environ["NO_PROXY"] == "example.org"
    assert "no_proxy" not in os.environ


def test_watch_once_prints_and_stops(project: Path, calls: list[tuple[str, Any]]) -> None:
    result = run(project, "up", "--watch", "--once")
    assert result.return_value == 0
    assert result.stdout == "One  ·  Fine   1 s\n\n"
    assert [name for name, _ in calls] == ["up", "read", "down"]
    assert calls[1] == ("read", ("http://127.0.0.1:9090", 1.0))


def test_watch_once_fails_when_a_query_does(
    project: Path, calls: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "readings", lambda *_: iter(READINGS))
    result = run(project, "up", "--watch", "--once", "--format", "json")
    assert result.return_value == 1
    assert json.loads(result.stdout) == {
        "panels": [
            {"dashboard": "One", "panel": "Fine", "values": [{"name": "", "value": 1.0, "text": "1 s"}],
             "empty": [], "why": None, "error": None},
            {"dashboard": "One", "panel": "Wrong", "values": [], "empty": [], "why": None, "error": "parse error"},
        ],
        "sla": [],
        "seen": {},
    }  # fmt: skip


PROMISE = Promise("answered within 200 ms", 0.985, 0.99, "percentunit")


@pytest.fixture
def promised(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project that promises something."""
    with (project / "pyproject.toml").open("a") as file:
        file.write("[tool.provision.variables]\nsla_latency_seconds = 0.2\nsla_error_ratio = 0.01\n")
    monkeypatch.setattr(sla, "promises", lambda *_: iter((PROMISE,)))
    monkeypatch.setattr(sla, "requests", lambda _: 1234)
    monkeypatch.setattr(watched.time, "time", lambda: RUNNING.began + 60)


def test_watch_tells_what_came_of_the_sla(
    project: Path, calls: list[tuple[str, Any]], promised: None
) -> None:
    assert run(project, "up", "--watch", "--once").stdout.splitlines()[1:] == [
        "",
        "SLA over 60 s, 1,234 requests",
        "  answered within 200 ms  98.50%, promised 99%: broken",
        "",
    ]
    value = json.loads(run(project, "up", "--watch", "--once", "--format", "json").stdout)
    assert value["sla"] == [board.promise_value(PROMISE)]


def test_at_last_it_is_told_what_clients_saw(project: Path, calls: list[tuple[str, Any]]) -> None:
    folder = project / ".provision" / "lab"
    folder.mkdir(parents=True)
    (folder / "traffic.jsonl").write_text(
        '{"time": 1, "page": "/", "method": "GET", "path": "/", "seconds": 0.01, "status": 200, "failure": "", "client": 1}\n'
    )
    assert run(project, "up", "--watch", "--once").stdout.splitlines()[2:] == [
        "What HTTP clients saw: 1 requests in 0.0 s, 0 failed",
        "  statuses: 200 1",
        "  /       1  p50 10.0 ms  p95 10.0 ms  p99 10.0 ms  max 10.0 ms",
        "",
    ]


@pytest.fixture
def with_browsers(project: Path, calls: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lab with visitors that have seen nothing yet; its folder."""
    here = processes.identify(os.getpid())
    assert here is not None
    entry = Running("browsers", "browsers", here.pid, here.started)
    lab = replace(RUNNING, processes=(*RUNNING.processes, entry))

    def up(_project: Any, folder: Path, wanted: Wanted, *, tell: Callable[[str], None]) -> Started:
        assert wanted.browsers == 2
        folder.mkdir(parents=True)
        state.write(folder, lab)
        return Started(lab, ())

    monkeypatch.setattr(lifecycle, "up", up)
    return project / ".provision" / "lab"


def test_once_waits_for_a_visit_with_a_browser(
    project: Path, with_browsers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sleep(_: float) -> None:
        with (with_browsers / "browsers.jsonl").open("a") as log:
            for page, failure in (("/", ""), ("POST /delete", "")):
                outcome = RequestResult(1.0, page, "GET", "/", 0.1, 200, failure)
                log.write(json.dumps(asdict(outcome)) + "\n")

    monkeypatch.setattr(watched.time, "sleep", sleep)
    result = run(project, "up", "--watch", "--once", "--browsers", "2")
    assert result.stderr.endswith("waiting for a visit with a browser\n")
    assert "What browsers saw: 2 requests" in result.stdout


def test_a_visit_is_not_waited_for_for_ever(
    project: Path, with_browsers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "VISIT_SECONDS", 0.0)
    result = run(project, "up", "--watch", "--once", "--browsers", "2")
    assert result.return_value == 0
    assert result.stderr.endswith("no visit with a browser is over after 0 s\n")


@pytest.mark.parametrize(("log", "said"), [("no sandbox\n", "no sandbox"), ("", "they said nothing")])
def test_browsers_that_end_are_told_and_the_others_go_on(
    project: Path, with_browsers: Path, monkeypatch: pytest.MonkeyPatch, log: str, said: str
) -> None:
    monkeypatch.setattr(processes, "alive", lambda _: False)
    (with_browsers / "logs").mkdir(parents=True)
    (with_browsers / "logs" / "browsers.log").write_text(log)
    monkeypatch.setattr(lifecycle, "up", keeping(lifecycle.up, with_browsers))
    result = run(project, "up", "--watch", "--once", "--browsers", "2")
    assert result.return_value == 0
    assert result.stderr.endswith(f"the browsers have ended, and the other clients go on: {said}\n")


def keeping(up: Callable[..., Started], folder: Path) -> Callable[..., Started]:
    """The same, though its folder is there already."""

    def again(*arguments: Any, **options: Any) -> Started:
        aside = folder.with_name("aside")
        folder.rename(aside)
        started = up(*arguments, **options)
        (aside / "logs").rename(folder / "logs")
        return started

    return again


def test_links_stand_below_the_first_round(
    project: Path, calls: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Grafana("http://127.0.0.1:3000", {"One": "http://127.0.0.1:3000/d/one/one"})
    up = lifecycle.up
    monkeypatch.setattr(
        lifecycle,
        "up",
        lambda *given, **more: replace(up(*given, **more), lab=replace(RUNNING, grafana=shown)),
    )
    assert run(project, "up", "--watch", "--once").stdout.splitlines() == [
        "One  ·  Fine   1 s",
        "",
        "  Grafana              http://127.0.0.1:3000",
        "    One                http://127.0.0.1:3000/d/one/one",
        "",
    ]
    value = json.loads(run(project, "up", "--watch", "--once", "--format", "json").stdout)
    assert value["grafana"] == asdict(shown)


def test_before_anybody_has_asked_for_anything_there_is_no_sla(
    project: Path, calls: list[tuple[str, Any]], promised: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sla, "promises", lambda *_: iter(()))
    assert run(project, "up", "--watch", "--once").stdout == "One  ·  Fine   1 s\n\n"


def test_the_sla_is_the_last_thing_that_is_told(
    project: Path, calls: list[tuple[str, Any]], promised: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sleep(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(watched.time, "sleep", sleep)
    result = run(project, "up", "--watch")
    assert result.return_value == 0
    assert result.stdout.count("SLA over 60 s") == 2
    assert result.stdout.endswith("promised 99%: broken\n")


def test_a_prometheus_that_ended_by_the_same_ctrl_c_is_no_failure(
    project: Path, calls: list[tuple[str, Any]], promised: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sleep(_: float) -> None:
        monkeypatch.setattr(sla, "promises", unreachable)
        raise KeyboardInterrupt

    def unreachable(*_: object) -> None:
        raise Unreachable("it doesn't answer")

    monkeypatch.setattr(watched.time, "sleep", sleep)
    result = run(project, "up", "--watch")
    assert result.return_value == 0
    assert result.stderr.endswith("stopping the lab\n")


@pytest.fixture
def proof(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets what comes of the only expression."""

    def comes_to(status: Any) -> None:
        asked = Asked(
            "One",
            "panel A",
            Place("dashboards/one.py", 1),
            Part("dashboard", "one", "/x", "dashboards/one.py"),
            "up",
            "up",
        )
        verdict = Verdict(status, message="" if status == "data" else "no series")
        result = Judged(asked, verdict, None if status == "data" else "error")
        monkeypatch.setattr(proving, "proved", lambda *_: Report(("http://127.0.0.1:9090",), (result,)))

    return comes_to


@pytest.mark.parametrize(("status", "code"), [("data", 0), ("unknown-metric", 1)])
def test_watch_begins_with_a_verification(
    project: Path, calls: list[tuple[str, Any]], proof: Callable[[str], None], status: str, code: int
) -> None:
    proof(status)
    result = run(project, "up", "--watch", "--once", "--verify")
    assert result.return_value == code
    assert result.stdout.startswith("One  1 ")
    assert result.stdout.endswith("\n\nOne  ·  Fine   1 s\n\n")
    assert "verifying every expression against http://127.0.0.1:9090\n" in result.stderr
    value = json.loads(run(project, "up", "--watch", "--once", "--verify", "--format", "json").stdout)
    assert value["verify"]["format"] == "provision.verify/1"
    assert value["verify"]["summary"] == {status: 1}


@pytest.mark.parametrize(("status", "code"), [("data", 0), ("unknown-metric", 1)])
def test_a_verification_without_watching(
    project: Path, calls: list[tuple[str, Any]], proof: Callable[[str], None], status: str, code: int
) -> None:
    proof(status)
    result = run(project, "up", "--verify")
    assert result.return_value == code
    assert result.stdout.startswith("One  1 ")
    assert result.stdout.endswith("Stop it with: provision lab down\n")
    assert [name for name, _ in calls] == ["up"]
    value = json.loads(run(project, "up", "--verify", "--format", "json").stdout)
    assert (value["state"], value["verify"]["summary"]) == ("running", {status: 1})


def test_watch_goes_on_until_ctrl_c(
    project: Path, calls: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = iter([None, None, KeyboardInterrupt()])

    def sleep(_: float) -> None:
        error = next(rounds)
        if error is not None:
            raise error

    monkeypatch.setattr(watched.time, "sleep", sleep)
    result = run(project, "up", "--watch")
    assert result.return_value == 0
    assert result.stdout.count("One  ·  Fine") == 3
    assert result.stderr.endswith("stopping the lab\n")
    assert calls[-1] == ("down", False)


def test_watch_ends_with_the_lab(
    project: Path, calls: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project / ".provision" / "lab"
    monkeypatch.setattr(watched.time, "sleep", lambda _: state.write(folder, replace(RUNNING, id="another")))
    result = run(project, "up", "--watch")
    assert result.return_value == 0
    assert result.stderr.endswith("the lab was stopped\n")


def test_watch_tells_of_a_program_that_ended(
    project: Path, calls: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "ended", lambda *_: "traefik has ended\n    out of memory")
    with pytest.raises(ProvisionError, match="the lab: traefik has ended\n    out of memory"):
        run(project, "up", "--watch")
    assert calls[-1] == ("down", False)


def test_a_terminal_shows_one_screen_after_the_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(watched.sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(watched.shutil, "get_terminal_size", lambda: os.terminal_size((16, 3)))
    for rounds in range(4):
        watched._print(watched.Round(tuple(board.lines(READINGS)), {}), "text", rounds, once=False)
    first, *screens = capsys.readouterr().out.split("\x1b[2J\x1b[H")
    assert first.splitlines() == ["One  ·  Fine    1 s", "One  ·  Wrong   query failed: parse error", ""]
    assert [screen.splitlines()[0] for screen in screens] == [
        "One  ·  Fine   …",
        "One  ·  Wrong  …",
        "One  ·  Fine   …",
    ]
    assert "screen 2 of 2" in screens[1]


def test_once_without_watch_is_wrong_usage(project: Path) -> None:
    import click

    with pytest.raises(click.UsageError, match="--once belongs to --watch"):
        run(project, "up", "--once")


def test_a_verification_without_clients_is_wrong_usage(project: Path, calls: list[tuple[str, Any]]) -> None:
    import click

    with pytest.raises(click.UsageError, match="--verify needs clients"):
        run(project, "up", "--verify", "--no-traffic")
    assert calls == []


@pytest.mark.parametrize(
    ("found", "code", "text"),
    [
        (Status("running", RUNNING, {"app-1": True, "traffic": True}), 0, "is running"),
        (
            Status("incomplete", RUNNING, {"app-1": False, "traffic": True}, {"app-1": "out of memory"}),
            1,
            "\n  app-1 has ended; its log ends with: out of memory\n",
        ),
        (
            Status("incomplete", RUNNING, {"app-1": False, "traffic": True}, {"app-1": ""}),
            1,
            "\n  app-1 has ended; its log is empty\n",
        ),
        (
            Status("incomplete", replace(RUNNING, ready=False), {"app-1": True, "traffic": True}),
            1,
            "its start was cut short",
        ),
        (Status("stopped"), 1, "No lab runs in"),
    ],
)
def test_status(project: Path, monkeypatch: pytest.MonkeyPatch, found: Status, code: int, text: str) -> None:
    monkeypatch.setattr(lifecycle, "status", lambda _: found)
    result = run(project, "status")
    assert result.return_value == code
    assert text in result.stdout
    assert run(project, "status", "-q").stdout == ""
    assert json.loads(run(project, "status", "--format", "json").stdout)["state"] == found.condition


def test_where_one_thing_is(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Grafana("http://127.0.0.1:3000", {"One": "http://127.0.0.1:3000/d/one/one"})
    found = Status("running", replace(RUNNING, grafana=shown), {"app-1": True, "traffic": True})
    monkeypatch.setattr(lifecycle, "status", lambda _: found)
    assert run(project, "status", "--url", "prometheus").stdout == "http://127.0.0.1:9090\n"
    assert run(project, "status", "-q", "--url", "Grafana").stdout == "http://127.0.0.1:3000\n"
    assert run(project, "status", "--url", "One").stdout == "http://127.0.0.1:3000/d/one/one\n"
    with pytest.raises(UsageError) as caught:
        run(project, "status", "--url", "Promtheus")
    assert str(caught.value) == "the lab has nothing called 'Promtheus'; did you mean 'Prometheus'?"
    with pytest.raises(UsageError, match="nothing called 'x'; it may be one of Grafana, One, Prometheus$"):
        run(project, "status", "--url", "x")


def test_where_something_of_no_lab_is(project: Path) -> None:
    with pytest.raises(ProvisionError) as caught:
        run(project, "status", "--url", "Prometheus")
    folder = project / ".provision" / "lab"
    assert str(caught.value) == f"{folder}: no lab runs there; start one with `provision lab up`"


def test_where_grafana_and_the_dashboards_are(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = {"One": "http://127.0.0.1:3000/d/one/one"}
    shown = Grafana("http://127.0.0.1:3000", pages, "admin", "/lab/grafana/password")
    found = Status("running", replace(RUNNING, grafana=shown, seconds=12.5), {"app-1": True, "traffic": True})
    monkeypatch.setattr(lifecycle, "status", lambda _: found)
    assert run(project, "status").stdout.splitlines()[2:4] == [
        "  Grafana              http://127.0.0.1:3000 (user admin, password in /lab/grafana/password)",
        "    One                http://127.0.0.1:3000/d/one/one",
    ]
    value = json.loads(run(project, "status", "--format", "json").stdout)
    assert value["seconds"] == 12.5
    assert value["grafana"] == {
        "url": "http://127.0.0.1:3000", "dashboards": pages, "user": "admin", "password_file": "/lab/grafana/password",
    }  # fmt: skip


def test_down(project: Path, calls: list[tuple[str, Any]]) -> None:
    folder = project / ".provision" / "lab"
    assert run(project, "down").stdout == f"No lab runs in {folder}.\n"
    run(project, "up")
    assert run(project, "down").stdout == f"The lab in {folder} is stopped.\n"
    assert run(project, "down", "--keep").stdout == f"The lab in {folder} is stopped; the folder is kept.\n"
    assert run(project, "down", "-q").stdout == ""
    assert calls[-2] == ("down", True)


def test_status_and_down_need_no_project_when_the_folder_is_named(tmp_path: Path) -> None:
    for name in ("status", "down"):
        result = CliRunner().invoke(
            lab_command.command, [name, "--state", str(tmp_path / "lab")], standalone_mode=False
        )
        assert "No lab runs in" in result.stdout


def test_every_option_is_documented() -> None:
    import click

    text = (DOCS / "lab.md").read_text()
    everywhere = {"--project", "--verbose", "--quiet", "--env"}
    assert isinstance(lab_command.command, click.Group)
    for name, command in lab_command.command.commands.items():
        assert f"provision lab {name}" in text
        for option in command.params:
            long = next(name for name in option.opts if name.startswith("--"))
            assert long in text or long in everywhere


def documented(start: str) -> set[str]:
    """The fields in the table of the page that follows these words."""
    table = (DOCS / "lab.md").read_text().split(start)[1].split("| --- | --- |\n")[1].split("\n\n")[0]
    return {name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])}


def test_every_field_of_the_json_is_documented(
    project: Path, calls: list[tuple[str, Any]], promised: None, proof: Callable[[str], None]
) -> None:
    proof("data")
    (project / ".provision" / "lab").mkdir(parents=True)
    (project / ".provision" / "lab" / "admin-token").touch()
    found = json.loads(run(project, "up", "--verify", "--format", "json").stdout)
    assert set(found) == documented("print one document with")
    watched_ones = json.loads(run(project, "up", "--watch", "--once", "--verify", "--format", "json").stdout)
    assert set(watched_ones) | {"grafana"} == documented("each round is a line")
