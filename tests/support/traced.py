"""Threads that start at once while coverage is measured.

CPython 3.11 lets one thread alone install a trace function at a time, and another one that wants to at that moment ends with
"Cannot install a trace function while another trace function is being installed" before it has begun: a server of a test then
never answers. 3.12 lets them.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any, Final

_TRIES: Final = 1000
_PAUSE_SECONDS: Final = 0.001


class _Patient(ModuleType):
    """The module `sys` as `threading` sees it, whose `settrace` waits for its turn."""

    def __init__(self) -> None:
        super().__init__("sys")

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)

    @staticmethod
    def settrace(function: Callable[..., Any] | None) -> None:
        for _ in range(_TRIES):
            try:
                sys.settrace(function)
                return
            except RuntimeError:
                time.sleep(_PAUSE_SECONDS)
        sys.settrace(function)


def let_threads_start() -> None:
    """Have threads wait until they may be traced, where they wouldn't."""
    if sys.version_info < (3, 12):
        threading._sys = _Patient()  # type: ignore[attr-defined]  # it is where a thread asks
