"""What the proxy before the engine's socket lets through, asked of a real HAProxy with a server in the engine's place."""

from __future__ import annotations

import http.client
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingUnixStreamServer
from threading import Thread
from typing import Any

import pytest

from provision.compile.load import Loaded
from provision.model import decode

LET_THROUGH = (
    "/_ping",
    "/version",
    "/info",
    "/tasks",
    "/v1.41/tasks?filters=%7B%7D",
    "/services",
    "/nodes",
    "/networks",
)
REFUSED = (
    ("GET", "/secrets"), ("GET", "/configs"), ("GET", "/containers/json"), ("GET", "/v1.41/containers/x/archive?path=/"),
    ("GET", "/swarm"), ("GET", "/services/x"), ("GET", "/services/x/logs"), ("GET", "/services/../secrets"),
    ("GET", "//secrets"), ("GET", "/v1.41/../secrets"), ("GET", "/tasks/%2e%2e/secrets"),
    ("POST", "/services/create"), ("POST", "/services"), ("POST", "/containers/create"), ("DELETE", "/tasks"),
    ("PUT", "/nodes"),
)  # fmt: skip


class _Engine(StreamRequestHandler):
    """Says yes to everything."""

    def handle(self) -> None:
        self.rfile.readline()
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nyes")


@pytest.fixture
def port(compiled: Callable[..., Loaded], tmp_path: Path) -> Iterator[int]:
    program = shutil.which("haproxy", path="/usr/local/sbin:/usr/sbin:/usr/bin:/bin")
    if program is None:
        pytest.skip("haproxy isn't installed (Debian: haproxy)")
    (monitor,) = (each for each in compiled().definitions if each.kind == "stack" and each.key == "monitor")
    service: dict[str, Any] = decode(monitor.body)["services"]["engine"]
    (config,) = service["configs"].values()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = int(free.getsockname()[1])
    text = config["text"].replace(":2375", f"127.0.0.1:{number}")
    file = tmp_path / "haproxy.cfg"
    file.write_text(text.replace("/var/run/docker.sock", str(tmp_path / "engine.sock")))
    with ThreadingUnixStreamServer(str(tmp_path / "engine.sock"), _Engine) as engine:
        Thread(target=engine.serve_forever, daemon=True).start()
        process = subprocess.Popen([program, "-db", "-f", str(file)], stdout=subprocess.DEVNULL)
        try:
            limit = time.monotonic() + 20
            while _asked(number, "GET", "/health") != (200, b"well"):
                assert process.poll() is None
                assert time.monotonic() < limit
                time.sleep(0.05)
            yield number
        finally:
            process.terminate()
            process.wait()
            engine.shutdown()


def test_lists_may_be_read_and_nothing_else(port: int) -> None:
    assert {path: _asked(port, "GET", path) for path in LET_THROUGH} == dict.fromkeys(
        LET_THROUGH, (200, b"yes")
    )
    assert {each: _asked(port, *each)[0] for each in REFUSED} == dict.fromkeys(REFUSED, 403)


def _asked(port: int, method: str, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read()
    except ConnectionError:
        return 0, b""
    finally:
        connection.close()
