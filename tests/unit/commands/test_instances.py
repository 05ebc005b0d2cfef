"""Instances: what flags, environment and `[tool.provision.grafana]` say, and what they may not say."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from provision.commands.instances import instances
from provision.commands.options import Servers
from provision.errors import UsageError
from provision.project import Project

URL = 'url = "https://eu.example.org"\n'


def of(root: Path, text: str) -> Project:
    return Project(root=root, name="shop", settings=tomllib.loads(text))


def found(root, text, *flags, environ=None, **more):
    return instances(Servers(grafana=flags, **more), of(root, text), environ or {})


def test_instances_by_name_with_what_they_share(tmp_path):
    text = """
datasource = "Prometheus"
[grafana]
ca_file = "ca.pem"
token_env = "ALL"
headers = { X-Region = "none", X-Key = { env = "KEY" } }
[grafana.eu]
url = "https://eu.example.org/"
organisation = 2
datasource = "Mimir"
[grafana.us]
url = "http://us.example.org"
user = "robot"
password_file = "secrets/us"
headers = { X-Region = "us" }
client_cert = "me.pem"
client_key = "/etc/me-key.pem"
proxy = "http://proxy:3128"
"""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "us").write_text("hunter2 \n")
    eu, us = found(tmp_path, text, environ={"ALL": " t0ken ", "KEY": "k3y"})
    assert (eu.name, eu.endpoint.url, eu.datasource) == ("eu", "https://eu.example.org", "Mimir")
    assert eu.endpoint.credentials.token == "t0ken"
    assert eu.endpoint.headers == {"X-Region": "none", "X-Key": "k3y", "X-Grafana-Org-Id": "2"}
    assert eu.endpoint.ca_file == str(tmp_path / "ca.pem")
    assert (us.name, us.datasource) == ("us", "Prometheus")
    assert (us.endpoint.credentials.user, us.endpoint.credentials.password) == ("robot", "hunter2 ")
    assert us.endpoint.credentials.token is None
    assert us.endpoint.headers == {"X-Region": "us"}
    assert us.endpoint.client_cert == (str(tmp_path / "me.pem"), "/etc/me-key.pem")
    assert us.endpoint.proxy == "http://proxy:3128"
    for secret in ("t0ken", "k3y", "hunter2"):
        assert secret not in repr((eu, us))


def test_one_instance_without_a_name(tmp_path):
    (one,) = found(tmp_path, f"[grafana]\n{URL}", environ={"GRAFANA_TOKEN": "t", "GRAFANA_ORG_ID": "3"})
    assert (one.name, one.endpoint.credentials.token) == ("", "t")
    assert one.endpoint.headers == {"X-Grafana-Org-Id": "3"}


def test_an_instance_may_be_just_its_url(tmp_path):
    assert [(i.name, i.endpoint.url) for i in found(tmp_path, '[grafana]\neu = "http://a"\nus = "http://b"')] == [
        ("eu", "http://a"), ("us", "http://b"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (("eu",), [("eu", "https://eu.example.org")]),
        (("http://x",), [("", "http://x")]),
        (("mine=http://x",), [("mine", "http://x")]),
        (("eu", "eu", "http://x", "http://x/"), [("eu", "https://eu.example.org"), ("", "http://x")]),
    ],
)
def test_what_the_flag_names(tmp_path, flags, expected):
    assert [(i.name, i.endpoint.url) for i in found(tmp_path, f"[grafana.eu]\n{URL}", *flags)] == expected


def test_the_environment_wins_over_the_table(tmp_path):
    environ = {"GRAFANA_URL": "http://x"}
    assert [i.endpoint.url for i in found(tmp_path, f"[grafana.eu]\n{URL}", environ=environ)] == ["http://x"]


def test_flags_win_over_an_instance(tmp_path):
    text = f'[grafana.eu]\n{URL}organisation = 2\nproxy = "http://p"\ndatasource = "a"\nclient_cert = "c"\nclient_key = "k"'
    (one,) = found(
        tmp_path, text, org=(3,), proxy="http://q", datasource="b", client_cert=Path("d"),
        header=("X-A: $A",), ca_file=Path("e"), environ={"A": "v"},
    )  # fmt: skip
    assert (one.name, one.datasource) == ("eu", "b")
    endpoint = one.endpoint
    assert (endpoint.proxy, endpoint.client_cert, endpoint.ca_file) == ("http://q", "d", "e")
    assert endpoint.headers == {"X-A": "v", "X-Grafana-Org-Id": "3"}


def test_several_organisations(tmp_path):
    two = found(tmp_path, f"[grafana.eu]\n{URL}", "eu", "http://x", org=(1, 2, 1))
    assert [(i.name, i.endpoint.headers["X-Grafana-Org-Id"]) for i in two] == [
        ("eu/org-1", "1"), ("eu/org-2", "2"), ("org-1", "1"), ("org-2", "2"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[grafana.eu]\nurl = "http://me:pw@eu"', "grafana.eu: a URL with credentials in it"),
        ('grafana = "http://me:pw@eu"', "grafana: a URL with credentials in it"),
        (f'[grafana.eu]\n{URL}token = "glsa"', "grafana.eu has no setting 'token'"),
        (f'[grafana.eu]\n{URL}password = "pw"', "a secret doesn't belong there"),
        (f'[grafana.eu]\n{URL}tokn_env = "X"', "did you mean 'token_env'?"),
        ("[grafana.eu]\norganisation = 1", "grafana.eu: there is no url"),
        ('[grafana]\n"e u" = "http://a"', "'e u' can't be the name of an instance"),
        ("[grafana]\neu = 3", "grafana has no setting 'eu'"),
        (f"[grafana.eu]\n{URL}organisation = 0", "organisation must be a whole number such as 1"),
        (f'[grafana.eu]\n{URL}organisation = "2"', "organisation must be a whole number such as 1"),
        (f"[grafana.eu]\n{URL}datasource = 1", "datasource must be a string"),
        (f'[grafana.eu]\n{URL}token_env = "NOPE"', "the variable NOPE, which is to hold the token, is not set"),
        (f'[grafana.eu]\n{URL}token_file = "nope"', "nope can't be read: No such file or directory"),
        (f'[grafana.eu]\n{URL}token_file = "empty"', "which is to hold the token, is empty"),
        (f'[grafana.eu]\n{URL}token_env = "X"\ntoken_file = "x"', "there are token_env and token_file"),
        (f'[grafana.eu]\n{URL}token_env = "X"\nuser = "u"', "there are a token and a user"),
        (f'[grafana.eu]\n{URL}user = "u"', "there is a user and no password"),
        (f'[grafana.eu]\n{URL}password_env = "X"', "there is a password and no user"),
        (f'[grafana.eu]\n{URL}token_env = "LINES"', "holds a line break"),
        (f'[grafana.eu]\n{URL}proxy = "http://u:p@h"', "a proxy with credentials in it"),
        (f'[grafana.eu]\n{URL}proxy = "h:1"', "isn't the URL of a proxy"),
        (f'[grafana.eu]\n{URL}client_key = "k"', "there is a client key and no certificate"),
        (f'[grafana.eu]\n{URL}headers = "X: y"', "headers must be a table"),
        (f'[grafana.eu]\n{URL}headers = {{ X-Api-Key = "k" }}', "a secret doesn't belong there"),
        (f"[grafana.eu]\n{URL}headers = {{ X-A = 3 }}", "it must be a string"),
        (f'[grafana.eu]\n{URL}headers = {{ "X A" = "b" }}', "can't be the name of a header"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant(tmp_path, text, sentence):
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(UsageError) as caught:
        found(tmp_path, text, environ={"X": "x", "LINES": "a\nb"})
    said = str(caught.value)
    assert sentence in said
    assert "glsa" not in said
    assert "pw" not in said
    assert str(tmp_path) in said or "proxy" in said
