"""What a ledger holds comes back from the dashboard that holds it; what isn't one is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.model import Mark, decode, encode
from provision.ship.target.grafana_ledger import Ledger, body_of, ledger_in, part_of, uid_of

texts = st.text(st.characters(codec="utf-8"), max_size=20)
names = st.tuples(st.sampled_from(["template", "contact-point", "grafana-rule-group"]), texts)
bases = st.dictionaries(names, st.lists(texts, min_size=1, max_size=2).map(tuple), max_size=4)
ledgers = st.builds(
    Ledger,
    owner=texts,
    entries=bases,
    leaving=bases,
    secure=st.dictionaries(names, st.just({"uid": {"password": {"source": "env", "name": "X"}}}), max_size=2),
    pending=st.dictionaries(names, st.just({"parts": {"uid": ["v1:a"]}, "needed": []}), max_size=2),
    routes=st.lists(st.just(({"receiver": "ops"},)), max_size=2).map(tuple),
)


@given(ledgers)
def test_a_ledger_comes_back_as_it_was(ledger):
    assert ledger_in(uid_of(ledger.owner), body_of(ledger)) == ledger


def test_the_uid_of_a_ledger_is_one_that_grafana_takes():
    assert len(uid_of("a project with a very long name " * 10)) <= 40
    assert uid_of("a") != uid_of("b")


def test_what_somebody_wrote_over_is_no_ledger():
    ledger = Ledger("shop", {("template", "t"): ("v1:a",)})
    body = decode(body_of(ledger))
    assert ledger_in(uid_of("shop"), encode(body)) == ledger
    assert ledger_in(uid_of("another"), encode(body)) is None
    assert ledger_in("shop", encode(body)) is None
    for content in (
        "",
        "[]",
        "{",
        '{"format": "another"}',
        '{"format": "provision.ledger/1", "owner": "shop"}',
    ):
        body["spec"]["panels"][0]["options"]["content"] = content
        assert ledger_in(uid_of("shop"), encode(body)) is None
    assert ledger_in(uid_of("shop"), encode({"spec": {"panels": []}})) is None


@pytest.mark.parametrize(
    ("part", "nonsense"),
    [
        ("owner", 1),
        ("entries", [1]),
        ("entries", {"template/t": 1}),
        ("entries", {"template/t": []}),
        ("entries", {"template/t": "v1:a"}),
        ("entries", {"template/t": [{}]}),
        ("leaving", {"policy/root": 1}),
        ("secure", {"contact-point/ops": 3}),
        ("secure", {"contact-point/ops": {"uid": {"password": 4}}}),
        ("secure", {"contact-point/ops": {"uid": {"password": {"source": "env"}}}}),
        ("pending", {"contact-point/ops": 3}),
        ("pending", {"contact-point/ops": {"parts": {}}}),
        ("pending", {"contact-point/ops": {"parts": {"uid": 1}, "needed": []}}),
        ("routes", "abc"),
        ("routes", [["a"]]),
        ("routes", [{}]),
    ],
)
def test_what_somebody_edited_into_nonsense_is_no_ledger(part, nonsense):
    body = decode(body_of(Ledger("shop", {("template", "t"): ("v1:a",)})))
    options = body["spec"]["panels"][0]["options"]
    options["content"] = encode({**decode(options["content"]), part: nonsense}).decode()
    assert ledger_in(uid_of("shop"), encode(body)) is None


def test_an_entry_knows_what_it_wrote_and_what_it_was_about_to_write():
    ledger = Ledger("shop", {("template", "t"): ("v1:old", "v1:new")}, {("template", "gone"): ("v1:x",)})
    assert ledger.mark(("template", "t"), "v1:old") == Mark("shop", "v1:old")
    assert ledger.mark(("template", "t"), "v1:new") == Mark("shop", "v1:new")
    assert ledger.mark(("template", "t"), "v1:edited") == Mark("shop", "v1:new")
    assert ledger.mark(("template", "gone"), "v1:x") == Mark("shop", "v1:x")
    assert ledger.mark(("template", "gone"), "v1:made anew by somebody") is None
    assert ledger.mark(("mute-timing", "t"), "v1:old") is None


def test_a_part_is_the_same_wherever_its_secrets_come_from():
    one = {"uid": "a", "settings": {"url": "x"}, "secure": {"token": {"source": "env", "name": "A"}}}
    assert part_of(one) == part_of(one | {"secure": {}})
    assert part_of(one) != part_of(one | {"settings": {"url": "y"}})
