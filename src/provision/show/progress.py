"""A progress bar on stderr for work that takes over a second; silent where nobody watches."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE_SECONDS = 1.0
"""How long work may take before the bar appears."""

Advance = Callable[[int, int], None]


@contextmanager
def progress(title: str, *, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[Advance]:
    """While it is open, work is going on that `title` names.

    Yields:
        `advance(done, total)`, to be called as often as the caller likes, from any thread.
    """
    if not sys.stderr.isatty():
        yield _silent
        return
    lock = threading.Lock()
    state = {"done": 0, "total": 0}
    bar: list[Progress] = []

    def appear() -> None:
        with lock:
            bar.append(_bar(title, **state))

    def advance(done: int, total: int) -> None:
        with lock:
            state.update(done=done, total=total)
            for shown in bar:
                shown.update(shown.task_ids[0], completed=done, total=total or None)

    timer = threading.Timer(patience_seconds, appear)
    timer.daemon = True
    timer.start()
    try:
        yield advance
    finally:
        timer.cancel()
        timer.join()
        for shown in bar:
            shown.stop()


def _silent(_done: int, _total: int) -> None:
    return


def _bar(title: str, done: int, total: int) -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    shown = Progress(*columns, console=Console(stderr=True), transient=True)
    shown.start()
    shown.add_task(title, completed=done, total=total or None)
    return shown
