import io
import sys
import threading

import pytest

from provision.show import progress as module
from provision.show.progress import progress


class Terminal(io.StringIO):
    def __init__(self):
        super().__init__()
        self.seen = threading.Event()

    def isatty(self):
        return True

    def write(self, text):
        if "Compiling" in text:
            self.seen.set()
        return super().write(text)


def watch(monkeypatch):
    """Put a terminal in place of stderr; not in a fixture, because pytest's capture comes between."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return stream


def keep_bars(monkeypatch):
    bars = []
    real = module._bar

    def kept(*arguments, **named):
        bars.append(real(*arguments, **named))
        return bars[-1]

    monkeypatch.setattr(module, "_bar", kept)
    return bars


def test_nothing_is_written_where_nobody_watches(capsys):
    with progress("Compiling", patience_seconds=0) as advance:
        advance(1, 2)
    assert capsys.readouterr() == ("", "")


def test_quick_work_shows_no_bar(monkeypatch):
    terminal = watch(monkeypatch)
    with progress("Compiling", patience_seconds=3600) as advance:
        advance(1, 2)
    assert terminal.getvalue() == ""


def test_long_work_shows_a_bar_that_goes_away(monkeypatch):
    terminal, bars = watch(monkeypatch), keep_bars(monkeypatch)
    with progress("Compiling", patience_seconds=0) as advance:
        assert terminal.seen.wait(60)
        advance(3, 7)
        task = bars[0].tasks[0]
        assert (task.completed, task.total) == (3, 7)
    assert not bars[0].live.is_started


def test_the_bar_goes_away_when_the_work_fails(monkeypatch):
    terminal, bars = watch(monkeypatch), keep_bars(monkeypatch)

    def work():
        with progress("Compiling", patience_seconds=0):
            assert terminal.seen.wait(60)
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        work()
    assert not bars[0].live.is_started
