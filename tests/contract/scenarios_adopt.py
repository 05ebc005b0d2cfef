"""Taking over what stops a push, and deleting what no source defines any more: scenarios of the Grafana target."""

from __future__ import annotations

from dataclasses import replace

from contract.scenarios_grafana import Stage, scenario, usual
from provision.model import Verb
from provision.ship.base import with_bases


@scenario
def an_edit_is_taken_over_as_it_is_and_then_a_plain_update(stage: Stage) -> None:
    target = stage.connect()
    stage.done(target, *usual(stage))
    stage.edit_in_ui("inner", "mine now")
    before = {**stage.spec("inner"), "version": 0, "tags": []}
    plan = stage.plan(target, *usual(stage), adopt=True)
    assert {name: verb for name, verb in stage.verbs(plan).items() if verb != "keep"} == {"inner": "adopt"}
    assert [one.status for one in stage.apply(target, plan)] == ["done"]
    assert {**stage.spec("inner"), "version": 0, "tags": []} == before
    again = stage.plan(target, *usual(stage))
    assert {name: verb for name, verb in stage.verbs(again).items() if verb != "keep"} == {"inner": "update"}
    stage.done(target, *usual(stage))
    assert stage.spec("inner")["title"] == f"{stage.prefix} inner"


@scenario
def what_belongs_to_another_project_is_taken_over_with_its_secrets(stage: Stage) -> None:
    target = stage.connect(environ={"TOKEN": "hush"})
    theirs = (
        stage.folder("edge"),
        stage.datasource(secure={"httpHeaderValue1": {"source": "env", "name": "TOKEN"}}),
        stage.dashboard("outer", "edge"),
    )
    stage.done(target, *theirs, owner="theirs")
    ours = (
        stage.folder("edge"),
        stage.datasource(url="http://127.0.0.1:9091"),
        stage.dashboard("outer", "edge", "ours"),
    )
    stops = {"prom": "foreign", "outer": "foreign"}
    assert {**stage.verbs(stage.plan(target, *ours)), "edge": ""} == {**stops, "edge": ""}
    stage.done(target, *ours, adopt=True)
    stored = stage.ask("GET", f"/api/datasources/uid/{stage.uid('prom')}")
    assert (stored["url"], stored["secureJsonFields"]) == (
        "http://127.0.0.1:9090",
        {"httpHeaderValue1": True},
    )
    assert stage.spec("outer")["title"] == f"{stage.prefix} outer"
    plan = stage.plan(target, *ours)
    assert stage.verbs(plan) == {"edge": "keep", "prom": "update", "outer": "update"}


@scenario
def what_grafana_reads_from_a_file_is_not_taken_over(stage: Stage) -> None:
    if stage.state is None:
        return  # nothing is provisioned there
    named = stage.dashboard("x")
    body = named.body.replace(stage.uid("x").encode(), b"provisioned-one")
    asked = replace(named, key="provisioned-one", body=body)
    (action,) = stage.plan(stage.connect(), asked, adopt=True).actions
    assert action.verb is Verb.FOREIGN
    assert action.reason.endswith(
        "it can't be taken over as it is: Grafana reads it from a file on its own machine"
    )


@scenario
def a_folder_that_holds_something_that_stays_is_not_deleted(stage: Stage) -> None:
    target = stage.connect()
    stage.done(target, *usual(stage))
    stage.edit_in_ui("inner", "edited")
    plan = stage.plan(target, prune=True)
    verbs = stage.verbs(plan)
    assert (verbs["inner"], verbs["outer"]) == ("conflict", "delete")
    assert verbs["edge-inner"] == "conflict"
    assert verbs["edge"] == ("conflict" if target.dialect.nested_folders else "delete")
    stage.apply(target, plan)
    assert stage.spec("inner")["title"] == "edited"
    stage.done(target, prune=True, overwrite=True)
    assert stage.ask("GET", f"/api/dashboards/uid/{stage.uid('inner')}", expect=(404,))


@scenario
def what_was_applied_last_is_found_in_the_history(stage: Stage) -> None:
    target = stage.connect()
    stage.done(target, *usual(stage))
    (sent,) = [
        action.after
        for action in stage.plan(target, *usual(stage)).actions
        if action.key == stage.uid("root")
    ]
    stage.edit_in_ui("root", "edited once")
    stage.edit_in_ui("root", "edited twice")
    found = with_bases(stage.plan(target, *usual(stage)), target)
    assert [(action.key, action.base) for action in found.stops] == [(stage.uid("root"), sent)]
    assert all(action.base is None for action in found.actions if not action.verb.stops)
