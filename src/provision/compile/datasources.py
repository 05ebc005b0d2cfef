"""Data sources to definitions."""

from __future__ import annotations

from collections.abc import Callable

from provision.author import Datasource
from provision.author.place import Written
from provision.compile.keys import UID
from provision.compile.kinds import DATASOURCE
from provision.compile.secrets import references
from provision.compile.values import mapping
from provision.model import Definition, Place, encode


def compile_datasource(
    _path: str, datasource: Datasource, place: Place, _locate: Callable[[Written], Place | None]
) -> list[Definition]:
    """The definition of one data source; its secrets stay references.

    Raises:
        ValueError: the uid isn't one.
        TypeError: a setting has no JSON form, or a secret is given as a text, or its version as something else.
    """
    if not UID.fullmatch(datasource.uid):
        raise ValueError(f"uid {datasource.uid!r} isn't 1 to 40 characters of A-Z, a-z, 0-9, _ and -")
    body = {
        "name": datasource.name,
        "uid": datasource.uid,
        "type": datasource.type,
        "url": datasource.url,
        "access": datasource.access,
        "isDefault": datasource.default,
        "jsonData": mapping(datasource.json_data, "json_data"),
        "basicAuth": datasource.basic_auth_user is not None,
        "basicAuthUser": datasource.basic_auth_user or "",
        "secure": references(datasource.secure),
    }
    body |= {name: value for name in ("user", "database") if (value := getattr(datasource, name))}
    return [Definition(DATASOURCE, datasource.uid, encode(body), place)]
