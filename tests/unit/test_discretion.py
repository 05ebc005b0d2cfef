from __future__ import annotations

import pytest

from provision.discretion import without_credentials, without_secrets


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("at http://me:hunter2@host:3000/x?y", "at http://***@host:3000/x?y"),
        ("'https://me@host', 'http://a:b@c'", "'https://***@host', 'http://***@c'"),
        ("/tmp/p/http:/me:hunter2@host", "/tmp/p/http:/***@host"),
        ("http://a:p@ss@host", "http://***@host"),
        ("https://host/a@b", "https://host/a@b"),
        ("mail me@example.org", "mail me@example.org"),
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
