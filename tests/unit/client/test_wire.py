"""What a single request sends and doesn't, below the session."""

from __future__ import annotations

import pytest

from provision.client.endpoint import Credentials, Endpoint
from provision.client.wire import Wire
from support.scripted_server import serving

LIMITS = (5.0, 5.0)


@pytest.fixture
def server():
    with serving((200, {"done": True}, {"Set-Cookie": "grafana_session=abc", "X-Two": "Words"})) as script:
        yield script


def test_an_answer_has_its_headers_in_lower_case(server):
    status, headers, body = Wire(Endpoint(server.url)).send("GET", f"{server.url}/a", None, {}, LIMITS)
    assert (status, headers["x-two"], body) == (200, "Words", b'{"done": true}')


def test_cookies_are_not_sent_back(server):
    wire = Wire(Endpoint(server.url))
    for _ in range(2):
        wire.send("GET", f"{server.url}/a", None, {}, LIMITS)
    assert [headers.get("Cookie") for _, _, headers, _ in server.requests] == [None, None]


def test_headers_of_one_request_win_and_do_not_stay(server):
    wire = Wire(Endpoint(server.url, Credentials(user="a", password="b"), headers={"X-Mode": "usual"}))
    wire.send("GET", f"{server.url}/a", None, {"x-mode": "other", "Authorization": "none"}, LIMITS)
    wire.send("GET", f"{server.url}/a", None, {}, LIMITS)
    sent = [headers for _, _, headers, _ in server.requests]
    assert [headers.get("x-mode") or headers.get("X-Mode") for headers in sent] == ["other", "usual"]
    assert [headers["Authorization"] for headers in sent] == ["Basic YTpi", "Basic YTpi"]


@pytest.mark.parametrize(("method", "body", "length"), [
    ("GET", None, None), ("POST", None, "0"), ("POST", b"", "0"), ("PUT", b"four", "4"),
])  # fmt: skip
def test_a_request_says_how_long_its_body_is(server, method, body, length):
    Wire(Endpoint(server.url)).send(method, f"{server.url}/a", body, {}, LIMITS)
    assert server.requests[0][2].get("Content-Length") == length
