"""A lab with a Grafana: the one that `PROVISION_TEST_GRAFANA` and `PROVISION_TEST_GRAFANA_HOME` name, or else a stand-in."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provision.lab import processes, stack, state
from provision.lab.drill.stage import Stage
from provision.lab.lifecycle import status
from support.grafana_program import installed
from support.grafana_standin import standin
from support.servers import REPOSITORY, require

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("lab")]

TIME_LIMIT_SECONDS = 120
DASHBOARDS = len(list((REPOSITORY / "dashboards").glob("*/[!_]*.py")))


def real() -> tuple[Path, Path] | None:
    program, home = (
        os.environ.get(name) for name in ("PROVISION_TEST_GRAFANA", "PROVISION_TEST_GRAFANA_HOME")
    )
    return (Path(program), Path(home)) if program and home else None


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    for name in stack.PROGRAMS:
        require(name)
    yield tmp_path / "lab"
    provision("lab", "down", "--state", tmp_path / "lab")


@pytest.fixture(params=["stand-in", "real"])
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home path of a Grafana, whose program is in it or on the PATH."""
    if request.param == "stand-in":
        installed(tmp_path / "home")
        return tmp_path / "home"
    found = real()
    if found is None:
        pytest.skip("PROVISION_TEST_GRAFANA and PROVISION_TEST_GRAFANA_HOME name no Grafana to run")
    program, home = found
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return home


def provision(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "provision", *map(str, arguments), "--project", str(REPOSITORY)],
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT_SECONDS,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "src"), **variables},
        check=False,
    )


def ask(url: str, password: str = "", body: Any = None) -> Any:
    """What a Grafana answers to its administrator, or to anybody; the status when it refuses."""
    headers = {"Content-Type": "application/json"}
    if password:
        headers["Authorization"] = f"Basic {base64.b64encode(f'admin:{password}'.encode()).decode()}"
    request = urllib.request.Request(url, None if body is None else json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code


def test_a_grafana_that_is_installed_shows_the_lab(folder: Path, home: Path) -> None:
    up = provision("lab", "up", "--format", "json", "--grafana-home", home, "--state", folder)
    assert up.returncode == 0, up.stderr
    lab = json.loads(up.stdout)
    grafana = lab["grafana"]
    assert len(grafana["dashboards"]) == DASHBOARDS
    assert {"Containers", "Traefik SLA"} <= set(grafana["dashboards"])
    file = Path(grafana["password_file"])
    assert (file.stat().st_mode & 0o777, file.parent.parent) == (0o600, folder)
    password = file.read_text()
    assert [source["url"] for source in ask(f"{grafana['url']}/api/datasources", password)] == [
        lab["urls"]["Prometheus"]
    ]
    for url in grafana["dashboards"].values():
        uid = url.removeprefix(f"{grafana['url']}/d/").partition("/")[0]
        assert ask(f"{grafana['url']}/api/dashboards/uid/{uid}", password)["dashboard"]["panels"]
    assert ask(f"{grafana['url']}/api/search") == 401
    assert ask(f"{grafana['url']}/api/org", "admin") == 401
    _no_secret_can_be_seen(lab["processes"], password)
    if real() and home == real()[1]:  # type: ignore[index]
        assert _asked_through(grafana["url"], password) > 0
    shown = provision("lab", "status", "--state", folder).stdout.splitlines()
    heading = next(number for number, line in enumerate(shown) if line.startswith("  Grafana "))
    assert shown[heading].endswith(f" {grafana['url']} (user admin, password in {file})")
    assert [line.split()[-1] for line in shown[heading + 1 : heading + 1 + DASHBOARDS]] == list(
        grafana["dashboards"].values()
    )
    pid = next(each["pid"] for each in lab["processes"] if each["name"] == "grafana")
    assert provision("lab", "down", "--state", folder).returncode == 0
    assert processes.identify(pid) is None
    assert not folder.exists()


def _no_secret_can_be_seen(running: list[dict[str, Any]], password: str) -> None:
    """By other users of the machine, who can read arguments, or by programs that inherit variables."""
    for each in running:
        for what in ("cmdline", "environ"):
            assert password.encode() not in (Path("/proc") / str(each["pid"]) / what).read_bytes(), each[
                "name"
            ]


def _asked_through(url: str, password: str) -> float:
    """The rate of requests, as a panel gets it: Grafana asks the lab's Prometheus."""
    query = {
        "refId": "A",
        "datasource": {"uid": "prometheus"},
        "expr": "sum(rate(traefik_entrypoint_requests_total[5s]))",
        "instant": True,
    }
    answer = ask(f"{url}/api/ds/query", password, {"from": "now-1m", "to": "now", "queries": [query]})
    (frame,) = answer["results"]["A"]["frames"]
    return float(frame["data"]["values"][-1][0])


def test_a_grafana_that_is_there_anyway_is_only_pushed_to(folder: Path) -> None:
    with standin() as server:
        credentials = {"GRAFANA_USER": "admin", "GRAFANA_PASSWORD": "admin"}
        up = provision("lab", "up", "--no-traffic", "--grafana", server.url, "--state", folder, **credentials)
        assert up.returncode == 0, up.stderr
        assert f"pushing dashboards to {server.url}\n" in up.stderr
        assert f"  Grafana              {server.url}\n" in up.stdout
        assert f"    Traefik SLA        {server.url}/d/traefik-sla/traefik-sla\n" in up.stdout
        assert "grafana" not in {entry.name for entry in Stage(folder, ()).lab.processes}
        assert provision("lab", "down", "--state", folder).returncode == 0
        held = ask(f"{server.url}/api/dashboards/uid/traefik-sla", "admin")
        assert held["dashboard"]["title"] == "Traefik SLA"
        # What the project itself has there is not the lab's to change.
        pushed = provision("push", "--yes", "--grafana", server.url, "--overwrite", **credentials)
        assert pushed.returncode == 0, pushed.stderr
        refused = provision("lab", "up", "--grafana", server.url, "--state", folder, **credentials)
        assert refused.returncode == 1
        assert (
            f"Error: grafana {server.url}: data source \"Prometheus\": it belongs to 'reference'"
            in refused.stderr
        )
        assert not folder.exists()


def test_one_that_does_not_let_us_in_is_told_before_anything_is_started(folder: Path) -> None:
    with standin() as server:
        up = provision("lab", "up", "--grafana", server.url, "--state", folder, GRAFANA_TOKEN="glsa_wrong")
    assert up.returncode == 3
    assert up.stderr.startswith(f"Error: {server.url}: ")
    assert "glsa_wrong" not in up.stderr
    assert status(folder).condition == "stopped"
    assert not folder.exists()
    assert state.read(folder) is None
