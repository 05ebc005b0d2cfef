"""Targets side by side: order, failures, canaries and interruptions, without any server."""

from __future__ import annotations

import threading

import pytest

from provision.errors import NotAllowed, ProvisionError, Several, Unreachable
from provision.model import Action, Outcome, Plan, Verb
from provision.ship.fleet import (
    WIDTH,
    Aim,
    Leg,
    carry_out_all,
    check_all,
    is_called,
    side_by_side,
    together,
)


def leg(name, *verbs, apart=True):
    actions = tuple(Action(verb, "folder", f"{name}{n}", None, None, "why") for n, verb in enumerate(verbs))
    return Leg(
        Aim(None, (), instance=name, apart=apart), Plan(f"shelf {name}", "shop", actions, instance=name)
    )


def done(plan, _):
    for action in plan.writes:
        yield Outcome(action, "done")


def statuses(each):
    return [(outcome.status, outcome.message) for outcome in each.outcomes]


def first(name):
    return lambda aim: aim.instance == name


# ── side by side ─────────────────────────────────────────────────────────────


def test_what_is_made_stands_in_the_order_of_the_items():
    turns = [threading.Event() for _ in range(4)]

    def make(number):  # the last one is done first
        if number < 3:
            turns[number + 1].wait(60)
        turns[number].set()
        return number * 10

    assert side_by_side(range(4), make) == [0, 10, 20, 30]
    assert side_by_side((), make) == []


def test_no_more_than_so_many_at_once():
    lock, running, most = threading.Lock(), [0], [0]
    full = threading.Barrier(WIDTH)

    def make(number):
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        if number < WIDTH:
            full.wait(60)
        with lock:
            running[0] -= 1

    side_by_side(range(3 * WIDTH), make)
    assert most == [WIDTH]


def test_a_single_item_is_done_in_this_thread():
    assert side_by_side([1], lambda _: threading.current_thread()) == [threading.current_thread()]


def test_a_failure_stands_in_its_place_and_a_bug_is_raised():
    def make(number):
        if number == 1:
            raise Unreachable("it is down")
        return number

    zero, one, two = side_by_side(range(3), make)
    assert (zero, str(one), two) == (0, "it is down", 2)
    with pytest.raises(ZeroDivisionError):
        side_by_side(range(3), lambda number: 1 // number)


def test_failures_as_one():
    alone = NotAllowed("no", status=403, where="http://a")
    assert together([("", alone)]) is alone
    error = together([("eu", alone), ("us", Unreachable("it is down", where="http://b"))])
    assert (str(error), error.exit_code) == ("eu: http://a: no\nus: http://b: it is down", 1)
    assert together([("eu", alone), ("us", alone)]).exit_code == 3
    assert str(together([("eu", alone), ("us", alone)])) == "eu, us: http://a: no"


@pytest.mark.parametrize(
    ("name", "instance", "url", "means"),
    [
        ("eu", "eu", "http://a", True),
        ("http://a/", "eu", "http://a", True),
        ("production", "production/eu", "http://a", True),
        ("production/eu", "production/eu", "http://a", True),
        ("eu", "production/eu", "http://a", False),
        ("us", "eu", "http://a", False),
        ("x", "", "", False),
    ],
)
def test_what_a_name_means(name, instance, url, means):
    assert is_called(name, instance, url) is means


# ── before the first write ───────────────────────────────────────────────────


def test_every_check_is_asked_of_every_target_up_to_its_first_failure():
    asked = []

    def check(_, plan):
        asked.append(plan.instance)
        if plan.instance != "b":
            raise ProvisionError(f"{plan.instance} can't")

    with pytest.raises(Several) as caught:
        check_all([leg("a"), leg("b"), leg("c")], [check, check])
    assert str(caught.value) == "a: a can't\nc: c can't"
    assert sorted(asked) == ["a", "b", "b", "c"]
    check_all([leg("b")], [check])


# ── written ──────────────────────────────────────────────────────────────────


def test_all_are_carried_out_and_progress_is_told_for_all_together():
    legs = [leg("a", Verb.CREATE, Verb.KEEP), leg("b", Verb.CREATE, Verb.UPDATE)]
    told = []
    carry_out_all(legs, done, lambda *numbers: told.append(numbers))
    assert [statuses(each) for each in legs] == [[("done", "")], [("done", "")] * 2]
    assert all(each.complete for each in legs)
    assert max(told) == (3, 3)


def test_files_of_this_machine_are_written_in_this_thread_after_the_others():
    threads = {}

    def carry_out(plan, target):
        threads[plan.instance] = (len(threads), threading.current_thread())
        yield from done(plan, target)

    names = ("rules", "a", "b")
    carry_out_all([leg(n, Verb.CREATE, apart=n != "rules") for n in names], carry_out, lambda *_: None)
    assert threads["rules"] == (2, threading.current_thread())


def test_a_target_that_gives_up_stops_no_other():
    def carry_out(plan, target):
        if plan.instance == "a":
            raise Unreachable("it went away")
        yield from done(plan, target)

    legs = [leg("a", Verb.CREATE), leg("b", Verb.CREATE)]
    with pytest.raises(ProvisionError, match="a: it went away"):
        carry_out_all(legs, carry_out, lambda *_: None)
    assert [each.complete for each in legs] == [False, True]


def test_what_a_target_that_gives_up_has_not_done_is_told():
    def carry_out(plan, _):
        yield Outcome(plan.writes[0], "done")
        raise Unreachable("it went away")

    each = leg("a", Verb.CREATE, Verb.KEEP, Verb.UPDATE, Verb.CONFLICT)
    with pytest.raises(ProvisionError, match="a: it went away"):
        carry_out_all([each], carry_out, lambda *_: None)
    assert statuses(each) == [
        ("done", ""),
        ("skipped", "why"),
        ("skipped", "it was not done, as the push was given up before"),
    ]


@pytest.mark.parametrize("status", ["failed", "undone", "skipped", "gives up"])
def test_the_others_are_skipped_when_the_canary_was_not_done(status):
    def carry_out(plan, _):
        if status == "gives up":
            raise Unreachable("it went away")
        yield from (Outcome(action, status) for action in plan.writes)

    legs = [leg("a", Verb.CREATE, Verb.CONFLICT), leg("b", Verb.CREATE), leg("c", Verb.KEEP)]
    try:
        carry_out_all(legs, carry_out, lambda *_: None, canary=first("b"))
    except ProvisionError as error:
        assert str(error) == "b: it went away"  # noqa: PT017  # only one of the four raises
    assert statuses(legs[0]) == [("skipped", "why"), ("skipped", "the canary failed (b)")]
    assert legs[2].outcomes == []


def test_a_canary_that_is_in_conflict_was_not_done():
    legs = [leg("a", Verb.CREATE), leg("b", Verb.CONFLICT)]

    def carry_out(plan, target):
        yield from (Outcome(action, "skipped") for action in plan.stops)
        yield from done(plan, target)

    carry_out_all(legs, carry_out, lambda *_: None, canary=first("b"))
    assert statuses(legs[0]) == [("skipped", "the canary failed (b)")]


def test_a_canary_with_nothing_to_do_lets_the_others_follow():
    legs = [leg("a", Verb.CREATE), leg("b", Verb.KEEP)]
    carry_out_all(legs, done, lambda *_: None, canary=first("b"))
    assert statuses(legs[0]) == [("done", "")]


def test_what_was_not_begun_when_the_user_interrupts_is_told_so():
    interrupted = threading.Event()

    def carry_out(plan, target):
        yield from done(plan, target)
        interrupted.set()

    legs = [leg("a", Verb.CREATE, Verb.FOREIGN), leg("b", Verb.CREATE)]
    carry_out_all(legs, carry_out, lambda *_: None, canary=first("b"), cancelled=interrupted.is_set)
    assert statuses(legs[1]) == [("done", "")]
    assert statuses(legs[0]) == [("skipped", "why"), ("skipped", "interrupted before it was begun")]
