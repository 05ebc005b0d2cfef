import http.client
import itertools
import json
from collections.abc import Iterator
from email.message import Message

import pytest

from provision.lab import app
from provision.lab.app import Faults, Replica, changed
from provision.lab.serving import Reply, Request, Server


@pytest.fixture
def replica() -> Replica:
    return Replica(2)


@pytest.fixture
def served(replica: Replica) -> Iterator[http.client.HTTPConnection]:
    server = Server(0, replica.answer)
    server.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    yield connection
    connection.close()
    server.stop()


def ask(
    replica: Replica, path: str, method: str = "GET", body: bytes = b"", *, proxied: bool = False
) -> Reply:
    headers = Message()
    if proxied:
        headers["X-Forwarded-For"] = "127.0.0.1"
    return replica.answer(Request(method, path, headers, body))


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("GET", "/", 200, "Album 12"),
        ("GET", "/album/1", 200, "replica 2"),
        ("GET", "/album/12", 200, "Picture 200"),
        ("GET", "/album/13", 404, "no such page"),
        ("GET", "/album/01", 404, "no such page"),
        ("GET", "/album/", 404, "no such page"),
        ("GET", "/missing", 404, "no such page"),
        ("GET", "/error", 500, "as asked"),
        ("GET", "/slow", 200, "Slow"),
        ("POST", "/album", 201, "added"),
        ("POST", "/missing", 404, "no such page"),
        ("GET", "/health", 200, "well"),
    ],
)
def test_pages(replica: Replica, method: str, path: str, status: int, text: str) -> None:
    reply = ask(replica, path, method)
    assert (reply.status, text in reply.text) == (status, True)


def test_a_page_travels_over_http_with_its_length(served: http.client.HTTPConnection) -> None:
    served.request("GET", "/album/3?page=2")
    answer = served.getresponse()
    body = answer.read()
    assert answer.status == 200
    assert answer.headers["Content-Length"] == str(len(body))
    assert answer.headers["Content-Type"].startswith("text/html")
    served.request("POST", "/album", b"title=Sea")  # over the same connection
    assert served.getresponse().status == 201


def test_faults_are_set_and_shown_through_the_control_endpoint(served: http.client.HTTPConnection) -> None:
    served.request("POST", "/control", json.dumps({"healthy": False, "error_ratio": 0.5}))
    answer = served.getresponse()
    assert json.loads(answer.read()) == {"error_ratio": 0.5, "latency_seconds": 0.0, "healthy": False}
    served.request("GET", "/health")
    answer = served.getresponse()
    assert (answer.status, answer.read()) == (503, b"unwell\n")


def test_the_control_endpoint_is_not_reachable_through_traefik(replica: Replica) -> None:
    assert ask(replica, "/control", "POST", b'{"error_ratio": 1}', proxied=True).status == 404
    assert replica.faults == Faults()


@pytest.mark.parametrize(("ratio", "failures"), [(0, 0), (0.1, 10), (0.25, 25), (1, 100)])
def test_failures_are_spread_evenly(replica: Replica, ratio: float, failures: int) -> None:
    replica.faults = Faults(error_ratio=ratio)
    statuses = [ask(replica, "/missing").status for _ in range(100)]
    assert statuses.count(500) == failures
    if 0 < ratio < 1:
        gaps = [position for position, status in enumerate(statuses) if status == 500]
        assert {later - sooner for sooner, later in itertools.pairwise(gaps)} == {round(1 / ratio)}


def test_health_is_answered_while_everything_else_fails(replica: Replica) -> None:
    replica.faults = Faults(error_ratio=1)
    assert ask(replica, "/health").status == 200
    assert ask(replica, "/").status == 500


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "an object is expected"),
        ({"errors": 1}, "there is no 'errors'"),
        ({"error_ratio": 1.1}, "error_ratio must be a number from 0 to 1"),
        ({"error_ratio": True}, "error_ratio must be a number from 0 to 1"),
        ({"error_ratio": "1"}, "error_ratio must be a number from 0 to 1"),
        ({"latency_seconds": -1}, "latency_seconds must be a number from 0 to 60"),
        ({"latency_seconds": float("nan")}, "latency_seconds must be a number from 0 to 60"),
        ({"healthy": 1}, "healthy must be true or false"),
    ],
)
def test_faults_that_make_no_sense_are_refused(given: object, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        changed(Faults(), given)


def test_what_is_refused_changes_nothing_and_is_said(replica: Replica) -> None:
    reply = ask(replica, "/control", "POST", b'{"error_ratio": 2}')
    assert (reply.status, reply.text) == (400, "error_ratio must be a number from 0 to 1\n")
    assert ask(replica, "/control", "POST", b"{").status == 400
    assert replica.faults == Faults()


def test_main_serves_the_replica_it_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(app, "run", lambda server: seen.append(server.answer.__self__.number) or 0)
    assert app.main(["--port", "0", "--replica", "3"]) == 0
    assert seen == [3]
