from __future__ import annotations

import pytest

from provision.compile.load.snippet import read, shown


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('x = Email("a", extra={"auth_password": "S"})', 'x = Email("a", extra={"auth_password": "…"})'),
        (
            'd = Datasource("n", secure={"p": "S"}, uid="u")',
            'd = Datasource("n", secure={"p": "…"}, uid="u")',
        ),
        ('secure={"p": ["S", {"x": ("S", 1)}]}, uid="u"', 'secure={"p": ["…", {"x": ("…", …)}]}, uid="u"'),
        ('{"password": "S", "user": "u"}', '{"password": "…", "user": "u"}'),
        ('secure={"p": Secret.env("TOKEN")}', 'secure={"p": Secret.env("…")}'),
        ('password = b"S" "S" + f"{x}S"', 'password = b"…" "…" + f"…"'),
        ("pin_token = 1234", "pin_token = …"),
        ('settings["password"] = "S"', 'settings["password"] = "…"'),
        ('dict([("password", "S"), ("user", "u")])', 'dict([("password", "…"), ("user", "u")])'),
        ('api_token="S', 'api_token="…'),
        ('Slack(api_url="https://hooks.slack.com/S")', 'Slack(api_url="…")'),
        ('url="https://user:S@example.org/x"', 'url="https://***@example.org/***"'),
        (
            'Integration("slack", {"url": "https://hooks.slack.com/S"})',
            'Integration("slack", {"url": "https://hooks.slack.com/***"})',
        ),
        ('{"integrationKey": "S"}', '{"integrationKey": "…"}'),
        ("x = 1  # the password is S", "x = 1  #…"),
        ("- slack_api_url: S", "- slack_api_url: …"),
        ("  password: 'S'", "password: …"),
    ],
)
def test_what_may_be_a_secret_is_hidden(line: str, expected: str) -> None:
    assert shown("", line) == expected


@pytest.mark.parametrize(
    "line",
    [
        'Alert("TokenErrors", expr="rate(token_errors_total[5m]) > 1", labels={"kind": "token"})',
        'Email("a", extra={"auth_password_file": "/run/x"})',
        'password = Secret.env(NAME), "shown"',
        'x = "secret"; y = "shown"',
        "def token(): return (",
        "x = 1)  # an odd bracket",
        "",
    ],
)
def test_what_is_no_secret_stays(line: str) -> None:
    assert shown("", line) == line


@pytest.mark.parametrize(
    ("before", "line", "expected"),
    [
        ('d = Datasource(\n  secure={\n    "a": "b",\n', '    "p": "S",', '"p": "…",'),
        ("password = (\n", '  "S" "S"', '"…" "…"'),
        ("password = \\\n", '  "S"', '"…"'),
        ('password = """\n', "it is S", "…"),
        ('password = """\nS\n', 'S""", "x"', '…""", "x"'),
        ('password = "a"\n', 'x = "shown"', 'x = "shown"'),
        ('"""it\'s a token"""\n', 'x = "shown"', 'x = "shown"'),
        ("broken = 'password\n", 'x = "shown"', 'x = "shown"'),
    ],
)
def test_the_lines_above_count(before: str, line: str, expected: str) -> None:
    assert shown(before, line) == expected


@pytest.mark.parametrize(
    "name",
    ["password", "PASSWD", "passphrase", "pwd", "Secret", "\u017fecrets", "tokens", "credential", "Authorization", "bearer",
     "webhook", "api_key", "apiKey", "service-key", "routing_key", "INTEGRATION_KEY", "user_key", "private_key", "client_key",
     "secret_key", "access_\u212aey", "account_key", "api_url", "webhookUrl", "secure"],
)  # fmt: skip
def test_every_name_that_a_secret_is_given_by_is_seen_in_a_long_text(name: str) -> None:
    text = f"{'keyed url keys urls ' * 50}\n{name}: hunter2\n"
    assert "hunter2" not in read(text).line(2)


def test_words_that_hold_no_such_name_hide_nothing() -> None:
    assert read("key: hunter2 # the url of the keys\n").line(1) == "key: hunter2 # the url of the keys"
