from __future__ import annotations

from provision.lab.drill.runner import supposed
from provision.lab.drill.timing import Detection, Resolution
from provision.lab.drill.users import seen_by_users
from provision.lab.drill.values import Event, Hypothesis, Signal, Visit


def visits(*outcomes: tuple[int, float], every: float = 0.1) -> list[Visit]:
    """Requests from the hundredth second on: status and seconds of each."""
    return [Visit(100 + number * every, took, status) for number, (status, took) in enumerate(outcomes)]


GOOD, BAD, NONE, SLOW = (200, 0.01), (502, 0.01), (0, 5.0), (200, 1.0)


def said(events: list[Event]) -> list[tuple[float, str]]:
    assert {event.source for event in events} <= {"client"}
    return [(round(event.at - 100, 3), event.what) for event in events]


def test_all_is_well() -> None:
    assert said(seen_by_users(visits(*[GOOD] * 5), 100.2, 0.2)) == [
        (0.4, "all 3 requests succeed, the slowest takes 0.01 s")
    ]
    assert seen_by_users([], 100, 0.2) == []


def test_failures_begin_and_end() -> None:
    found = seen_by_users(visits(GOOD, BAD, GOOD, BAD, NONE, GOOD, GOOD), 100, 0.2)
    assert said(found) == [
        (0.1, "3 of 4 requests fail in 0.3 s: 2 × 502, 1 × no answer"),
        (0.5, "requests succeed again"),
    ]


def test_what_was_before_the_break_counts_for_nothing() -> None:
    found = seen_by_users(visits(BAD, BAD, GOOD, GOOD), 100.15, 0.2)
    assert said(found) == [(0.3, "all 2 requests succeed, the slowest takes 0.01 s")]


def test_failures_that_are_far_apart_are_spells_of_their_own() -> None:
    found = seen_by_users(visits(BAD, *[GOOD] * 40, BAD), 100, 0.2)
    assert said(found) == [
        (0.0, "1 of 1 requests fail: 1 × 502"),
        (0.1, "requests succeed again"),
        (4.1, "1 of 1 requests fail: 1 × 502"),
    ]


def test_slow_requests_are_told_where_they_are_more_than_a_few() -> None:
    found = seen_by_users(visits(SLOW, GOOD, SLOW, BAD, SLOW, GOOD), 100, 0.2)
    assert said(found) == [
        (0.0, "3 of 5 requests are slow in 0.4 s, up to 1.00 s"),
        (0.3, "1 of 1 requests fail: 1 × 502"),
        (0.4, "requests succeed again"),
        (0.5, "requests are answered within 200 ms again"),
    ]
    found = seen_by_users(visits(SLOW, GOOD, SLOW), 100, 0.2)
    assert said(found) == [(0.2, "all 3 requests succeed, the slowest takes 1.00 s")]


def test_the_hypothesis_is_said_before_it_is_tried() -> None:
    signal = Signal(
        "TraefikBackendDown", "ticket", "traefik", before=1, after=0, exposure=4, recovery=5, why=""
    )
    hypothesis = Hypothesis(
        "All is well.", success_ratio=1, slow_ratio=0, slowest_seconds=1, budget_seconds=2.5, signal=signal
    )
    assert list(supposed(hypothesis, (Detection(1, 6, 9), Resolution(10, 17)))) == [
        "supposed: All is well.",
        "supposed: TraefikBackendDown fires within 6.0 s and is delivered within 9.0 s, its end within 17.0 s of the healing; "
        "it costs at most 2.5 s of the month's error budget",
    ]
    quiet = Hypothesis(
        "Nobody notices.", success_ratio=1, slow_ratio=0, slowest_seconds=1, budget_seconds=3, signal=None,
        may_fire=frozenset({"TargetDown", "JobDown"}),
    )  # fmt: skip
    assert list(supposed(quiet, None))[1] == (
        "supposed: no alert is told of but tickets of JobDown, TargetDown; it costs at most 3 s of the month's error budget"
    )
