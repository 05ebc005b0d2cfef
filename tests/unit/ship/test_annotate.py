from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from provision.errors import Unreachable
from provision.model import Action, Outcome, Plan, Verb
from provision.ship.annotate import annotate_all, note
from provision.ship.fleet import Aim, Leg


class Notes:
    def __init__(self, fault: str = "") -> None:
        self.fault = fault
        self.notes: list[tuple[str, Sequence[str]]] = []

    def annotate(self, text: str, tags: Sequence[str]) -> None:
        if self.fault:
            raise Unreachable(self.fault, where="http://g", remedy="check it")
        self.notes.append((text, tags))


def outcome(verb: Verb, status: Any = "done") -> Outcome:
    return Outcome(Action(verb, "dashboard", "a", None, None), status)


def leg(target: object, *outcomes: Outcome) -> Leg:
    return Leg(Aim(cast("Any", target), ()), Plan("grafana", "shop", ()), list(outcomes))


def test_a_note_says_what_was_done_and_at_which_commit() -> None:
    done = [outcome(Verb.CREATE), outcome(Verb.CREATE), outcome(Verb.DELETE)]
    assert (
        note("shop", done, "1f2e3d4c5b6a7980aabb") == "provision: shop at 1f2e3d4c5b6a: 2 created, 1 deleted"
    )
    missed = [*done, outcome(Verb.UPDATE, "failed"), outcome(Verb.UPDATE, "skipped")]
    assert note("shop", missed, "") == "provision: shop: 2 created, 1 deleted; 2 not done"


def test_only_where_something_was_written_and_notes_are_kept() -> None:
    written, failed, undone = Notes(), Notes(), Notes()
    said = annotate_all(
        [leg(written, outcome(Verb.ADOPT)), leg(failed, outcome(Verb.CREATE, "failed")),
         leg(undone, outcome(Verb.CREATE, "undone")), leg(object(), outcome(Verb.CREATE))],
        "",
    )  # fmt: skip
    assert said == ()
    assert written.notes == [("provision: shop: 1 taken over", ("provision", "shop"))]
    assert failed.notes == undone.notes == []


def test_a_note_that_can_not_be_left_is_a_sentence() -> None:
    said = annotate_all([leg(Notes("no answer"), outcome(Verb.CREATE))], "")
    assert said == ("the annotation could not be left: http://g: no answer; check it",)
