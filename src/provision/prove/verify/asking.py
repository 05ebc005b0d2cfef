"""Questions to one server: each asked once, not too many at the same time, and none any more once it has stopped
answering."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, Final, TypeVar, cast

from provision.errors import Late, NotAllowed, ServerRefused, Unreachable
from provision.prove.verify.load import Load

_PAUSES_SECONDS: Final = (0.5, 2.0)
"""How long to wait before a question is asked again that a server, or what stands before it, had no time for."""

_BUSY: Final = frozenset({429, 500, 502, 503, 504})
_MOST_FAILURES: Final = 5
"""So many questions without an answer, one after the other, and none is asked any more."""

T = TypeVar("T")


class Asking:
    """Asks questions. Threads may share it.

    Args:
        fault: why the server can't be asked; None when it can.

    Attributes:
        questions: how many were asked.
    """

    def __init__(
        self, load: Load, sleep: Callable[[float], None] = time.sleep, *, fault: Unreachable | None = None
    ) -> None:
        self.load = load
        self.questions = 0
        self._sleep = sleep
        self._lock = threading.Lock()
        self._answers: dict[Hashable, Future[Any]] = {}
        self._failures = 0
        self._fault = fault

    def once(self, key: Hashable, ask: Callable[[], T]) -> T:
        """What `ask` gives; asked by the first who wants to know, while the others wait.

        Raises:
            Unreachable: the server can't be reached, or has stopped answering: nothing more is to be asked.
            NotAllowed: likewise.
            Late, ServerRefused, TooLarge: this one question has no answer.
        """
        with self._lock:
            future = self._answers.get(key)
            mine = future is None
            if future is None:
                future = self._answers[key] = Future()
        if mine:
            try:
                future.set_result(self._asked(ask))
            except BaseException as error:
                future.set_exception(error)
                raise
        return cast("T", future.result())

    def anew(self, ask: Callable[[], T]) -> T:
        """As `once`, of what nobody else wants to know: the answer isn't kept."""
        return self._asked(ask)

    def _asked(self, ask: Callable[[], T]) -> T:
        for pause in (*_PAUSES_SECONDS, None):
            if self._fault is not None:
                raise self._fault
            try:
                with self.load.slot():
                    with self._lock:
                        self.questions += 1
                    answer = ask()
            except Late as error:
                self._failed(error)
                raise
            except NotAllowed:
                raise
            except ServerRefused as error:
                if error.status not in _BUSY:
                    raise
                self._failed(error)
                if pause is None:
                    raise
                self._sleep(pause)
            else:
                self._failures = 0
                return answer
        raise AssertionError("the last attempt returns or raises")  # pragma: no cover

    def _failed(self, error: Late | ServerRefused) -> None:
        """Ask less from now on, or nothing any more.

        Raises:
            Unreachable: too many questions had no answer.
        """
        self.load.too_much()
        with self._lock:
            self._failures += 1
            if self._failures >= _MOST_FAILURES:
                self._fault = Unreachable(
                    f"{self._failures} questions one after the other had no answer: {error.what}",
                    where=error.where,
                    remedy="look at the server's load, or give it more time (--timeout) and less to do (--max-load)",
                )
                raise self._fault from None
