"""What a push to a Grafana costs, beside the least that any client could send and ask for on the same server.

The ceiling of writing is `http.client` with four connections that PUT bodies made beforehand; that of reading is
the same with one connection that asks for the list pages, and looks at nothing in them but the next page's token.
Everything is measured by turns in fresh processes, so that what else the machine does falls on all of them. With
`GRAFANA_URL` (`GRAFANA_USER`, `GRAFANA_PASSWORD`) it is a real server, else the stand-in of the tests, which is
itself slow: then the CPU of the client says more than the rates. `BENCHMARK_DASHBOARDS`, `BENCHMARK_RUNS` and
`BENCHMARK_MANY` say how many.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

DASHBOARDS = int(os.environ.get("BENCHMARK_DASHBOARDS", "1000"))
MANY = int(os.environ.get("BENCHMARK_MANY", "10000"))
RUNS = int(os.environ.get("BENCHMARK_RUNS", "3"))
WRITERS = 4
LIMIT_MIB = 400
OWNER = "benchmark"
_PATH = "/apis/dashboard.grafana.app/v0alpha1/namespaces/default/dashboards"
_ROOT = Path(__file__).parents[1]
_EXPR = 'sum by (job, instance) (rate(service_{number}_requests_{panel}_total{{code=~"2..", handler!="/health"}}[5m]))'


def rows() -> list[tuple[str, ...]]:
    """A header and a row for each measurement, the median of the runs; and the peak memory of large pushes."""
    header = ("what", "wall", "per second", "of the ceiling", "CPU each", "requests", "target", "")
    found = [header]
    with server() as url:
        takes: dict[str, list[dict[str, float]]] = {}
        measured("clean", url, 0)
        for run in range(RUNS):
            for what in ("create", "writes", "changed", "command", "pages", "unchanged", "clean"):
                takes.setdefault(what, []).append(measured(what, url, run))
        writes, pages = rate(takes["writes"]), rate(takes["pages"])
        found += [
            row("ceiling of writing: bare PUTs, 4 connections", takes["writes"], 1.0, ""),
            row("push, all changed: its writes", takes["changed"], rate(takes["changed"]) / writes, "≥ 0.90"),
            row("push, all changed: plan and writes", takes["changed"], rate(takes["changed"], "whole") / writes, "", "whole"),
            row("provision push, all changed: the whole command", takes["command"], rate(takes["command"]) / writes, ""),
            row("push, all new: its writes", takes["create"], rate(takes["create"]) / writes, ""),
            row("ceiling of reading: list pages", takes["pages"], 1.0, ""),
            row("push, unchanged: plan", takes["unchanged"], pages / rate(takes["unchanged"]), "≤ 1.50"),
        ]  # fmt: skip
    with server() as url:
        measured("clean", url, 0)
        for state, run in (("new", 0), ("unchanged", 0), ("all changed", 1)):
            taken = measured("large", url, run)
            within = "within" if taken["memory"] <= LIMIT_MIB else "ABOVE"
            found.append((f"provision push, {MANY:,} dashboards, {state}: peak memory", seconds(taken["wall"]), f"{MANY / taken['wall']:.0f}", "",
                          f"{taken['cpu'] / MANY * 1000:.2f} ms", "", f"{taken['memory']:.0f} ≤ {LIMIT_MIB} MiB", within))  # fmt: skip
        measured("clean", url, 0)
    return found


def rate(takes: list[dict[str, float]], field: str = "wall") -> float:
    return median(DASHBOARDS / take[field] for take in takes)


def row(
    label: str, takes: list[dict[str, float]], ratio: float, target: str, field: str = "wall"
) -> tuple[str, ...]:
    within = ""
    if target:
        bound = float(target.split()[1])
        within = "within" if (ratio >= bound if target.startswith("≥") else ratio <= bound) else "OUTSIDE"
    rates = sorted(DASHBOARDS / take[field] for take in takes)
    return (label, seconds(median(take[field] for take in takes)), f"{median(rates):.0f} ({rates[0]:.0f} to {rates[-1]:.0f})", f"{ratio:.2f}",
            f"{median(take['cpu'] for take in takes) / DASHBOARDS * 1000:.2f} ms", f"{median(take['requests'] for take in takes):.0f}", target, within)  # fmt: skip


def seconds(value: float) -> str:
    return f"{value:.2f} s"


@contextmanager
def server() -> Iterator[str]:
    """A real Grafana's address, or that of a stand-in in a process of its own."""
    if url := os.environ.get("GRAFANA_URL"):
        yield url.rstrip("/")
        return
    own = subprocess.Popen(
        [sys.executable, __file__, "stand-in"], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )
    assert own.stdout is not None
    assert own.stdin is not None
    try:
        yield own.stdout.readline().strip()
    finally:
        own.stdin.close()
        own.wait()


def measured(what: str, url: str, run: int) -> dict[str, float]:
    """What this file measures as a script of its own: in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-B", __file__, what, url, str(run)], stdout=subprocess.PIPE, check=True
    )
    taken: dict[str, float] = json.loads(done.stdout)
    return taken


# ── what is sent ─────────────────────────────────────────────────────────────


def spec(number: int, run: str) -> dict[str, Any]:
    """A dashboard of 12 KB, another one in each run."""
    panels = [
        {
            "id": panel + 1, "type": "timeseries", "title": f"Panel {panel}", "description": f"run {run}",
            "gridPos": {"h": 8, "w": 12, "x": panel % 2 * 12, "y": panel // 2 * 8},
            "fieldConfig": {"defaults": {"unit": "reqps", "custom": {"drawStyle": "line", "lineWidth": 1, "fillOpacity": 10}},
                            "overrides": []},
            "options": {"legend": {"displayMode": "table", "calcs": ["mean", "max"]}, "tooltip": {"mode": "multi"}},
            "targets": [{"refId": "A", "expr": _EXPR.format(number=number, panel=panel), "legendFormat": "{{job}}"}],
        }
        for panel in range(24)
    ]  # fmt: skip
    return {
        "title": f"Service {number}",
        "uid": f"bench-{number}",
        "tags": ["benchmark"],
        "schemaVersion": 42,
        "panels": panels,
    }


def definitions(count: int, run: str) -> Iterator[Any]:
    from provision.model import Definition, Place, encode

    for number in range(count):
        body = {"folder": "", "spec": spec(number, run)}
        yield Definition(
            "dashboard", f"bench-{number}", encode(body), Place(f"dashboards/service_{number}.py", 1)
        )


# ── the ceilings ─────────────────────────────────────────────────────────────


def connection(url: str) -> tuple[http.client.HTTPConnection, dict[str, str]]:
    parts = urlsplit(url)
    user, password = os.environ.get("GRAFANA_USER", "admin"), os.environ.get("GRAFANA_PASSWORD", "admin")
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    headers = {
        "Authorization": f"Basic {pair}",
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    return http.client.HTTPConnection(parts.hostname or "", parts.port), headers


def bare_writes(url: str, run: int) -> dict[str, float]:
    """PUT every dashboard, and read each answer to its end."""
    annotations = {"grafana.app/managedBy": "kubectl", "grafana.app/managerId": "nobody"}
    bodies = [
        (f"{_PATH}/bench-{number}", json.dumps({
            "apiVersion": "dashboard.grafana.app/v0alpha1", "kind": "Dashboard", "spec": spec(number, f"bare {run}"),
            "metadata": {"name": f"bench-{number}", "annotations": annotations},
        }, separators=(",", ":")).encode())
        for number in range(DASHBOARDS)
    ]  # fmt: skip
    work = iter(bodies)
    lock = threading.Lock()
    failed: list[int] = []

    def write() -> None:
        link, headers = connection(url)
        while True:
            with lock:
                item = next(work, None)
            if item is None:
                return
            link.request("PUT", *item, headers)
            answer = link.getresponse()
            answer.read()
            if answer.status >= 300:
                failed.append(answer.status)

    return timed(lambda: in_threads(write), DASHBOARDS, failed)


def bare_pages(url: str, _: int) -> dict[str, float]:
    """Ask for all list pages."""
    asked = 0

    def read() -> None:
        nonlocal asked
        link, headers = connection(url)
        token = b""
        while True:
            asked += 1
            link.request("GET", f"{_PATH}?limit=500&continue={token.decode()}", headers=headers)
            found = re.search(rb'"continue":\s*"([^"]+)"', link.getresponse().read())
            if found is None:
                return
            token = found[1]

    taken = timed(read, 0, [])
    return {**taken, "requests": asked}


def in_threads(work: Callable[[], None]) -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        for begun in [pool.submit(work) for _ in range(WRITERS)]:
            begun.result()  # raises what went wrong there


def timed(work: Callable[[], object], requests: int, failed: list[int]) -> dict[str, float]:
    began, cpu = time.perf_counter(), time.process_time()
    work()
    taken = {"wall": time.perf_counter() - began, "cpu": time.process_time() - cpu, "requests": requests}
    assert not failed, failed[:3]
    return taken


# ── ours ─────────────────────────────────────────────────────────────────────


def push(url: str, run: str, count: int) -> dict[str, float]:
    """A push in this process: the plan, then the writes."""
    from provision.client.session import Credentials, Endpoint
    from provision.compile.dialect.grafana import shape
    from provision.ship.apply import apply
    from provision.ship.plan import make_plan
    from provision.ship.target import grafana

    user, password = os.environ.get("GRAFANA_USER", "admin"), os.environ.get("GRAFANA_PASSWORD", "admin")
    target = grafana.connect(Endpoint(url, Credentials(user=user, password=password)))
    desired = shape(tuple(definitions(count, run)), target.dialect)
    requests = counted(target.server.client.session)
    plans: list[Any] = []
    planning = timed(lambda: plans.append(make_plan(desired, target, OWNER, overwrite=True)), 0, [])
    (plan,) = plans
    outcomes: list[Any] = []
    writing = timed(lambda: outcomes.extend(apply(plan, target)), 0, [])
    missed = [one for one in outcomes if one.status != "done"]
    assert not missed, missed[0].message
    taken = writing if plan.writes else planning
    assert len(plan.writes) in (0, count), len(plan.writes)
    return {**taken, "whole": planning["wall"] + writing["wall"], "requests": requests[0]}


def counted(session: Any) -> list[int]:
    """Counts what a session sends."""
    count = [0]
    send = session._once

    def once(*given: Any) -> Any:
        count[0] += 1
        return send(*given)

    session._once = once
    return count


def command(url: str, run: int) -> dict[str, float]:
    """`provision push` as a user runs it, with its start, loading the sources and its own checks."""
    return command_of(url, DASHBOARDS, f"command {run}")


def command_of(url: str, count: int, run: str) -> dict[str, float]:
    """The same for so many dashboards; its memory is the most that one process of it had at once."""
    with tempfile.TemporaryDirectory(prefix="provision-benchmark-") as folder:
        root = Path(folder)
        (root / "dashboards").mkdir()
        (root / "pyproject.toml").write_text(f'[tool.provision]\nname = "{OWNER}"\n')
        for number in range(count):
            (root / "dashboards" / f"service_{number}.json").write_text(json.dumps(spec(number, run)))
        environment = {"GRAFANA_USER": "admin", "GRAFANA_PASSWORD": "admin", **os.environ}
        began = time.perf_counter()
        with (root / "said").open("w+") as said:
            asked = subprocess.Popen(
                [sys.executable, "-m", "provision", "push", "--grafana", url, "--yes", "--force", "--overwrite", "-q"],
                cwd=root, env=environment, stdout=said, stderr=said,
            )  # fmt: skip
            _, status, used = os.wait4(asked.pid, 0)
        wall = time.perf_counter() - began
        assert status == 0, (root / "said").read_text()[-2000:]
        return {
            "wall": wall, "cpu": used.ru_utime + used.ru_stime, "requests": 0, "memory": used.ru_maxrss / 1024,
        }  # fmt: skip


def clean(url: str, _: int) -> dict[str, float]:
    """Remove what a benchmark has made."""
    link, headers = connection(url)
    while True:
        link.request("GET", "/api/search?type=dash-db&tag=benchmark&limit=5000", headers=headers)
        found = json.loads(link.getresponse().read())
        mine = [one["uid"] for one in found if one["uid"].startswith("bench-")]
        if not mine:
            return {}
        for uid in mine:
            link.request("DELETE", f"{_PATH}/{uid}", headers=headers)
            link.getresponse().read()


def stand_in() -> None:
    sys.path.insert(0, str(_ROOT / "tests"))
    from support.grafana_standin import standin

    with standin("12.4.0") as state:
        print(state.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    if sys.argv[1] == "stand-in":
        stand_in()
        sys.exit()
    what, url, run = sys.argv[1], sys.argv[2], int(sys.argv[3])
    measures: dict[str, Callable[[], dict[str, float]]] = {
        "writes": lambda: bare_writes(url, run),
        "pages": lambda: bare_pages(url, run),
        "create": lambda: push(url, f"new {run}", DASHBOARDS),
        "changed": lambda: push(url, f"changed {run}", DASHBOARDS),
        "unchanged": lambda: push(url, f"command {run}", DASHBOARDS),
        "command": lambda: command(url, run),
        "large": lambda: command_of(url, MANY, f"large {run}"),
        "clean": lambda: clean(url, run),
    }
    print(json.dumps(measures[what]()))
