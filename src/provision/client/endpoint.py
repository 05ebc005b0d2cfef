"""Where a server is and how to get in: an address, credentials and TLS settings, as frozen values."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import unquote, urlsplit, urlunsplit

from provision.errors import UsageError

_HOST = re.compile(r"[\w.:%~-]+")

Prefix = Literal["GRAFANA", "PROMETHEUS", "ALERTMANAGER"]

ORGANISATION = "X-Grafana-Org-Id"
"""The header that chooses an organisation of a Grafana."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A token, or a user and a password. Shown, it shows nothing."""

    token: str | None = field(default=None, repr=False)
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    def __bool__(self) -> bool:
        return self.token is not None or self.user is not None

    @property
    def authorization(self) -> str | None:
        """The value of the `Authorization` header, or None. A token wins over a user."""
        if self.token is not None:
            return f"Bearer {self.token}"
        if self.user is None:
            return None
        pair = f"{self.user}:{self.password or ''}".encode()
        return f"Basic {base64.b64encode(pair).decode()}"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server's address and how to reach it.

    Attributes:
        url: `http://` or `https://`, host, perhaps a port and a sub-path; no credentials, no trailing slash.
        headers: sent with every request; may hold secrets, so they aren't shown.
        proxy: the URL of the proxy that all requests go through, whatever the environment says; none: what
            HTTP_PROXY, HTTPS_PROXY and NO_PROXY say. May hold credentials, so it isn't shown.
        ca_file: a PEM file with the authorities to trust; none: those of the system.
        client_cert: a PEM file with certificate and key, or the two files.
        insecure: whether any certificate is accepted.
        timeout_seconds: how long the server may take over one answer.
        prefix: what the environment variables for its credentials start with; for messages.

    Raises:
        UsageError: the URL isn't one that HTTP can be spoken to, or holds credentials (`endpoint_from`
            takes them out).
    """

    url: str
    credentials: Credentials = field(default_factory=Credentials, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    client_cert: str | tuple[str, str] | None = None
    insecure: bool = False
    timeout_seconds: float = 30.0
    prefix: str = ""

    def __post_init__(self) -> None:
        address, user, _ = _split(self.url)
        if user is not None:
            raise UsageError("a URL with credentials in it", where=address)
        object.__setattr__(self, "url", address)
        if self.proxy is not None:
            _split(self.proxy, "a proxy")

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not appear in any message."""
        own = (self.credentials.token, self.credentials.password)
        header = (self.credentials.authorization or "").partition(" ")[2]
        extra = (value for name, value in self.headers.items() if name != ORGANISATION)
        proxy = None if self.proxy is None else _split(self.proxy, "a proxy")[2]
        return tuple(text for text in (*own, header, *extra, proxy) if text)

    @property
    def proxy_shown(self) -> str:
        """The proxy's address without its credentials; empty for none."""
        return "" if self.proxy is None else _split(self.proxy, "a proxy")[0]

    def in_organisation(self, number: int) -> Endpoint:
        """The same Grafana, another organisation."""
        return replace(self, headers={**self.headers, ORGANISATION: str(number)})

    @property
    def sign_in_hint(self) -> str:
        """How credentials are given, for messages."""
        if not self.prefix:
            return "give a token, or a user and a password"
        return f"set {self.prefix}_TOKEN, or {self.prefix}_USER and {self.prefix}_PASSWORD"


def endpoint_from(
    environ: Mapping[str, str],
    prefix: Prefix,
    url: str | None = None,
    *,
    ca_file: str | None = None,
    client_cert: str | tuple[str, str] | None = None,
    insecure: bool = False,
    headers: Mapping[str, str] | None = None,
    proxy: str | None = None,
    organisation: int | None = None,
    credentials: Credentials | None = None,
    timeout_seconds: float = 30.0,
) -> Endpoint:
    """The endpoint that flags and the environment describe.

    A URL that is given wins over `PREFIX_URL` (for Grafana also `GRAFANA_SERVER`). A user and password in a
    URL are taken out of it and win over `credentials`, which win over `PREFIX_TOKEN`, which wins over
    `PREFIX_USER` and `PREFIX_PASSWORD`. `organisation`, or else `GRAFANA_ORG_ID`, becomes the header that chooses
    the organisation. A variable set to nothing isn't set, but for a password, which may be empty.

    Raises:
        UsageError: there is no URL, or a URL or variable can't be used.
    """
    address = (
        url
        or environ.get(f"{prefix}_URL")
        or (environ.get("GRAFANA_SERVER") if prefix == "GRAFANA" else None)
    )
    if not address:
        raise UsageError(
            f"no {prefix.capitalize()} to talk to", remedy=f"give --{prefix.lower()} URL or set {prefix}_URL"
        )
    address, user, password = _split(address)
    if user is not None:
        credentials = Credentials(user=user, password=password)
    elif not credentials:
        credentials = _of_the_environment(environ, prefix)
    all_headers = dict(headers or {})
    chosen = "" if organisation is None else str(organisation)
    if prefix == "GRAFANA" and not chosen:
        chosen = _variable(environ, "GRAFANA_ORG_ID")
    if chosen and not (chosen.isascii() and chosen.isdigit()):
        raise UsageError("GRAFANA_ORG_ID must be a whole number such as 1")
    if chosen:
        all_headers[ORGANISATION] = chosen
    return Endpoint(
        url=address,
        credentials=credentials,
        headers=all_headers,
        proxy=proxy,
        ca_file=ca_file,
        client_cert=client_cert,
        insecure=insecure,
        timeout_seconds=timeout_seconds,
        prefix=prefix,
    )


def _of_the_environment(environ: Mapping[str, str], prefix: Prefix) -> Credentials:
    if token := _variable(environ, f"{prefix}_TOKEN"):
        return Credentials(token=token)
    if user := _variable(environ, f"{prefix}_USER"):
        password = environ.get(f"{prefix}_PASSWORD")
        if password is None:  # a forgotten one would be refused by the server as a wrong one
            raise UsageError(
                f"{prefix}_PASSWORD isn't set, and {prefix}_USER is",
                remedy="set it, to nothing if it is empty",
            )
        return Credentials(user=user, password=password)
    return Credentials()


def _variable(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if not value.isprintable() or (name.endswith("_TOKEN") and not value.isascii()):
        raise UsageError(f"{name} holds a line break or another character that can't be sent")
    return value


def _split(url: str, what: str = "a server") -> tuple[str, str | None, str | None]:
    """The URL without credentials and trailing slashes, the user and the password."""
    remedy = "write it as http://HOST:PORT or https://HOST"
    shown = url.rpartition("@")[2] or "(empty)"
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise UsageError(f"{shown!r} has a port or address that isn't one", remedy=remedy) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not _HOST.fullmatch(parts.hostname):
        raise UsageError(f"{shown!r} isn't the URL of {what}", remedy=remedy)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    place = host if port is None else f"{host}:{port}"
    address = urlunsplit((parts.scheme, place, parts.path.rstrip("/"), "", ""))
    if "@" in parts.path + parts.query + parts.fragment:
        raise UsageError(
            f"{shown!r} comes after credentials with a character of its own meaning in URLs",
            remedy="write it as %2F, %3F or %23, or give the credentials as variables of the environment",
        )
    if parts.query or parts.fragment:
        raise UsageError(f"{what}'s URL has no ? or # part", where=address, remedy=remedy)
    user = None if parts.username is None else unquote(parts.username)
    password = None if parts.password is None else unquote(parts.password)
    return address, user, password
