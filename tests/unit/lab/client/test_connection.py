"""What a visitor meets on the wire: scripted servers on real sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from provision.lab.client.connection import Connection
from provision.lab.serving import Reply, Server

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


@contextmanager
def scripted(*connections: list[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """A server that gives on each connection these answers, one for each request, and then closes it; its address, and
    what it was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for answers in connections:
                peer, _ = listener.accept()
                with peer:
                    for answer in answers:
                        asked.append(peer.recv(65536))
                        peer.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}", asked
        thread.join(10)


def test_a_connection_is_kept_and_cookies_come_back() -> None:
    cookie = OK.replace(b"\r\n\r\n", b"\r\nSet-Cookie: session=abc; HttpOnly\r\nSet-Cookie: b=1\r\n\r\n")
    with scripted([cookie, OK]) as (address, asked):
        visitor = Connection(address, 5, host="myhbsapp.com")
        assert [visitor.ask("GET", "/").body for _ in range(2)] == [b"hi", b"hi"]
        visitor.close()
    assert b"Cookie" not in asked[0]
    assert b"Cookie: session=abc; b=1\r\n" in asked[1]
    assert [request.count(b"Host: myhbsapp.com\r\n") for request in asked] == [1, 1]


def test_a_kept_connection_that_was_closed_meanwhile_is_no_failure() -> None:
    with scripted([OK], [OK]) as (address, asked):
        visitor = Connection(address, 5)
        assert [visitor.ask("GET", "/").status for _ in range(2)] == [200, 200]
    assert len(asked) == 2


def test_what_may_have_been_done_is_not_done_again() -> None:
    with scripted([OK]) as (address, asked):
        visitor = Connection(address, 5)
        assert visitor.ask("GET", "/").status == 200
        assert visitor.ask("POST", "/album", b"title=Sea").failure == "reset"
    assert len(asked) == 1


def test_a_new_connection_that_is_cut_is_a_failure() -> None:
    with scripted([b""]) as (address, _):
        reply = Connection(address, 5).ask("GET", "/")
    assert (reply.status, reply.failure) == (None, "reset")


def test_an_answer_that_ends_too_soon_is_a_failure() -> None:
    with scripted([OK[:-1]]) as (address, _):
        assert Connection(address, 5).ask("GET", "/").failure == "reset"


def test_no_answer_in_time_is_a_failure_of_its_kind() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        reply = Connection(f"127.0.0.1:{silent.getsockname()[1]}", 0.05).ask("GET", "/")
    assert (reply.status, reply.failure) == (None, "timeout")
    assert reply.seconds >= 0.05


@pytest.mark.parametrize(("status", "failure"), [(200, ""), (404, ""), (500, "5xx"), (503, "5xx")])
def test_an_answer_of_the_servers_failure_is_one(status: int, failure: str) -> None:
    server = Server(0, lambda _: Reply(status, "answer"))
    server.start()
    reply = Connection(f"127.0.0.1:{server.server_port}", 5).ask("GET", "/")
    server.stop()
    assert (reply.status, reply.failure) == (status, failure)
