from __future__ import annotations

import pytest

from provision.client.prometheus import LoadedGroup, LoadedRule
from provision.errors import NotAllowed, ServerRefused, Unreachable
from provision.ship.target import rules_proof
from provision.ship.target.rules_proof import Before, look, prove, same_for

URL = "http://127.0.0.1:9090"
GROUP = {"name": "g", "rules": [{"record": "a:b:c", "expr": "up"}]}
BEFORE = Before((), ("rules/*.yml",))


class Server:
    """What `prove` asks of a Prometheus, answered from lists: the last answer is repeated."""

    url = URL

    def __init__(self, *shown, reload=None, formatted=None, query=None):
        self.shown = list(shown) or [()]
        self.failure, self.form, self.answer = reload, formatted, query
        self.queries = []

    def reload(self):
        if self.failure:
            raise self.failure

    def rules(self):
        now = self.shown.pop(0) if len(self.shown) > 1 else self.shown[0]
        if isinstance(now, Exception):
            raise now
        return now

    def formatted(self, expr):
        return self.form(expr) if self.form else expr

    def query(self, expr):
        self.queries.append(expr)
        if self.answer:
            raise self.answer
        return ()

    def config(self):
        return "rule_files: [a/*.yml, b.yml]"


def group(health="ok", *, expr="up", name="g", interval=15.0, error="", file="/x/a.yml"):
    return LoadedGroup(file, name, interval, (LoadedRule("record", "a:b:c", expr, {}, 0.0, health, error),))


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(rules_proof.time, "sleep", lambda _: None)


@pytest.fixture
def clock(monkeypatch):
    ticks = iter(range(0, 100_000, 5))
    monkeypatch.setattr(rules_proof.time, "monotonic", lambda: float(next(ticks)))


def proved(server, intent=None, before=BEFORE, patience=60.0):
    return prove(server, {"a.yml": [GROUP]} if intent is None else intent, before, "/rules", patience)


def test_it_waits_for_the_first_evaluation():
    server = Server((group("unknown"),), (group("unknown"),), (group("unknown"),), (group("ok"),))
    assert proved(server) == rules_proof.Proof()
    assert len(server.shown) == 1


def test_an_evaluation_that_fails_is_a_fault():
    server = Server((group("unknown"),), (group("err", error="many-to-many"),))
    assert proved(server).faults == {"a.yml": "group 'g', 'a:b:c' can't be evaluated: many-to-many"}


def test_one_that_failed_before_is_only_noted():
    failing = group("err", error="many-to-many")
    proof = proved(Server((failing,)), before=Before((failing,), ()))
    assert proof.faults == {}
    assert proof.notes == {"a.yml": "group 'g', 'a:b:c' can't be evaluated, as before: many-to-many"}


def test_an_evaluation_that_never_comes_is_a_fault(clock):
    assert proved(Server((group("unknown"),))).faults == {"a.yml": "group 'g' was not evaluated within 30 s"}


def test_a_seldom_group_is_tried_once():
    other = {"name": "h", "rules": GROUP["rules"]}
    server = Server(
        *[(group("unknown", interval=3600.0), group("unknown", name="h"))] * 4,
        (group("unknown", interval=3600.0), group("ok", name="h")),
    )
    proof = proved(server, {"a.yml": [GROUP, other]})
    assert proof.faults == {}
    assert "is evaluated every 3600 s" in proof.notes["a.yml"]
    assert server.queries == ["up"]


def test_a_seldom_group_that_fails_is_a_fault():
    refused = ServerRefused("no such function", status=422, where=URL)
    proof = proved(Server((group("unknown", interval=3600.0),), query=refused))
    assert proof.faults == {"a.yml": "group 'g', 'a:b:c' can't be evaluated: no such function"}


def test_a_rule_that_differs_is_a_fault():
    assert proved(Server((group(expr="down"),))).faults == {
        "a.yml": "group 'g': record 'a:b:c' has the expression 'down'"
    }


def test_a_group_that_does_not_appear_is_a_fault():
    assert proved(Server((group(file="/x/other.yml"),))).faults == {
        "a.yml": "it reloaded, but group 'g' is not there: /rules doesn't seem to be where "
        f"{URL} reads rules from (its rule_files: rules/*.yml)"
    }
    assert "(its rule_files: none)" in proved(Server(()), before=Before((), ())).faults["a.yml"]


def test_a_file_that_goes_must_be_gone():
    gone, was = {"a.yml": None}, Before((group(),), ())
    assert proved(Server(()), gone, was).faults == {}
    assert "but still runs the rules" in proved(Server((group(),)), gone, was).faults["a.yml"]
    # Another folder has a file of that name, which stays.
    both = Before((group(), group(file="/y/a.yml")), ())
    assert proved(Server((group(file="/y/a.yml"),)), gone, both).faults == {}
    # It never was loaded.
    assert proved(Server(()), gone).faults == {}


def test_a_refused_reload_is_told_with_the_rule_where_it_can_be_found():
    def formatted(expr):
        if expr == "sum(":
            raise ServerRefused(
                'GET /x was answered with 400: invalid parameter "query": unclosed parenthesis',
                status=400,
                where=URL,
            )
        return expr

    refused = ServerRefused("it could not reload: one or more errors", status=500, where=URL)
    bad = {"name": "g", "rules": [{"record": "a", "expr": "up"}, {"alert": "B", "expr": "sum("}]}
    intent = {"a.yml": [bad], "b.yml": [GROUP], "c.yml": None}
    proof = proved(Server(reload=refused, formatted=formatted), intent)
    assert proof.faults == {"a.yml": "group 'g', 'B': unclosed parenthesis"}
    assert proof.refused == f"{URL}: it could not reload: one or more errors"
    assert proof.suspects == {}
    missing = {"name": "g", "rules": [{"alert": "B", "Expr": "up"}]}
    assert proved(Server(reload=refused), {"a.yml": [missing]}).faults == {
        "a.yml": "group 'g', 'B': it has no `expr`"
    }


@pytest.mark.parametrize(
    ("group", "said"),
    [
        (
            {"name": "g", "source_tenants": ["a"]},
            "group 'g': Prometheus knows no field 'source_tenants' there",
        ),
        (
            {"name": "g", "rules": [{"record": "a", "expr": "b", "severity": "page"}]},
            "group 'g', 'a': Prometheus knows no field 'severity' there",
        ),
        (
            {"name": "g", "rules": [{"alert": "A", "expr": "b", "labels": {"bad-name": "x"}}]},
            "group 'g', 'A': 'bad-name' is no name of a label before Prometheus 3",
        ),
        (
            {"name": "g", "labels": {"bad-name": "x"}, "rules": None},
            "group 'g': 'bad-name' is no name of a label before Prometheus 3",
        ),
    ],
)
def test_what_a_server_may_not_know_is_a_reason_to_suspect_a_file(group, said):
    refused = ServerRefused("it could not reload", status=500, where=URL)
    proof = proved(Server(reload=refused), {"a.yml": [group], "b.yml": [GROUP]})
    assert (proof.faults, proof.suspects) == ({}, {"a.yml": said})


@pytest.mark.parametrize(
    "failure",
    [Unreachable("the connection was closed", where=URL), NotAllowed("no", status=403, where=URL)],
)
def test_a_reload_that_got_no_answer_is_a_fault(failure):
    assert proved(Server(reload=failure)).faults == {"a.yml": str(failure)}


def test_a_server_that_goes_away_while_it_is_watched_is_a_fault():
    lost = Unreachable("nothing listens there", where=URL)
    assert proved(Server(lost)).faults == {"a.yml": str(lost)}
    assert proved(Server((group("unknown"),), lost)).faults == {"a.yml": str(lost)}


def test_how_it_is_now():
    assert look(Server((group(),))) == Before((group(),), ("a/*.yml", "b.yml"))


def test_what_our_parser_cannot_read_the_server_compares():
    def formatted(expr):
        if "?" in expr:
            raise ServerRefused("what?", status=400, where=URL)
        return expr.replace(" ", "")

    same = same_for(Server(formatted=formatted))
    assert same("up", "up")
    assert same("up==0", "up == 0")
    assert same("new ( syntax [", "new(syntax[")
    assert not same("new ( syntax [", "other(syntax[")
    assert not same("a ? b", "a?b")
    old = same_for(Server(formatted=lambda _: None))
    assert old("new  ( [", "new ( [")
    assert not old("new ( [", "old ( [")
