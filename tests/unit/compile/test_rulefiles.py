"""Rule files as people have them, and files among them that are none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provision.compile.assemble import assemble
from provision.compile.collect import collect_file
from provision.compile.rulefiles import read
from provision.model import decode

GROUP = "groups:\n- name: g\n  rules:\n  - record: a:b:c\n    expr: up\n"

YAML = {
    "a Helm template": ("{{- if .Values.on }}\n" + GROUP + "{{- end }}\n", 1, "it is a Helm template; put what `helm template` prints here"),
    "a template that is YAML by accident": ("groups:\n- name: {{ .Release.Name }}\n", 2, "it is a Helm template"),
    "a template of Ansible": ("groups:\n{% for x in y %}\n- name: x\n{% endfor %}\n", 2, "it is a template of Jinja"),
    "a bare template": ("groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up\n    annotations:\n      a: {{ $value }} is high\n", 7, "text that begins with {{ must stand in quotes"),
    "a colon in a text": ("groups:\n- name: g\n  rules:\n  - alert: A\n    annotations:\n      a: down: {{ $value }}\n", 6, "text that holds a colon and a space must stand in quotes"),
    "tabs": ("groups:\n- name: g\n\trules: []\n", 3, "YAML is indented with spaces, not with tabs"),
    "a percent sign": ("groups:\n- name: %g\n", 2, "text that begins with % must stand in quotes"),
    "a merge conflict": ("<<<<<<< HEAD\n" + GROUP + "=======\n>>>>>>> other\n", 2, "it holds a merge conflict of git"),
    "Prometheus 1": ("ALERT Down\n  IF up == 0\n", 1, "rules in the language of Prometheus 1"),
    "Prometheus 1 with a colon": ("ALERT Down\n  IF up: 0: 1\n", 2, "these are rules in the language of Prometheus 1"),
    "not UTF-8": (GROUP.replace("a:b:c", "ä").encode("latin-1"), 4, "isn't UTF-8"),
    "a key twice": (GROUP + "    expr: down\n", 6, "the key 'expr' stands twice in one mapping"),
    "two documents": (GROUP + "---\n" + GROUP, 7, "holds more than one YAML document, and Prometheus reads only the first"),
    "a group without a name": ("groups:\n- rules: []\n", 2, "group 1 has no name"),
    "rules that are no list": ("groups:\n- name: g\n  rules: {alert: A}\n", 3, "group 'g': `rules` must be a list"),
    "a rule that is none": (GROUP + "  - up\n", 6, "group 'g': rule 2 must be a mapping with a record or an alert, not 'up'"),
    "a group that is none": ("groups:\n- g\n", 2, "group 1 must be a mapping with a name and rules, not 'g'"),
    "groups that are none": ("groups:\n  g: []\n", 1, "`groups` must be a list of groups"),
    "a list of groups": ("- name: g\n", 1, "it is a list where `groups:` is expected"),
    "no groups": ("rules: []\n", 1, "expected `groups:`"),
    "a field too many": (GROUP + "labels: {a: b}\n", 6, "a rule file has no field 'labels' beside `groups`"),
    "tests of rules": ("rule_files: [a.yml]\ntests: []\n", 2, "unit tests of rules for promtool; begin the file's name with _"),
    "prometheus.yml": ("global: {}\nscrape_configs: []\n", 1, "a configuration of Prometheus"),
    "alertmanager.yml": ("global: {}\nroute: {receiver: a}\nreceivers: []\n", 3, "a configuration of Alertmanager"),
    "Grafana's own alerts": ("apiVersion: 1\ngroups:\n- {orgId: 1, name: a, rules: []}\n", 1, "alerts of Grafana's own provisioning"),
    "another object of Kubernetes": ("apiVersion: v1\nkind: Service\nmetadata: {name: a}\n", 1, "a Service of Kubernetes"),
    "a rule in a ConfigMap": ("kind: ConfigMap\ndata:\n  a.yml: |\n    groups:\n    - name: g\n      rules: 5\n", 6, "group 'g': `rules` must be a list"),
    "YAML in a ConfigMap": ("kind: ConfigMap\ndata:\n  a.yml: |\n    groups:\n    - name: [\n", 6, "not valid YAML"),
    "a number in a ConfigMap": ("kind: ConfigMap\ndata:\n  a: 5\n", 3, "'a' in the ConfigMap must be text"),
    "a setting in a ConfigMap": ("kind: ConfigMap\ndata:\n  a.ini: |\n    [a]\n    b = c\n", 5, "no rule file in the ConfigMap: 'a.ini' is not valid YAML"),
    "a text in a ConfigMap": ("kind: ConfigMap\ndata:\n  a: b\n", 3, "not a rule file: it is text where `groups:` is expected"),
    "two other objects of Kubernetes": ("kind: Service\n---\nkind: Deployment\n", 1, "a Service of Kubernetes"),
    "a group twice": (GROUP + "- name: g\n", 6, "two rule groups would be 'a.yml/g' (rule file and group name); the other is in rules/a.yml:2; give one of them another name"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", YAML)
def test_a_rule_file_that_is_none_is_told_at_its_line(mistake: str) -> None:
    text, line, said = YAML[mistake]
    collected = collect_file("rules/a.yml", text if isinstance(text, bytes) else text.encode())
    _, taken = assemble(collected.definitions)
    (problem,) = (*collected.problems, *taken)
    assert (problem.path, problem.line) == ("rules/a.yml", line)
    assert said in problem.message


FINE = {
    "a byte order mark": b"\xef\xbb\xbf" + GROUP.encode(),
    "UTF-16": GROUP.encode("utf-16"),
    "Windows' line ends": GROUP.replace("\n", "\r\n").encode(),
    "a marked document": f"---\n{GROUP}...\n".encode(),
    "an empty document after it": f"{GROUP}---\n# nothing more\n".encode(),
    "mimirtool's namespace": f"namespace: team\n{GROUP}".encode(),
    "JSON": json.dumps(
        {"groups": [{"name": "g", "rules": [{"record": "a:b:c", "expr": "up"}]}]}, indent=2
    ).encode(),
    "a rule of the operator": (
        "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec:\n  " + GROUP.replace("\n", "\n  ")
    ).encode(),
    "a list of the operator's": (
        "kind: List\nitems:\n- kind: PrometheusRule\n  spec:\n    " + GROUP.replace("\n", "\n    ")
    ).encode(),
    "among other objects": (
        "kind: Deployment\n---\nkind: ConfigMap\ndata:\n  a.ini: |\n    [a]\n    b = c\n  b: text\n  c: 5\n  prometheus.yml: |\n"
        "    scrape_configs: []\n---\nkind: PrometheusRule\nspec:\n  " + GROUP.replace("\n", "\n  ")
    ).encode(),
    "a ConfigMap in quotes": json.dumps({"kind": "ConfigMap", "data": {"a": GROUP}}).encode(),
}


@pytest.mark.parametrize("form", FINE)
def test_a_rule_file_of_any_form_gives_its_rules(form: str) -> None:
    collected = collect_file("rules/a.yaml", FINE[form])
    assert collected.problems == []
    (group,) = collected.definitions
    assert decode(group.body) == {
        "file": "a.yml",
        "index": 0,
        "group": {"name": "g", "rules": [{"record": "a:b:c", "expr": "up"}]},
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "---\n---\n",
        "groups:\n",
        "groups: []\n",
        "kind: PrometheusRule\n",
        "kind: ConfigMap\n",
    ],
)
def test_a_rule_file_without_rules_gives_none(text: str) -> None:
    found = read("rules/a.yml", text.encode())
    assert (found.groups, found.problems) == ([], [])


def test_what_is_right_in_a_file_is_kept_beside_what_is_wrong() -> None:
    text = f"{GROUP}- name: h\n  rules: [5]\n- rules: []\n- name: i\n"
    collected = collect_file("rules/a.yml", text.encode())
    assert [found.key for found in collected.definitions] == ["a.yml/g", "a.yml/i"]
    assert [problem.line for problem in collected.problems] == [7, 8]


def test_groups_and_rules_know_their_lines() -> None:
    text = "kind: ConfigMap\ndata:\n  a.yml: |\n    groups:\n    - name: g\n      rules:\n      - {record: a, expr: b}\n\n      - {record: c, expr: d}\n"
    (group,) = read("rules/a.yml", text.encode()).groups
    assert (group.line, group.rule_lines) == (5, (7, 9))
    (definition,) = collect_file("rules/a.yml", text.encode()).definitions
    assert definition.place_of("/group/rules/1/expr").line == 9


@pytest.mark.parametrize(
    "value",
    [{"severity": 1, "version": "1.50", "on": "yes", "at": "12:30", "hex": "0x1F", "day": "2020-01-01"}],
)
def test_labels_are_texts_whatever_they_look_like(value: dict[str, Any]) -> None:
    lines = "".join(f"      {name}: {text}\n" for name, text in value.items())
    collected = collect_file("rules/a.yml", f"{GROUP}    labels:\n{lines}".encode())
    (group,) = collected.definitions
    assert decode(group.body)["group"]["rules"][0]["labels"] == {
        name: str(text) for name, text in value.items()
    }
