"""How often alerts would have fired, asked of a server."""

from __future__ import annotations

import time

import pytest

from provision.client.prometheus import Refusal, Series
from provision.errors import UsageError
from provision.prove.verify.alerts import counted
from provision.prove.verify.firing import Fired, Timing
from provision.prove.verify.verdicts import Remark, Verdict
from support.checking import dashboard, group, panel
from support.series_standin import KnownSeries, knowledge
from support.verifying import asked

UP = {"__name__": "up", "job": "a"}
DOWN = "up == 0"


class Flapping(KnownSeries):
    """Two series of `up == 0`: one for ten minutes of each hour, one for the last five minutes."""

    def __init__(self, **settings: object) -> None:
        super().__init__(UP, **settings)  # type: ignore[arg-type]
        minutes = [
            minute * 60.0 for minute in range(int(time.time()) // 60 - 3000, int(time.time()) // 60 + 10)
        ]
        last = time.time() // 60 * 60 - 240
        self.over[DOWN] = (
            Series(UP, tuple((at, 0.0) for at in minutes if at % 3600 < 600)),
            Series({**UP, "job": "b"}, tuple((at, 0.0) for at in minutes if at >= last)),
        )


def told(
    *rules: dict, checks: object = None, client: KnownSeries | None = None, **settings: object
) -> list[tuple[str, str]]:
    report, _ = asked(group(*rules), client=client or Flapping(), checks=checks, **settings)
    return [(each.severity, each.message) for result in report.results for each in result.remarks]


def test_nothing_is_counted_unless_that_is_wanted():
    client = Flapping()
    for checks, settings in (
        (None, {}),
        ({"alerts-count": "warning"}, {}),
        ({"alerts-count": "off"}, {"alerts_seconds": 60.0}),
        ({"alerts-count": {"max": 1}}, {"pending": True}),
    ):
        assert told({"alert": "Down", "expr": DOWN}, client=client, checks=checks, **settings) == []
    assert [each for each in client.asked if "each" in each] == []


def test_a_limit():
    rule = {"alert": "Down", "expr": DOWN, "for": "3m"}
    ((severity, message),) = told(rule, checks={"alerts-count": {"max": 20}})
    assert severity == "warning"
    assert message.endswith(" altogether; 20 are allowed")
    assert "times in the last 1d, for 2 series, " in message
    ((severity, message),) = told(rule, checks={"alerts-count": {"max": 30}})
    assert severity == "info"
    assert told(rule, checks={"alerts-count": {"max": 20, "severity": "error"}})[0][0] == "error"


def test_only_alerts_are_counted():
    report, client = asked(
        group({"record": "a:b:c", "expr": DOWN}, {"alert": "Down", "expr": DOWN}),
        dashboard(panel(DOWN)),
        client=Flapping(),
        alerts_seconds=600.0,
    )
    assert [len(result.remarks) for result in report.results] == [0, 0, 1]
    assert len([each for each in client.asked if "each" in each]) == 1


def counting(
    client: KnownSeries, timing: Timing, over: float, *, verdict: Verdict | None = None, **settings: object
) -> list[Remark]:
    """Of `up == 0`, at 1000 s."""
    (each,) = (result.asked for result in asked(group({"alert": "Down", "expr": DOWN}))[0].results)
    known = knowledge(client, **settings)
    return list(counted(each, verdict or Verdict("data"), timing, known, over, None))


def flapping(*moments: float) -> KnownSeries:
    client = KnownSeries(UP)
    client.over[DOWN] = (Series(UP, tuple((at, 0.0) for at in moments)),)
    return client


def test_what_is_said():
    timing = Timing(100.0)
    (said,) = counting(flapping(500.0, 600.0, 900.0), timing, 600.0)
    assert said.message == "it would have fired 2 times in the last 10m, for 1 series, 5m altogether"
    assert said.fired == Fired(2, 1, 300.0)
    (said,) = counting(flapping(500.0), timing, 600.0)
    assert said.message == "it would have fired once in the last 10m, for 1 series, 1m40s altogether"
    (said,) = counting(flapping(), timing, 600.0)
    assert (said.message, said.fired) == ("it would not have fired in the last 10m", Fired(0, 0, 0.0))


def test_it_is_looked_at_before_the_time_that_is_counted():
    client = flapping(300.0, 400.0, 500.0)
    (said,) = counting(client, Timing(100.0, for_seconds=100.0, keep_seconds=100.0), 500.0)
    assert said.fired == Fired(
        1, 1, 100.0
    )  # from 400 to 700, of which from 600 on counts: the last 500 s until 1100
    assert client.asked == [f"{DOWN} from 300 to 1000 each 100"]


def test_a_long_time_is_asked_in_parts_and_a_longer_one_at_fewer_moments():
    client = flapping(*(float(at) for at in range(-5000, 1001)))
    (said,) = counting(client, Timing(1.0), 4000.0)
    assert said.fired == Fired(1, 1, 4000.0)
    assert client.asked == [
        f"{DOWN} from -3000 to -1501 each 1",
        f"{DOWN} from -1500 to -1 each 1",
        f"{DOWN} from 0 to 1000 each 1",
    ]
    client = flapping()
    (said,) = counting(client, Timing(15.0), 30 * 86400.0)
    assert said.message == "it would not have fired in the last 30d, looked at each 2m30s"
    assert len(client.asked) == 12


def test_fewer_moments_are_asked_for_at_once_where_those_are_too_many():
    class Small(KnownSeries):
        def attempt_range(self, expr, start, end, step, *, timeout_seconds):
            if (end - start) / step > 400:
                return Refusal("large", "too many samples")
            return super().attempt_range(expr, start, end, step, timeout_seconds=timeout_seconds)

    client = Small(UP)
    client.over = flapping(*(float(at) for at in range(1001))).over
    (said,) = counting(client, Timing(1.0), 900.0)
    assert said.fired == Fired(1, 1, 900.0)
    assert [each.split(" ")[4:7:2] for each in client.asked] == [
        ["100", "474"],
        ["475", "849"],
        ["850", "1000"],
    ]


def test_what_cannot_be_told():
    refused = KnownSeries(UP, answers={DOWN: Refusal("large", "too many samples")})
    (said,) = counting(refused, Timing(100.0), 600.0)
    assert (said.severity, said.message) == (
        "info",
        "how often it would have fired can't be told: too many samples",
    )
    missing = KnownSeries({"__name__": "down"})
    (said,) = counting(missing, Timing(100.0), 600.0, expected={"up": "rules/up.py:3"})
    assert (
        said.message
        == "how often it would have fired can't be told: the server doesn't have up yet, which rules/up.py:3 records"
    )
    assert counting(flapping(500.0), Timing(100.0), 600.0, verdict=Verdict("unknown-metric")) == []


def test_how_often_it_is_looked_at():
    client = Flapping()
    rules = (
        group({"alert": "Down", "expr": DOWN}),
        group({"alert": "Down", "expr": DOWN}, name="slow", interval="5m"),
    )
    asked(*rules, client=client, alerts_seconds=86400.0)
    assert sorted(each.rpartition(" ")[2] for each in client.asked if "each" in each) == ["300", "60"]


def test_a_wrong_time():
    for wrong, said in (("soon", "'soon' is not a duration"), ("0s", "range must be longer than 0s")):
        with pytest.raises(UsageError, match=said):
            told(checks={"alerts-count": {"range": wrong}})
