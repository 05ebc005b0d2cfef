"""What is asked of Grafana's alerting and library, and that its answers are looked at before they are used."""

from __future__ import annotations

import pytest

from provision.client import grafana_library
from provision.errors import ServerRefused, Unreachable
from support.grafana_standin import Fault


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.alerting.rule_groups(),
        lambda client: client.alerting.rule_group("f", "t"),
        lambda client: client.alerting.contact_points(),
        lambda client: client.alerting.policies(),
        lambda client: client.alerting.mute_timings(),
        lambda client: client.alerting.mute_timing("m"),
        lambda client: client.alerting.templates(),
        lambda client: client.alerting.template("t"),
        lambda client: list(client.library.panels()),
        lambda client: client.library.panel("p"),
        lambda client: client.library.users("p"),
    ],
)
@pytest.mark.parametrize("body", [{"unexpected": 1}, [[1]], "text"])
def test_an_answer_of_another_shape_is_told(state, client, call, body):
    state.faults = [Fault("GET", ".", times=9, status=200, body=body)]
    with pytest.raises(Unreachable, match="isn't of the shape that Grafana gives|web page|isn't JSON"):
        call(client)


def test_names_go_into_paths_with_every_character_escaped(state, client):
    with pytest.raises(ServerRefused, match="404"):
        client.alerting.delete_rule_group("f", "a/b ?#ü")
    client.alerting.put_template("a/b", {"template": '{{ define "x" }}{{ end }}'}, editable=False)
    assert client.alerting.template("a/b")["name"] == "a/b"
    assert [path for _, path in state.requests] == [
        "/api/v1/provisioning/folder/f/rule-groups/a%2Fb%20%3F%23%C3%BC",
        "/api/v1/provisioning/templates/a%2Fb",
        "/api/v1/provisioning/templates/a%2Fb",
    ]


def test_what_isnt_there_is_none(client):
    assert client.alerting.rule_group("f", "t") is None
    assert client.alerting.mute_timing("m") is None
    assert client.alerting.template("t") is None
    assert client.library.panel("p") is None
    assert client.alerting.templates() == []


def test_a_secret_that_grafana_repeats_is_in_no_message(state, client):
    said = {"message": "bad url hunter2-secret"}
    state.faults = [Fault("POST", "contact-points", status=400, body=said)]
    with pytest.raises(ServerRefused) as refused:
        client.alerting.create_integration({"uid": "a"}, editable=False, secrets=["hunter2-secret"])
    assert "bad url ***" in str(refused.value)


def test_library_panels_come_in_pages(state, client, monkeypatch):
    monkeypatch.setattr(grafana_library, "PAGE", 2)
    for number in range(5):
        client.library.create(f"p{number}", "", f"P{number}", {"type": "text"})
    assert [found["uid"] for found in client.library.panels()] == ["p0", "p1", "p2", "p3", "p4"]
    assert list(client.library.panels("elsewhere")) == []
