from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from provision.lab import redis
from provision.lab.gallery import visits
from provision.lab.gallery.collection import Collection
from provision.lab.gallery.parts import assembled
from provision.lab.gallery.site import application
from provision.lab.gallery.storage import Folder
from provision.lab.gallery.visits import InMemory, InRedis, PageView, session_of
from provision.tools import servers
from support.servers import free_port, require
from support.waiting import wait_until

pytestmark = pytest.mark.alone  # what it says of times it says of a machine that isn't busy

A, B = (session_of(None) for _ in range(2))


class Redis:
    """A real Redis on one port, which can be started again after its end."""

    def __init__(self, folder: Path) -> None:
        self._program, self._folder, self._port = require("redis-server"), folder / "redis", free_port()
        redis.prepare(self._folder, self._port)
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self.password = (self._folder / "password").read_text()

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        process = subprocess.Popen(
            [self._program, self._folder / "redis.conf"],
            env=servers.environment(self._program),
            stdout=subprocess.DEVNULL,
        )
        try:
            wait_until(lambda: redis.answers(self.url) or process.poll() is not None, "up")
            assert process.poll() is None
            yield process
        finally:
            process.kill()
            process.wait()


@pytest.fixture
def server(tmp_path: Path) -> Redis:
    return Redis(tmp_path)


def test_sessions_are_told_apart_and_what_is_no_session_is_a_new_one() -> None:
    assert session_of(A) == A != B
    for forged in ("", "short", A + "x", "../" + A[3:], A[:-1] + "\n"):
        assert session_of(forged) not in (forged, A)


def test_in_memory_the_session_that_was_seen_the_longest_ago_gives_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(visits, "_MOST_IN_MEMORY", 2)
    here = InMemory()
    assert [here.count(each) for each in ("a", "b", "a")] == [PageView(1, 1), PageView(1, 2), PageView(2, 3)]
    assert here.count("c") == PageView(1, 4)  # instead of b
    assert here.count("a") == PageView(3, 5)
    assert here.count("b") == PageView(1, 6)
    assert here.fault() == ""


@pytest.mark.server
def test_in_redis_replicas_count_together(server: Redis) -> None:
    with server.running():
        first, second = (InRedis(server.url, server.password) for _ in range(2))
        assert first.fault() == ""
        assert [first.count(A), second.count(A), second.count(B)] == [
            PageView(1, 1),
            PageView(2, 2),
            PageView(1, 3),
        ]
        lasts = first._client.ttl(f"gallery:session:{A}")
        assert 0 < lasts <= visits.SESSION_SECONDS  # type: ignore[operator]


@pytest.mark.server
def test_a_redis_that_refuses_is_told_without_the_password(server: Redis) -> None:
    with server.running():
        stranger = InRedis(server.url, "another-password")
        assert stranger.count(A) is None
        assert "invalid" in stranger.fault()
        assert "another-password" not in stranger.fault()


@pytest.mark.server
def test_one_that_hangs_is_given_up_until_it_works(server: Redis) -> None:
    counted = InRedis(server.url, server.password)
    with server.running() as process:
        assert counted.count(A) == PageView(1, 1)
        os.kill(process.pid, signal.SIGSTOP)
        assert counted.count(A) is None
        asked: list[str] = []
        pipeline = counted._client.pipeline

        def seen(transaction: bool) -> object:
            asked.append("pipeline")
            return pipeline(transaction=transaction)

        counted._client.pipeline = seen  # type: ignore[method-assign,assignment]
        assert [counted.count(A) for _ in range(3)] == [None] * 3
        assert counted.fault() == "Timeout reading from socket"
        assert counted.count(A) is None
        assert asked == []
        os.kill(process.pid, signal.SIGCONT)
        wait_until(lambda: not counted.fault(), "back")
        assert counted.count(A) is not None


@pytest.mark.server
def test_pages_go_on_without_redis_and_count_again_with_it(
    server: Redis, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counted = InRedis(server.url, server.password)
    parts = assembled("app-1", Collection(Folder(tmp_path / "storage")), counted)
    client: FlaskClient = application(parts).test_client()
    with server.running():
        parts.upkeep.look()
        assert "page 1 of your visit · 1 pages in all" in client.get("/").text
    page = client.get("/album/1")
    assert (page.status_code, "visits aren't counted at the moment" in page.text) == (200, True)
    assert client.post("/album", data={"title": "Sea"}).status_code == 303
    parts.upkeep.look()
    health = client.get("/health")
    assert (health.status_code, health.json["sessions"]) == (200, "not counted")
    assert 'gallery_dependency_up{dependency="sessions"} 0.0' in client.get("/metrics").text
    with server.running():
        parts.upkeep.look()
        assert "page 1 of your visit · 1 pages in all" in client.get("/").text  # it kept nothing
        assert client.get("/health").json["sessions"] == "counted"
    told = capsys.readouterr().err
    assert "visits are not counted: Error 111 connecting to 127.0.0.1" in told
    assert told.endswith("\nvisits are counted\n")
