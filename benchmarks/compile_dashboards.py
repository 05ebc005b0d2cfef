"""What compiling costs, beside what grafanalib's own objects and encoder cost for the same dashboards.

grafanalib's part is running the sources' compiled code and encoding each dashboard as its own `generate-dashboard`
does; reading and parsing the sources, importing grafanalib and starting Python are left out of it. The loader's part
is everything: its own process and all its workers from their start to their end. For comparison stands there what
`generate-dashboard` costs as a whole, for all files in one process.
"""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

DASHBOARDS = 1000
RUNS = 5
RATIO = 1.2
MEMORY_MIB = 300

_PANELS = """\
        {kind}(
            title="Panel {panel}",
            dataSource="prometheus",
            {unit}
            gridPos=GridPos(h=8, w=12, x={x}, y={y}),
            targets=[
                Target(
                    expr='sum by (job) (rate(service_{number}_requests_{panel}_total{{code="200"}}[5m]))',
                    legendFormat="{{{{{{job}}}}}}",
                    refId="A",
                ),
            ],
        ),
"""
_KINDS = ["TimeSeries"] * 12 + ["Stat"] * 4 + ["GaugePanel"] * 2 + ["BarGauge", "Table"]
_IMPORT = (
    "from grafanalib.core import BarGauge, Dashboard, GaugePanel, GridPos, Stat, Table, Target, TimeSeries\n"
)


def rows() -> list[tuple[str, ...]]:
    """A header and a row for each measurement; of CPU and wall time the least of 5 runs, of memory the most."""
    found = [("what", "CPU", "of grafanalib's", "wall", "peak memory", "target", "")]
    with tempfile.TemporaryDirectory(prefix="provision-benchmark-") as folder:
        files, single = Path(folder, "files"), Path(folder, "single")
        write_files(files)
        write_single(single)
        own, generated, one, many = in_turn(
            ("grafanalib", files), ("generate", files), ("load", files, "1"), ("load", files, "default")
        )
        found.append(plain("1,000 files: grafanalib's objects and encoder", own, own))
        found.append(plain("1,000 files: grafanalib's generate-dashboards", generated, own))
        found.append(compared("1,000 files: load with one worker", one, own))
        found.append(compared("1,000 files: load as it is", many, own))
        own, one = in_turn(("grafanalib", single), ("load", single, "default"))
        found.append(plain("one file: grafanalib's objects and encoder", own, own))
        found.append(compared("one file: load as it is", one, own))
        found.extend(second_builds(files))
    return found


def plain(label: str, taken: dict[str, float], own: dict[str, float]) -> tuple[str, ...]:
    return (
        label,
        seconds(taken["cpu"]),
        f"{taken['cpu'] / own['cpu']:.2f}",
        seconds(taken["wall"]),
        "",
        "",
        "",
    )


def compared(label: str, taken: dict[str, float], own: dict[str, float]) -> tuple[str, ...]:
    ratio = taken["cpu"] / own["cpu"]
    within = "within" if ratio <= RATIO and taken["memory"] <= MEMORY_MIB else "ABOVE"
    return (label, seconds(taken["cpu"]), f"{ratio:.2f}", seconds(taken["wall"]), f"{taken['memory']:.0f} MiB",
            f"≤ {RATIO}, ≤ {MEMORY_MIB} MiB", within)  # fmt: skip


def second_builds(root: Path) -> list[tuple[str, ...]]:
    """Nothing changed, and one source changed, after a first build that filled the cache."""
    measured("load", root, "cached")
    found = []
    for label, change, expected in (("nothing changed", False, 0), ("one source changed", True, 1)):
        takes = []
        for run in range(RUNS):
            if change:
                (root / "dashboards" / "service_7.py").write_text(f"{source(7)}# {run}\n")
            takes.append(measured("load", root, "cached"))
        taken = best(takes)
        within = "within" if taken["compiled"] == expected else "ABOVE"
        found.append((f"second build: {label}", seconds(taken["cpu"]), "", seconds(taken["wall"]),
                      f"{taken['memory']:.0f} MiB", f"{expected} compiled", within))  # fmt: skip
    return found


def in_turn(*variants: tuple[Any, ...]) -> list[dict[str, float]]:
    """The best of each, measured by turns, so that what else the machine does falls on all of them."""
    takes: list[list[dict[str, float]]] = [[] for _ in variants]
    for _ in range(RUNS):
        for variant, taken in zip(variants, takes, strict=True):
            taken.append(measured(*variant))
    return [best(taken) for taken in takes]


def measured(what: str, root: Path, *more: str) -> dict[str, float]:
    """What this file measures as a script of its own: in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-B", __file__, what, str(root), *more], stdout=subprocess.PIPE, check=True
    )
    taken: dict[str, float] = json.loads(done.stdout)
    return taken


def best(takes: list[dict[str, float]]) -> dict[str, float]:
    return {
        name: (min if name in ("cpu", "wall") else max)(take[name] for take in takes) for name in takes[0]
    }


def seconds(value: float) -> str:
    return f"{value:.2f} s"


def write_files(root: Path) -> None:
    (root / "dashboards").mkdir(parents=True)
    for number in range(DASHBOARDS):
        (root / "dashboards" / f"service_{number}.py").write_text(source(number))


def write_single(root: Path) -> None:
    """One source that makes all of them with a function and puts them into a list."""
    body = dashboard("{number}").replace("service_{number}_", "service_' + str(number) + '_")
    text = f"{_IMPORT}\n\ndef make(number):\n    return {body}\n\ndashboards = [make(n) for n in range({DASHBOARDS})]\n"
    (root / "dashboards").mkdir(parents=True)
    (root / "dashboards" / "all.py").write_text(text.replace('"Service {number}"', 'f"Service {number}"')
                                                .replace('"service-{number}"', 'f"service-{number}"'))  # fmt: skip


def source(number: int) -> str:
    return f"{_IMPORT}\ndashboard = {dashboard(str(number))}"


def dashboard(number: str) -> str:
    panels = "".join(
        _PANELS.format(
            kind=kind,
            panel=panel,
            number=number,
            unit='unit="s",'
            if kind in ("TimeSeries",)
            else 'format="s",'
            if kind in ("Stat", "GaugePanel")
            else "",
            x=panel % 2 * 12,
            y=panel // 2 * 8,
        )
        for panel, kind in enumerate(_KINDS)
    )
    return (
        f'Dashboard(\n    title="Service {number}", uid="service-{number}", tags=["generated"], refresh="30s",\n'
        f"    panels=[\n{panels}    ],\n).auto_panel_ids()\n"
    )


def grafanalib_alone(root: Path) -> dict[str, float]:
    from grafanalib import core
    from grafanalib._gen import write_dashboard

    codes = [compile(file.read_bytes(), file, "exec") for file in sorted((root / "dashboards").iterdir())]
    began, wall, count = time.process_time(), time.perf_counter(), 0
    for code in codes:
        namespace: dict[str, Any] = {}
        exec(code, namespace)
        made = [namespace["dashboard"]] if "dashboard" in namespace else namespace["dashboards"]
        for item in made:
            assert isinstance(item, core.Dashboard)
            write_dashboard(item, io.StringIO())
            count += 1
    assert count == DASHBOARDS, count
    return {"cpu": time.process_time() - began, "wall": time.perf_counter() - wall}


def generate(root: Path) -> dict[str, float]:
    """What `generate-dashboards` does: its own loader and writer, all in one process."""
    wall = time.perf_counter()
    from grafanalib._gen import loader, write_dashboard

    # Its loader takes the variable's name from the file's, as in service_7.dashboard.py.
    links = root / "links"
    links.mkdir(exist_ok=True)
    for file in sorted((root / "dashboards").iterdir()):
        link = links / f"{file.stem}.dashboard.py"
        link.unlink(missing_ok=True)
        link.symlink_to(file)
        write_dashboard(loader(str(link)), io.StringIO())
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu": used.ru_utime + used.ru_stime, "wall": time.perf_counter() - wall}


def load_all(root: Path, workers: str) -> dict[str, float]:
    """`workers` is a number, `default`, or `cached` for the default number and the cache."""
    wall = time.perf_counter()
    from provision.compile.load import load
    from provision.project import Project

    count = int(workers) if workers.isdecimal() else None
    loaded = load(Project(root, "benchmark"), workers=count, use_cache=workers == "cached")
    assert not loaded.problems, loaded.problems[0]
    assert len(loaded.definitions) == DASHBOARDS, len(loaded.definitions)
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    # At most as many as processors; the peaks are taken to fall together.
    processes = count or (min(os.cpu_count() or 1, loaded.compiled))
    return {
        "cpu": own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime,
        "wall": time.perf_counter() - wall,
        "memory": (own.ru_maxrss + processes * others.ru_maxrss) / 1024,
        "compiled": loaded.compiled,
    }


if __name__ == "__main__":
    what, folder, *more = sys.argv[1:]
    measures: dict[str, Callable[..., dict[str, float]]] = {
        "grafanalib": grafanalib_alone,
        "generate": generate,
        "load": load_all,
    }
    print(json.dumps(measures[what](Path(folder), *more)))
