from __future__ import annotations

from provision.lab.drill.steady import disturbing
from provision.lab.drill.values import Hypothesis, Signal
from provision.promql.parse import parse


def supposed(signal: Signal | None, may_fire: frozenset[str] = frozenset()) -> Hypothesis:
    return Hypothesis(
        "",
        success_ratio=1,
        slow_ratio=0,
        slowest_seconds=1,
        budget_seconds=0,
        signal=signal,
        may_fire=may_fire,
    )


def test_only_the_alert_that_is_to_tell_of_it_disturbs() -> None:
    signal = Signal(
        "TraefikBackendDown", "ticket", "traefik", before=1, after=0, exposure=4, recovery=5, why=""
    )
    assert disturbing(supposed(signal)) == 'ALERTS{alertname="TraefikBackendDown", severity=~"ticket"}'


def test_where_nobody_is_to_be_told_whatever_is_about_to_be_told_of_disturbs() -> None:
    found = disturbing(supposed(None, frozenset({"TargetDown", "JobDown"})))
    tickets = 'alertname!~"JobDown|TargetDown", severity!="none"'
    assert found == (
        f'ALERTS{{severity="page"}} or ALERTS{{{tickets}, alertstate="pending"}}'
        f' or (ALERTS{{{tickets}, alertstate="firing"}} unless ALERTS{{{tickets}, alertstate="firing"}} offset 5s)'
    )
    for expression in (found, disturbing(supposed(None))):
        assert parse(expression) is None
