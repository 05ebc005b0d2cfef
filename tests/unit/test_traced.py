from __future__ import annotations

import sys
import threading

import pytest

from support import traced


def test_a_thread_that_may_not_be_traced_yet_starts_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    traced.let_threads_start()
    asked: list[object] = []
    settrace = sys.settrace

    def busy(function: object) -> None:
        asked.append(function)
        if len(asked) < 3:
            raise RuntimeError(
                "Cannot install a trace function while another trace function is being installed"
            )
        settrace(None)

    before = threading.gettrace()
    monkeypatch.setattr(sys, "settrace", busy)
    threading.settrace(lambda *_: None)
    ran: list[str] = []
    thread = threading.Thread(target=lambda: ran.append("it has begun"))
    try:
        thread.start()
    finally:
        threading.settrace(before)  # type: ignore[arg-type]
    thread.join()
    assert ran == ["it has begun"]
    if sys.version_info < (3, 12):
        assert len(asked) >= 3
