"""Which contact points need more than one request, and which of what is met then is our own work."""

from __future__ import annotations

import pytest

from provision.compile.dialect.grafana import canonical
from provision.compile.kinds import CONTACT_POINT
from provision.model import Action, Live, Resource, Verb
from provision.ship.target.grafana_pending import fits, pending_of, references_of


def body(**integrations):
    """uid → url; a url that ends in * has a secret."""
    return canonical(CONTACT_POINT, {
        "name": "ops",
        "integrations": [
            {"uid": uid, "type": "webhook", "settings": {"url": url.rstrip("*")},
             "secure": {"password": {"source": "env", "name": "P" * url.count("*")}} if "*" in url else {}}
            for uid, url in integrations.items()
        ],
    })  # fmt: skip


def action(before, after, verb=Verb.UPDATE):
    live = None if before is None else Live(CONTACT_POINT, "ops", before)
    desired = None if after is None else Resource(CONTACT_POINT, "ops", after)
    return Action(verb, CONTACT_POINT, "ops", desired, live)


@pytest.mark.parametrize(
    ("before", "after", "pending"),
    [
        (None, body(a="x"), False),
        (None, body(a="x", b="y"), True),
        (body(a="x", b="y"), body(a="z", b="y"), False),
        (body(a="x", b="y"), body(a="z"), True),
        (body(a="x"), None, False),
        (body(a="x", b="y"), None, True),
        (body(a="x*"), body(a="z*"), False),
        (body(a="x*"), body(a="x**"), True),
        (body(a="x*"), body(a="x*"), False),
    ],
)
def test_what_one_request_does_is_not_pending(before, after, pending):
    assert (pending_of(action(before, after)) is not None) is pending


def test_what_is_taken_over_as_it_is_needs_no_request():
    assert pending_of(action(body(a="x", b="y"), body(a="x", b="y"), Verb.ADOPT)) is None


@pytest.mark.parametrize(
    ("met", "ours"),
    [
        (body(a="x", b="y", c="z"), True),  # as it was
        (body(a="X", b="y", c="z"), True),
        (body(a="X", b="Y", c="z", d="w"), True),
        (body(a="X", b="Y", d="w"), True),  # as it is to be
        (body(a="X", b="Y"), True),
        (body(a="X"), False),  # b was never to go
        (body(a="by hand", b="y", c="z"), False),
        (body(a="X", b="Y", e="added"), False),
    ],
)
def test_what_a_killed_push_may_have_left(met, ours):
    pending = pending_of(action(body(a="x", b="y", c="z"), body(a="X", b="Y", d="w")))
    assert fits(Live(CONTACT_POINT, "ops", met), pending) is ours
    assert fits(Live(CONTACT_POINT, "ops", met), None) is False


def test_references_hold_names_only():
    assert references_of(body(a="x", b="y*")) == {"b": {"password": {"source": "env", "name": "P"}}}
