import importlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from provision.tools.signals import SIGNALS, heard_by
from support.usual_signals import usual_signals

A_WHILE_SECONDS = 30


class Told(Exception):
    pass


def tell(number: int, _: object) -> None:
    raise Told(signal.Signals(number).name)


@pytest.fixture(autouse=True)
def as_on_a_terminal() -> Iterator[None]:
    with usual_signals():
        yield


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
            time.sleep(0.05)  # longer than it takes until something is raised again
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


def test_an_alarm_of_somebody_else_is_theirs() -> None:
    rang: list[str] = []
    former = signal.signal(signal.SIGALRM, lambda *_: rang.append("theirs"))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(Told), heard_by(tell):
            finalize_and_go_on(signal.SIGTERM)
        while not rang:
            time.sleep(0.001)
        with heard_by(tell):
            signal.raise_signal(signal.SIGALRM)
    finally:
        signal.signal(signal.SIGALRM, former)
    assert rang == ["theirs"] * 2


def test_what_is_raised_next_is_not_followed_by_what_was_ignored_before() -> None:
    done = []

    def ignored_and_then_raised() -> None:
        finalize(signal.SIGTERM)
        try:
            signal.raise_signal(signal.SIGHUP)
        finally:
            time.sleep(0.05)  # longer than it takes until something is raised again
            done.append("cleared up")

    with pytest.raises(Told, match="SIGHUP"), heard_by(tell):
        ignored_and_then_raised()
    assert done == ["cleared up"]


def test_a_block_that_ends_by_an_error_of_its_own_ends_so() -> None:
    def fail() -> None:
        finalize(signal.SIGTERM)
        raise ValueError("its own")

    with pytest.raises(ValueError, match="its own"), heard_by(tell):
        fail()
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_what_is_held_where_it_was_raised_is_let_go_at_once() -> None:
    let_go = []

    class Held:
        def __del__(self) -> None:
            let_go.append("now")

    def hold() -> None:
        held = Held()
        signal.raise_signal(signal.SIGTERM)
        assert held

    try:
        with heard_by(tell):
            hold()
    except Told:
        pass
    assert let_go == ["now"]


def test_no_signal_is_lost_in_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each import ends with the callback of a weak reference."""
    (tmp_path / "imported_anew.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    constants = importlib._bootstrap._get_module_lock.__code__.co_consts  # type: ignore[attr-defined]
    callback = next((each for each in constants if getattr(each, "co_name", "") == "cb"), None)
    if callback is None:
        pytest.skip("this Python has no such callback")
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
