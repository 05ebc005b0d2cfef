"""The cable: what goes through it, what doesn't while it is cut, and that connecting then takes until a time-out."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from provision.lab.drill.wire import Wire
from provision.lab.serving import Reply, Server
from support.servers import REPOSITORY, free_port

pytestmark = pytest.mark.alone  # what it says of times it says of a machine that isn't busy

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def server():
    server = Server(0, lambda _: Reply(200, "hello"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def wire(server):
    wire = Wire(0, server.server_port)
    wire.start()
    return wire


def connected(port, timeout=10.0):
    return socket.create_connection(("127.0.0.1", port), timeout)


def several(port, count):
    with contextlib.ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(connected(port, 0.3))


def asked(connection):
    connection.sendall(REQUEST)
    return answer(connection)


def answer(connection):
    told = b""
    while not told.endswith(b"hello"):
        part = connection.recv(4096)
        if not part:
            break
        told += part
    return told


def test_what_goes_through(wire):
    with connected(wire.port) as connection:
        assert b"200" in asked(connection)
        assert b"200" in asked(connection)


def test_cut_and_mended(wire):
    with connected(wire.port) as connection:
        assert b"200" in asked(connection)
        wire.cut()
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            asked(connection)
        # Nobody is refused, and nobody is connected: the time-out is the client's own.
        with pytest.raises(TimeoutError):
            several(wire.port, 3)
        wire.mend()
        connection.settimeout(10)
        assert b"200" in answer(connection)
    with connected(wire.port) as connection:
        assert b"200" in asked(connection)


def test_a_server_that_is_gone_ends_the_connection(server):
    wire = Wire(0, free_port())
    wire.start()
    with connected(wire.port) as connection:
        assert connection.recv(1) == b""


def test_as_a_program_it_hears_signals(server):
    port = free_port()
    command = (
        sys.executable,
        "-m",
        "provision.lab.drill.wire",
        "--port",
        str(port),
        "--to",
        str(server.server_port),
    )
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(REPOSITORY / "src")})
    try:
        _await(lambda: _answers(port))
        process.send_signal(signal.SIGUSR1)
        _await(lambda: not _answers(port))
        process.send_signal(signal.SIGUSR2)
        _await(lambda: _answers(port))
        process.terminate()
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()


def _answers(port):
    try:
        with connected(port, 0.3) as connection:
            return b"200" in asked(connection)
    except OSError:
        return False


def _await(holds):
    limit = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.02)
