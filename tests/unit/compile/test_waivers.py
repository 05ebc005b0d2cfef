"""Waivers of Python sources, as definitions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provision.compile.dialect import files
from provision.compile.load import load
from provision.model import decode
from provision.project import Project

IMPORTS = """\
from grafanalib.core import Dashboard, Stat, RowPanel, TimeSeries
from grafana_foundation_sdk.builders import dashboard as sdk, dashboardv2, timeseries, stat
from provision.author import Alert, Datasource, Group, JsonDashboard, Record, Receiver, Route, Waive
"""


def waived(root: Path, **sources: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The bodies of the waivers in these sources, and what is wrong with the sources."""
    for name, text in sources.items():
        file = root / f"{name.replace('__', '/')}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(IMPORTS + text)
    loaded = load(Project(root, "x"), use_cache=False)
    bodies = [decode(each.body) for each in loaded.definitions if each.kind == "waiver"]
    assert len({each.key for each in loaded.definitions if each.kind == "waiver"}) == len(bodies)
    return bodies, [str(problem).splitlines()[0] for problem in loaded.problems]


def test_rules_and_groups_hold_waivers(tmp_path: Path) -> None:
    text = """
group = Group("shop", [
    Record("a:b", "up", waive=Waive("x", reason="one\\n  two", until="2031-01-31")),
    Alert("A", "up", waive=[Waive("x", reason="r"), Waive("x", reason="again")]),
], waive=Waive("x", reason="all"))
"""
    bodies, problems = waived(
        tmp_path, rules__shop=text, rules__lone='lone = Alert("B", "up", waive=Waive("x", reason="r"))'
    )
    assert problems == []
    lone, group, record, first, _ = bodies
    assert group == {
        "check": "x", "reason": "all", "until": None, "subject": 'rule group "shop"',
        "of": {"kind": "rule-group", "key": "shop.yml/shop", "pointer": ""},
    }  # fmt: skip
    assert (record["reason"], record["until"]) == ("one two", "2031-01-31")
    assert record["subject"] == 'rule group "shop", record "a:b"'
    assert first["of"]["pointer"] == "/group/rules/1"
    assert lone["subject"] == 'rule group "lone", alert "B"'


PANELS = {
    "grafanalib": 'panel = Stat("p", title="Orders", targets=[])\nboard = Dashboard("Shop", panels=[panel])',
    "row": 'panel = Stat("p", title="Orders", targets=[])\nboard = Dashboard("Shop", panels=[RowPanel("R", panels=[panel], collapsed=True)])',
    "sdk": 'panel = stat.Panel().title("Orders")\nboard = sdk.Dashboard("Shop").uid("shop").with_panel(panel)',
    "v2": 'panel = dashboardv2.Panel().title("Orders").visualization(timeseries.VisualizationV2())\n'
    'board = dashboardv2.Dashboard("Shop").element("orders", panel).layout(dashboardv2.auto_grid().item(dashboardv2.auto_grid_item("orders")))',
    "json": 'panel = {"title": "Orders", "type": "stat", "id": 1}\nboard = JsonDashboard({"title": "Shop", "panels": [panel]})',
}  # fmt: skip


@pytest.mark.parametrize("form", PANELS)
def test_panels_and_dashboards_are_found_however_they_are_written(form: str, tmp_path: Path) -> None:
    asked = ("panel", '"Orders"', "board", '"Shop"', 'board, panel="Orders"')
    text = "\n".join([PANELS[form], *(f'Waive("x", reason="r", of={what})' for what in asked)])
    bodies, problems = waived(tmp_path, dashboards__shop=text)
    assert problems == []
    key = bodies[2]["of"]["key"]
    panel = ('panel "Orders"', {"path": "dashboards/shop.py", "panel": "Orders"})
    shop = {"kind": "dashboard", "key": key, "pointer": ""}
    whole = ('dashboard "Shop"', shop)
    inner = ('dashboard "Shop", panel "Orders"', {**shop, "panel": "Orders"})
    assert [(body["subject"], body["of"]) for body in bodies] == [panel, panel, whole, whole, inner]


def test_any_object_of_the_source_can_be_meant(tmp_path: Path) -> None:
    text = """
down = Alert("A", "up")
group = Group("g", [down])
lone = Alert("B", "up")
main = Datasource("Main", "main", "http://h")
listed = [Waive("x", reason="r", of=item) for item in (down, group, lone, main)]
"""
    bodies, problems = waived(tmp_path, rules__a=text)
    assert problems == []
    group = {"kind": "rule-group", "key": "a.yml/g", "pointer": ""}
    assert [(body["subject"], body["of"]) for body in bodies] == [
        ('rule group "g", alert "A"', {**group, "pointer": "/group/rules/0"}),
        ('rule group "g"', group),
        ('rule group "a", alert "B"', {**group, "key": "a.yml/a", "pointer": "/group/rules/0"}),
        ('datasource "main"', {"kind": "datasource", "key": "main", "pointer": ""}),
    ]


def test_other_files_are_meant_by_their_path(tmp_path: Path) -> None:
    path = "dashboards/imported/*.json"
    text = f"""
Waive("x", reason="r", of="{path}")
Waive("x", reason="r", of="{path}", panel="P")
"""
    bodies, problems = waived(tmp_path, rules__a=text)
    assert problems == []
    assert [(body["subject"], body["of"]) for body in bodies] == [
        (path, {"path": path}),
        (f'{path}, panel "P"', {"path": path, "panel": "P"}),
    ]


MISSING = {
    '"Ordres"': "no dashboard or panel of this source is called 'Ordres'; did you mean 'Orders'?",
    'board, panel="Ordres"': "no dashboard or panel of this source is called 'Ordres'; did you mean 'Orders'?",
    "None": "say what it is of: of=…, or put it into waive= of the Alert, the Record or the Group it is about",
    "3": "what it is of, int, is no object that this source defines, and has no title by which it can be found; "
    "waive the dashboard or the group it is in",
}


def test_what_is_not_there_is_told_where_the_waiver_stands(tmp_path: Path) -> None:
    text = "\n".join([PANELS["grafanalib"], *(f'Waive("x", reason="r", of={what})' for what in MISSING)])
    bodies, problems = waived(tmp_path, dashboards__shop=text)
    assert bodies == []
    assert problems == [
        f"dashboards/shop.py:{line}: Waive('x'): {sentence}"
        for line, sentence in enumerate(MISSING.values(), 6)
    ]


def test_a_shared_module_may_waive_what_its_sources_define(tmp_path: Path) -> None:
    shared = 'def page(title):\n    made = Dashboard(title, panels=[])\n    Waive("x", reason="r", of=made)\n    return made'
    text = "from dashboards._page import page\nboard = page('{}')"
    bodies, problems = waived(
        tmp_path, dashboards___page=shared, dashboards__a=text.format("A"), dashboards__b=text.format("B")
    )
    assert problems == []
    assert [body["subject"] for body in bodies] == ['dashboard "A"', 'dashboard "B"']


def test_what_a_shared_module_waives_is_only_where_it_is(tmp_path: Path) -> None:
    shared = 'orders = Stat("p", title="Orders", targets=[])\nWaive("x", reason="r", of=orders)'
    text = "from dashboards._page import orders\nboard = Dashboard('{}', panels=[{}])"
    bodies, problems = waived(
        tmp_path,
        dashboards___page=shared,
        dashboards__a=text.format("A", "orders"),
        dashboards__b=text.format("B", ""),
    )
    assert problems == []
    assert [body["of"]["path"] for body in bodies] == ["dashboards/a.py"]


def test_the_waivers_of_a_source_that_another_imports_are_its_own(tmp_path: Path) -> None:
    text = f'{PANELS["grafanalib"]}\nWaive("x", reason="r", of=panel)'
    other = "from dashboards.shop import panel\nother = Dashboard('Other', panels=[panel])"
    bodies, problems = waived(tmp_path, dashboards__shop=text, dashboards__other=other)
    assert problems == []
    assert [body["of"]["path"] for body in bodies] == ["dashboards/shop.py"]


def test_no_server_and_no_file_is_told_of_a_waiver(tmp_path: Path) -> None:
    plain = 'group = Group("g", [Alert("A", "up"{})])'
    made = []
    for extra in ("", ', waive=Waive("x", reason="r")'):
        waived(tmp_path, rules__a=plain.format(extra))
        project = Project(tmp_path, "x")
        definitions = load(project, use_cache=False).definitions
        made.append([(each.key, each.body) for each in files.shape(definitions, project)])
    assert made[0] == made[1]
