"""What the table of an instance says, each setting checked; secrets from the variables and files that it names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from provision.client.endpoint import Credentials
from provision.commands.transport import Transport, checked_header
from provision.errors import UsageError

Table = Mapping[str, Any]

_SECRET_WORDS: Final = ("auth", "key", "token", "secret", "cookie", "password")


def text_of(table: Table, key: str, where: str) -> str:
    """A string, or an empty one when it isn't set.

    Raises:
        UsageError: it is something else.
    """
    value = table.get(key, "")
    if not isinstance(value, str):
        raise UsageError(f"{key} must be a string", where=where)
    return value


def organisation_of(table: Table, where: str) -> int | None:
    """The number of an organisation; None when it isn't set.

    Raises:
        UsageError: it isn't one.
    """
    value = table.get("organisation")
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise UsageError("organisation must be a whole number such as 1", where=where)
    return value


def credentials_of(table: Table, environ: Mapping[str, str], root: Path, where: str) -> Credentials:
    """The credentials that the table names; empty when it names none.

    Raises:
        UsageError: it names two kinds, half of one, or what isn't there.
    """
    token = _secret(table, "token", environ, root, where)
    user = text_of(table, "user", where) or _secret(table, "user", environ, root, where)
    password = _secret(table, "password", environ, root, where)
    if token is not None and (user or password is not None):
        raise UsageError("there are a token and a user", where=where, remedy="leave one of them out")
    if password is not None and not user:
        raise UsageError("there is a password and no user", where=where, remedy="add user or user_env")
    if user and password is None:
        raise UsageError(
            "there is a user and no password", where=where, remedy="add password_env or password_file"
        )
    return Credentials(token=token, user=user or None, password=password)


def transport_in(table: Table, environ: Mapping[str, str], root: Path, where: str) -> Transport:
    """How the table says that its instance is reached.

    Raises:
        UsageError: something of it can't be used.
    """
    proxy = text_of(table, "proxy", where) or None
    if proxy is not None and "@" in proxy:
        raise UsageError(
            "a proxy with credentials in it",
            where=where,
            remedy="put the URL into a variable and name that: proxy_env",
        )
    return Transport(
        ca_file=_path(table, "ca_file", root, where),
        client_cert=_path(table, "client_cert", root, where),
        client_key=_path(table, "client_key", root, where),
        proxy=proxy or _secret(table, "proxy", environ, root, where),
        headers=_headers(table, environ, root, where),
    )


def _path(table: Table, key: str, root: Path, where: str) -> str | None:
    value = text_of(table, key, where)
    return str(root / value) if value else None


def _headers(table: Table, environ: Mapping[str, str], root: Path, where: str) -> dict[str, str]:
    """Header → value: a string where it is no secret, else `{ env = … }` or `{ file = … }`."""
    given = table.get("headers", {})
    if not isinstance(given, dict):
        raise UsageError("headers must be a table of names and values", where=where)
    headers = {}
    for name, value in given.items():
        at = f"{where}: headers: {name}"
        if isinstance(value, str):
            if any(word in name.lower() for word in _SECRET_WORDS):
                raise UsageError(
                    "a secret doesn't belong there",
                    where=at,
                    remedy='name the variable that holds it, { env = "…" }, or the file, { file = "…" }',
                )
            found: str | None = value
        elif isinstance(value, dict) and set(value) in ({"env"}, {"file"}):
            source = {f"value_{kind}": what for kind, what in value.items()}
            found = _secret(source, "value", environ, root, at)
        else:
            raise UsageError('it must be a string, { env = "…" } or { file = "…" }', where=at)
        headers[name] = checked_header(name, found or "", at)
    return headers


def _secret(table: Table, what: str, environ: Mapping[str, str], root: Path, where: str) -> str | None:
    """What the variable `what_env` or the file `what_file` holds; None when neither is named.

    Raises:
        UsageError: both are named, or what is named isn't there, is empty or can't be sent.
    """
    variable, file = (text_of(table, f"{what}_{kind}", where) for kind in ("env", "file"))
    if variable and file:
        raise UsageError(f"there are {what}_env and {what}_file", where=where, remedy="leave one of them out")
    if variable:
        value, source = environ.get(variable, ""), f"the variable {variable}"
    elif file:
        value, source = _content(root / file, where), f"the file {root / file}"
    else:
        return None
    value = value.strip() if what != "password" else value.rstrip("\r\n")
    if not value:
        raise UsageError(
            f"{source}, which is to hold the {what}, is {'empty' if file else 'not set'}", where=where
        )
    if not value.isprintable() or (what in ("token", "value") and not value.isascii()):
        raise UsageError(f"{source} holds a line break or another character that can't be sent", where=where)
    return value


def _content(file: Path, where: str) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it isn't text"
        raise UsageError(f"{file} can't be read: {said}", where=where) from None
