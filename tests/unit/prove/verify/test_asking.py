"""Questions to a server that may have no time for them."""

from __future__ import annotations

import pytest

from provision.errors import Late, NotAllowed, ProvisionError, ServerRefused, TooLarge, Unreachable
from provision.prove.verify.asking import Asking
from provision.prove.verify.load import Load

BUSY = ServerRefused("answered with 503", status=503, where="http://p")


class Server:
    """Answers what it is told to, one after the other; the last for ever."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.slept: list[float] = []
        self.asking = Asking(Load(4, lambda: None), sleep=self.slept.append)

    def __call__(self) -> object:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def ask(self, key: object) -> object:
        return self.asking.once(key, self)  # type: ignore[arg-type]


def test_a_question_is_asked_once():
    server = Server(1, 2)
    assert [server.ask("a"), server.ask("a"), server.ask("b")] == [1, 1, 2]
    assert server.asking.questions == 2


def test_a_busy_server_is_asked_again_after_a_pause_and_less_at_once():
    server = Server(BUSY, BUSY, "here")
    assert server.ask("a") == "here"
    assert (server.slept, server.asking.load.width) == ([0.5, 2.0], 1)


@pytest.mark.parametrize(
    "error",
    [
        TooLarge("an answer has more than 1 MiB"),
        ServerRefused("422", status=422),
        NotAllowed("no", status=403),
    ],
)
def test_what_has_no_answer_is_not_asked_again(error: ProvisionError):
    server = Server(error, "later")
    for _ in range(2):
        with pytest.raises(type(error)):
            server.ask("a")
    assert (server.ask("b"), server.slept) == ("later", [])


def test_a_server_that_has_stopped_answering_is_left_alone():
    server = Server(Late("no answer within 10 s", where="http://p"))
    for key in range(4):
        with pytest.raises(Late):
            server.ask(key)
    with pytest.raises(
        Unreachable, match=r"5 questions one after the other had no answer: no answer within 10 s"
    ) as error:
        server.ask("last")
    assert not isinstance(error.value, Late)
    with pytest.raises(Unreachable, match="5 questions"):
        server.ask("one more")
    assert server.asking.questions == 5


def test_an_answer_in_between_begins_anew():
    late = Late("no answer")
    server = Server(late, late, late, late, "here", late)
    for key in range(4):
        with pytest.raises(Late):
            server.ask(key)
    assert server.ask("e") == "here"
    with pytest.raises(Late):
        server.ask("f")


def test_refused_too_often():
    server = Server(BUSY)
    with pytest.raises(ServerRefused):
        server.ask("a")
    with pytest.raises(Unreachable):
        server.ask("b")
