"""An answer, and the JSON in it."""

from __future__ import annotations

import pytest

from provision.client.answer import Answer
from provision.errors import Unreachable
from support.scripted_server import serving
from support.sessions import session


@pytest.mark.parametrize("body", [b"", b'{"a": 1', b"OK"])
def test_an_answer_that_isnt_json(body):
    with serving((200, body)) as script, session(script.url) as opened:
        answer = opened.request("GET", "/")
        with pytest.raises(Unreachable, match=f"{script.url}: an answer was") as caught:
            answer.json()
    assert caught.value.__context__ is None


def test_an_answer_keeps_its_content_to_itself():
    assert "secret" not in repr(Answer(200, {"set-cookie": "secret"}, b"secret", "http://h"))
