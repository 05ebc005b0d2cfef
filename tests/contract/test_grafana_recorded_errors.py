"""What is made of every error that a real Grafana was recorded to answer a write with: a sentence and an exit code."""

from __future__ import annotations

import re

import orjson
import pytest

from contract.test_grafana_recorded import rows
from provision.client import failures
from provision.client.endpoint import Endpoint
from provision.compile.kinds import (
    CONTACT_POINT,
    DASHBOARD,
    DATASOURCE,
    FOLDER,
    GRAFANA_RULE_GROUP,
    LIBRARY_PANEL,
    MUTE_TIMING,
    POLICY,
    TEMPLATE,
)
from provision.errors import NotAllowed, ServerRefused
from provision.model import Action, Live, Resource, Verb, encode
from provision.ship.target.grafana_write import sentence

KINDS = {
    "/folders": FOLDER, "/datasources": DATASOURCE, "/dashboards": DASHBOARD, "/contact-points": CONTACT_POINT,
    "/policies": POLICY, "/mute-timings": MUTE_TIMING, "/templates": TEMPLATE, "/library-elements": LIBRARY_PANEL,
    "/rule-groups": GRAFANA_RULE_GROUP, "/alert-rules": GRAFANA_RULE_GROUP,
}  # fmt: skip
TOLD = {
    "folder-create-again": "somebody changed it meanwhile",
    "folder-create-same-title": "its folder holds something else of this title",
    "folder-rename-stale": "somebody changed it meanwhile",
    "folder-delete-nonempty": "the folder still holds something",
    "ds-create-again": "another data source has the name 'mine' or this uid",
    "dash-create-again-no-overwrite": "somebody changed it meanwhile",
    "dash-stale-version": "somebody changed it meanwhile",
    "dash-same-title-same-folder": "its folder holds another dashboard of this title",
    "dash-missing-folder": "its folder is no longer there",
    "dash-provisioned-save": "Grafana reads it from a file",
    "dash-provisioned-delete": "Grafana reads it from a file",
    "apis-update-stale": "somebody changed it meanwhile",
    "apis-create-again": "made by somebody else meanwhile",
    "apis-bad-folder": "its folder is no longer there",
    "v0-put-stale": "somebody changed it meanwhile",
    "v0-missing-folder": "its folder is no longer there",
    "lib-patch-stale": "somebody changed it meanwhile",
    "contact-create-again": "made by somebody else meanwhile",
    "contact-delete-used": "a notification policy or an alert rule still sends to it",
    "contact-unknown-type": "unknown integration type: pigeon",
    "policies-put-unknown": "receiver 'nobody' does not exist",
    "alert-group-put-bad-interval": "interval (7s) should be non-zero",
    "mute-create-again": "Time interval with this name already exists",
    "template-bad": "Template is in invalid format",
}
"""Scenario → what is said of it. Of the others Grafana's own words are quoted."""

VERBS = {"POST": Verb.CREATE, "PUT": Verb.UPDATE, "PATCH": Verb.UPDATE, "DELETE": Verb.DELETE}
ERRORS = [
    pytest.param(row, id=f"{flavour} {row['scenario']} {number}")
    for flavour in ("12.4.0", "9.0")
    for number, row in enumerate(rows(flavour))
    if row["response"]["status"] >= 400
    and row["request"]["method"] != "GET"
    # A Grafana that has no such API is never asked for it.
    and not (row["response"]["status"] == 404 and row["response"]["body"] == {"message": "Not found"})
]


def refused(row):
    request, response = row["request"], row["response"]
    body = response["body"]
    content = orjson.dumps(body) if not isinstance(body, str) else body.encode()
    headers = {"content-type": "application/json"}
    return failures.refused(
        request["method"],
        request["path"],
        response["status"],
        headers,
        content,
        Endpoint("http://grafana.example"),
    )


@pytest.mark.parametrize("row", ERRORS)
def test_an_error_is_told_in_a_sentence(row):
    scenario, method = row["scenario"], row["request"]["method"]
    status = row["response"]["status"]
    error = refused(row)
    assert isinstance(error, ServerRefused)
    assert error.status == status
    assert isinstance(error, NotAllowed) == (status in (401, 403))
    assert error.exit_code == (3 if status in (401, 403) else 1)
    kind = next((kind for part, kind in KINDS.items() if part in row["request"]["path"]), None)
    if kind is None:
        return  # nothing that a push asks for
    desired = Resource(kind, "mine", encode({"name": "mine", "title": "Mine"}))
    verb = VERBS[method]
    live = None if verb is Verb.CREATE else Live(kind, "mine", b"{}", None, "1")
    action = Action(verb, kind, "mine", None if verb is Verb.DELETE else desired, live)
    said = sentence(error, action)
    assert "\n" not in said
    assert not re.search(r'[{}]|apiVersion|traceID|accessErrorId|"message"', said), said
    assert not said.endswith(".")
    assert len(said) < 500
    if status in (401, 403):
        assert "GRAFANA" in said or "permission" in said or "credentials" in said
    assert TOLD.get(scenario, "") in said, said


def test_every_scenario_that_is_named_was_recorded():
    assert TOLD.keys() <= {row["scenario"] for flavour in ("12.4.0", "9.0") for row in rows(flavour)}
