import itertools
import threading

import pytest

from provision.lab.gallery import switches
from provision.lab.gallery.switches import Faults, Switches, changed


def stays() -> bool:
    return False


@pytest.mark.parametrize(("ratio", "failures"), [(0, 0), (0.1, 10), (0.25, 25), (1, 100)])
def test_failures_are_spread_evenly(ratio: float, failures: int) -> None:
    replica = Switches()
    replica.change({"error_ratio": ratio})
    failed = [position for position in range(100) if replica.fails_now()]
    assert len(failed) == failures
    if 0 < ratio < 1:
        assert {later - sooner for sooner, later in itertools.pairwise(failed)} == {round(1 / ratio)}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "an object is expected"),
        ({"errors": 1}, "there is no 'errors'"),
        ({"error_ratio": 1.1}, "error_ratio must be a number from 0 to 1"),
        ({"error_ratio": True}, "error_ratio must be a number from 0 to 1"),
        ({"error_ratio": "1"}, "error_ratio must be a number from 0 to 1"),
        ({"slow_seconds": -1}, "slow_seconds must be a number from 0 to 60"),
        ({"slow_seconds": float("nan")}, "slow_seconds must be a number from 0 to 60"),
        ({"healthy": 1}, "healthy must be true or false"),
        ({"hang": "yes"}, "hang must be true or false"),
    ],
)
def test_faults_that_make_no_sense_are_refused(given: object, message: str) -> None:
    replica = Switches()
    with pytest.raises(ValueError, match=f"^{message}$"):
        replica.change(given)
    assert replica.faults == Faults()


def test_only_what_is_given_changes() -> None:
    assert changed(Faults(error_ratio=0.5), {"hang": True}) == Faults(error_ratio=0.5, hang=True)


def held(replica: Switches, client_left: object = stays) -> tuple[threading.Thread, list[bool]]:
    """A request that comes now, and what became of it."""
    came: list[bool] = []
    thread = threading.Thread(target=lambda: came.append(replica.hold(client_left)), daemon=True)  # type: ignore[arg-type]
    thread.start()
    return thread, came


def test_what_hangs_goes_on_when_the_fault_is_gone() -> None:
    replica = Switches()
    assert replica.hold(stays)
    replica.change({"hang": True})
    thread, came = held(replica)
    thread.join(0.05)
    assert thread.is_alive()
    replica.change({"hang": False})
    thread.join(10)
    assert came == [True]


def test_what_hangs_is_given_up_when_its_client_leaves() -> None:
    replica = Switches()
    replica.change({"hang": True})
    thread, came = held(replica, lambda: True)
    thread.join(10)
    assert came == [False]


def test_what_hangs_is_given_up_when_the_replica_ends() -> None:
    replica = Switches()
    replica.change({"hang": True, "slow_seconds": 60})
    thread, came = held(replica)
    late = threading.Thread(target=replica.delay, daemon=True)
    late.start()
    replica.close()
    for each in (thread, late):
        each.join(10)
        assert not each.is_alive()
    assert came == [False]


def test_no_more_requests_hang_than_threads_can_be_spared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(switches, "MOST_HELD", 0)
    replica = Switches()
    replica.change({"hang": True})
    assert not replica.hold(stays)


def test_a_delay_ends_with_the_fault() -> None:
    replica = Switches()
    replica.delay()
    replica.change({"slow_seconds": 60})
    late = threading.Thread(target=replica.delay, daemon=True)
    late.start()
    replica.change({"slow_seconds": 0})
    late.join(10)
    assert not late.is_alive()
