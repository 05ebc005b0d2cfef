"""Contact points, message templates and library panels to definitions."""

from __future__ import annotations

from typing import Any

import pytest
from grafana_foundation_sdk.builders import text as sdk_text
from grafanalib.core import Stat, Target

from provision.author import Alert, ContactPoint, Group, Integration, LibraryPanel, MessageTemplate, Secret
from provision.compile.collect import Collected, collect_python
from provision.model import Place, decode


def collect(path: str, **names: Any) -> Collected:
    return collect_python(
        path,
        names,
        {name: number for number, name in enumerate(names, 1)},
        lambda where: Place(path, where[1]),
    )


def only(collected: Collected) -> tuple[str, str, Any]:
    assert collected.problems == []
    (found,) = collected.definitions
    return found.kind, found.key, decode(found.body)


def test_a_contact_point_keeps_its_secrets_as_references():
    point = ContactPoint("ops", [
        Integration("slack", {"recipient": "#ops"}, {"url": Secret.env("SLACK", version="2")}),
        Integration("email", {"addresses": "a@b.c"}, disable_resolve_message=True, uid="mail"),
    ])  # fmt: skip
    assert only(collect("provisioning/a.py", point=point)) == ("contact-point", "ops", {"name": "ops", "integrations": [
        {"type": "slack", "settings": {"recipient": "#ops"}, "disableResolveMessage": False,
         "secure": {"url": {"source": "env", "name": "SLACK", "version": "2"}}},
        {"type": "email", "settings": {"addresses": "a@b.c"}, "disableResolveMessage": True, "secure": {}, "uid": "mail"},
    ]})  # fmt: skip


@pytest.mark.parametrize(
    ("point", "said"),
    [
        (ContactPoint("", []), "a contact point must have a name"),
        (ContactPoint("ops", [Integration("slack", {}, {"url": "hush"})]), "url must be a Secret"),
        (ContactPoint("ops", [Integration("slack", {}, uid="a b")]), "uid 'a b' isn't"),
        (ContactPoint("ops", ["slack"]), "integrations must be a list of Integration"),
    ],
)
def test_what_is_no_contact_point_is_told(point, said):
    (problem,) = collect("provisioning/a.py", point=point).problems
    assert said in problem.message
    assert "hush" not in problem.message


def test_a_message_template_is_its_name_and_text():
    template = MessageTemplate("short", '{{ define "short" }}x{{ end }}')
    assert only(collect("provisioning/a.py", t=template)) == (
        "template", "short", {"name": "short", "template": '{{ define "short" }}x{{ end }}'},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("panel", "kind"),
    [
        (Stat(title="Load", dataSource="prom", targets=[Target(expr="up")]), "stat"),
        (sdk_text.Panel().title("Load"), "text"),
        (
            {"type": "timeseries", "title": "Load", "id": 4, "gridPos": {"h": 1, "w": 1, "x": 0, "y": 0}},
            "timeseries",
        ),
    ],
    ids=["grafanalib", "sdk", "json"],
)
def test_a_library_panel_of_every_way_of_writing(panel, kind):
    made = only(collect("dashboards/team/shared.py", load=LibraryPanel("Load", panel)))
    assert made[:2] == ("library-panel", "team-shared-load")
    assert (made[2]["folder"], made[2]["name"], made[2]["model"]["type"]) == ("team", "Load", kind)
    assert made[2]["model"]["title"] == "Load"
    assert not {"id", "gridPos"} & made[2]["model"].keys()


def test_a_library_panel_outside_of_dashboards_lies_in_no_folder():
    made = only(collect("provisioning/x/a.py", load=LibraryPanel("Load", {"type": "text"}, uid="own")))
    assert (made[1], made[2]["folder"]) == ("own", "")


@pytest.mark.parametrize("panel", [{"title": "no type"}, {"type": "row"}, 7])
def test_what_is_no_panel_is_told(panel):
    (problem,) = collect("dashboards/a.py", load=LibraryPanel("Load", panel)).problems
    assert "panel" in problem.message


def test_a_group_s_folder_and_data_source_are_part_of_its_definition():
    group = Group("g", [Alert("A", "up")], folder="/team/shop/", datasource="prom")
    body = only(collect("rules/x.py", g=group))[2]
    assert (body["folder"], body["datasource"]) == ("team/shop", "prom")
    assert {"folder", "datasource"}.isdisjoint(only(collect("rules/x.py", g=Group("g", [])))[2])
