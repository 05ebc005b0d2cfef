import os
import signal
import threading

import pytest

from provision.lab import claiming, ending, processes, state, supervisor
from support.usual_signals import usual_signals


def hear(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


@pytest.fixture(autouse=True)
def as_on_a_terminal():
    with usual_signals():
        yield


SAID = "The lab is being ended; this takes a few seconds.\n"


def test_the_first_signal_ends_and_those_after_it_are_answered(capfd) -> None:
    def impatient() -> None:
        try:
            hear(signal.SIGINT)
        finally:
            hear(signal.SIGINT)
            hear(signal.SIGTERM)

    with pytest.raises(KeyboardInterrupt), ending.by_signals():
        impatient()
    assert capfd.readouterr().err == SAID * 2
    with pytest.raises(SystemExit) as caught, ending.by_signals():
        hear(signal.SIGHUP)
    assert caught.value.code == 128 + signal.SIGHUP
    assert capfd.readouterr().err == "The lab was told to end.\n"
    with pytest.raises(KeyboardInterrupt):  # as before
        hear(signal.SIGINT)


def test_what_is_ignored_stays_so_and_other_threads_change_nothing() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with ending.undisturbed():
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    seen = []

    def elsewhere() -> None:
        with ending.undisturbed():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]


def test_a_lab_that_is_given_back_is_so_whole(tmp_path, monkeypatch, capfd) -> None:
    folder = tmp_path / "lab"
    folder.mkdir()
    starter = processes.identify(os.getpid())
    lab = state.Lab("a", state.this_boot(), ready=True, starter=starter, project="/p", environment="x")
    state.write(folder, lab)
    monkeypatch.setattr(supervisor, "stop", lambda *_: hear(signal.SIGINT))
    claiming.give_back(folder, lab)
    assert capfd.readouterr().err == SAID
    assert not folder.exists()
