"""Which rule files are refused before any of them is written, and by whom."""

from __future__ import annotations

import pytest

from provision.model import Resource, encode
from support.programs import fake
from support.rule_files import connected, file, names, push


def test_a_field_that_the_server_does_not_know_is_refused_before_writing(server):
    (outcome,) = push(server, file("a.yml", query_offset="1m"))
    assert outcome.message == f"query_offset needs Prometheus 2.53, and {server.url} is 2.42"
    assert names(server) == []
    server.version = "3.1.0"
    assert [outcome.status for outcome in push(server, file("a.yml", query_offset="1m"))] == ["done"]


@pytest.mark.parametrize("key", ["../a.yml", "/etc/a.yml", "sub/a.yml", ".hidden.yml", "..", "a\0.yml"])
def test_a_key_that_leads_out_of_the_folder_is_refused(server, key):
    (outcome,) = push(server, file(key))
    assert outcome.status == "failed"
    assert "is not the name of a file" in outcome.message


def test_promtool_refuses_one_file_and_the_others_are_written(server, tmp_path):
    tools = tmp_path / "tools"
    said = '  FAILED:\n0.yml: 5:15: group "g", rule 1, "a:b:c": annotation is odd\n'
    fake(tools / "promtool", stderr=said, code=1, version="2.42.1")
    outcomes = push(server, file("a.yml"), file("b.yml"), target=connected(server, tools_dir=tools))
    assert [(outcome.action.key, outcome.status, outcome.message) for outcome in outcomes] == [
        ("a.yml", "failed", 'promtool refuses it: group "g": "a:b:c": annotation is odd'),
        ("b.yml", "done", ""),
    ]
    assert names(server) == ["b.yml"]


@pytest.mark.parametrize(("tool", "said"), [("2.41.0", "2.42.0"), ("", "2.42.0"), ("3.0.0", "")])
def test_a_promtool_that_is_older_or_unknown_does_not_decide(server, tmp_path, tool, said):
    server.version = said
    fake(tmp_path / "tools" / "promtool", stderr="  FAILED:\n0.yml: no\n", code=1, version=tool)
    outcomes = push(server, file("a.yml"), target=connected(server, tools_dir=tmp_path / "tools"))
    assert [outcome.status for outcome in outcomes] == ["done"]


@pytest.mark.parametrize(("said", "words"), [("0.yml: annotation is odd", "promtool refuses it: annotation is odd"), ("", "its log says why")])  # fmt: skip
def test_a_promtool_that_does_not_decide_may_still_explain(server, tmp_path, said, words):
    fake(tmp_path / "tools" / "promtool", stderr=f"  FAILED:\n{said}\n", code=1, version="2.20.0")
    odd = {"alert": "A", "expr": "vector(1)", "annotations": {"a": "{{ $nonsense }}"}}
    bad = Resource("rule-file", "a.yml", encode({"groups": [{"name": "g", "rules": [odd]}]}), ())
    outcomes = push(server, bad, file("b.yml"), target=connected(server, tools_dir=tmp_path / "tools"))
    assert [(outcome.action.key, outcome.status) for outcome in outcomes] == [
        ("a.yml", "failed"),
        ("b.yml", "done"),
    ]
    assert words in outcomes[0].message
    assert names(server) == ["b.yml"]
