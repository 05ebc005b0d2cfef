"""Secrets written into a source: refused where the server can read them from a file, or the push can resolve a
reference, instead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

_NAMES: Final = frozenset({
    "password", "bearer_token", "client_secret", "credentials", "auth_password", "smtp_auth_password",
    "slack_api_url", "opsgenie_api_key", "victorops_api_key", "telegram_bot_token", "bot_token", "service_key",
    "wechat_api_secret",
})  # fmt: skip
"""Fields of Prometheus and Alertmanager that hold a secret and have a twin `…_file`, wherever they stand."""

_WITHIN: Final = {
    "slack_configs": "api_url",
    "pagerduty_configs": "routing_key",
    "opsgenie_configs": "api_key",
    "victorops_configs": "api_key",
    "discord_configs": "webhook_url",
    "msteams_configs": "webhook_url",
}
"""Fields that have one only in these integrations."""


def refuse(where: str, fields: Mapping[str, Any]) -> None:
    """Refuse a secret in `fields` that can be given as a file.

    Raises:
        ValueError: there is one; the message names the field, not the secret.
    """
    _walk(where, fields, "")


_OF_INTEGRATIONS: Final[Mapping[str, frozenset[str]]] = {
    "LINE": frozenset({"token"}),
    "dingding": frozenset({"url"}),
    "discord": frozenset({"url"}),
    "googlechat": frozenset({"url"}),
    "jira": frozenset({"api_token", "password", "user"}),
    "kafka": frozenset({"password"}),
    "mqtt": frozenset({
        "password", "tlsConfig.caCertificate", "tlsConfig.clientCertificate", "tlsConfig.clientKey",
    }),
    "oncall": frozenset({"authorization_credentials", "password"}),
    "opsgenie": frozenset({"apiKey"}),
    "pagerduty": frozenset({"integrationKey"}),
    "prometheus-alertmanager": frozenset({"basicAuthPassword"}),
    "pushover": frozenset({"apiToken", "userKey"}),
    "sensugo": frozenset({"apikey"}),
    "slack": frozenset({"token", "url"}),
    "sns": frozenset({"sigv4.access_key", "sigv4.secret_key"}),
    "telegram": frozenset({"bottoken"}),
    "threema": frozenset({"api_secret"}),
    "victorops": frozenset({"url"}),
    "webex": frozenset({"bot_token"}),
    "webhook": frozenset({
        "authorization_credentials", "hmacConfig.secret", "http_config.oauth2.client_secret",
        "http_config.oauth2.tls_config.caCertificate", "http_config.oauth2.tls_config.clientCertificate",
        "http_config.oauth2.tls_config.clientKey", "password", "tlsConfig.caCertificate",
        "tlsConfig.clientCertificate", "tlsConfig.clientKey",
    }),
    "wecom": frozenset({"secret", "url"}),
}  # fmt: skip
"""The settings that Grafana's integrations keep as secrets. Source: `/api/alert-notifiers` of Grafana 12.4."""

_IN_VARIABLES: Final = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|(?:ACCESS|SECRET|PRIVATE)_KEY)$", re.I
)
"""What names of environment variables that hold a secret end in."""

_PLACES: Final = ("/run/secrets/", "$__file{")
"""What values begin with that only say where the secret is; the second is Grafana's own."""


def refuse_environment(where: str, variables: Mapping[str, str]) -> None:
    """Refuse a secret among the environment variables of a service: everybody who may ask the engine sees them.

    Raises:
        ValueError: there is one; the message names the variable, not the secret.
    """
    for name, value in variables.items():
        if _IN_VARIABLES.search(str(name)) and value and not str(value).startswith(_PLACES):
            raise ValueError(
                f"{where}: the environment variable {name} would show a secret to everybody who may ask the engine; give "
                f"it as a file, as in secrets={{...}} with {name}_FILE"
            )


_OFTEN: Final[frozenset[str]] = frozenset[str]().union(*_OF_INTEGRATIONS.values()) - {"url", "user"}
"""Taken for secrets in an integration that isn't known here."""


def refuse_settings(kind: str, settings: Mapping[str, Any]) -> None:
    """Refuse a secret in the settings of an integration of Grafana: it belongs into `secure`.

    Raises:
        ValueError: there is one; the message names the setting, not the secret.
    """
    secrets = _OF_INTEGRATIONS.get(kind, _OFTEN)
    for name, value in _settings(settings, ""):
        if name in secrets and isinstance(value, str) and value:
            raise ValueError(
                f"{kind}: the setting {name} is a secret; give it by reference, as in "
                f'secure={{"{name}": Secret.env("VARIABLE")}}'
            )


def _settings(settings: Mapping[str, Any], within: str) -> Iterator[tuple[str, Any]]:
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _settings(value, f"{within}{name}.")
        else:
            yield f"{within}{name}", value


def _walk(where: str, value: Any, inside: str) -> None:
    if isinstance(value, list | tuple):
        for item in value:
            _walk(where, item, inside)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            if isinstance(item, str) and item and (name in _NAMES or name == _WITHIN.get(inside)):
                raise ValueError(f"{where}: a secret is given as {name}_file, never as {name}")
            _walk(where, item, name if isinstance(item, list | tuple) else "")
