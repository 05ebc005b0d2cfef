"""The first signal ends a drill once it has healed; the others wait for that."""

import os
import signal
import threading

import pytest

from provision.lab.drill.interrupting import healed_first


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_is_healed_is_healed_whole(number):
    told, healed = [], []
    before = signal.getsignal(number)

    def drilled():
        with healed_first(told.append):
            try:
                os.kill(os.getpid(), number)
            finally:
                os.kill(os.getpid(), number)
                os.kill(os.getpid(), signal.SIGINT)
                healed.append("all")

    with pytest.raises(KeyboardInterrupt):
        drilled()
    assert healed == ["all"]
    assert told == ["healing what the drill broke; then it ends"] * 2
    assert signal.getsignal(number) is before


def test_a_signal_that_is_ignored_stays_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with healed_first(lambda _: None):
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_elsewhere_than_in_the_main_thread_there_are_no_signals():
    done = []

    def work():
        with healed_first(lambda _: None):
            done.append(signal.getsignal(signal.SIGINT))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [before]


def test_while_something_else_is_told_nothing_is():
    def busy(_):
        raise RuntimeError("reentrant call inside <_io.BufferedWriter>")

    def drilled():
        with healed_first(busy):
            try:
                os.kill(os.getpid(), signal.SIGINT)
            finally:
                os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        drilled()
