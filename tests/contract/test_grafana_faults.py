"""Pushes through a proxy that lets one request of each kind go wrong, in every way that it knows.

After each: the report agrees with what the server holds, a second push finishes the job, a third writes nothing,
nothing is there twice, what others own is as it was, no message holds a secret, and the exit code is the documented one.
"""

from __future__ import annotations

import pytest

from support.fault_proxy import FAULTS

pytest.register_assert_rewrite("contract.grafana_rig")

from contract.grafana_rig import (  # noqa: E402  # its asserts are to be rewritten
    KINDS,
    LEDGER,
    OLD,
    PATIENCE_SECONDS,
    SECRET,
    STAGES,
    check_agreement,
    check_code,
    check_words,
    rig,
)  # fmt: skip
from provision.compile.kinds import CONTACT_POINT, DATASOURCE  # noqa: E402
from provision.errors import FAILED, PARTLY_DONE  # noqa: E402

VERBS = {"create": (0, 1), "update": (1, 2), "delete": (1, 0)}
"""Verb → the versions before and after the push."""

FEW = [
    "reset before", "reset after", "JSON cut in two", "502 before", "502 after", "503 with Retry-After after",
    "database is locked before", "database is locked after", "a login page before", "429 for an hour",
]  # fmt: skip

EACH = [(name, fault) for name in STAGES for fault in FAULTS if name in (STAGES[0], "real") or fault in FEW]
"""Every fault on one family of the API, and those that differ most on the others."""


def finish(it, end, others=0):
    """A second push does what is left, a third nothing, and nothing is lost or there twice."""
    second = it.push(*it.version(end))
    assert second.code == 0, second.said
    held = it.held()
    check_agreement(second, {}, {name: held.get(name) for name in told(second)}, it.stage.owner)
    assert {name: live.body for name, live in held.items() if live.mark} == {
        (one.kind, one.key): one.body for one in it.version(end)
    }
    assert it.census() == it.expected(end, others)
    it.between.calm()
    third = it.push(*it.version(end))
    assert (third.error, third.outcomes, it.between.writes) == (None, [], [])


def told(run):
    return {(one.action.kind, one.action.key) for one in run.outcomes}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(("name", "fault"), EACH)
def test_a_write_of_each_kind_goes_wrong(name, fault, verb):
    start, end = VERBS[verb]
    with rig(name) as it:
        theirs = it.somebody_elses()
        first = it.push(*it.version(start))
        assert first.code == 0, first.said
        before = it.held()
        for kind in it.kinds.values():
            it.between.trouble("WRITE", kind.writes, fault)
        patience = it.impatience if FAULTS[fault].ending == "silence" else PATIENCE_SECONDS
        run = it.push(*it.version(end), patience=patience)
        check_words(run)
        met = {trouble.pattern: trouble.met for trouble in it.between.troubles}
        assert set(met.values()) == {1}, (met, run.said)
        after = it.held()
        check_agreement(run, before, after, it.stage.owner)
        check_code(run, before, after)
        finish(it, end, others=1)
        assert it.somebody_elses() == theirs


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("fault", ["reset after", "502 before"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", STAGES)
def test_a_write_goes_wrong_and_nothing_answers_any_more(name, kind, fault, verb):
    """What became of it can't be looked up: that is said, and the exit code isn't that of nothing written."""
    if kind not in OLD and name not in ("real", STAGES[0]):
        pytest.skip("the same on either API")
    start, end = VERBS[verb]
    with rig(name) as it:
        assert it.push(*it.version(start)).code == 0
        before = it.held()
        it.between.trouble("WRITE", KINDS[kind].writes, fault, down=True)
        run = it.push(*it.version(end))
        check_words(run)
        after = it.held()
        check_agreement(run, before, after, it.stage.owner)
        check_code(run, before, after)
        assert run.code == PARTLY_DONE, run.said
        assert "it may have been written all the same, so plan again to see" in run.said
        finish(it, end)


@pytest.mark.parametrize("verb", ["create", "delete"])
@pytest.mark.parametrize("fault", FEW[::2])
@pytest.mark.parametrize("name", STAGES)
def test_the_ledger_goes_wrong(name, fault, verb):
    """It is written before anything else: where that fails, nothing else is."""
    start, end = VERBS[verb]
    with rig(name) as it:
        if not it.desk.dialect.alerting and it.stage.resource_api:
            pytest.skip("no kind has its mark there")
        assert it.push(*it.version(start)).code == 0
        before = it.held()
        trouble = it.between.trouble("WRITE", LEDGER, fault)
        patience = it.impatience if FAULTS[fault].ending == "silence" else PATIENCE_SECONDS
        run = it.push(*it.version(end), patience=patience)
        check_words(run)
        assert trouble.met == 1
        after = it.held()
        if run.error is not None:
            assert (run.code, run.outcomes) == (FAILED, []), run.said
        check_agreement(run, before, after, it.stage.owner)
        check_code(run, before, after)
        finish(it, end)


@pytest.mark.parametrize("fault", FEW)
@pytest.mark.parametrize("name", STAGES)
def test_taking_over_goes_wrong(name, fault):
    """Only the mark is written then: that it looks as it should says nothing."""
    with rig(name) as it:
        stage = it.stage
        assert it.push(*it.version(1)).code == 0
        stage.ask("PUT", f"/api/folders/{stage.uid('a-folder')}", {"title": f"{stage.prefix} edited", "overwrite": True})  # fmt: skip
        source = f"/api/datasources/uid/{stage.uid('a-source')}"
        stage.ask("PUT", source, stage.ask("GET", source) | {"url": "http://127.0.0.1:9"})
        stage.save_title("a-dashboard", f"{stage.prefix} edited")
        before = it.held()
        for kind in OLD:
            it.between.trouble("WRITE", KINDS[kind].writes, fault)
        run = it.push(*it.version(1), adopt=True)
        check_words(run)
        met = [trouble.met for trouble in it.between.troubles]
        assert met == [int(stage.resource_api), 1, 1], run.said  # on the classic API the ledger has it
        after = it.held()
        check_agreement(run, before, after, stage.owner)
        check_code(run, before, after)
        assert it.push(*it.version(1), adopt=True).code == 0
        assert it.push(*it.version(1)).code == 0
        finish(it, 1)


@pytest.mark.parametrize("fault", FEW)
@pytest.mark.parametrize("name", STAGES[:3])
def test_a_rotation_goes_wrong(name, fault):
    """Nothing that can be read of a data source changes then, but its version; and of a contact point nothing at all."""
    with rig(name) as it:
        assert it.push(*it.version(1)).code == 0
        it.secret = "hunter3-secret"
        it.between.trouble("WRITE", KINDS[DATASOURCE].writes, fault)
        it.between.trouble("WRITE", KINDS[CONTACT_POINT].writes, fault)
        run = it.push(*it.version(1), rotate=True)
        assert "hunter3" not in run.said
        of = {(one.action.kind, one.action.key): one for one in run.outcomes}
        assert len(of) == sum(one.kind in (DATASOURCE, CONTACT_POINT) for one in it.version(1)) - (
            CONTACT_POINT in it.kinds
        )
        for (kind, key), one in of.items():
            kept = kept_secrets(it, kind, key)
            if one.status == "done":
                assert kept == {"hunter3-secret"}, (key, run.said)
            elif not one.left_behind:
                assert kept == {SECRET}, (key, run.said)
            else:
                assert kind == CONTACT_POINT
        assert it.push(*it.version(1), rotate=True).code == 0
        assert {value for kind, key in of for value in kept_secrets(it, kind, key)} == {"hunter3-secret"}


def kept_secrets(it, kind, key):
    state = it.stage.state
    if kind == DATASOURCE:
        return {state.datasources[key]["secrets"]["httpHeaderValue1"]}
    return {
        found["settings"]["authorization_credentials"]
        for found in state.alerting["contacts"].values()
        if found["name"] == key
    }
