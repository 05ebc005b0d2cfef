"""The numbers that bounds are made of, as the compiled definitions say them."""

import math

import pytest
import yaml

from provision.errors import ProvisionError
from provision.lab import ports, preparation
from provision.lab.drill.catalogue import DRILLS
from provision.lab.drill.conditions import Chain, Condition
from provision.lab.drill.judged import Judged, expected, judged, step_of
from provision.lab.drill.objectives import Objectives, objectives
from provision.lab.drill.timing import Pace, Step
from provision.model import Definition, Place, encode
from provision.project import open_project
from support.servers import REPOSITORY

HERE = Place("rules/x.py")


def definition(kind, key, body):
    return Definition(kind, key, encode(body), HERE)


def group(*rules, name="g", **fields):
    return definition(
        "rule-group",
        f"x.yml/{name}",
        {"file": "x.yml", "index": 0, "group": {"name": name, "rules": [*rules], **fields}},
    )


@pytest.fixture(scope="module")
def reference():
    with ports.reserved() as found:
        return preparation.compiled(open_project(REPOSITORY), found)


def test_the_reference_project_in_the_lab(reference):
    (found,) = judged(reference, "TraefikBackendDown", "traefik")
    assert found.pace == Pace(scrape=1, evaluation=1, for_=2, keep_firing=0, group_wait=0, group_interval=1)
    assert found.compares == ((Condition("==", 0, Chain()),),)
    rows = judged(reference, "TraefikLatencyBudgetBurn", "traefik", "page")
    assert [[condition.chain.windows for condition in row.compares[0]][:2] for row in rows] == [
        [(10, 120), (10,)],
        [(10, 720), (10, 60)],
    ]
    assert rows[0].compares[0][0].threshold == pytest.approx(0.144)
    (failed,) = judged(reference, "PrometheusConfigReloadFailed", "prometheus")
    assert failed.compares == ((Condition("==", 0, Chain(max_seconds=10)),),)
    assert objectives(reference) == Objectives(error_ratio=0.01, latency_seconds=0.2)


def test_of_several_rows_the_first_tells_and_the_last_ends(reference):
    rows = judged(reference, "TraefikLatencyBudgetBurn", "traefik", "page")
    detected, over = expected(rows, Step(0, 1 / 3))
    # 0.432 · 120 + 5 and two samplings; the slower row would need 0.18 · 720 + 5.
    assert detected.pending == pytest.approx(0.432 * 120 + 5 + 2)
    alone = [expected([row], Step(0, 1 / 3))[1].quiet for row in rows]
    assert over.quiet == max(alone)
    assert alone[0] < alone[1]


def test_every_drill_has_finite_bounds(reference):
    for drill in DRILLS.values():
        signal = drill.supposes(_Stage()).signal
        if signal is not None:
            rules = judged(reference, signal.alert, signal.job, signal.severity)
            detected, over = expected(rules, step_of(signal))
            assert 0 < detected.pending < detected.firing < detected.delivered < math.inf, drill.name
            assert 0 < over.quiet < over.resolved < math.inf, drill.name


class _Stage:
    replicas = 3

    def health_check_seconds(self, gone=1):
        return 1.0 + gone

    def answer_timeout_seconds(self):
        return 10.0

    def dial_timeout_seconds(self):
        return 1.0


def test_what_stands_nowhere_is_the_servers_own():
    rule = {"alert": "A", "expr": "x > 1"}
    assert judged([group(rule)], "A", "job") == (
        Judged(
            {"alertname": "A"},
            ((Condition(">", 1, Chain()),),),
            Pace(60, 60, group_wait=30, group_interval=300),
        ),
    )


def test_the_job_and_the_group_go_before_the_rest():
    found = judged(
        [
            group({"alert": "A", "expr": "x > 1", "for": "1m", "keep_firing_for": "2m"}, interval="10s"),
            definition("prometheus", "global", {"global": {"scrape_interval": "30s", "evaluation_interval": "30s"}}),
            definition("scrape-config", "job", {"job_name": "job", "scrape_interval": "5s"}),
        ],
        "A",
        "job",
    )  # fmt: skip
    assert found[0].pace == Pace(5, 10, 60, 120, 30, 300)


ROUTES = yaml.safe_load("""
    receiver: a
    group_wait: 1s
    group_interval: 2s
    routes:
      - {matchers: ['severity!="page"'], group_wait: 3s}
      - matchers: ['alertname=~"A|B"']
        group_interval: 4s
        routes: [{matchers: ['team!~"x.*"'], group_wait: 5s}]
      - {group_wait: 9s}
""")


@pytest.mark.parametrize(
    ("name", "labels", "wait", "interval"),
    [
        ("A", {"severity": "ticket"}, 3, 2),
        ("A", {"severity": "page"}, 5, 4),
        ("A", {"severity": "page", "team": "xy"}, 1, 4),
        ("C", {"severity": "page"}, 9, 2),
    ],
)
def test_the_route_that_takes_the_alert_says_when(name, labels, wait, interval):
    definitions = [
        group({"alert": name, "expr": "x > 1", "labels": labels}),
        definition("route", "root", ROUTES),
        definition("receiver", "a", {"name": "a"}),
    ]
    pace = judged(definitions, name, "job")[0].pace
    assert (pace.group_wait, pace.group_interval) == (wait, interval)


def test_an_alert_that_isnt_there(reference):
    with pytest.raises(ValueError, match="no rule is called Nothing with severity page"):
        judged(reference, "Nothing", "traefik", "page")
    with pytest.raises(ProvisionError, match="no alert TraefikErrorRatioHigh says what users are promised"):
        objectives([])
