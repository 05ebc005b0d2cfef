"""The real servers that tests run: found on the PATH, in the repository's `.tools/`, or beside the interpreter.

`require(name)` skips a test whose program isn't there, and fails it when `CI=true`. `prometheus(folder)` and
`alertmanager(folder)` start one on a free port for the length of a `with` block and yield its URL.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

from provision.errors import MissingTool
from provision.lab.client import chromium
from provision.tools import alertmanager_templates, servers

REPOSITORY = Path(__file__).resolve().parents[2]
TOOLS = REPOSITORY / ".tools"
READY_SECONDS = 30.0


@cache
def _find(name: str) -> Path | MissingTool:
    try:
        return servers.find(name, TOOLS)
    except MissingTool as error:
        return error


def require(name: str) -> Path:
    """The program of that name (of `servers.NAMES`)."""
    found = _find(name)
    if isinstance(found, MissingTool):
        _miss(found)
    return found


def _miss(error: MissingTool) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{error} (with CI=true a missing server is a failure)", pytrace=False)
    pytest.skip(str(error))


def require_chromium() -> Path:
    """The system's Chromium."""
    try:
        return chromium.find()
    except MissingTool as error:
        _miss(error)


_HELD: deque[socket.socket] = deque()
_MOST_HELD = 200


def free_port() -> int:
    """A TCP port of the loopback address that nobody listens on, and that the system gives to nobody who asks for any free
    one: it stays bound, in the way in which a server that asks for this very port may still listen there."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    _HELD.append(holder)
    if len(_HELD) > _MOST_HELD:
        _HELD.popleft().close()
    return int(holder.getsockname()[1])


@contextmanager
def running(command: Sequence[str | Path], ready_url: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The command as a process that answers at `ready_url`; stopped at the end of the block."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        await_ready(process, ready_url, log)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(READY_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def prometheus(folder: Path, *extra: str, program: Path | None = None) -> Iterator[str]:
    """A Prometheus that runs `folder`/prometheus.yml (made, empty, when there is none); its URL."""
    config = folder / "prometheus.yml"
    if not config.exists():
        config.write_text("global: {scrape_interval: 1s, evaluation_interval: 1s}\n")
    url = f"http://127.0.0.1:{free_port()}"
    command = [
        program or require("prometheus"),
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={url.removeprefix('http://')}",
        "--web.enable-lifecycle",
        *extra,
    ]
    with running(command, f"{url}/-/ready", folder / "prometheus.log"):
        yield url


@contextmanager
def alertmanager(folder: Path, *extra: str, program: Path | None = None) -> Iterator[str]:
    """An Alertmanager that runs `folder`/alertmanager.yml (made, silent, when there is none); its URL."""
    config = folder / "alertmanager.yml"
    if not config.exists():
        config.write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
    program = program or require("alertmanager")
    launch = alertmanager_templates.prepare(program, folder / "share")
    url = f"http://127.0.0.1:{free_port()}"
    command = [
        *launch.prefix,
        program,
        f"--config.file={config}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address={url.removeprefix('http://')}",
        "--cluster.listen-address=",
        *extra,
    ]
    try:
        with running(command, f"{url}/-/ready", folder / "alertmanager.log"):
            yield url
    finally:
        alertmanager_templates.undo(launch.made)


def await_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Wait until the URL answers; fails the test when the process ends before, or takes too long."""
    limit = time.monotonic() + READY_SECONDS
    pause = 0.02
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            pass
        if process.poll() is not None or time.monotonic() > limit:
            what = "ended" if process.returncode is not None else f"isn't ready after {READY_SECONDS:.0f} s"
            pytest.fail(f"{process.args!r} {what}:\n{log.read_text(errors='replace')[-3000:]}", pytrace=False)
        try:
            process.wait(pause)
        except subprocess.TimeoutExpired:
            pause = min(pause * 1.5, 0.5)
