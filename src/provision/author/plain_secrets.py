"""Secrets written into a source: refused where the server can read them from a file instead."""

from __future__ import annotations

from collections.abc import Mapping
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


def _walk(where: str, value: Any, inside: str) -> None:
    if isinstance(value, list | tuple):
        for item in value:
            _walk(where, item, inside)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            if isinstance(item, str) and item and (name in _NAMES or name == _WITHIN.get(inside)):
                raise ValueError(f"{where}: a secret is given as {name}_file, never as {name}")
            _walk(where, item, name if isinstance(item, list | tuple) else "")
