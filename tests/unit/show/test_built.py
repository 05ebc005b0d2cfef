import json
from pathlib import Path

import click

from provision.model import Action, Definition, Live, Outcome, Place, Plan, Resource, Verb, encode
from provision.show.built import built_json, built_text

ROOT = Path("/srv/config")


def definition(kind, key, body, path="x.py"):
    return Definition(kind, key, encode(body), Place(path, 1))


def dashboard(uid, title, folder, *panels):
    return definition(
        "dashboard",
        uid,
        {"folder": folder, "spec": {"title": title, "panels": list(panels)}},
        f"dashboards/{uid}.py",
    )


STAT = {"type": "stat"}
DEFINITIONS = (
    definition("folder", "traefik", {"title": "Traefik", "uid": "traefik", "parent": ""}),
    definition("folder", "traefik/deep", {"title": "Deep", "uid": "deep", "parent": "traefik"}),
    dashboard("sla", "SLA", "traefik", STAT, {"type": "row", "panels": [STAT, STAT]}),
    dashboard("traffic-2", "All traffic", "traefik", STAT),
    dashboard("deep", "Deep", "traefik/deep"),
    dashboard("home", "Home", ""),
    definition(
        "rule-group", "x.yml/a", {"group": {"rules": [{"record": "a"}, {"alert": "B"}, {"alert": "C"}]}}
    ),
    definition("rule-group", "x.yml/b", {"group": {"rules": None}}),
    definition("scrape-config", "node", {}),
    definition("route", "root", {}),
    definition("route", "x#0", {}),
)


def plan(**verbs):
    live = Live("file", "x", b"")
    actions = tuple(
        Action(verb, "file", key, None if verb is Verb.DELETE else Resource("file", key, b""), live)
        for key, verb in verbs.items()
    )
    return Plan("folder /srv/config", "reference", actions)


def done(made):
    return tuple(Outcome(action, "done") for action in made.writes)


def test_text():
    made = plan(b=Verb.UPDATE, a=Verb.CREATE, c=Verb.DELETE, d=Verb.KEEP, e=Verb.KEEP)
    assert click.unstyle(built_text(made, done(made), DEFINITIONS, ROOT)).split("\n") == [
        "General",
        "  Home         home       0 panels",
        "Traefik",
        "  All traffic  traffic-2  1 panel",
        "  SLA          sla        3 panels",
        "Traefik / Deep",
        "  Deep         deep       0 panels",
        "Rules: 1 record and 2 alerts in 2 groups",
        "Also: 1 scrape job, 2 routes",
        "/srv/config: 1 file created, 1 updated, 1 removed, 2 unchanged",
        "  + a",
        "  ~ b",
        "  − c",
    ]


def test_nothing_compiled():
    assert click.unstyle(built_text(plan(), (), (), ROOT)) == "/srv/config: no files"


def test_many_files_are_not_all_listed():
    made = plan(**{f"f{n:02d}": Verb.CREATE for n in range(20)})
    lines = click.unstyle(built_text(made, done(made), (), ROOT)).split("\n")
    assert lines[-1] == "  … and 8 more"
    assert len(lines) == 14


def test_what_failed():
    made = plan(a=Verb.CREATE, b=Verb.CREATE)
    outcomes = (Outcome(made.actions[0], "failed", "disk full"), Outcome(made.actions[1], "done"))
    lines = click.unstyle(built_text(made, outcomes, (), ROOT)).split("\n")
    assert lines == ["/srv/config: 1 file created, 1 failed", "  ✗ a", "  + b"]


def test_json():
    made = plan(a=Verb.CREATE, b=Verb.KEEP, c=Verb.DELETE)
    document = json.loads(built_json(made, done(made), DEFINITIONS, ROOT))
    assert document["format"] == "provision.build/1"
    assert document["root"] == "/srv/config"
    assert document["dashboards"][0] == {
        "folder": None, "title": "Home", "uid": "home", "panels": 0, "place": "dashboards/home.py:1"
    }  # fmt: skip
    assert [found["folder"] for found in document["dashboards"]] == [
        None,
        "Traefik",
        "Traefik",
        "Traefik / Deep",
    ]
    assert document["rules"] == {"groups": 2, "records": 1, "alerts": 2}
    assert document["definitions"]["route"] == 2
    assert document["files"] == [
        {"path": "a", "state": "created"}, {"path": "b", "state": "unchanged"}, {"path": "c", "state": "removed"}
    ]  # fmt: skip
    assert document["summary"] == {"created": 1, "updated": 0, "removed": 1, "unchanged": 1, "failed": 0}
