"""The signals that would end a program, heard by somebody else for a while."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, Self

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, a time limit, a closed terminal."""

_AGAIN_SECONDS = 0.01

Handler = Callable[[int, FrameType | None], object]


@contextmanager
def heard_by(handler: Handler) -> Iterator[None]:
    """While it is open, these signals call that handler; what is ignored, as in the background of a script or by `nohup`,
    stays so. They aren't blocked, or programs that are started meanwhile would never hear them. What the handler raises
    ends the block, wherever it was. Elsewhere than in the main thread, to which alone Python gives signals, nothing
    changes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}
    heard = {number: former for number, former in before.items() if former not in (signal.SIG_IGN, None)}
    with _Insistent(handler) as insistent:
        for number in heard:
            signal.signal(number, insistent.hear)
        try:
            yield
        finally:
            for number, former in heard.items():
                signal.signal(number, former)


class _Insistent:
    """A handler whose exception is raised once more where Python ignores it: in finalizers and in callbacks of weak
    references, of which every import has one. Of signals during imports, 6 in 1,000 came to nothing that way."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._raised: BaseException | None = None
        self._ignored = False

    def hear(self, number: int, frame: FrameType | None) -> None:
        """Call the handler, and keep what it raises."""
        try:
            self._handler(number, frame)
        except BaseException as error:
            self._raised = error
            raise

    def __enter__(self) -> Self:
        self._hook_before = sys.unraisablehook
        self._alarm_before = signal.signal(signal.SIGALRM, self._again)
        sys.unraisablehook = self._unraisable
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        ignored, self._ignored = self._ignored, False
        outer = isinstance(getattr(self._alarm_before, "__self__", None), _Insistent)
        sys.unraisablehook = self._hook_before
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._alarm_before)
        if outer:  # Its alarm may have come while this one was open.
            signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)
        if ignored and error is None and self._raised is not None:
            raise self._raised

    def _unraisable(self, unraisable: sys.UnraisableHookArgs) -> None:
        if self._raised is None or unraisable.exc_value is not self._raised:
            self._hook_before(unraisable)
            return
        # Raised at once it would be ignored as well: this is called where it was.
        self._ignored = True
        signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)

    def _again(self, _: int, frame: FrameType | None) -> None:
        if not self._ignored or self._raised is None:
            return
        while frame is not None:
            if frame.f_code is _Insistent._unraisable.__code__:
                signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)
                return
            frame = frame.f_back
        self._ignored = False
        raise self._raised
