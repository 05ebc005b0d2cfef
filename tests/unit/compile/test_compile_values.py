"""Fields that take anything, and what authors put into them."""

from __future__ import annotations

from collections import OrderedDict
from enum import Enum
from pathlib import Path

import pytest

from provision import author
from provision.author import Receiver
from provision.compile.collect import collect_python
from provision.compile.values import free, texts
from provision.model import decode

ROUTING = {
    "Route('a', matchers='team=db')": "matchers must be a list of texts, not a text; put it into [ ]",
    "Route('a', group_by='alertname')": "group_by must be a list of texts, not a text",
    "Route('a', routes=[{'receiver': 'a'}])": "routes must be a list of Route, not of a mapping",
    "Route('a', group_by=[1])": "group_by must be a list of texts, not of a number",
    "Inhibit('a=b', ['c=d'])": "source must be a list of texts, not a text",
    "Receiver(5)": "a receiver's name must be a text that isn't empty, not 5",
    "Receiver('a', webhooks=[{'url': 'http://hunter2'}])": "webhooks must be a list of Webhook, not of a mapping",
    "Receiver('a', webhooks=Webhook('http://x'))": "webhooks must be a list of Webhook, not a Webhook",
    "Receiver('a', configs={'slack': [{}]})": "Alertmanager's integrations end in _configs, such as slack_configs, unlike 'slack'",
    "Receiver('a', configs={'slack_configs': {'api_url': 'http://hunter2'}})": "slack_configs must be a list of mappings",
    "Receiver('a', configs={'x_configs': [{'a': {1}}]})": "configs.x_configs[0].a: a set can't be written; give a text, a number, a list or a mapping",
    "Receiver('a', configs={'x_configs': [{'a': Secret.env('A')}]})": "configs.x_configs[0].a: a Secret is only for data sources",
    "Receiver('a', configs=[])": "configs must be a mapping, not a list",
    "Receiver('a', configs={'x_configs': [{(1, 2): 3}]})": "configs.x_configs[0]: the key (1, 2) must be a text",
    "ScrapeConfig('a', targets='localhost:9090')": "targets must be a list of texts, not a text",
    "PrometheusGlobal(alertmanagers='localhost:9093')": "alertmanagers must be a list of texts, not a text",
    "Group('g', [Alert('A', 'up', labels={'team': ['a']})])": "alert 'A': labels: team must be a text, not a list",
    "Datasource('a', uid='a', url='http://x', secure={'token': 'hunter2'})": "secure: token must be a Secret",
    "Datasource('a', uid='a', url='http://x', secure={'token': Secret.env('T', version=2)})": "secure: the version of token must be a text",
}  # fmt: skip


@pytest.mark.parametrize("written", ROUTING)
def test_a_value_of_the_wrong_form_is_told_by_its_field(written: str) -> None:
    it = eval(written, vars(author))
    (problem,) = collect_python("provisioning/a.py", {"it": it}, {"it": 4}, lambda _: None).problems
    assert (problem.path, problem.line) == ("provisioning/a.py", 4)
    assert ROUTING[written] in problem.message
    assert "hunter2" not in problem.message


class Level(Enum):
    HIGH = "P1"


def test_paths_and_enumerations_are_what_they_stand_for() -> None:
    config = {"priority": Level.HIGH, "api_key_file": Path("/etc/key"), "details": OrderedDict({1: 2.5})}
    it = Receiver("a", configs={"opsgenie_configs": (config,)})
    (receiver,) = collect_python("provisioning/a.py", {"it": it}, {"it": 1}, lambda _: None).definitions
    assert decode(receiver.body)["opsgenie_configs"] == [
        {"priority": "P1", "api_key_file": "/etc/key", "details": {"1": 2.5}}
    ]


def test_any_collection_of_texts_is_a_list_of_them() -> None:
    assert texts(("a", "b"), "x") == texts(iter(["a", "b"]), "x") == ["a", "b"]


def test_bytes_are_not_a_list_of_numbers() -> None:
    with pytest.raises(TypeError, match="a bytes can't be written"):
        free(b"a", "x")
