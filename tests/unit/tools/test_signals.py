import importlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from provision.tools.signals import SIGNALS, heard_by

A_WHILE_SECONDS = 30


class Told(Exception):
    pass


def tell(number: int, _: object) -> None:
    raise Told(signal.Signals(number).name)


@pytest.fixture(autouse=True)
def usual_signals() -> Iterator[None]:
    before = {number: signal.signal(number, signal.default_int_handler) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


class Finalized:
    """Something that is told to end while it is finalized, where Python ignores what is raised."""

    def __init__(self, number: signal.Signals) -> None:
        self.number = number

    def __del__(self) -> None:
        signal.raise_signal(self.number)


def finalize(number: signal.Signals) -> None:
    Finalized(number)


def go_on() -> None:
    time.sleep(A_WHILE_SECONDS)
    pytest.fail("nobody was told")


def finalize_and_go_on(number: signal.Signals) -> None:
    finalize(number)
    go_on()


@pytest.mark.parametrize("number", SIGNALS)
def test_what_is_ignored_in_a_finalizer_ends_the_block_all_the_same(number: signal.Signals) -> None:
    with pytest.raises(Told, match=number.name), heard_by(tell):
        finalize_and_go_on(number)


def test_when_the_block_ends_at_that_moment_it_ends_so() -> None:
    with pytest.raises(Told), heard_by(tell):
        finalize(signal.SIGTERM)
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert signal.getsignal(signal.SIGALRM) == signal.SIG_DFL


def test_a_block_inside_that_nothing_may_disturb_is_not_disturbed() -> None:
    done = []

    def with_a_block_inside() -> None:
        finalize(signal.SIGTERM)
        with heard_by(lambda *_: None):
            while signal.getitimer(signal.ITIMER_REAL) != (0, 0):
                time.sleep(0.001)
            done.append("inside")
        go_on()

    with pytest.raises(Told), heard_by(tell):
        with_a_block_inside()
    assert done == ["inside"]


def test_what_else_a_finalizer_raises_is_told_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def __del__(self) -> None:
            raise ValueError("of its own")

    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: told.append(str(unraisable.exc_value)))
    with heard_by(tell):
        Broken()
    assert told == ["of its own"]
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_no_signal_is_lost_in_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each import ends with the callback of a weak reference."""
    (tmp_path / "imported_anew.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    callback = next(
        const
        for const in importlib._bootstrap._get_module_lock.__code__.co_consts  # type: ignore[attr-defined]
        if getattr(const, "co_name", "") == "cb"
    )
    told = []

    def at_the_callback(frame: object, event: str, _: object) -> None:
        if event == "call" and getattr(frame, "f_code", None) is callback and not told:
            told.append(event)
            signal.raise_signal(signal.SIGTERM)

    def import_and_go_on() -> None:
        sys.setprofile(at_the_callback)
        try:
            importlib.import_module("imported_anew")
        finally:
            sys.setprofile(None)
        go_on()

    with pytest.raises(Told), heard_by(tell):
        import_and_go_on()
    assert told


def test_what_is_started_meanwhile_hears_signals_as_ever() -> None:
    with heard_by(tell):
        process = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
        process.terminate()
        assert process.wait(A_WHILE_SECONDS) == -signal.SIGTERM
