"""The answers to many expressions, some of them at the same time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

from provision.errors import NotAllowed, Unreachable
from provision.model import Part
from provision.prove.verify.alerts import counted
from provision.prove.verify.classify import judged
from provision.prove.verify.firing import Timing
from provision.prove.verify.servers import Known
from provision.prove.verify.verdicts import Asked, Remark, Verdict

Advance = Callable[[int, int], None]
"""Is told how many are done, and of how many."""

Key = tuple[str, str, float | None, str, bool, tuple[str, ...], str]
"""What expressions have in common that are asked in the same way."""

_K = TypeVar("_K")
_A = TypeVar("_A")
_B = TypeVar("_B")


def key_of(asked: Asked) -> Key:
    """What an expression shares with those that are asked in the same way."""
    return (
        asked.text, asked.expr, asked.window_seconds, asked.source, asked.is_selection, asked.hollow, asked.complaint,
    )  # fmt: skip


def verdicts_of(
    asked: Sequence[Asked], known: Known, pool: ThreadPoolExecutor, advance: Advance, *, most_series: int
) -> dict[Key, Verdict]:
    """The verdict on each expression that is asked in the same way, however often it is.

    Raises:
        Unreachable, NotAllowed: the one server can't be asked any more.
    """

    def verdict(each: Asked) -> Verdict:
        found = known.of(each.source)
        if found is None:
            return Verdict("error", message=f"there is no data source {each.source!r} that can be asked")
        server, knowledge = found
        try:
            return judged(each, knowledge, most_series=most_series)
        except (Unreachable, NotAllowed) as error:
            if len(known.pairs) == 1:
                raise
            return Verdict("error", message=f"{server.called}: {error.what}")

    return _all({key_of(each): each for each in asked}, verdict, pool, advance)


def fired_of(
    asked: Sequence[tuple[Asked, Verdict]],
    alerts: Mapping[Part, Timing],
    known: Known,
    pool: ThreadPoolExecutor,
    advance: Advance,
    *,
    over: float,
    most: int | None,
) -> dict[Part, tuple[Remark, ...]]:
    """What there is to say of how often alerts would have fired, as `provision.prove.verify.alerts.counted` has it.

    Args:
        alerts: the expressions of alerts; others aren't asked.

    Raises:
        Unreachable, NotAllowed: the one server can't be asked any more.
    """

    def count(each: tuple[Asked, Verdict]) -> tuple[Remark, ...]:
        question, verdict = each
        found = known.of(question.source)
        if found is None:
            return ()
        try:
            return tuple(counted(question, verdict, alerts[question.part], found[1], over, most))
        except (Unreachable, NotAllowed):
            if len(known.pairs) == 1:
                raise
            return ()  # the verdict says it

    return _all({each[0].part: each for each in asked if each[0].part in alerts}, count, pool, advance)


def _all(
    asked: Mapping[_K, _A], answer: Callable[[_A], _B], pool: ThreadPoolExecutor, advance: Advance
) -> dict[_K, _B]:
    """The answer to each."""
    answers = {}
    coming = {pool.submit(answer, each): key for key, each in asked.items()}
    try:
        for done, future in enumerate(as_completed(coming), 1):
            answers[coming[future]] = future.result()
            advance(done, len(coming))
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    return answers
