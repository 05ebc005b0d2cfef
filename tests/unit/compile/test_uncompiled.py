"""Objects of libraries that nothing compiles are told rather than lost."""

from __future__ import annotations

import pytest
from grafana_foundation_sdk.builders import alerting
from grafana_foundation_sdk.builders import dashboard as D
from grafana_foundation_sdk.models import alerting as models
from grafanalib import core as G

from provision.compile.collect import collect_python
from provision.compile.uncompiled import said_of

ALERTS = {
    "AlertGroup": G.AlertGroup(name="a", rules=[]),
    "AlertRulev8": G.AlertRulev8(title="a", triggers=[]),
    "AlertRulev9": G.AlertRulev9(title="a", triggers=[], condition="A"),
    "AlertFileBasedProvisioning": G.AlertFileBasedProvisioning(groups=[]),
}


@pytest.mark.parametrize("name", ALERTS)
def test_alerts_of_grafanalib_are_told(name: str) -> None:
    said = said_of(ALERTS[name])
    assert said is not None
    assert said.startswith(
        f"grafanalib's {name} isn't compiled; write such rules with Group, Record and Alert"
    )
    assert said.endswith("or give it a name that begins with _ to leave it to others")


@pytest.mark.parametrize(
    ("value", "begins", "where"),
    [
        (alerting.RuleGroup("a"), "alert rules of grafana-foundation-sdk", "rules/"),
        (models.RuleGroup(title="a"), "alert rules of grafana-foundation-sdk", "rules/"),
        (alerting.Rule("a"), "an alert rule of grafana-foundation-sdk", "rules/"),
        (alerting.ContactPoint(), "a contact point of grafana-foundation-sdk", "provisioning/"),
        (alerting.NotificationPolicy(), "a notification policy of grafana-foundation-sdk", "provisioning/"),
        (alerting.MuteTiming(), "a mute timing of grafana-foundation-sdk", "provisioning/"),
    ],
)
def test_alerts_of_the_sdk_are_told(value: object, begins: str, where: str) -> None:
    said = said_of(value)
    assert said is not None
    assert said.startswith(f"{begins} isn't compiled; ")
    assert f"in a file under {where}, or" in said


@pytest.mark.parametrize(
    "value",
    [
        G.Graph(title="a"),
        G.Alert(name="a", message="", alertConditions=[]),
        D.Row("a"),
        alerting.Query("A"),
        5,
        None,
    ],
)
def test_parts_that_dashboards_are_made_of_are_left_alone(value: object) -> None:
    assert said_of(value) is None
    assert collect_python("dashboards/a.py", {"a": value}, {"a": 1}, lambda _: None).problems == []


def test_what_is_private_is_left_alone() -> None:
    found = collect_python("dashboards/a.py", {"_a": ALERTS["AlertGroup"]}, {"_a": 1}, lambda _: None)
    assert (found.definitions, found.problems) == ([], [])


def test_they_are_told_at_the_line_of_their_name() -> None:
    (problem,) = collect_python(
        "dashboards/a.py", ALERTS, dict.fromkeys(["AlertGroup"], 7), lambda _: None
    ).problems
    assert str(problem).startswith("dashboards/a.py:7: AlertGroup: grafanalib's AlertGroup isn't compiled; ")
