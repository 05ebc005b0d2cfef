"""What Grafana 12.4 refuses of a route (400), and what it takes."""

from __future__ import annotations

import pytest

from provision.compile.dialect.grafana import GrafanaDialect, GrafanaSettings, shape
from provision.compile.dialect.grafana_route_faults import of_root, of_route
from provision.errors import SourceErrors
from provision.model import Definition, Place, encode


def matching(operator, value, label="a"):
    return {"object_matchers": [[label, operator, value]]}


@pytest.mark.parametrize(
    ("route", "said"),
    [
        ({"group_by": ["...", "job"]}, "a route groups by '...', which is every label, and by others"),
        ({"group_by": ["job", "team", "job"]}, "a route groups by 'job' twice"),
        ({"group_interval": "0s"}, "a route's group_interval must be a duration such as 5m, and above zero, not '0s'"),
        ({"repeat_interval": "often"}, "a route's repeat_interval must be a duration such as 5m, and above zero, not 'often'"),
        ({"group_wait": "-1s"}, "a route's group_wait must be a duration such as 5m, not '-1s'"),
        (matching("=~", "("), "a route's matcher a=~'(' isn't a regular expression that Grafana takes"),
        (matching("!~", "(?!x)", "ünï"), "a route's matcher ünï!~'(?!x)' isn't a regular expression that Grafana takes"),
        (matching("==", "x"), "a matcher of a route must be a label, one of =, !=, =~, !~, and a value, not ['a', '==', 'x']"),
        ({"object_matchers": ["a=b"]}, "a matcher of a route must be a label, one of =, !=, =~, !~, and a value, not 'a=b'"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_route(route, said):
    assert list(of_route(route)) == [said]


@pytest.mark.parametrize(
    "route",
    [
        {},
        {"group_by": ["..."], "group_wait": "0s", "group_interval": "1m30s", "repeat_interval": "4h"},
        matching("=", "("),
        matching("=", ""),
        matching("=~", ""),
        matching("=~", r"pa.e|\d+|[[:alpha:]]{2,}|(?i)ü\.\"\\"),
        matching("!~", 'x "y"\n{{z}}', 'a "label" {'),
    ],
)
def test_what_is_right(route):
    assert not list(of_route(route))


def test_the_root_takes_everything():
    assert list(of_root({"receiver": "ops", "group_by": ["..."]})) == []
    assert list(of_root({"receiver": "ops", **matching("=", "x"), "mute_time_intervals": ["n"]})) == [
        f"the root of the notification policies takes all alerts at all times, and can have no {field}"
        for field in ("object_matchers", "mute_time_intervals")
    ]


def test_a_route_deep_in_the_tree_is_refused_at_its_place():
    deep = {"routes": [{"routes": [matching("=~", "(")]}]}
    policy = Definition("policy", "root", encode({"root": None, "routes": [deep]}), Place("rules/a.py", 3))
    with pytest.raises(SourceErrors) as told:
        shape([policy], GrafanaDialect(), settings=GrafanaSettings())
    (problem,) = told.value.problems
    assert (problem.path, problem.line) == ("rules/a.py", 3)
    assert "isn't a regular expression" in problem.message
