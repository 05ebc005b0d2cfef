from __future__ import annotations

import pytest

from provision.discretion import without_credentials, without_secrets, without_values


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("at http://me:hunter2@host:3000/x?y", "at http://***@host:3000/x?y"),
        ("'https://me@host', 'http://a:b@c'", "'https://***@host', 'http://***@c'"),
        ("/tmp/p/http:/me:hunter2@host", "/tmp/p/http:/***@host"),
        ("http://a:p@ss@host", "http://***@host"),
        ("https://host/a@b", "https://host/a@b"),
        ("mail me@example.org", "mail me@example.org"),
        (f"{'a' * 90}://me:hunter2@host", f"{'a' * 90}://***@host"),
        (f"{'up+' * 33_000}x:/me:hunter2@host", f"{'up+' * 33_000}x:/***@host"),
        ("dashboards/a@b.json", "dashboards/a@b.json"),
    ],
)
def test_credentials_of_urls_go(text, shown):
    assert without_credentials(text) == shown


def test_values_of_variables_that_are_secrets_go():
    environ = {
        "GRAFANA_TOKEN": "glsa_1234",
        "GRAFANA_USER": "me",
        "GRAFANA_PASSWORD": "hunter2",
        "SLACK_SECRET": "hunter2-and-more",
        "SHORT_PASSWORD": "no",
        "EMPTY_TOKEN": "",
        "HOME": "/home/me",
    }
    text = "glsa_1234 hunter2 hunter2-and-more bWU6aHVudGVyMg== no /home/me https://me:hunter2@h"
    assert without_secrets(text, environ) == "*** *** *** *** no /home/me https://***@h"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            'parse "https://h.example/KEY%zz": invalid URL escape "KEY"',
            'parse "***": invalid URL escape "***"',
        ),
        ('parse "https://h/a\\"KEY": first path', 'parse "***": first path'),
        ("post https://u:KEY@hooks.example:80/KEY?a=KEY: refused", "post https://***@hooks.example:80/***"),
        ('unsupported scheme "KEY" for URL', 'unsupported scheme "***" for URL'),
        ("line 2: cannot unmarshal !!str `KEY...` into int", "line 2: cannot unmarshal !!str `***` into int"),
        ('undefined receiver "team" used in route', 'undefined receiver "team" used in route'),
    ],
)
def test_the_values_that_a_program_quotes(said, shown):
    assert without_values(said).startswith(shown)
    assert "KEY" not in without_values(said)
