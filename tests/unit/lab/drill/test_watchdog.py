"""What the dead man's switch hears, and that nobody would hear anything without it."""

import pytest

from provision.lab.drill import watchdog
from provision.lab.drill.timing import DELIVERY_SECONDS
from provision.lab.drill.values import Event
from provision.model import Definition, Place, encode

RULE = {"name": "g", "rules": [{"alert": "Watchdog", "expr": "vector(1)"}]}
RULES = Definition("rule-group", "x.yml/g", encode({"file": "x.yml", "index": 0, "group": RULE}), Place("x"))
GLOBAL = Definition("prometheus", "global", encode({"global": {"evaluation_interval": "1s"}}), Place("x"))
ROUTE = Definition("route", "root", encode({"receiver": "a", "group_interval": "5s"}), Place("x"))
RECEIVER = Definition("receiver", "a", encode({"name": "a"}), Place("x"))


class Stage:
    definitions = (RULES, GLOBAL, ROUTE, RECEIVER)
    resend_seconds = 5.0


class Alertmanager:
    def __init__(self, *held):
        self.held = held

    def alerts(self, matchers):
        assert matchers == ['alertname="Watchdog"']
        return self.held


def resolved(at, source="webhook", alert="Watchdog"):
    return Event(at, source, "over", alert, "none", "resolved")


def test_it_is_told_after_four_resends_and_a_group_interval():
    assert watchdog.heard_within(Stage()) == 20 + 5 + DELIVERY_SECONDS


@pytest.mark.parametrize(
    ("events", "holds"),
    [
        ([resolved(99), resolved(120)], True),
        ([resolved(127)], False),
        ([resolved(99)], False),
        ([resolved(110, "Alertmanager"), resolved(110, alert="Other")], False),
    ],
)
def test_its_end_in_time(events, holds):
    (clause,) = watchdog.clauses(Stage(), events, {"broken": 100.0})
    assert clause.holds is holds
    assert clause.bound == 26


def test_whether_anything_would_be_told_now():
    assert watchdog.unheard(Stage(), Alertmanager("it")) == ""
    assert watchdog.unheard(Stage(), Alertmanager()).startswith("Alertmanager isn't told of Watchdog")
    none = Stage()
    none.definitions = ()
    assert watchdog.unheard(none, Alertmanager()) == ""
