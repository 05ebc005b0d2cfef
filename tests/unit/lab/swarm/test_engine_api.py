from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from provision.lab.swarm import engine_api


@contextmanager
def engine(place: Path, answer: bytes, heard: list[bytes]) -> Iterator[str]:
    """An engine that answers one request."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))
        listening.listen(1)

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                said = connection.recv(10_000)
                while b"Content-Length: 18" in said and not said.endswith(b"}"):
                    said += connection.recv(10_000)  # the body comes by itself
                heard.append(said)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield str(place)
        thread.join()


def ok(body: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.0 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def test_an_engine_is_asked_through_its_socket(tmp_path: Path) -> None:
    heard: list[bytes] = []
    with engine(tmp_path / "a.sock", ok(json.dumps([1]).encode()), heard) as at:
        assert engine_api.get(at, "/containers/json") == [1]
    assert heard[0].startswith(b"GET /containers/json HTTP/1.1")


def test_a_change_carries_a_body_and_may_answer_nothing(tmp_path: Path) -> None:
    heard: list[bytes] = []
    with engine(tmp_path / "a.sock", ok(b""), heard) as at:
        assert engine_api.post(at, "/swarm/join", {"JoinToken": "t"}) is None
    assert heard[0].endswith(b'{"JoinToken": "t"}')


def test_what_goes_wrong_is_an_error_of_the_system(tmp_path: Path) -> None:
    with engine(tmp_path / "a.sock", ok(b'{"message": "no"}', "503 Unavailable"), []) as at:
        with pytest.raises(OSError, match="the engine refuses GET /x: .*no"):
            engine_api.get(at, "/x")
    with engine(tmp_path / "b.sock", b"nonsense\r\n\r\n", []) as at:
        with pytest.raises(OSError, match="the engine doesn't answer"):
            engine_api.get(at, "/x")
    with pytest.raises(OSError):
        engine_api.get(str(tmp_path / "nothing.sock"), "/x")
