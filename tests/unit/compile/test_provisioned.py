"""JSON files under provisioning/."""

from __future__ import annotations

import json

import pytest

from provision.compile.collect import collect_file
from provision.model import decode

SPECS = {
    "folder": ({"path": "team/shop", "uid": "shop", "title": "Shop"}, "team/shop",
               {"uid": "shop", "title": "Shop", "parent": "team"}),
    "datasource": ({"name": "P", "uid": "p", "type": "prometheus", "url": "http://p", "secure": {"x": {"source": "server", "name": ""}}}, "p",
                   {"name": "P", "uid": "p", "type": "prometheus", "url": "http://p", "access": "proxy", "isDefault": False, "jsonData": {},
                    "basicAuth": False, "basicAuthUser": "", "secure": {"x": {"source": "server", "name": ""}}}),
    "library-panel": ({"uid": "lib", "folder": "team", "name": "Load", "model": {"type": "text"}}, "lib",
                      {"folder": "team", "name": "Load", "model": {"type": "text"}}),
    "template": ({"name": "t", "template": "x"}, "t", {"name": "t", "template": "x"}),
    "mute-timing": ({"name": "n", "time_intervals": [{"weekdays": ["sunday"]}]}, "n",
                    {"name": "n", "time_intervals": [{"weekdays": ["sunday"]}]}),
    "contact-point": ({"name": "ops", "integrations": [{"uid": "u", "type": "slack", "settings": {}, "secure": {"url": {"source": "env", "name": "S"}}}]}, "ops",
                      {"name": "ops", "integrations": [{"uid": "u", "type": "slack", "settings": {}, "disableResolveMessage": False,
                                                        "secure": {"url": {"source": "env", "name": "S"}}}]}),
    "policy": ({"root": {"receiver": "ops"}, "routes": [{"receiver": "ops"}]}, "root",
               {"root": {"receiver": "ops"}, "routes": [{"receiver": "ops"}]}),
    "grafana-rule-group": ({"folder": "team", "title": "g", "interval": 60, "rules": []}, "team/g",
                           {"folder": "team", "title": "g", "interval": 60, "rules": []}),
}  # fmt: skip


def collect(document):
    return collect_file("provisioning/live/a.json", json.dumps(document).encode())


@pytest.mark.parametrize("kind", SPECS)
def test_a_file_is_a_definition_of_its_kind(kind):
    spec, key, body = SPECS[kind]
    collected = collect({"kind": kind, "spec": spec})
    assert collected.problems == []
    (found,) = collected.definitions
    assert (found.kind, found.key, decode(found.body)) == (kind, key, body)
    assert str(found.place) == "provisioning/live/a.json:1"


WRONG = [
    ({"name": "x"}, 'not a resource: expected {"kind": …, "spec": {…}}; begin the file\'s name with _'),
    ([], "not a resource"),
    ({"kind": "dashboard", "spec": {}}, "dashboards lie under dashboards/"),
    ({"kind": "pigeon", "spec": {}}, "a resource of kind 'pigeon' can't stand here; the kinds are contact-point, "),
    ({"kind": "folder", "spec": []}, "the spec of this folder must be an object"),
    ({"kind": "folder", "spec": {"path": "a//b", "title": "B"}}, "path must be a path of folders"),
    ({"kind": "folder", "spec": {"path": "a", "title": "B", "uid": "a b"}}, "uid 'a b' isn't"),
    ({"kind": "datasource", "spec": {"name": "x"}}, "uid None isn't"),
    ({"kind": "datasource", "spec": {"name": "x", "uid": "x", "type": "postgres", "usr": "me"}}, "data source 'x' has no field 'usr'; did you mean 'user'?"),
    ({"kind": "datasource", "spec": {"name": "x", "uid": "x", "type": "postgres", "zzz": 1}}, "data source 'x' has no field 'zzz'; take it out"),
    ({"kind": "library-panel", "spec": {"name": "L", "uid": "l", "model": {}}}, "its model must be a panel with a type"),
    ({"kind": "template", "spec": {"name": "t"}}, "template must have a name or text"),
    ({"kind": "mute-timing", "spec": {"name": "t", "time_intervals": {}}}, "time_intervals must be a list of objects"),
    ({"kind": "contact-point", "spec": {"name": "t", "integrations": [{"type": "slack", "settings": {"url": "hush"}}]}}, "the setting url is a secret"),
    ({"kind": "contact-point", "spec": {"name": "t", "integrations": [{"type": "slack", "secure": {"url": "hush"}}]}}, "secure: url must say where the secret is found"),
    ({"kind": "policy", "spec": {"root": [], "routes": []}}, "the root of the policies must be an object or null"),
    ({"kind": "policy", "spec": {}}, "routes must be a list of objects"),
    ({"kind": "grafana-rule-group", "spec": {"title": "g", "folder": "f", "interval": "1m", "rules": []}}, "interval must be a whole number of seconds"),
    ({"kind": "grafana-rule-group", "spec": {"title": "g", "interval": 60, "rules": []}}, "rule group 'g': folder must have"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "said"), WRONG)
def test_what_is_no_resource_is_told(document, said):
    collected = collect(document)
    assert collected.definitions == []
    (problem,) = collected.problems
    assert said in problem.message
    assert "hush" not in problem.message
    assert problem.line == 1


def test_what_is_no_json_is_told_at_its_line():
    (problem,) = collect_file("provisioning/a.json", b'{"kind": "folder",\n oops}').problems
    assert (problem.line, problem.message[:14]) == (2, "not valid JSON")
