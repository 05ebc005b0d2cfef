from __future__ import annotations

from pathlib import Path

import pytest

from provision.author import AlertmanagerGlobal, Email, Inhibit, Receiver, Route, TimeInterval, Webhook
from provision.commands.options import Servers
from provision.commands.targets import open_targets
from provision.compile import alertmanager as sources
from provision.compile.dialect import files
from provision.compile.dialect.alertmanager import (
    LATEST,
    AlertmanagerDialect,
    config_bytes,
    read_config,
    shape,
    too_new,
    too_new_in_config,
)
from provision.errors import ProvisionError, UsageError
from provision.model import Definition, Mark, Place, decode, digest, encode
from provision.project import Project
from support.prometheus_standin import AlertmanagerState, serving

OLD = AlertmanagerDialect((0, 21, 0))


def nowhere(_written):
    return None


def made(compile_one, value, path="provisioning/alerting.py", line=1, number=1):
    (definition,) = compile_one(path, value, Place(path, line), nowhere)
    key = f"{definition.key}{number}" if definition.key.endswith("#") else definition.key
    return Definition(definition.kind, key, definition.body, definition.place)


def route(*args, **fields):
    where = {name: fields.pop(name) for name in ("path", "line", "number") if name in fields}
    return made(sources.compile_route, Route(*args, **fields), **where)


def receiver(name, **fields):
    return made(sources.compile_receiver, Receiver(name, **fields))


ROOT = route("default", group_by=["alertname"], routes=[Route("inner", matchers=['a="b"'])])


def test_the_tree_is_the_root_its_own_children_and_then_the_others_in_order():
    shaped = shape(
        [
            route("late", matchers=['x="1"'], line=30, number=2),
            route("other", matchers=['x="2"'], path="provisioning/z.py"),
            ROOT,
            route("tenth", matchers=['x="4"'], line=30, number=10),
            route("early", matchers=['x="3"'], line=4),
            receiver("default"),
        ]
    )
    body = decode(shaped.body)
    assert (shaped.kind, shaped.key) == ("alertmanager-config", "root")
    assert [child["receiver"] for child in body["route"]["routes"]] == [
        "inner",
        "early",
        "late",
        "tenth",
        "other",
    ]
    assert body["route"]["receiver"] == "default"
    assert body["receivers"] == [{"name": "default"}]


def test_everything_a_project_says_is_in_the_file():
    shaped = shape(
        [
            made(sources.compile_global, AlertmanagerGlobal(resolve_timeout="5m", templates=["t/*.tmpl"])),
            ROOT,
            receiver("b", webhooks=[Webhook(url="http://h/")]),
            receiver("a", emails=[Email("x@y")]),
            made(sources.compile_inhibit, Inhibit(['severity="page"'], ['severity="ticket"'], ["job"])),
            made(sources.compile_time_interval, TimeInterval("weekend", [{"weekdays": ["saturday"]}])),
        ]
    )
    text = config_bytes(shaped, "p").decode()
    order = [text.index(f"\n{key}:") for key in ("global", "templates", "route", "receivers", "inhibit_rules", "time_intervals")]  # fmt: skip
    assert order == sorted(order)
    assert text.index("- name: a") < text.index("- name: b")
    assert read_config(text.encode()) == (shaped.body, Mark("p", digest(shaped.body)))


@pytest.mark.parametrize("others", [[], [receiver("pages"), ROOT]])
def test_routes_that_are_made_for_a_grafana_become_no_file(tmp_path, others):
    given = [route("pages", matchers=['a="b"']), *others]
    assert files.shape(given, Project(tmp_path, "p", settings={"grafana_alerting": True})) == ()


def test_an_old_server_calls_time_intervals_otherwise():
    definitions = [ROOT, made(sources.compile_time_interval, TimeInterval("n", [{"weekdays": ["saturday"]}]))]
    assert "time_intervals" in decode(shape(definitions).body)
    assert "mute_time_intervals" in decode(shape(definitions, AlertmanagerDialect((0, 23, 0))).body)


@pytest.mark.parametrize(
    ("version", "field"), [("0.23", b"\nmute_time_intervals:"), ("0.24", b"\ntime_intervals:")]
)
def test_a_build_is_for_the_version_of_the_settings(tmp_path, version, field):
    definitions = [ROOT, made(sources.compile_time_interval, TimeInterval("n", [{"weekdays": ["saturday"]}]))]
    (built,) = files.shape(definitions, Project(tmp_path, "p", settings={"alertmanager_version": version}))
    assert field in built.body


@pytest.mark.parametrize(
    ("said", "version", "field"),
    [
        ("0.25.0", "0.23", "time_intervals"),
        ("", "0.23", "mute_time_intervals"),
        ("0.23.0", "", "mute_time_intervals"),
    ],
)
def test_a_push_is_for_the_server_and_for_the_settings_where_it_hides_its_version(
    tmp_path, said, version, field
):
    config = tmp_path / "alertmanager.yml"
    config.write_text("route: {receiver: a}\nreceivers: [{name: a}]\n")
    definitions = [ROOT, made(sources.compile_time_interval, TimeInterval("n", [{"weekdays": ["saturday"]}]))]
    project = Project(tmp_path, "p", settings={"alertmanager_version": version})
    with serving(AlertmanagerState(config, version=said)) as url:
        (aim,) = open_targets(Servers(alertmanager=url, config_file=config), project, definitions, {})
    assert field in decode(aim.desired[0].body)


def test_the_order_of_definitions_changes_nothing():
    definitions = [ROOT, route("a", matchers=["x=1"]), receiver("default"), receiver("a")]
    assert shape(definitions) == shape(definitions[::-1])


def test_without_a_word_about_alertmanager_there_is_no_file():
    assert shape([Definition("dashboard", "x", b"{}", Place("x"))]) is None


def test_routes_without_a_root_are_refused():
    with pytest.raises(ProvisionError, match="needs a root route"):
        shape([receiver("a"), route("a", matchers=["x=1"])])


@pytest.mark.parametrize("text", [b"- 1\n", b"a: 1\na: 2\n"])
def test_what_is_no_configuration_is_refused(text):
    with pytest.raises(ProvisionError, match=r"alertmanager\.yml"):
        read_config(text)


def test_a_configuration_of_others_carries_no_mark():
    assert read_config(b"route: {receiver: a}\n") == (encode({"route": {"receiver": "a"}}), None)
    assert read_config(b"") == (b"{}", None)


def test_fields_newer_than_the_server_are_named_with_their_place():
    nested = route("a", matchers=["x=1"], active_time_intervals=["n"], routes=[Route(matchers=["y=1"])])
    assert {entry.pointer: entry.since for entry in too_new(nested, OLD)} == {
        "/matchers": (0, 22, 0),
        "/active_time_intervals": (0, 24, 0),
        "/routes/0/matchers": (0, 22, 0),
    }
    hook = receiver(
        "a", webhooks=[Webhook(url="http://h"), Webhook(url_file="/f")], configs={"jira_configs": [{}]}
    )
    assert [entry.pointer for entry in too_new(hook, AlertmanagerDialect((0, 25, 0)))] == [
        "/jira_configs",
        "/webhook_configs/1/url_file",
    ]
    assert [
        entry.field for entry in too_new(made(sources.compile_inhibit, Inhibit(["a=b"], ["c=d"])), OLD)
    ] == [
        "source_matchers",
        "target_matchers",
    ]
    settings = made(sources.compile_global, AlertmanagerGlobal(extra={"smtp_auth_password_file": "/f"}))
    assert [entry.pointer for entry in too_new(settings, OLD)] == ["/global/smtp_auth_password_file"]
    interval = made(sources.compile_time_interval, TimeInterval("n", []))
    assert too_new(interval, OLD) == ()
    assert too_new(hook, AlertmanagerDialect()) == ()


def test_the_whole_file_is_looked_through_too():
    whole = {
        "global": {"smtp_auth_password_file": "/f"},
        "route": {"receiver": "a", "routes": [{"matchers": ["a=b"]}]},
        "receivers": [{"name": "a", "webhook_configs": [{"url_file": "/f"}]}, "odd"],
        "inhibit_rules": [{"name": "n"}],
        "time_intervals": [],
    }
    assert [entry.pointer for entry in too_new_in_config(encode(whole), OLD)] == [
        "/route/routes/0/matchers",
        "/receivers/0/webhook_configs/0/url_file",
        "/inhibit_rules/0/name",
        "/global/smtp_auth_password_file",
        "/time_intervals",
    ]
    assert too_new_in_config(encode(whole), AlertmanagerDialect()) == ()


@pytest.mark.parametrize(("said", "version"), [("0.25", (0, 25, 0)), ("", LATEST)])
def test_the_dialect_is_a_setting(said, version):
    settings = {"alertmanager_version": said} if said else {}
    assert AlertmanagerDialect.of(Project(Path("/x"), "p", settings=settings)).version == version


def test_a_dialect_that_is_no_version_is_wrong_usage():
    with pytest.raises(UsageError, match='must be a version such as "0.33"'):
        AlertmanagerDialect.of(Project(Path("/x"), "p", settings={"alertmanager_version": "new"}))
