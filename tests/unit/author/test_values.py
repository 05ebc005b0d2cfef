from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.author import (
    Alert,
    AlertmanagerGlobal,
    Email,
    Environment,
    Group,
    PrometheusGlobal,
    Receiver,
    Record,
    Route,
    ScrapeConfig,
    Secret,
    Webhook,
)
from provision.author.durations import seconds
from provision.author.environment import env, fill, read_variables


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30s", 30),
        ("5m", 300),
        ("1h30m", 5400),
        ("1d", 86400),
        ("2w", 1209600),
        ("1y", 31536000),
        ("250ms", 0.25),
        ("0", 0),
    ],
)
def test_durations_are_prometheus_own(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "5", "m", "5 m", "1m1h", "-1s", "1.5h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        seconds(text)


@given(st.integers(0, 999), st.integers(0, 999))
def test_durations_add_up(minutes: int, rest: int) -> None:
    assert seconds(f"{minutes}m{rest}s") == minutes * 60 + rest


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Alert("Slow", "up", for_="5"), "alert 'Slow': for must be a duration"),
        (lambda: Alert("", "up"), "Alert: alert must be text"),
        (lambda: Record("a:b:c", " "), "Record: expr must be text"),
        (lambda: Group("g", [], interval="x"), "group 'g': interval must be a duration"),
        (lambda: ScrapeConfig("j", interval="x"), "scrape job 'j': interval must be"),
        (lambda: ScrapeConfig("j", dns_names=["tasks.web"]), "dns_names needs dns_port"),
        (lambda: PrometheusGlobal(scrape_interval="x"), "scrape_interval must be"),
        (lambda: Route("r", group_wait="x"), "route to 'r': group_wait must be"),
        (lambda: Webhook(), "either url or url_file"),
        (lambda: Webhook(url="a", url_file="b"), "either url or url_file"),
        (lambda: Email("a@b", extra={"auth_password": "x"}), "auth_password_file"),
    ],
)
def test_mistakes_are_told_where_they_are_made(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_a_group_holds_rules_only() -> None:
    with pytest.raises(TypeError, match="must be a Record or an Alert, not 'up'"):
        Group("g", ["up"])  # type: ignore[list-item]


def test_a_value_knows_where_it_was_written_and_that_is_no_part_of_it() -> None:
    first = Record("a:b:c", "up")
    second = Record("a:b:c", "up")
    assert first.where[0] == __file__
    assert second.where[1] == first.where[1] + 1
    assert first == second
    assert "where" not in repr(first)


def test_secrets_are_references() -> None:
    assert (Secret.env("TOKEN").source, Secret.file("/run/x").name) == ("env", "/run/x")


def test_an_environment_remembers_what_was_read() -> None:
    environment = Environment("demo", {"limit": 2, "name": "x"})
    assert environment["limit"] == 2
    assert environment.get("absent", 7) == 7
    assert environment.number("limit") == 2.0
    with pytest.raises(KeyError, match=r"variable 'gone' isn't set in environment 'demo'; add it to"):
        environment["gone"]
    with pytest.raises(TypeError, match="must be a number, not 'x'"):
        environment.number("name")


def test_whether_a_variable_is_set_is_read_too() -> None:
    environment = Environment("demo", {"limit": 2})
    assert "limit" in environment
    assert "absent" not in environment
    assert 0 not in environment
    assert environment._read == {"limit": 2, "absent": None}
    with pytest.raises(TypeError, match="not iterable"):
        list(environment)  # type: ignore[call-overload]  # that is what's tested


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("default", "add it to [tool.provision.variables]"),
        ("demo", "add it to [tool.provision.variables] or [tool.provision.env.demo.variables]"),
    ],
)
def test_the_remedy_names_tables_that_are_read(name: str, remedy: str) -> None:
    with pytest.raises(KeyError) as caught:
        Environment(name)["gone"]
    assert caught.value.args[0].partition("; ")[2] == remedy


def test_filling_keeps_the_object_that_sources_imported() -> None:
    try:
        fill("demo", {"a": 1, "b": True})
        assert (env.name, env["a"], env.get("c")) == ("demo", 1, None)
        assert read_variables() == {"\0name": "demo", "a": 1, "c": None}
        with pytest.raises(TypeError):
            env.number("b")
        fill("other", {})
        assert read_variables() == {}
    finally:
        fill("default", {})


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda name: AlertmanagerGlobal(extra={name: "hunter2"}), "smtp_auth_password"),
        (
            lambda name: AlertmanagerGlobal(extra={"http_config": {"basic_auth": {name: "hunter2"}}}),
            "password",
        ),
        (lambda name: Receiver("ops", configs={"slack_configs": [{name: "hunter2"}]}), "api_url"),
        (lambda name: Receiver("ops", configs={"pagerduty_configs": [{name: "hunter2"}]}), "routing_key"),
        (lambda name: Webhook(url="http://x", extra={"http_config": {name: "hunter2"}}), "bearer_token"),
        (lambda name: ScrapeConfig("web", extra={"basic_auth": {name: "hunter2"}}), "password"),
    ],
)
def test_a_secret_that_could_be_a_file_is_refused(make: Any, field: str) -> None:
    with pytest.raises(ValueError, match=f"a secret is given as {field}_file, never as {field}$") as raised:
        make(field)
    assert "hunter2" not in str(raised.value)
    make(f"{field}_file")


def test_what_has_no_file_is_taken_as_it_is() -> None:
    configs = {"victorops_configs": [{"routing_key": "team"}], "pushover_configs": [{"user_key": "k"}]}
    assert Receiver("ops", configs=configs).configs == configs
