"""The signals that would end a program, heard by somebody else for a while."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import ClassVar, Final, Self

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, a time limit, a closed terminal."""

_AGAIN_SECONDS = 0.01
_RAISED_BY = "_provision_raised_by"

Handler = Callable[[int, FrameType | None], object]


@contextmanager
def heard_by(handler: Handler) -> Iterator[None]:
    """While it is open, these signals call that handler; what is ignored, as in the background of a script or by `nohup`,
    stays so. They aren't blocked, or programs that are started meanwhile would never hear them. What the handler raises
    ends the block, wherever it was, unless the block ends by another error before. Elsewhere than in the main thread, to
    which alone Python gives signals, nothing changes."""
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

    _open: ClassVar[list[_Insistent]] = []

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._ignored: BaseException | None = None

    def hear(self, number: int, frame: FrameType | None) -> None:
        """Call the handler, and mark what it raises."""
        try:
            self._handler(number, frame)
        except BaseException as error:
            self._rest()
            setattr(error, _RAISED_BY, self)
            raise

    def __enter__(self) -> Self:
        self._hook_before = sys.unraisablehook
        sys.unraisablehook = self._unraisable
        self._open.append(self)
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        ignored = self._ignored
        self._rest()
        self._open.remove(self)
        sys.unraisablehook = self._hook_before
        if ignored is not None and error is None:
            raise ignored

    def _unraisable(self, unraisable: sys.UnraisableHookArgs) -> None:
        error = unraisable.exc_value
        if error is None or getattr(error, _RAISED_BY, None) is not self:
            self._hook_before(unraisable)
            return
        # Raised at once it would be ignored as well: this is called where it was.
        if self._ignored is None:
            self._alarm_before = signal.signal(signal.SIGALRM, self._again)
            self._timer_before = signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)
        self._ignored = error

    def _again(self, _: int, frame: FrameType | None) -> None:
        error = self._ignored
        if error is None:
            return
        # Not in a block inside, which may be one that nothing disturbs, nor where it would be ignored again.
        if self._open[-1] is not self or _is_within(frame, _Insistent._unraisable.__code__):
            signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)
            return
        self._rest()
        raise error

    def _rest(self) -> None:
        """Nothing is to be raised again; who else uses the alarm has it as before."""
        if self._ignored is not None:
            self._ignored = None
            signal.signal(signal.SIGALRM, self._alarm_before)
            signal.setitimer(signal.ITIMER_REAL, *self._timer_before)


def _is_within(frame: FrameType | None, code: CodeType) -> bool:
    while frame is not None:
        if frame.f_code is code:
            return True
        frame = frame.f_back
    return False
