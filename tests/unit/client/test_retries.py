"""What is sent again, and what never is."""

from __future__ import annotations

import email.utils
import time

import pytest

from provision.client.retries import PAUSES_SECONDS, retry_after
from provision.errors import ProvisionError, ServerRefused
from support.scripted_server import serving
from support.sessions import session


@pytest.mark.parametrize("fault", ["cut", "half", (502, b""), (503, b""), (504, b""), (429, b"")])
def test_a_get_is_asked_again(fault):
    waits = []
    with serving(fault, fault, (200, {"ok": True})) as script, session(script.url, waits) as opened:
        assert opened.request("GET", "/").json() == {"ok": True}
    assert waits == list(PAUSES_SECONDS[:2])


@pytest.mark.parametrize("fault", ["cut", (503, b"")])
def test_a_get_is_not_asked_for_ever(fault):
    waits = []
    with serving(fault) as script, session(script.url, waits) as opened, pytest.raises(ProvisionError):
        opened.request("GET", "/")
    assert len(script.requests) == 1 + len(PAUSES_SECONDS)
    assert waits == list(PAUSES_SECONDS)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("fault", ["cut", "half", (500, b""), (502, b""), (503, b""), (504, b"")])
def test_a_write_that_may_have_been_done_is_not_sent_again(method, fault):
    waits = []
    with (
        serving(fault, (200, {})) as script,
        session(script.url, waits) as opened,
        pytest.raises(ProvisionError),
    ):
        opened.request(method, "/", json={})
    assert len(script.requests) == 1
    assert waits == []


@pytest.mark.parametrize(
    "fault", [(429, b""), (429, b"", {"Retry-After": "2"}), (503, b"", {"Retry-After": "2"})]
)
def test_a_write_that_was_turned_away_is_sent_again(fault):
    waits = []
    with serving(fault, (200, {})) as script, session(script.url, waits) as opened:
        assert opened.request("POST", "/", json={}).status == 200
    assert waits == ([2.0] if len(fault) == 3 else [PAUSES_SECONDS[0]])


def test_when_a_server_asks_for_a_pause_nobody_sends_anything():
    waits = []
    with (
        serving((429, b"", {"Retry-After": "20"}), (200, {})) as script,
        session(script.url, waits) as opened,
    ):
        opened.request("PUT", "/api/x", json={})
        assert waits == [20.0]
        assert opened.pace.width() == 2
        opened.request("PUT", "/api/y", json={})
        assert 10 < waits[1] <= 20  # what is left of it
        with session(script.url, waits) as other:  # another organisation of the same server
            other.request("GET", "/api/z")
        assert len(waits) == 3


def test_a_server_that_wants_too_long_a_wait_gets_none():
    waits = []
    with (
        serving((429, {"message": "slow down"}, {"Retry-After": "3600"})) as script,
        session(script.url, waits) as opened,
    ):
        with pytest.raises(ServerRefused, match="429: slow down"):
            opened.request("GET", "/")
    assert waits == []


def test_retry_after_is_a_number_or_a_date():
    assert retry_after("7") == 7.0
    assert retry_after("") is None
    assert retry_after("soon") is None
    assert retry_after("²") is None
    assert 55 < retry_after(email.utils.formatdate(time.time() + 60, usegmt=True)) <= 61
    assert retry_after("Wed, 21 Oct 2015 07:28:00 -0000") == 0.0


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_refusal_that_is_an_answer_is_not_asked_for_again(status):
    waits = []
    with serving((status, {"error": "slow"})) as script, session(script.url, waits) as opened:
        answer = opened.request("GET", "/", allow={status}, once=True)
    assert (answer.status, len(script.requests), waits) == (status, 1, [])


def test_a_pause_that_is_asked_for_is_kept_all_the_same():
    with serving((429, {}, {"Retry-After": "1"}), (200, {})) as script, session(script.url) as opened:
        assert opened.request("GET", "/", once=True).status == 200
