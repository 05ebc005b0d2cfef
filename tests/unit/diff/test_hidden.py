import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.author import Secret
from provision.diff import diff_bodies
from provision.diff.hidden import SECRET, is_secret
from provision.model import encode

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIabc+/=\nMIIdef\n-----END RSA PRIVATE KEY-----"
SECRETS = {
    "basic_auth password": lambda s: {"basic_auth": {"username": "u", "password": s}},
    "bearer token": lambda s: {"bearer_token": s},
    "credentials": lambda s: {"authorization": {"type": "Bearer", "credentials": s}},
    "oauth2": lambda s: {"oauth2": {"client_id": "me", "client_secret": s}},
    "slack": lambda s: {"slack_configs": [{"api_url": s}]},
    "pagerduty": lambda s: {"pagerduty_configs": [{"service_key": s, "routing_key": s}]},
    "telegram": lambda s: {"telegram_configs": [{"bot_token": s}]},
    "webhook": lambda s: {"webhook_configs": [{"url": f"https://hooks.example.org/{s}"}]},
    "webhook query": lambda s: {"webhook_configs": [{"url": f"https://hooks.example.org?key={s}"}]},
    "webhook user": lambda s: {"webhook_configs": [{"url": f"https://user:{s}@hooks.example.org"}]},
    "webhook without a scheme": lambda s: {"webhook_configs": [{"url": f"hooks.example.org/{s}"}]},
    "header by name": lambda s: {
        "http_headers": {"X-Scope": {"secrets": [s], "values": [s], "files": ["/f"]}}
    },
    "email header": lambda s: {"email_configs": [{"headers": {"X-Auth-Me": s, "Cookie": s}}]},
    "query parameters": lambda s: {"jsonData": {"customQueryParameters": f"a={s}"}},
    "any query": lambda s: {"links": [{"url": f"/d/x?a=b&apikey={s}"}], "u": f"https://h/?sig={s}#x"},
    "discovery": lambda s: {"http_sd_configs": [{"url": f"https://h/targets?who={s}"}]},
    "incident.io": lambda s: {"incidentio_configs": [{"url": f"https://h/targets?who={s}"}]},
    "oauth2 parameters": lambda s: {"oauth2": {"endpoint_params": {"assertion": s, "more": [s]}}},
    "address": lambda s: {"proxy_url": f"http://user:{s}@proxy:3128"},
    "header": lambda s: {"headers": {"Authorization": [f"Bearer {s}"]}},
    "grafana": lambda s: {"secureJsonData": {"httpHeaderValue1Token": s}},
    "dashes": lambda s: {"X-Api-Key": s},
    "list": lambda s: {"password": [s, s]},
    "deep": lambda s: {"a": [[{"b": {"Password": s}}]]},
}


@pytest.mark.parametrize("where", SECRETS)
@pytest.mark.parametrize(
    "kind", ["alertmanager-config", "prometheus-config", "receiver", "datasource", "unknown"]
)
def test_a_secret_is_in_no_change_and_yet_its_change_shows(where, kind):
    def body(secret):
        return encode(SECRETS[where](secret))

    for pair in (
        (body("t0psecret"), body("an0ther")),
        (body("t0psecret"), encode({})),
        (None, body("an0ther")),
    ):
        changes = diff_bodies(kind, *pair)
        assert changes
        text = json.dumps([[found.path, found.before, found.after] for found in changes])
        assert "t0psecret" not in text
        assert "an0ther" not in text
        assert SECRET in text
        assert "\\ue000" not in text
    assert diff_bodies(kind, body("t0psecret"), body("t0psecret")) == ()


def test_one_secret_for_another_has_the_same_on_both_sides():
    (change,) = diff_bodies("x", encode({"password": "a"}), encode({"password": "b"}))
    assert (change.path, change.before, change.after) == ("password", SECRET, SECRET)


def test_references_and_files_are_no_secrets():
    before = encode(
        {"secure": {"basicAuthPassword": {"source": "env", "name": "OLD"}}, "password_file": "/a"}
    )
    after = encode(
        {"secure": {"basicAuthPassword": {"source": "file", "name": "/run/new"}}, "password_file": "/b"}
    )
    changes = diff_bodies("datasource", before, after)
    assert [(found.path, found.before, found.after) for found in changes] == [
        ("password_file", "/a", "/b"),
        ("secret basicAuthPassword", "env OLD", "file /run/new"),
    ]


def test_another_version_of_a_secret_is_told_as_that():
    first, second, none = (
        encode({"secure": {"password": Secret.env("PW", version).reference}}) for version in ("1", "2", "")
    )
    for before, after, told in (
        (first, second, ("version 1", "version 2")),
        (none, second, ("no version", "version 2")),
        (second, none, ("version 2", "no version")),
    ):
        (change,) = diff_bodies("datasource", before, after)
        assert (change.path, (change.before, change.after)) == ("secret password", told)


def test_another_reference_is_told_with_its_version():
    before = encode({"secure": {"password": Secret.env("PW", "1").reference}})
    (change,) = diff_bodies(
        "datasource", before, encode({"secure": {"password": Secret.file("/run/pw").reference}})
    )
    assert (change.path, change.before, change.after) == (
        "secret password",
        "env PW, version 1",
        "file /run/pw",
    )


def test_a_reference_is_no_text():
    before = encode({"secure": {"a": {"source": "env", "name": "A"}}})
    assert diff_bodies("datasource", before, encode({"secure": {"a": "env A"}}))


def test_what_a_server_masks_already_stays_as_it_is():
    (change,) = diff_bodies("x", encode({"password": "<secret>"}), encode({"password": ""}))
    assert (change.before, change.after) == ("<secret>", "")


def test_an_address_shows_where_it_leads():
    def body(url):
        return encode({"name": "ops", "webhook_configs": [{"url": url}]})

    (change,) = diff_bodies("receiver", body("http://127.0.0.1:9000/"), body("http://127.0.0.1:9001/a?b=c"))
    assert (change.before, change.after) == ("http://127.0.0.1:9000/", f"http://127.0.0.1:9001/{SECRET}")


def test_what_is_no_secret_of_an_address_stays_readable():
    def body(last):
        return encode({
            "http_sd_configs": [{"url": f"http://h/targets{last}"}],
            "http_headers": {"X-Scope": {"files": [f"/run/{last}"]}},
            "links": [{"url": f"/d/x?var-job={last}&from=now"}],
        })  # fmt: skip

    said = {str(found.after) for found in diff_bodies("prometheus-config", body("a"), body("b"))}
    assert {"http://h/targetsb", "/d/x?var-job=b&from=now"} <= said
    assert SECRET not in str(said)


def test_what_a_server_masks_in_a_webhook_stays_as_it_is():
    def body(url):
        return encode({"webhook_configs": [{"url": url}]})

    (change,) = diff_bodies("receiver", body("<secret>"), body("https://h/x"))
    assert (change.before, change.after) == ("<secret>", f"https://h/{SECRET}")


def test_a_regular_expression_is_no_address():
    before, after = (
        {"groups": [{"name": "a", "rules": [{"alert": "A", "expr": e}]}]} for e in ('x=~"//(a):(b)@"', "y")
    )
    (change,) = diff_bodies("rule-file", encode(before), encode(after))
    assert change.before == 'x=~"//(a):(b)@"'


def test_a_private_key_is_hidden_wherever_it_stands():
    (change,) = diff_bodies("x", encode({"tls_config": {"key": KEY}}), encode({"tls_config": {"key": ""}}))
    assert "MII" not in change.before


YAML = """\
global:
  smtp_auth_password: t0psecret   # t0psecret
  "api-key": "t0psecret, t0psecret"
  proxy_url: http://user:t0psecret@proxy:3128
receivers:
  - {name: x, slack_configs: [{api_url: 't0psecret', channel: a}], bot_token: t0psecret}
  - password: |
      t0psecret
      t0psecret

    name: seen
  - key: |
      -----BEGIN PRIVATE KEY-----
      t0psecret
      -----END PRIVATE KEY-----
  - bearer_token:
      t0psecret
  - {"password": "t0psecret", "user": "seen"}
    "password": "t0psecret",
    password: null
    password_file: /run/secrets/seen
"""


@pytest.mark.parametrize("other", [b"", YAML.replace("t0psecret", "an0ther").encode(), YAML.upper().encode()])
def test_a_file_of_text(other):
    for pair in ((YAML.encode(), other), (other, YAML.encode())):
        text = json.dumps([[found.path, found.before, found.after] for found in diff_bodies("file", *pair)])
        assert "t0psecret" not in text
        assert "an0ther" not in text
    told = "".join(found.before for found in diff_bodies("file", YAML.encode(), b""))
    assert "seen" in told
    assert "password: null" in told
    assert "password_file: /run/secrets/seen" in told


@given(st.text(), st.text())
def test_the_cover_of_any_text(left, right):
    before, after = encode({"password": left}), encode({"password": right})
    assert bool(diff_bodies("x", before, after)) == (left != right)


@pytest.mark.parametrize(
    "name", ["password", "smtp_auth_password", "clientSecret", "api-key", "Authorization", "bot_token"]
)
def test_names_of_secrets(name):
    assert is_secret(name)


@pytest.mark.parametrize(
    "name", ["password_file", "token_url", "credentials_file", "user", "expr", "basicAuthUser", "key"]
)
def test_names_of_what_is_no_secret(name):
    assert not is_secret(name)
