"""What the schema generations of a dashboard mean for a plan."""

from __future__ import annotations

import pytest

from provision.model import Live, Mark, Resource, Verb, digest, encode
from provision.ship.plan import decide

MARKS = frozenset({"dashboard"})
CLASSIC = {"folderUid": "", "spec": {"title": "x", "uid": "d"}}
SECOND = {"folderUid": "", "schema": "v2beta1", "spec": {"title": "x", "elements": {}}}
SHOWN_CONVERTED = {**CLASSIC, "storedVersion": "v2alpha1"}


def live(body: object, owner: str | None = "shop", base: str = "") -> Live:
    mark = None if owner is None else Mark(owner, base or digest(encode(body)))
    return Live("dashboard", "d", encode(body), mark)


def desired(body: object) -> Resource:
    return Resource("dashboard", "d", encode(body))


@pytest.mark.parametrize("stored", [SECOND, SHOWN_CONVERTED])
def test_a_classic_source_never_takes_the_place_of_a_v2_dashboard_unasked(stored: object) -> None:
    for found, verb in (
        (live(stored), Verb.CONFLICT),
        (live(stored, base="v1:0"), Verb.CONFLICT),
        (live(stored, None), Verb.FOREIGN),
        (live(stored, "other"), Verb.FOREIGN),
    ):
        action = decide(desired(CLASSIC), found, "shop", MARKS)
        assert action.verb is verb
        assert "it is stored in Grafana's second generation (v2)" in action.reason
        forced = decide(desired(CLASSIC), found, "shop", MARKS, overwrite=True)
        assert (forced.verb, forced.reason) == (Verb.UPDATE, action.reason)


def test_a_v2_source_takes_the_place_of_an_own_classic_one() -> None:
    action = decide(desired(SECOND), live(CLASSIC), "shop", MARKS)
    assert (action.verb, action.reason) == (Verb.UPDATE, "")


def test_a_v2_source_over_a_v2_dashboard_is_as_any_other() -> None:
    changed = {**SECOND, "spec": {"title": "y", "elements": {}}}
    assert decide(desired(changed), live(SECOND), "shop", MARKS).verb is Verb.UPDATE
    assert decide(desired(SECOND), live(SECOND), "shop", MARKS).verb is Verb.KEEP
    conflict = decide(desired(changed), live(SECOND, base="v1:0"), "shop", MARKS)
    assert (conflict.verb, "second generation" in conflict.reason) == (Verb.CONFLICT, False)
