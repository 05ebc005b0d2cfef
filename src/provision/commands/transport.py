"""How servers are reached: authorities, client certificate, proxy and headers, from flags or an instance's settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from provision.client.endpoint import ORGANISATION, Credentials, Endpoint, Prefix, endpoint_from
from provision.commands.options import Servers
from provision.errors import UsageError

_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VARIABLE: Final = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


@dataclass(frozen=True, slots=True)
class Transport:
    """How a server is reached; what is None or empty is left to the system and the environment.

    Attributes:
        proxy: may hold credentials, so it isn't shown; nor are the headers.
    """

    ca_file: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    proxy: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def under(self, flags: Transport) -> Transport:
        """These settings with the flags over them; headers are put together, one by one."""
        own = self if flags.client_cert is None else replace(self, client_cert=None, client_key=None)
        taken = {name.lower() for name in flags.headers}
        headers = {name: value for name, value in self.headers.items() if name.lower() not in taken}
        return Transport(
            flags.ca_file or own.ca_file,
            flags.client_cert or own.client_cert,
            flags.client_key or own.client_key,
            flags.proxy or own.proxy,
            {**headers, **flags.headers},
        )

    def endpoint(
        self,
        environ: Mapping[str, str],
        prefix: Prefix,
        url: str,
        *,
        organisation: int | None = None,
        credentials: Credentials | None = None,
    ) -> Endpoint:
        """The server at `url`, reached like this; credentials that aren't given are those of the environment.

        Raises:
            UsageError: something of it can't be used.
        """
        if self.client_key is not None and self.client_cert is None:
            raise UsageError(
                "there is a client key and no certificate",
                where=self.client_key,
                remedy="name the certificate too: --client-cert FILE, or client_cert",
            )
        return endpoint_from(
            environ,
            prefix,
            url,
            ca_file=self.ca_file,
            client_cert=(self.client_cert, self.client_key)
            if self.client_cert is not None and self.client_key is not None
            else self.client_cert,
            proxy=self.proxy,
            headers=self.headers,
            organisation=organisation,
            credentials=credentials,
        )


def transport_of(servers: Servers, environ: Mapping[str, str]) -> Transport:
    """What the flags say of how servers are reached.

    Raises:
        UsageError: a header can't be used.
    """
    cert, key, authorities = servers.client_cert, servers.client_key, servers.ca_file
    return Transport(
        ca_file=None if authorities is None else str(authorities),
        client_cert=None if cert is None else str(cert),
        client_key=None if key is None else str(key),
        proxy=servers.proxy,
        headers=_headers(servers.header, environ),
    )


def _headers(given: Iterable[str], environ: Mapping[str, str]) -> dict[str, str]:
    """`Name: value` as headers. A value that is `$VARIABLE` is taken from the environment, so that a secret
    needn't stand on a command line, which every user of the machine can read."""
    headers = {}
    for text in given:
        name, colon, value = (part.strip() for part in text.partition(":"))
        if not colon:
            raise UsageError("--header wants 'Name: value', or 'Name: $VARIABLE'")
        if variable := _VARIABLE.fullmatch(value):
            called = variable[1] or variable[2]
            value = environ.get(called, "")
            if not value.strip():
                raise UsageError(f"--header {name}: the variable {called} isn't set")
        headers[name] = checked_header(name, value, "--header")
    return headers


def checked_header(name: str, value: str, where: str) -> str:
    """The value of a header, without spaces around it.

    Raises:
        UsageError: the name or the value can't be sent, or there is another way to say it.
    """
    value = value.strip()
    if name.lower() == ORGANISATION.lower():
        raise UsageError(
            f"the header {name} is the toolkit's own", where=where, remedy="use --org N, or organisation"
        )
    if not _HEADER_NAME.fullmatch(name):
        raise UsageError(f"{name!r} can't be the name of a header", where=where)
    if not value or not value.isprintable() or not value.isascii():
        raise UsageError(f"the value of the header {name} is empty or can't be sent", where=where)
    return value
