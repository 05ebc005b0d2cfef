"""Many expressions, some of them at the same time, asked of several servers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from provision.errors import Unreachable
from provision.prove.verify.firing import Timing
from provision.prove.verify.judging import fired_of, key_of, verdicts_of
from provision.prove.verify.servers import Known, Server
from provision.prove.verify.verdicts import Asked, Verdict
from support.checking import group
from support.series_standin import KnownSeries, knowledge
from support.verifying import UP, asked


class Gone(KnownSeries):
    """A server that answers nothing."""

    def attempt(self, expr, *, at=None, timeout_seconds):
        raise Unreachable("nothing listens there")

    def attempt_range(self, expr, start, end, step, *, timeout_seconds):
        raise Unreachable("nothing listens there")


def questions() -> list[Asked]:
    rules = ({"alert": "A", "expr": "up == 0"}, {"alert": "B", "expr": "up == 0"})
    return [each.asked for each in asked(group(*rules))[0].results]


def told(*clients: KnownSeries) -> tuple[list[Verdict], list[list[str]], list[tuple[int, int]]]:
    pairs = [
        (Server(client, f"p{number}", (f"uid{number}",), number == 0), knowledge(client))  # type: ignore[arg-type]
        for number, client in enumerate(clients)
    ]
    steps: list[tuple[int, int]] = []
    every = questions()
    with ThreadPoolExecutor(2) as pool:

        def advance(done: int, total: int) -> None:
            steps.append((done, total))

        verdicts = verdicts_of(every, Known(pairs), pool, advance, most_series=10)
        paired = [(each, verdicts[key_of(each)]) for each in every]
        alerts = {every[0].part: Timing(100.0)}
        fired = fired_of(paired, alerts, Known(pairs), pool, advance, over=600.0, most=None)
    return list(verdicts.values()), [[each.message for each in said] for said in fired.values()], steps


def test_the_same_is_asked_once_and_only_alerts_are_counted() -> None:
    verdicts, fired, steps = told(KnownSeries(UP))
    assert [each.status for each in verdicts] == ["data"]
    assert fired == [["it would not have fired in the last 10m"]]
    assert steps == [(1, 1), (1, 1)]


def test_one_of_several_servers_that_is_gone_is_told_once() -> None:
    verdicts, fired, _ = told(Gone(UP), KnownSeries(UP))
    assert [(each.status, each.message) for each in verdicts] == [("error", "p0: nothing listens there")]
    assert fired == [[]]
