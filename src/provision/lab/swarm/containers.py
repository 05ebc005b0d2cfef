"""cAdvisor's metrics for the containers of one engine, asked through its socket: in a Swarm of nested engines, where the
image of cAdvisor can't be had."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from provision.lab.containers import Sample, exposition
from provision.lab.serving import Reply, Request, Server, run
from provision.lab.swarm import engine_api

SOCKET: Final = "/var/run/docker.sock"
_TIME_LIMIT_SECONDS: Final = 5.0
_AT_ONCE: Final = 64
"""An engine answers for each container at its next second only: one after the other a scrape would take too long."""
_KEPT: Final = ("service.name", "task.name", "node.id")
"""The labels of a Swarm's containers that cAdvisor's series carry here."""

_NO_LIMIT: Final = 1 << 60
"""What control groups call no limit is larger than this."""


def samples(
    containers: Sequence[Mapping[str, Any]], stats: Sequence[Mapping[str, Any]], now: float
) -> Iterator[Sample]:
    """What is to be said of containers, each with its statistics as the engine gives them."""
    for container, measured in zip(containers, stats, strict=True):
        labels = {
            "id": f"/docker/{container['Id']}",
            "name": str(container["Names"][0]).lstrip("/"),
            "image": str(container["Image"]),
        }
        for name in _KEPT:
            value = container["Labels"].get(f"com.docker.swarm.{name}")
            if value is not None:
                labels[f"container_label_com_docker_swarm_{name.replace('.', '_')}"] = value
        yield Sample("container_last_seen", labels, now)
        yield Sample("container_start_time_seconds", labels, float(container["Created"]))
        memory = measured.get("memory_stats") or {}
        cache = (memory.get("stats") or {}).get(
            "total_inactive_file", (memory.get("stats") or {}).get("inactive_file", 0)
        )
        limit = memory.get("limit", 0)
        yield Sample("container_memory_working_set_bytes", labels, max(0, memory.get("usage", 0) - cache))
        yield Sample("container_spec_memory_limit_bytes", labels, 0 if limit > _NO_LIMIT else limit)
        used = ((measured.get("cpu_stats") or {}).get("cpu_usage") or {}).get("total_usage", 0)
        yield Sample("container_cpu_usage_seconds_total", labels | {"cpu": "total"}, used / 1e9)
        for interface, counts in (measured.get("networks") or {}).items():
            on = labels | {"interface": interface}
            yield Sample("container_network_receive_bytes_total", on, counts["rx_bytes"])
            yield Sample("container_network_transmit_bytes_total", on, counts["tx_bytes"])


def answer(request: Request, began: float) -> Reply:
    """`/metrics` of the engine whose socket is here."""
    if request.path != "/metrics":
        return Reply(404, "the metrics are at /metrics\n")
    try:
        containers = engine_api.get(SOCKET, "/containers/json", _TIME_LIMIT_SECONDS)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            stats = list(pool.map(_measured, containers))
    except OSError as error:
        return Reply(503, f"the engine doesn't answer: {error}\n")
    there = [
        (each, measured) for each, measured in zip(containers, stats, strict=True) if measured is not None
    ]
    measured = samples([each for each, _ in there], [each for _, each in there], time.time())
    found = [Sample("process_start_time_seconds", {}, began), *measured]
    return Reply(200, exposition(found), "text/plain; version=0.0.4; charset=utf-8")


def _measured(container: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The statistics of a container; None of one that has gone since it was listed."""
    path = f"/containers/{container['Id']}/stats?stream=false&one-shot=true"
    try:
        found: Mapping[str, Any] = engine_api.get(SOCKET, path, _TIME_LIMIT_SECONDS)
    except FileNotFoundError:
        return None
    return found


def main(arguments: Sequence[str]) -> int:
    """`python -m provision.lab.swarm.containers [--port PORT]`: serve until told to end. cAdvisor's own options are
    passed over."""
    parser = argparse.ArgumentParser(prog="provision.lab.swarm.containers")
    parser.add_argument("--port", type=int, default=8080)
    options, _ = parser.parse_known_args(arguments)
    began = time.time()
    return run(Server(options.port, lambda request: answer(request, began), host="0.0.0.0"))  # noqa: S104  # in a container


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
