from __future__ import annotations

from provision.author import Folder, JsonDashboard, LibraryPanel, Receiver, Route
from provision.compile.assemble import assemble
from provision.compile.collect import collect_python
from provision.model import Definition, Place, decode, encode


def source(path: str, **names: object) -> list[Definition]:
    collected = collect_python(path, names, dict.fromkeys(names, 1), lambda _: None)
    assert collected.problems == []
    return collected.definitions


def test_every_directory_on_the_way_to_a_dashboard_is_a_folder() -> None:
    definitions, problems = assemble(
        source("dashboards/my-team/eu/web.py", dashboard=JsonDashboard(title="Web"))
    )
    assert problems == ()
    folders = {d.key: (decode(d.body), d.place) for d in definitions if d.kind == "folder"}
    assert folders == {
        "my-team": ({"uid": "my-team", "title": "My team", "parent": ""}, Place("dashboards/my-team")),
        "my-team/eu": (
            {"uid": "my-team-eu", "title": "Eu", "parent": "my-team"},
            Place("dashboards/my-team/eu"),
        ),
    }


def test_a_folder_without_a_directory_is_asked_for_by_what_lies_in_it() -> None:
    place = Place("rules/shop/a.py", 5)
    group = encode({"folder": "shop/eu", "title": "a", "interval": 60, "rules": []})
    definitions, _ = assemble(
        [
            Definition("grafana-rule-group", "shop/eu/a", group, place),
            *source(
                "dashboards/shop/web.py",
                dashboard=JsonDashboard(title="Web"),
                panel=LibraryPanel("a", {"type": "stat"}),
            ),
        ]
    )
    folders = {d.key: d.place for d in definitions if d.kind == "folder"}
    assert folders == {"shop": Place("dashboards/shop"), "shop/eu": place}


def test_a_described_folder_is_not_made_up_again() -> None:
    definitions, _ = assemble(
        source("dashboards/eu/web.py", dashboard=JsonDashboard(title="Web"), folder=Folder("Europe", uid="e"))
    )
    assert [decode(d.body)["title"] for d in definitions if d.kind == "folder"] == ["Europe"]


def test_a_dashboard_at_the_top_lies_in_no_folder() -> None:
    definitions, _ = assemble(source("dashboards/web.py", dashboard=JsonDashboard(title="Web")))
    assert [d.kind for d in definitions] == ["dashboard"]


def test_a_key_taken_twice_names_both_places() -> None:
    definitions, problems = assemble(
        source("dashboards/a.py", one=JsonDashboard(title="1", uid="x"))
        + source("dashboards/b.py", two=JsonDashboard(title="2", uid="x"))
        + source("provisioning/a.py", r=Receiver("r"), route=Route("r"))
        + source("provisioning/b.py", r=Receiver("r"), route=Route("r"))
    )
    assert [str(problem) for problem in problems] == [
        "dashboards/b.py:1: two dashboards have the uid 'x'; the other is in dashboards/a.py:1; "
        "give one of them a uid of its own, or take it out",
        "provisioning/b.py:1: two receivers are called 'r'; the other is in provisioning/a.py:1",
        "provisioning/b.py:1: a project has one root route, one without matchers; the other is in provisioning/a.py:1",
    ]
    assert len(definitions) == 3


def test_two_folders_of_one_uid_are_told() -> None:
    _, problems = assemble(
        source("dashboards/a/x.py", f=Folder("A", uid="u"))
        + source("dashboards/b/x.py", f=Folder("B", uid="u"))
    )
    assert [problem.message for problem in problems] == [
        "two folders have the uid 'u'; the other is in dashboards/a/x.py:1"
    ]


def test_two_sources_that_would_be_one_rule_file_are_told() -> None:
    _, problems = assemble(
        [], ["rules/a-b.py", "rules/a/b.yml", "rules/c.py", "rules/c.yml", "dashboards/a/b.py"]
    )
    assert [str(problem) for problem in problems] == [
        "rules/a/b.yml: it would be the rule file 'a-b.yml', as rules/a-b.py is; rename one of them"
    ]


def test_a_directory_called_general_is_no_longer_grafanas_own() -> None:
    definitions, _ = assemble(source("dashboards/general/web.py", dashboard=JsonDashboard(title="Web")))
    assert [decode(d.body)["uid"] for d in definitions if d.kind == "folder"] == ["general-folder"]
