import http.client
import os
import signal
import socket
import threading
from collections.abc import Iterator

import pytest

from provision.lab import serving
from provision.lab.serving import Reply, Request, Server
from support.waiting import wait_until


class Gate:
    """Answers once it is opened; says when a request has come."""

    def __init__(self) -> None:
        self.arrived, self.opened = threading.Event(), threading.Event()

    def answer(self, request: Request) -> Reply:
        if request.path == "/wait":
            self.arrived.set()
            assert self.opened.wait(10)
        return Reply(200, f"{request.method} {request.path} {request.body.decode()}\n")


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def server(gate: Gate) -> Iterator[Server]:
    server = Server(0, gate.answer)
    server.start()
    yield server
    gate.opened.set()
    if not server.stopping:
        server.stop()


def connect(server: Server) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)


def test_a_request_is_handed_on_without_its_query(server: Server) -> None:
    connection = connect(server)
    connection.request("POST", "/a?b=c", b"body")
    assert connection.getresponse().read() == b"POST /a body\n"
    connection.close()


def test_it_listens_on_loopback_only(server: Server) -> None:
    assert server.server_address[0] == "127.0.0.1"


def test_a_running_request_is_finished_before_the_server_ends(server: Server, gate: Gate) -> None:
    connection = connect(server)
    connection.request("GET", "/wait")
    assert gate.arrived.wait(10)
    stopper = threading.Thread(target=server.stop)
    stopper.start()
    wait_until(lambda: server.stopping, "stopping")
    gate.opened.set()
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Connection"]) == (200, "close")
    stopper.join(10)
    assert not stopper.is_alive()
    with pytest.raises(ConnectionRefusedError):
        connect(server).request("GET", "/")


@pytest.mark.parametrize("length", ["5000000", "many", "-1"])
def test_a_body_of_a_length_that_makes_no_sense_is_refused(server: Server, length: str) -> None:
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as client:
        client.sendall(f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode())
        assert client.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_client_that_goes_away_leaves_no_trace(server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    try:
        raise BrokenPipeError
    except BrokenPipeError:
        server.handle_error(None, ("127.0.0.1", 1))
    assert capfd.readouterr().err == ""


def test_any_other_error_is_shown(server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    try:
        raise RuntimeError("a bug")
    except RuntimeError:
        server.handle_error(None, ("127.0.0.1", 1))
    assert "a bug" in capfd.readouterr().err


def test_run_serves_until_it_is_told_to_stop(gate: Gate) -> None:
    server = Server(0, gate.answer)
    answers = []

    def wait() -> None:
        connection = connect(server)
        connection.request("GET", "/")
        answers.append(connection.getresponse().status)
        connection.close()

    assert serving.run(server, wait) == 0
    assert answers == [200]


def test_a_signal_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGTERM))
    try:
        original = signal.signal

        def watched(number: int, handler: object) -> object:
            found = original(number, handler)
            if number == signal.SIGINT:
                timer.start()
            return found

        monkeypatch.setattr(signal, "signal", watched)
        serving.wait_for_stop()
    finally:
        monkeypatch.undo()
        for number, handler in zip((signal.SIGTERM, signal.SIGINT), before, strict=True):
            signal.signal(number, handler)
