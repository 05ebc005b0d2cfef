from __future__ import annotations

from pathlib import Path

import pytest

from provision.author import Alert, Group, PrometheusGlobal, Record, ScrapeConfig
from provision.compile import rules, scrape
from provision.compile.dialect import prometheus
from provision.compile.dialect.prometheus import (
    LATEST,
    PrometheusDialect,
    config_bytes,
    read_config,
    read_rule_file,
    rule_file_bytes,
    shape_config,
    shape_rules,
    too_new,
    too_new_in_file,
)
from provision.compile.kinds import DASHBOARD
from provision.errors import ProvisionError, UsageError
from provision.model import Definition, Mark, Place, Resource, decode, digest, encode
from provision.project import Project

NOW = PrometheusDialect()
OLD = PrometheusDialect((2, 30, 0))


def nowhere(_written):
    return None


def group(name, path="rules/traefik.py", line=1, index=0, **fields):
    made = Group(name=name, rules=fields.pop("rules", [Record("a:b:c", "up")]), **fields)
    (definition,) = rules.compile_group(path, made, Place(path, line), nowhere)
    body = decode(definition.body) | {"index": index}
    return Definition(definition.kind, definition.key, encode(body), definition.place)


def job(name, **fields):
    (definition,) = scrape.compile_scrape_config(
        "", ScrapeConfig(name, **fields), Place("provisioning/jobs.py", 3), nowhere
    )
    return definition


def server(**fields):
    (definition,) = scrape.compile_global(
        "", PrometheusGlobal(**fields), Place("provisioning/prom.py", 2), nowhere
    )
    return definition


def project(**settings):
    return Project(root=Path("/somewhere"), name="p", settings=settings)


def test_groups_of_one_source_are_one_file_in_the_order_of_the_source():
    shaped = shape_rules(
        [
            group("z", line=9, index=0),
            group("a", line=20, index=1),
            group("other", path="rules/platform.py"),
            Definition(DASHBOARD, "x", b"{}", Place("dashboards/x.py")),
        ],
        NOW,
    )
    assert [(found.kind, found.key) for found in shaped] == [
        ("rule-file", "platform.yml"),
        ("rule-file", "traefik.yml"),
    ]
    assert [entry["name"] for entry in decode(shaped[1].body)["groups"]] == ["z", "a"]
    assert shaped[1].places == (Place("rules/traefik.py", 9), Place("rules/traefik.py", 20))


def test_the_order_of_definitions_changes_nothing():
    made = [group("a", index=0), group("b", index=1), group("c", path="rules/p.py")]
    assert shape_rules(made, NOW) == shape_rules(made[::-1], NOW)


def test_labels_that_are_numbers_become_the_text_that_the_server_reads():
    (shaped,) = shape_rules([group("g", rules=[Record("a:b:c", "up", labels={"tier": 1, "on": True})])], NOW)
    assert decode(shaped.body)["groups"][0]["rules"][0]["labels"] == {"tier": "1", "on": "true"}


def test_a_rule_file_says_what_made_it_and_reads_back():
    (shaped,) = shape_rules(
        [
            group(
                "g",
                line=7,
                rules=[Alert("Down", "up == 0", for_="5m", severity="page", summary="{{ $value }} down")],
            ),
        ],
        NOW,
    )
    text = rule_file_bytes(shaped, 'my "project"')
    assert text.startswith(b"# Made by provision. Edit rules/traefik.py instead: an edit here is a conflict")
    assert b":7" not in text.splitlines()[0]
    assert read_rule_file(text, "traefik.yml") == (shaped.body, Mark('my "project"', digest(shaped.body)))


def test_a_copy_under_another_name_is_nobodys():
    (shaped,) = shape_rules([group("g")], NOW)
    assert read_rule_file(rule_file_bytes(shaped, "p"), "copy.yml") == (shaped.body, None)


def test_an_edited_file_keeps_the_base_it_was_sent_with():
    (shaped,) = shape_rules([group("g")], NOW)
    body, mark = read_rule_file(
        rule_file_bytes(shaped, "p").replace(b"expr: up", b"expr: down"), "traefik.yml"
    )
    assert body != shaped.body
    assert mark == Mark("p", digest(shaped.body))


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        (b"", []),
        (b"groups:\n", []),
        (b"groups: []\n", []),
        (b"# provision: {}\ngroups: []\n", []),
        (b"# provision: nonsense\ngroups: []\n", []),
        (b'# provision: ["owner"]\ngroups: []\n', []),
        (b"# a\n" * 30 + b"groups: []\n", []),
        (b"groups: [{name: a}]\n", [{"name": "a"}]),
    ],
)
def test_files_of_others_carry_no_mark(text, groups):
    body, mark = read_rule_file(text, "f.yml")
    assert decode(body) == {"groups": groups}
    assert mark is None


@pytest.mark.parametrize("text", [b"- 1\n", b"groups: {a: 1}\n", b"just text\n", b"groups: [\n"])
def test_what_is_no_rule_file_is_refused(text):
    with pytest.raises(ProvisionError, match=r"f\.yml"):
        read_rule_file(text, "f.yml")


def test_the_header_names_a_few_of_many_sources():
    places = tuple(Place(f"rules/{name}.py", 3) for name in "edcba")
    text = rule_file_bytes(Resource("rule-file", "x.yml", encode({"groups": []}), places), "p")
    assert b"Edit rules/a.py, rules/b.py, rules/c.py and 2 more instead" in text
    bare = rule_file_bytes(Resource("rule-file", "x.yml", encode({"groups": []})), "p")
    assert bare.startswith(b"# Made by provision: an edit here is a conflict")


def test_configuration_is_settings_and_jobs_by_name():
    shaped = shape_config([job("traefik", targets=["t:1"]), server(), job("cadvisor", targets=["c:1"])], NOW)
    body = decode(shaped.body)
    assert [entry["job_name"] for entry in body["scrape_configs"]] == ["cadvisor", "traefik"]
    assert body["rule_files"] == ["rules/*.yml"]
    assert shaped.key == "prometheus.yml"
    assert shaped.places == (Place("provisioning/jobs.py", 3), Place("provisioning/prom.py", 2))
    text = config_bytes(shaped, "p")
    assert text.index(b"global:") < text.index(b"rule_files:") < text.index(b"scrape_configs:")
    assert read_config(text) == (shaped.body, Mark("p", digest(shaped.body)))


def test_jobs_written_under_the_settings_stay():
    shaped = shape_config(
        [server(extra={"scrape_configs": [{"job_name": "z"}]}), job("a", targets=["a:1"])], NOW
    )
    assert [entry["job_name"] for entry in decode(shaped.body)["scrape_configs"]] == ["z", "a"]


def test_rules_without_settings_are_read_from_where_build_puts_them():
    assert decode(shape_config([group("g"), job("a", targets=["a:1"])], NOW).body)["rule_files"] == [
        "rules/*.yml"
    ]
    assert "rule_files" not in decode(shape_config([job("a", targets=["a:1"])], NOW).body)


def test_no_settings_and_no_jobs_is_no_configuration():
    assert shape_config([group("g")], NOW) is None


@pytest.mark.parametrize("text", [b"- 1\n", b"a: 1\na: 2\n"])
def test_what_is_no_configuration_is_refused(text):
    with pytest.raises(ProvisionError, match=r"prometheus\.yml"):
        read_config(text)
    assert read_config(b"") == (b"{}", None)


def test_fields_newer_than_the_server_are_named_with_their_place():
    newest = group(
        "g",
        query_offset="1m",
        limit=3,
        labels={"a": "b"},
        rules=[Record("a:b:c", "up"), Alert("A", "up", keep_firing_for="1m")],
    )
    found = {entry.pointer: entry.since for entry in too_new(newest, OLD)}
    assert found == {
        "/group/limit": (2, 31, 0),
        "/group/query_offset": (2, 53, 0),
        "/group/labels": (3, 0, 0),
        "/group/rules/1/keep_firing_for": (2, 42, 0),
    }
    assert [entry.field for entry in too_new(newest, PrometheusDialect((2, 53, 0)))] == ["labels"]
    assert too_new(newest, NOW) == ()
    (shaped,) = shape_rules([newest], NOW)
    assert {entry.pointer for entry in too_new_in_file(shaped.body, OLD)} == {
        pointer.replace("/group/", "/groups/0/") for pointer in found
    }


def test_fields_of_jobs_and_settings_have_their_versions_too():
    assert [entry.field for entry in too_new(job("a", extra={"fallback_scrape_protocol": "x"}), OLD)] == [
        "fallback_scrape_protocol"
    ]
    settings = server(
        extra={"otlp": {}, "global": {"rule_query_offset": "1m"}},
    )
    assert {entry.pointer for entry in too_new(settings, OLD)} == {"/otlp", "/global/rule_query_offset"}
    assert too_new(Definition(DASHBOARD, "x", b"{}", Place("x")), OLD) == ()


def test_a_group_of_another_shape_is_left_to_the_other_checks():
    odd = Definition(
        "rule-group", "f/g", encode({"file": "f", "index": 0, "group": {"rules": [1, None]}}), Place("x")
    )
    assert too_new(odd, OLD) == ()
    assert too_new_in_file(encode({"groups": ["x", {"rules": "y"}]}), OLD) == ()


@pytest.mark.parametrize(
    ("said", "version"),
    [("2.53", (2, 53, 0)), ("v3.1.2", (3, 1, 2)), ("2.42.0+ds", (2, 42, 0)), ("", LATEST)],
)
def test_the_dialect_is_a_setting(said, version):
    assert PrometheusDialect.of(project(**({"prometheus_version": said} if said else {}))).version == version


def test_a_dialect_that_is_no_version_is_wrong_usage():
    with pytest.raises(UsageError, match="must be a version such as \"3.14\", not 'new'"):
        PrometheusDialect.of(project(prometheus_version="new"))


def test_every_version_in_the_tables_is_one_that_the_latest_knows():
    tables = (prometheus._GROUP_FIELDS, prometheus._RULE_FIELDS, prometheus._JOB_FIELDS,
              prometheus._GLOBAL_FIELDS, prometheus._CONFIG_FIELDS)  # fmt: skip
    assert all(since <= LATEST for table in tables for since in table.values())
