from __future__ import annotations

import pytest

from provision.author import Alert, ContactPoint, Group, Integration, Secret


@pytest.mark.parametrize(
    ("kind", "settings", "named"),
    [
        ("slack", {"url": "https://hooks/T0/hush", "recipient": "#a"}, "url"),
        ("pagerduty", {"integrationKey": "hush"}, "integrationKey"),
        ("webhook", {"url": "http://x", "password": "hush"}, "password"),
        ("webhook", {"url": "http://x", "http_config": {"oauth2": {"client_secret": "hush"}}}, "http_config.oauth2.client_secret"),
        ("of-tomorrow", {"apiKey": "hush"}, "apiKey"),
    ],
)  # fmt: skip
def test_a_secret_among_the_settings_is_refused_and_not_shown(kind, settings, named):
    with pytest.raises(ValueError, match=f"{kind}: the setting {named} is a secret") as told:
        Integration(kind, settings)
    assert "hush" not in str(told.value)


def test_settings_that_are_no_secrets_are_taken():
    Integration(
        "webhook", {"url": "http://x", "username": "u", "password": ""}, {"password": Secret.env("P")}
    )
    Integration("teams", {"url": "https://x"})
    assert ContactPoint("ops", [Integration("email", {"addresses": "a@b.c"})]).name == "ops"


def test_a_group_says_where_its_rules_lie_on_a_grafana():
    group = Group("g", [Alert("A", "up")], folder="team/shop", datasource="prom")
    assert (group.folder, group.datasource) == ("team/shop", "prom")
    with pytest.raises(ValueError, match="folder must be text that isn't empty"):
        Group("g", [], folder=" ")
