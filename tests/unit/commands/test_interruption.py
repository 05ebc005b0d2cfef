"""Interruptions while something is written."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator

import pytest

from provision.commands.interruption import interruptible
from provision.tools.signals import SIGNALS, heard_by
from support.usual_signals import usual_signals


class Told(Exception):
    pass


def tell(*_: object) -> None:
    raise Told


@pytest.fixture(autouse=True)
def as_on_a_terminal() -> Iterator[None]:
    with usual_signals():
        yield


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_is_remembered_and_the_second_is_what_it_always_was(
    number: signal.Signals, capfd: pytest.CaptureFixture[str]
) -> None:
    seen = []

    def written() -> None:
        with interruptible() as interrupted:
            seen.append(interrupted())
            signal.raise_signal(number)
            seen.append(interrupted())
            signal.raise_signal(number)

    with pytest.raises(Told), heard_by(tell):
        written()
    assert seen == [False, True]
    assert capfd.readouterr().err == "Interrupted: finishing what is in flight.\n"


def test_what_came_just_before_interrupts_no_write() -> None:
    class Finalized:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGTERM)

    done = []

    def written() -> None:
        Finalized()  # where Python ignores what is raised
        with interruptible():
            time.sleep(0.05)  # longer than it takes until it is raised again
            done.append("written")

    with pytest.raises(Told), heard_by(tell):
        written()
    assert done == ["written"]
