"""cAdvisor's metrics for the lab's processes, so that container dashboards and alerts have something to show.

cAdvisor itself is an image, and the lab has no container engine. Each process stands for a container of a Swarm
service. What cAdvisor reads from control groups comes from /proc:

| metric | here |
| --- | --- |
| container_cpu_usage_seconds_total | user and system time of the process |
| container_memory_working_set_bytes | its resident memory |
| container_spec_memory_limit_bytes | its limit of data memory (RLIMIT_DATA), which the lab sets; 0 for none |
| container_network_…_bytes_total | its network namespace, which is the machine's: cAdvisor says the same of a container in the host's network |
| container_oom_events_total | kills for lack of memory in its control group, or on the machine when that keeps no count |
| container_last_seen, container_start_time_seconds | now, and when it started; Unix seconds |
| process_start_time_seconds | when this program itself started; Unix seconds |
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from provision.lab import arguments as read
from provision.lab import state
from provision.lab.processes import PROC, alive, stat
from provision.lab.serving import Reply, Request, Server, run

_CONTROL_GROUPS = Path("/sys/fs/cgroup")
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Sample:
    """One line of the exposition format."""

    metric: str
    labels: Mapping[str, str]
    value: float


def samples(running: Sequence[state.Running], project: str) -> Iterator[Sample]:
    """What is to be said of those processes that still run."""
    for entry in running:
        labels = {
            "id": f"/lab/{entry.name}",
            "name": entry.name,
            "image": f"lab/{entry.service}",
            "container_label_com_docker_swarm_service_name": f"{project}_{entry.service}",
            "container_label_com_docker_swarm_task_name": f"{project}_{entry.name}",
        }
        try:
            yield from _of_process(entry, labels)
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while it was looked at


def _of_process(entry: state.Running, labels: dict[str, str]) -> list[Sample]:
    folder = PROC / str(entry.pid)
    fields = stat(entry.pid)
    if fields is None or not alive(entry.process):
        return []
    resident_pages = int((folder / "statm").read_text().split()[1])
    found = [
        Sample("container_last_seen", labels, time.time()),
        Sample("container_start_time_seconds", labels, _boot_time() + entry.started / _TICKS),
        Sample(
            "container_cpu_usage_seconds_total",
            labels | {"cpu": "total"},
            (int(fields[11]) + int(fields[12])) / _TICKS,
        ),
        Sample("container_memory_working_set_bytes", labels, resident_pages * _PAGE_BYTES),
        Sample("container_spec_memory_limit_bytes", labels, _data_limit((folder / "limits").read_text())),
    ]
    kills = _kills((folder / "cgroup").read_text())
    if kills is not None:
        found.append(Sample("container_oom_events_total", labels, kills))
    for interface, received, transmitted in _interfaces((folder / "net" / "dev").read_text()):
        on = labels | {"interface": interface}
        found.append(Sample("container_network_receive_bytes_total", on, received))
        found.append(Sample("container_network_transmit_bytes_total", on, transmitted))
    return found


def exposition(found: Sequence[Sample]) -> str:
    """Samples as Prometheus reads them, grouped by metric."""
    lines = []
    for metric in sorted({sample.metric for sample in found}):
        lines.append(f"# TYPE {metric} {'counter' if metric.endswith('_total') else 'gauge'}")
        for sample in found:
            if sample.metric == metric:
                labels = ",".join(f'{name}="{_escaped(value)}"' for name, value in sample.labels.items())
                lines.append(f"{metric}{{{labels}}} {sample.value!r}")
    return "".join(f"{line}\n" for line in lines)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _boot_time() -> int:
    lines = (PROC / "stat").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("btime "))


def _data_limit(limits: str) -> int:
    """The soft limit in /proc/PID/limits."""
    line = next(line for line in limits.splitlines() if line.startswith("Max data size"))
    soft = line.removeprefix("Max data size").split()[0]
    return 0 if soft == "unlimited" else int(soft)


def _interfaces(table: str) -> Iterator[tuple[str, int, int]]:
    """(name, bytes received, bytes transmitted) of each interface in /proc/PID/net/dev."""
    for line in table.splitlines()[2:]:
        name, _, counts = line.partition(":")
        fields = counts.split()
        yield name.strip(), int(fields[0]), int(fields[8])


def _kills(groups: str) -> int | None:
    """`groups` is /proc/PID/cgroup. None when the kernel doesn't count them."""
    path = next((line[3:] for line in groups.splitlines() if line.startswith("0::")), "/")
    events = _CONTROL_GROUPS / path.lstrip("/") / "memory.events"
    file = events if events.is_file() else PROC / "vmstat"
    counts = dict(line.split() for line in file.read_text().splitlines())
    return int(counts["oom_kill"]) if "oom_kill" in counts else None


def answer(folder: Path, request: Request, began: float) -> Reply:
    """`/metrics` of the lab in that state folder, by a program that began at that moment (Unix seconds)."""
    if request.path != "/metrics":
        return Reply(404, "the metrics are at /metrics\n")
    lab = state.read(folder)
    found = [Sample("process_start_time_seconds", {}, began)]
    found.extend(samples(lab.processes, "lab") if lab else ())
    return Reply(200, exposition(found), "text/plain; version=0.0.4; charset=utf-8")


def main(arguments: Sequence[str]) -> int:
    """`python -m provision.lab.containers --port PORT --state DIR`: serve until told to end."""
    parser = argparse.ArgumentParser(prog="provision.lab.containers")
    parser.add_argument("--port", type=read.port, required=True)
    parser.add_argument("--state", type=read.path, required=True)
    options = parser.parse_args(arguments)
    began = time.time()
    return run(Server(options.port, lambda request: answer(options.state, request, began)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
