"""What a server that is lost costs users of the reference stack, told by a real Traefik with the stack's own time-outs and its
middleware that tries again; docs/stack.md says so."""

from __future__ import annotations

import http.client
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import pytest
import yaml

from provision.lab.serving import Reply, Server
from support.servers import free_port, require
from support.waiting import wait_until

APP = Path(__file__).parents[1] / "golden" / "stacks" / "app.yml"
TIME_LIMIT_SECONDS = 30

pytestmark = pytest.mark.server


@contextmanager
def hanging() -> Iterator[tuple[int, list[bytes]]]:
    """A server that takes requests and never answers: its port, and what it was sent."""
    sent: list[bytes] = []
    with ExitStack() as kept, socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):  # closed: the test is over
                while True:
                    connection = kept.enter_context(listener.accept()[0])
                    if read := connection.recv(65536):
                        sent.append(read)

        threading.Thread(target=serve, daemon=True).start()
        yield int(listener.getsockname()[1]), sent
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


@contextmanager
def unreachable() -> Iterator[int]:
    """A port where connecting is neither taken nor refused: others wait there already."""
    with ExitStack() as kept, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = kept.enter_context(socket.socket())
            waiting.setblocking(False)
            with suppress(BlockingIOError):
                waiting.connect(listener.getsockname())
        yield int(listener.getsockname()[1])


@contextmanager
def traefik(folder: Path, lost: int, well: int) -> Iterator[int]:
    """The stack's Traefik before those two servers, which it sends requests to in turn, without health checks: its port."""
    services = yaml.safe_load(APP.read_text())["services"]
    timeouts = [word for word in services["traefik"]["command"] if "forwardingtimeouts" in word]
    label = "traefik.http.middlewares.again.retry."
    retry = {
        name.removeprefix(label): value
        for name, value in services["gallery"]["deploy"]["labels"].items()
        if name.startswith(label)
    }
    assert len(timeouts) == len(retry) == 2
    servers = [{"url": f"http://127.0.0.1:{port}"} for port in (lost, well)]
    routes = {
        "routers": {
            "app": {"rule": "PathPrefix(`/`)", "service": "app", "middlewares": ["again"]},
            "ready": {"rule": "Path(`/ready`)", "service": "ping@internal", "priority": 1000},
        },
        "middlewares": {"again": {"retry": retry}},
        "services": {"app": {"loadBalancer": {"servers": servers}}},
    }
    (folder / "routes.yml").write_text(yaml.safe_dump({"http": routes}))
    port = free_port()
    running = subprocess.Popen(
        [
            require("traefik"), f"--entrypoints.web.address=127.0.0.1:{port}", *timeouts,
            f"--providers.file.filename={folder / 'routes.yml'}", "--log.level=ERROR", "--ping.entrypoint=web", "--ping.manualrouting=true",
            "--global.checknewversion=false", "--global.sendanonymoususage=false",
        ]
    )  # fmt: skip
    try:
        wait_until(lambda: _has_routes(port), "Traefik has its routes")
        yield port
    finally:
        running.terminate()
        running.wait(TIME_LIMIT_SECONDS)


def _has_routes(port: int) -> bool:
    try:
        return status(port, "/ready") == 200
    except OSError:
        return False


def status(port: int, path: str = "/") -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=TIME_LIMIT_SECONDS)) as connection:
        connection.request("GET", path)
        return connection.getresponse().status


@pytest.fixture
def well() -> Iterator[tuple[int, list[str]]]:
    asked: list[str] = []

    def answer(request: object) -> Reply:
        asked.append("asked")
        return Reply(200, "well\n")

    server = Server(0, answer)
    server.start()
    yield server.server_port, asked
    server.stop()


def test_what_hangs_at_a_server_ends_as_an_error_and_is_sent_to_no_other(
    tmp_path: Path, well: tuple[int, list[str]]
) -> None:
    with hanging() as (lost, sent), traefik(tmp_path, lost, well[0]) as port:
        assert sorted(status(port) for _ in range(2)) == [200, 504]
        assert len(sent) == 1
        assert len(well[1]) == 1


def test_what_can_not_be_sent_to_a_server_is_sent_to_another(
    tmp_path: Path, well: tuple[int, list[str]]
) -> None:
    with unreachable() as lost, traefik(tmp_path, lost, well[0]) as port:
        assert [status(port) for _ in range(3)] == [200, 200, 200]
        assert len(well[1]) == 3
