from __future__ import annotations

import pytest

from provision.client.prometheus import LoadedGroup, LoadedRule
from provision.ship.target.rules_in_force import difference, in_force, of_file, plain, running

RECORD = {"record": "a:b:c", "expr": "sum  by(job)(up)", "labels": {"team": "x", "none": ""}}
ALERT = {"alert": "A", "expr": "up==0", "for": "1m30s"}
GROUP = {"name": "g", "interval": "30s", "labels": {"zone": "1", "team": "y"}, "rules": [RECORD, ALERT]}


def loaded(**fields):
    rules = (
        LoadedRule("record", "a:b:c", "sum by (job) (up)", {"team": "x", "zone": "1", "none": ""}, 0.0, "ok"),
        LoadedRule("alert", "A", "up == 0", {"zone": "1", "team": "y"}, 90.0, "ok"),
    )
    return LoadedGroup(**{"file": "/etc/prometheus/rules/t.yml", "name": "g", "interval_seconds": 30.0, "rules": rules, **fields})  # fmt: skip


def replaced(position, **fields):
    rules = list(loaded().rules)
    values = {name: getattr(rules[position], name) for name in LoadedRule.__slots__} | fields
    rules[position] = LoadedRule(**values)
    return loaded(rules=tuple(rules))


def same(mine, theirs):
    return plain(mine) == plain(theirs)


def test_a_group_is_in_force_however_the_server_writes_it():
    assert difference(GROUP, loaded(), same) == ""
    assert in_force(GROUP, [loaded(name="other"), loaded()], same)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (loaded(rules=loaded().rules[:1]), "has 1 rules on the server, not 2"),
        (loaded(interval_seconds=60.0), "is evaluated every 60 s, not 30s"),
        (replaced(0, name="x:y:z"), "record 'x:y:z' stands where record 'a:b:c' should"),
        (replaced(1, kind="record"), "record 'A' stands where alert 'A' should"),
        (replaced(0, expr="up"), "record 'a:b:c' has the expression 'up'"),
        (replaced(0, labels={}), "record 'a:b:c' has the labels {}"),
        (replaced(1, for_seconds=60.0), "alert 'A' fires after 60 s, not 1m30s"),
        (replaced(1, keep_firing_for_seconds=60.0), "alert 'A' keeps firing for 60 s, not 0s"),
        (replaced(1, annotations={"a": "x"}), "alert 'A' has another annotation 'a'"),
        (loaded(limit=7), "group 'g' has the limit 7, not 0"),
    ],
)
def test_what_differs_is_said(other, said):
    assert said in difference(GROUP, other, same)
    assert not in_force(GROUP, [other], same)


def test_what_a_server_does_not_tell_is_not_compared():
    rules = [RECORD, {**ALERT, "annotations": {"a": "x"}, "keep_firing_for": "1m"}]
    group = {**GROUP, "limit": 7, "query_offset": "1m", "rules": rules}
    assert difference(group, loaded(), same) == ""
    told = replaced(1, annotations={"a": "x", "none": ""}, keep_firing_for_seconds=60.0)
    assert difference(group, loaded(rules=told.rules, limit=7), same) == ""


def test_an_alert_without_a_wait_fires_at_once():
    group = {"name": "g", "rules": [{"alert": "A", "expr": "up"}]}
    rule = LoadedRule("alert", "A", "up", {}, 60.0, "ok")
    assert "fires after 60 s, not 0s" in difference(group, loaded(rules=(rule,)), same)


def test_a_duration_that_is_none_is_never_the_servers():
    assert "is evaluated every 30 s, not often" in difference({**GROUP, "interval": "often"}, loaded(), same)


@pytest.mark.parametrize("group", ["g", {}, {"name": 1}, {"name": "g", "rules": "x"}, {"name": "g", "rules": [1]},
                                   {"name": "g", "rules": [{"record": "a"}]}])  # fmt: skip
def test_what_is_no_group_is_never_in_force(group):
    assert not in_force(group, [loaded()], same)


def test_a_group_without_rules_need_not_be_shown():
    assert in_force({"name": "empty"}, [], same)


def test_files_are_known_by_their_name():
    assert of_file([loaded(), loaded(file="rules/t.yml"), loaded(file="/etc/other.yml")], "t.yml") == [
        loaded(),
        loaded(file="rules/t.yml"),
    ]


def test_what_runs_is_the_groups_own_words_or_the_servers():
    changed = {**GROUP, "rules": [ALERT, RECORD]}
    assert running([GROUP, {"name": "gone", "rules": [ALERT]}, "odd"], [loaded()], same) == [GROUP]
    assert running([changed], [loaded()], same) == [
        {
            "name": "g",
            "rules": [
                {
                    "record": "a:b:c",
                    "expr": "sum by (job) (up)",
                    "labels": {"team": "x", "zone": "1", "none": ""},
                },
                {"alert": "A", "expr": "up == 0", "for": "90s", "labels": {"zone": "1", "team": "y"}},
            ],
        }
    ]
    full = replaced(1, annotations={"a": "x"}, keep_firing_for_seconds=60.0)
    (shown,) = running([GROUP], [loaded(rules=full.rules, limit=7)], same)
    assert shown["limit"] == 7
    assert {name: shown["rules"][1][name] for name in ("keep_firing_for", "annotations")} == {
        "keep_firing_for": "60s",
        "annotations": {"a": "x"},
    }
    bare = loaded(rules=(LoadedRule("record", "a", "up", {}, 0.0, "ok"),))
    assert running([changed], [bare], same) == [{"name": "g", "rules": [{"record": "a", "expr": "up"}]}]


@pytest.mark.parametrize("expr", ["sum(", "(" * 5000])
def test_what_the_parser_cannot_read_has_no_plain_form(expr):
    assert plain(expr) is None


def test_what_only_newer_words_can_say_has_no_plain_form():
    from provision.promql.parse import tree

    expr = "rate(x[5m] smoothed)"
    assert tree(expr) is not None
    assert plain(expr) is None
