"""Secrets kept out of every change: they are covered before two bodies are compared, and stay covered after."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from provision.model import JSON, Change

SECRET: Final = "(secret)"  # noqa: S105  # what is shown in place of one
"""Stands for a secret in a change; on both sides when one became another."""

_ENDINGS: Final = (
    "password",
    "passphrase",
    "secret",
    "token",
    "credentials",
    "api_key",
    "apikey",
    "api_secret",
    "service_key",
    "routing_key",
    "integrationkey",
    "userkey",
    "user_key",
    "private_key",
    "privatekey",
    "client_key",
    "clientkey",
    "secret_key",
    "secretkey",
    "account_key",
    "api_url",
    "webhook_url",
    "authorization",
    "cookie",
    "customqueryparameters",
)
"""How the names of fields end that Prometheus, Alertmanager, Grafana and their plugins keep secrets in; the names
are compared in lower case, with `-` as `_`."""

_SHORTEST: Final = 4
"""Characters of a secret that is taken out of other programs' words; less stands in any word by chance."""

_BEGINNINGS: Final = ("x_auth",)
"""How the names of further headers begin."""

_SECRET_MAPS: Final = ("endpoint_params",)
"""Mappings of which any value may be a secret."""

_HEADERS: Final = "http_headers"
"""Of these, what `values` and `secrets` list; `files` are none."""

_PARAMETERS: Final = frozenset({"key", "sig", "signature", "auth", "code", "pass", "pwd", "access_key"})
"""Names of parameters in the query of an address that hold secrets, besides those that end like a secret field."""

_QUERY_LISTS: Final = ("http_sd_configs", "incidentio_configs")
"""Whose addresses may carry the secret in the query, under whatever name."""

_URL_LISTS: Final = ("webhook_configs", "msteams_configs", "discord_configs", "remote_write", "settings")
_PARAMETER: Final = re.compile(r"([?&;]([\w.-]+)=)([^&#\s\"'<>\ue000]+)")
_USER: Final = re.compile(r"(://[^/\s:@]*):[^/\s@]+@")
_COVER: Final = re.compile("\ue000[0-9a-f]{32}\ue001")
_PRIVATE: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
)
# A field at the start of a line, with all that follows; a field within braces; a field whose text stands below it.
_FIELD: Final = re.compile(r"""(\s*(?:-\s+)*["']?([\w.-]+)["']?\s*:\s+)([^\s{\[|>].*)$""")
_FLOW: Final = re.compile(
    r"""(["']?([\w.-]+)["']?\s*:\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^,}\]\s{\["'][^,}\]]*)"""
)
_OPENED: Final = re.compile(r"""\s*(?:-\s+)*["']?([\w.-]+)["']?\s*:\s*(?:[|>][\d+-]*)?\s*$""")
_MASKED: Final = frozenset((SECRET, "<secret>", "", "null", "~", "{}", "[]"))


def cover(value: JSON, name: str = "", inside: str = "") -> JSON:
    """`value` with a cover over every secret: equal secrets have equal covers, so that a change still shows."""
    if isinstance(value, dict):
        if name in _SECRET_MAPS or (inside == _HEADERS and name != _HEADERS):
            return {key: item if key == "files" else _all_covered(item) for key, item in value.items()}
        return {
            key: cover(item, key, _HEADERS if name == _HEADERS else inside if isinstance(item, str) else key)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [cover(item, name, inside) for item in value]
    if not isinstance(value, str):
        return value
    if is_secret(name):
        return value if value in _MASKED else _covered(value)
    if name == "expr":
        return value  # a regular expression in PromQL may look like an address with a password
    text = _PRIVATE.sub(_cover_key, _in_addresses(value))
    if name != "url" or text in _MASKED:
        return text
    if inside in _QUERY_LISTS:
        address, mark, query = text.partition("?")
        return f"{address}?{_covered(query)}" if mark else text
    return _address(text) if inside in _URL_LISTS else text


def without_secrets_of(value: JSON, text: str) -> str:
    """What another program says of the body `value`, with `(secret)` in place of every secret of the body that it
    quotes, as it is or escaped."""
    found = {secret for secret, _ in _secrets(value, cover(value))}
    for secret in sorted(found, key=len, reverse=True):
        text = text.replace(secret, SECRET).replace(json.dumps(secret, ensure_ascii=False)[1:-1], SECRET)
    return text


def _secrets(value: JSON, covered: JSON) -> Iterator[tuple[str, str]]:
    """The texts that hold a secret, each with what covers it."""
    if isinstance(value, dict):
        for item, other in zip(value.values(), covered.values(), strict=True):
            yield from _secrets(item, other)
    elif isinstance(value, list):
        for item, other in zip(value, covered, strict=True):
            yield from _secrets(item, other)
    elif isinstance(value, str) and value != covered and len(value) >= _SHORTEST:
        yield value, covered


def is_secret(name: str) -> bool:
    """Whether a field of that name holds a secret."""
    plain = name.lower().replace("-", "_")
    return plain.endswith(_ENDINGS) or plain.startswith(_BEGINNINGS)


def cover_lines(text: str) -> str:
    """A file's text with a cover over what stands behind the name of a secret field, over passwords
    and secret parameters in addresses, and over private keys."""
    lines: list[str] = []
    block: int | None = None  # how deep the field is indented whose text stands on the lines below it
    for line in _PRIVATE.sub(_cover_key, text).splitlines(keepends=True):
        body = line.rstrip("\r\n")
        depth = len(body) - len(body.lstrip())
        if block is not None and (depth > block or not body.strip()):
            lines.append(_covered(line) + line[len(body) :] if body.strip() else line)
            continue
        opened = _OPENED.match(body)
        block = depth if opened and is_secret(opened[1]) else None
        lines.append(_line(body) + line[len(body) :])
    return "".join(lines)


def uncovered(change: Change) -> Change:
    """The change with `(secret)` in place of every cover."""
    return Change(shown(change.path), _plain(change.before), _plain(change.after))


def concealed(value: JSON) -> JSON:
    """A copy of `value` with `(secret)` in place of every secret."""
    return _plain(cover(value))


def shown(text: str) -> str:
    """A text with `(secret)` in place of every cover."""
    return _COVER.sub(SECRET, text)


def _covered(secret: str) -> str:
    # The digest only tells secrets apart while they are compared; `uncovered` takes it away.
    return f"\ue000{hashlib.sha256(secret.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}\ue001"


def _address(text: str) -> str:
    """An address whose path and query may be the secret: only where it leads stays readable, if it says so."""
    parts = urlsplit(text)
    rest = text[len(f"{parts.scheme}://{parts.netloc}") :]
    if not parts.scheme or not parts.netloc:
        return _covered(text)
    return f"{parts.scheme}://{parts.netloc}/{_covered(rest)}" if len(rest) > 1 else text


def _in_addresses(text: str) -> str:
    """A text with a cover over the passwords and the secret parameters of the addresses in it."""
    text = _USER.sub(lambda match: f"{match[1]}:{_covered(match[0])}@", text)
    return _PARAMETER.sub(
        lambda match: (
            f"{match[1]}{_covered(match[3])}"
            if is_secret(match[2]) or match[2].lower() in _PARAMETERS
            else match[0]
        ),
        text,
    )


def _all_covered(value: JSON) -> JSON:
    if isinstance(value, list):
        return [_all_covered(item) for item in value]
    return _covered(value) if isinstance(value, str) and value not in _MASKED else value


def _line(line: str) -> str:
    found = _FIELD.match(line)
    if found and is_secret(found[2]):
        bare = found[3].rstrip(",").strip("\"'")
        return line if bare in _MASKED else f"{found[1]}{_covered(found[3])}"
    covered = _in_addresses(line)
    return _FLOW.sub(
        lambda match: f"{match[1]}{_covered(match[3])}" if is_secret(match[2]) else match[0], covered
    )


def _cover_key(match: re.Match[str]) -> str:
    return "\n".join(_covered(line) for line in match[0].splitlines())


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, dict):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
