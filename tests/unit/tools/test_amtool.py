from __future__ import annotations

import pytest

from provision.errors import MissingTool, ProvisionError
from provision.tools import amtool
from support.programs import fake
from support.servers import require

CONFIG = b"""route:
  receiver: team
  routes:
  - receiver: pager
    matchers: [severity="page"]
    continue: true
  - receiver: both words
    matchers: [severity=~"page|ticket"]
receivers: [{name: team}, {name: pager}, {name: both words}]
"""


def test_it_is_looked_for_in_the_tools_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert amtool.find() is None
    tool = fake(tmp_path / "amtool")
    assert amtool.find(tmp_path) == tool


@pytest.mark.parametrize(("said", "version"), [("0.25.0", (0, 25, 0)), ("", None)])
def test_the_version_is_what_it_says(tmp_path, said, version):
    assert amtool.version(fake(tmp_path / "amtool", version=said)) == version


def test_another_program_of_that_name_is_refused(tmp_path):
    other = fake(tmp_path / "amtool")
    other.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(MissingTool, match="isn't an amtool that runs"):
        amtool.version(other)


def test_a_failure_without_a_reason_is_an_error(tmp_path):
    tool = fake(tmp_path / "amtool", stderr="out of cheese", code=9)
    with pytest.raises(ProvisionError, match="exit code 9: out of cheese"):
        amtool.check_config(tool, b"")


@pytest.mark.server
def test_the_real_one_on_a_configuration():
    tool = require("amtool")
    assert amtool.version(tool) is None or amtool.version(tool) >= (0, 25, 0)
    assert amtool.check_config(tool, CONFIG) == ()
    (undefined,) = amtool.check_config(tool, CONFIG.replace(b"{name: pager}, ", b""))
    assert undefined == 'undefined receiver "pager" used in route'
    (field,) = amtool.check_config(tool, b"colour: red\n" + CONFIG)
    assert "line 1: field colour not found" in field


def test_what_it_cannot_read_is_not_repeated(tmp_path):
    said = 'FAILED: yaml: parse "https://h/t0psecret": bad'
    assert amtool.check_config(fake(tmp_path / "amtool", stdout=said, code=1), b"") == (
        'yaml: parse "***": bad',
    )
    tool = fake(tmp_path / "amtool", stderr="see https://h/t0psecret", code=9)
    with pytest.raises(ProvisionError, match=r"see https://h/\*\*\*$"):
        amtool.check_config(tool, b"")
    with pytest.raises(ProvisionError, match=r"see https://h/\*\*\*$"):
        amtool.routes_test(tool, CONFIG, {})


@pytest.mark.server
@pytest.mark.parametrize(
    "integration",
    [
        'webhook_configs: [{url: "https://h.example/t0psecret%zz"}]',
        'webhook_configs: [{url: "t0psecret/x"}]',
        'webhook_configs: [{url: "t0psecret://x"}]',
        'webhook_configs: [{url: "http://t0psecret x/"}]',
        'webhook_configs: [{url: "http://h:t0psecret/"}]',
        'slack_configs: [{api_url: "https:///t0psecret"}]',
        "discord_configs: [{webhook_url: 'https://h/t0\"psecret%zz'}]",
        "webhook_configs: [t0psecret]",
    ],
)
def test_the_real_one_repeats_no_secret(integration):
    config = CONFIG.replace(b"{name: pager}", f"{{name: pager, {integration}}}".encode())
    said = amtool.check_config(require("amtool"), config)
    assert said
    assert "psecret" not in "".join(said)


@pytest.mark.server
def test_the_real_one_looks_at_templates_in_their_place(tmp_path):
    tool = require("amtool")
    (tmp_path / "bad.tmpl").write_text("{{ define ")
    file = tmp_path / "alertmanager.yml"
    file.write_bytes(b"templates: ['*.tmpl']\n" + CONFIG)
    (complaint,) = amtool.check_config_file(tool, file)
    assert "template" in complaint


@pytest.mark.server
@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        ({"severity": "page"}, ("pager", "both words")),
        ({"severity": "ticket"}, ("both words",)),
        ({"severity": 'odd "one", with = and \\'}, ("team",)),
        ({}, ("team",)),
    ],
)
def test_the_real_one_on_routes(labels, receivers):
    assert amtool.routes_test(require("amtool"), CONFIG, labels) == receivers


@pytest.mark.server
def test_the_real_one_on_routes_that_cannot_be_read():
    with pytest.raises(ProvisionError, match="amtool can't test the routes: .*undefined receiver"):
        amtool.routes_test(require("amtool"), b"route: {receiver: nobody}", {"a": "b"})
