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


@pytest.fixture
def terminal(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return stream


def test_nothing_is_written_where_nobody_watches(capsys):
    with progress("Compiling", patience_seconds=0) as advance:
        advance(1, 2)
    assert capsys.readouterr() == ("", "")


def test_quick_work_shows_no_bar(terminal):
    with progress("Compiling", patience_seconds=3600) as advance:
        advance(1, 2)
    assert terminal.getvalue() == ""


def test_long_work_shows_a_bar_that_goes_away(terminal, monkeypatch):
    bars = []
    real = module._bar
    monkeypatch.setattr(module, "_bar", lambda *args, **kw: bars.append(real(*args, **kw)) or bars[-1])
    with progress("Compiling", patience_seconds=0) as advance:
        assert terminal.seen.wait(10)
        advance(3, 7)
        task = bars[0].tasks[0]
        assert (task.completed, task.total) == (3, 7)
    assert bars[0].finished is False
    assert not bars[0].live.is_started


def test_the_bar_goes_away_when_the_work_fails(terminal, monkeypatch):
    bars = []
    real = module._bar
    monkeypatch.setattr(module, "_bar", lambda *args, **kw: bars.append(real(*args, **kw)) or bars[-1])

    def work():
        with progress("Compiling", patience_seconds=0):
            terminal.seen.wait(10)
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        work()
    assert not bars[0].live.is_started
