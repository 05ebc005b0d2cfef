"""The worker: a process that runs one source after the other until its loader closes the pipe.

`python -m provision.compile.load.worker REQUESTS ANSWERS` reads requests from one file descriptor and writes answers
to the other. Its last words (a time limit, a crash) go to what was standard error when it began.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from provision.compile.load import wire
from provision.compile.load.modules import noted_imports
from provision.compile.load.run import run_source
from provision.compile.load.territory import Territory
from provision.errors import Problem


def main() -> None:
    """Serve, with the standard streams taken away from the sources."""
    requests, answers = (int(argument) for argument in sys.argv[1:3])
    for descriptor in (requests, answers):
        os.set_inheritable(descriptor, False)
    last_words = os.dup(2)
    # What a source makes lives until the source is done: collecting in between finds nothing.
    gc.set_threshold(50_000, 20, 100)
    leaked = _take_streams()
    sys.unraisablehook = lambda _: None
    faulthandler.enable(last_words, all_threads=False)
    # An alarm says which line runs, even in C code, and then ends the process, which is the signal's own meaning.
    # faulthandler's dump_traceback_later does the same with a thread a source, at a hundred times the price.
    faulthandler.register(signal.SIGALRM, last_words, all_threads=True, chain=True)
    leave = os._exit  # no time is lost on taking the heap apart
    sys.addaudithook(_saying_kills(last_words))
    os._exit = _saying(last_words, leave)  # type: ignore[assignment]  # it returns, typeshed says never
    os.register_at_fork(after_in_child=lambda: _close(requests, answers, last_words))
    try:
        serve(requests, answers, leaked)
    except BaseException:  # noqa: BLE001  # a bug of the worker itself, which the loader has to tell
        with suppress(OSError):  # the loader itself may be gone
            wire.write(last_words, f"{wire.BUG}{traceback.format_exc()}".encode("utf-8", "backslashreplace"))
        leave(1)
    leave(0)


def serve(requests: int, answers: int, leaked: Callable[[], bool]) -> None:
    """Answer one request after the other, until `requests` is closed. A source that runs beyond the time limit gets an
    alarm, which ends the process.

    Args:
        requests: brings a `wire.Setting`, then paths of sources.
        answers: gets `wire.READY`, then a `wire.Answer` for each path.
        leaked: whether anything reached the standard streams since it was last asked.
    """
    process = os.getpid()
    incoming = wire.Incoming(requests)
    begun = incoming.wait()
    if begun is None:
        return
    setting = wire.decode_setting(*begun)
    with noted_imports(Territory(setting.root)):
        wire.write(answers, wire.message(wire.READY))
        while (request := incoming.wait()) is not None:
            path: str = request[0][0]
            signal.setitimer(signal.ITIMER_REAL, setting.limit)
            answer = run_source(path, setting)
            signal.setitimer(signal.ITIMER_REAL, 0)
            if os.getpid() != process:
                return
            if leaked():
                answer = replace(
                    answer, problems=(*answer.problems, Problem(path, None, _LEAKED)), repeatable=False
                )
            wire.write(answers, wire.encode_answer(answer))


_LEAKED = (
    "writes to standard output or standard error, itself or through a process it starts; "
    "a source only defines things, so take the output away"
)


def _take_streams() -> Callable[[], bool]:
    """Nothing comes from standard input any more, and what is written to the other two ends in a pipe.

    Returns:
        a function that says whether anything was written since it was last called.
    """
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    drain, sink = os.pipe()
    os.set_blocking(drain, False)
    # A source that writes without end gets an error rather than a pipe that blocks it until the time limit.
    os.set_blocking(sink, False)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    os.close(sink)

    def leaked() -> bool:
        found = False
        try:
            while os.read(drain, 1 << 16):
                found = True
        except BlockingIOError:
            pass
        return found

    return leaked


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def _saying_kills(last_words: int) -> Callable[[str, tuple[Any, ...]], None]:
    """An audit hook that says which line sends this process a signal."""
    process = os.getpid()

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event in ("os.kill", "os.killpg") and args[0] in (0, process) and os.getpid() == process:
            faulthandler.dump_traceback(last_words, all_threads=False)

    return hook


def _saying(last_words: int, leave: Callable[[int], Any]) -> Callable[[int], Any]:
    """`os._exit` that says first which line called it."""
    process = os.getpid()

    def leaving(status: int) -> Any:
        if os.getpid() == process:
            faulthandler.dump_traceback(last_words, all_threads=False)
        return leave(status)

    return leaving


if __name__ == "__main__":
    main()
