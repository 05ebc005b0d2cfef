"""Breaking things. Each function writes down first how what it does is undone (`provision.lab.drill.healing`)."""

from __future__ import annotations

import base64
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from provision.client.prometheus import Prometheus
from provision.client.session import Endpoint, open_session
from provision.errors import ProvisionError, ServerRefused
from provision.lab import faults, ports, processes, supervisor
from provision.lab.asking import ask
from provision.lab.drill.crowd import ALL_THERE
from provision.lab.drill.healing import Undoing, write_down
from provision.lab.drill.stage import Stage
from provision.lab.stack import Component
from provision.tools.writing import write_beside

BROKEN_RULES = """\
groups:
  - name: drill
    rules:
      - alert: NobodyCanReadThis
        expr: sum(rate(traefik_entrypoint_requests_total[5m]) >
"""
"""A rule file with an expression that ends too soon."""

_RELOAD_SECONDS = 15.0
_POLL_SECONDS = 0.1
_WAIT_SECONDS = 0.01
_KILLED_SECONDS = 5.0
_COME_SECONDS = 15.0


def kill(stage: Stage, name: str) -> None:
    """Kill a process as a machine that loses its power does: it has no time to end well."""
    entry = stage.running(name)
    write_down(
        stage.folder, Undoing("start", f"{name} is started", {"component": asdict(stage.component(name))})
    )
    os.kill(entry.pid, signal.SIGKILL)
    limit = time.monotonic() + _KILLED_SECONDS
    while processes.alive(entry.process):
        if time.monotonic() > limit:
            raise ProvisionError(f"{name} can't be killed", where=f"process {entry.pid}")
        time.sleep(_WAIT_SECONDS)


def end(stage: Stage, name: str) -> None:
    """End a process well, and leave it ended."""
    entry = stage.running(name)
    write_down(
        stage.folder, Undoing("start", f"{name} is started", {"component": asdict(stage.component(name))})
    )
    left = processes.stop([entry.process])
    if left:
        raise ProvisionError(f"{name} can't be ended", where=f"process {left[0].pid}")


def hang(stage: Stage, name: str) -> None:
    """Stop a process in its tracks: it takes connections, and answers none."""
    entry = stage.running(name)
    _signal_back(stage, name, signal.SIGCONT, f"{name} goes on")
    os.kill(entry.pid, signal.SIGSTOP)


def slow(stage: Stage, number: int, seconds: float) -> None:
    """Have a replica answer so much later."""
    url = stage.url(f"faults of replica {number}")
    write_down(stage.folder, Undoing("faults", f"app-{number} is as fast as before", {"url": url}))
    faults.set(url, faults.read_token(stage.folder), slow_seconds=seconds)


def lay_wire(stage: Stage, name: str) -> None:
    """Put a cable of our own between Traefik and a replica; wait until Traefik uses it.

    Raises:
        ProvisionError: Traefik doesn't.
    """
    entry = stage.running(name)
    with ports.reserved() as free:
        port, wire = free.web, f"wire-{name}"
    to = int(entry.url.rpartition(":")[2])
    command = (sys.executable, "-m", "provision.lab.drill.wire", "--port", str(port), "--to", str(to))
    write_down(stage.folder, Undoing("end", f"{wire} is taken away", {"name": wire}, stays=True))
    component = Component(wire, "wire", command, ports.url(port), "/health")
    supervisor.start([component], stage.lab, stage.folder)

    def through(balancer: dict[str, Any]) -> None:
        for server in balancer["servers"]:
            if server["url"] == entry.url:
                server["url"] = ports.url(port)

    _change_routes(stage, through, lambda text: f'"{ports.url(port)}"' in text)


def cut_wire(stage: Stage, name: str) -> None:
    """Cut that cable."""
    wire = f"wire-{name}"
    _signal_back(stage, wire, signal.SIGUSR2, f"{wire} is mended")
    os.kill(stage.running(wire).pid, signal.SIGUSR1)


def blind_health_checks(stage: Stage) -> None:
    """Have Traefik's health check ask the first replica, whichever server it means: what is gone isn't noticed, as
    without any health check, and as with one that asks the wrong thing. Wait until it is so.

    Raises:
        ProvisionError: it isn't.
    """

    def blinded(balancer: dict[str, Any]) -> None:
        first = balancer["servers"][0]["url"]
        balancer["healthCheck"]["port"] = int(first.rpartition(":")[2])

    before = _reloads(_metrics(stage.url("Traefik's metrics")))
    _change_routes(stage, blinded, lambda text: _reloads(text) > before)


def crowd(stage: Stage, count: int, seconds: float) -> None:
    """Have every page take so long, as with a database that is slow, and so many clients ask for pages."""
    token = faults.read_token(stage.folder)
    for number in range(1, stage.replicas + 1):
        url = stage.url(f"faults of replica {number}")
        write_down(stage.folder, Undoing("faults", f"app-{number} is as fast as before", {"url": url}))
        faults.set(url, token, slow_seconds=seconds)
    name = "crowd"
    command = (sys.executable, "-m", "provision.lab.drill.crowd", "--url", stage.url("application"))
    write_down(stage.folder, Undoing("end", "the crowd leaves", {"name": name}))
    component = Component(name, name, (*command, "--count", str(count)))
    log = supervisor.log_file(stage.folder, name)
    before = log.stat().st_size if log.exists() else 0
    supervisor.start([component], stage.lab, stage.folder)
    # What follows is counted from when they are there: a program takes its time to start.
    limit = time.monotonic() + _COME_SECONDS
    while ALL_THERE not in log.read_bytes()[before:].decode():
        if time.monotonic() > limit:
            raise ProvisionError(f"{count} visitors haven't come within {_COME_SECONDS:g} s", where=str(log))
        time.sleep(_WAIT_SECONDS)


def break_rules(stage: Stage) -> None:
    """Put a rule file beside the others that can't be read, and have Prometheus reload.

    Raises:
        ProvisionError: it took the file.
    """
    url = stage.url("Prometheus")
    file = stage.folder / "prometheus" / "rules" / "drill.yml"
    write_down(stage.folder, Undoing("reload", "Prometheus reloads", {"url": url}))
    _put_back(stage, file, f"{file.name} is removed", stays=False)
    file.write_text(BROKEN_RULES, encoding="utf-8")
    with open_session(Endpoint(url)) as session:
        try:
            Prometheus(session).reload()
        except ServerRefused:
            return
    raise ProvisionError("Prometheus loaded a rule file that can't be read", where=str(file))


def _signal_back(stage: Stage, name: str, number: signal.Signals, what: str) -> None:
    process = stage.running(name).process
    write_down(stage.folder, Undoing("signal", what, {"process": asdict(process), "number": int(number)}))


def _put_back(stage: Stage, file: Path, what: str, *, stays: bool) -> None:
    content = base64.b64encode(file.read_bytes()).decode() if file.exists() else None
    given = {"path": str(file), "content": content}
    write_down(stage.folder, Undoing("file", what, given, stays=stays))


def _change_routes(
    stage: Stage, change: Callable[[dict[str, Any]], None], seen: Callable[[str], bool]
) -> None:
    """Change Traefik's load balancer, and wait until its metrics show it."""
    routes = stage.routes()
    change(routes["http"]["services"]["app"]["loadBalancer"])
    _put_back(stage, stage.routes_file, "Traefik's routes are as before", stays=True)
    # Traefik may look at any moment: it must never see half of the file.
    write_beside(
        stage.routes_file, yaml.dump(routes, Dumper=yaml.CSafeDumper, sort_keys=False, encoding="utf-8")
    )
    limit = time.monotonic() + _RELOAD_SECONDS
    while not seen(_metrics(stage.url("Traefik's metrics"))):
        if time.monotonic() > limit:
            raise ProvisionError(
                f"Traefik hasn't taken up its new routes after {_RELOAD_SECONDS:.0f} s",
                where=str(stage.routes_file),
            )
        time.sleep(_POLL_SECONDS)


def _reloads(metrics: str) -> float:
    """How often Traefik has taken up a new configuration."""
    lines = (line.split() for line in metrics.splitlines())
    return sum(float(words[1]) for words in lines if words and words[0] == "traefik_config_reloads_total")


def _metrics(url: str) -> str:
    return ask(url).body.decode()
