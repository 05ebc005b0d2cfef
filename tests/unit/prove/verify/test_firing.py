"""When an alert would have fired, as Prometheus follows its series from evaluation to evaluation."""

from __future__ import annotations

import pytest

from provision.prove.verify.firing import Timing, Watch


def fired(pattern: str, *, hold: float = 0.0, keep: float = 0.0, since: float = -1.0) -> tuple[int, float]:
    """Of evaluations each ten seconds from 0 on, of which those with an `x` have the series."""
    watch = Watch(Timing(10.0, hold, keep), 10.0, since)
    for number, each in enumerate(pattern):
        if each == "x":
            watch.see([number * 10.0])
    watch.end((len(pattern) - 1) * 10.0)
    return watch.times, watch.seconds


@pytest.mark.parametrize(
    ("pattern", "times", "seconds"),
    [
        ("......", 0, 0),
        (".x....", 1, 10),
        (".xx.x.", 2, 30),
        ("xxxxxx", 1, 60),
        (".....x", 1, 10),
    ],
)
def test_without_for(pattern: str, times: int, seconds: float) -> None:
    assert fired(pattern) == (times, seconds)


@pytest.mark.parametrize(
    ("pattern", "hold", "times", "seconds"),
    [
        ("xx.xx.xx", 20, 0, 0),
        ("xxx.xxxx", 20, 2, 30),
        ("xxx.xxxx", 15, 2, 30),
        ("xxx.xxxx", 30, 1, 10),
    ],
)
def test_for(pattern: str, hold: float, times: int, seconds: float) -> None:
    assert fired(pattern, hold=hold) == (times, seconds)


@pytest.mark.parametrize(
    ("pattern", "hold", "keep", "times", "seconds"),
    [
        ("x.x.......", 0, 10, 1, 50 - 10),
        ("x..x......", 0, 10, 2, 40),
        ("x..x......", 0, 20, 1, 60),
        ("x..x......", 0, 15, 1, 60),
        ("xx.x......", 10, 10, 1, 40),
        (".x.xx.....", 10, 10, 1, 20),
        (".......x..", 0, 60, 1, 30),
    ],
)
def test_keep_firing_for(pattern: str, hold: float, keep: float, times: int, seconds: float) -> None:
    assert fired(pattern, hold=hold, keep=keep) == (times, seconds)


def test_what_was_over_before_does_not_count() -> None:
    assert fired("xx..xx..", since=20.0) == (1, 20)
    assert fired("xxxx....", since=20.0) == (1, 20)
