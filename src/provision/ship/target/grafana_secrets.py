"""Secrets by reference, resolved at the moment they are written; no message holds a value."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from provision.errors import ProvisionError
from provision.ship.target.grafana_server import Server


def unfound(server: Server, references: Mapping[str, Any], there: Collection[str]) -> tuple[str, ...]:
    """A sentence for each secret that can't be found; none holds a value.

    Args:
        there: the names of those that the server has; one that only the server has is taken as it is there.
    """
    said = []
    for name, reference in references.items():
        if reference["source"] == "server":
            if name not in there:
                said.append(
                    f"its secret {name!r} is one that only the server has, and this one has none; "
                    f"name a variable or a file that holds it"
                )
            continue
        try:
            resolve(server, name, reference)
        except ProvisionError as error:
            said.append(error.what)
    return tuple(said)


def resolve(server: Server, name: str, reference: dict[str, str]) -> str:
    """The secret's value.

    Raises:
        ProvisionError: it can't be found; the message names the variable or file.
    """
    where = reference["name"]
    if reference["source"] == "env":
        value = server.environ.get(where, "")
        if not value:
            raise ProvisionError(
                f"its secret {name!r} needs the environment variable {where}, which isn't set"
            )
        return value
    file = server.root / where
    try:
        value = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise ProvisionError(
            f"its secret {name!r} needs the file {where}, which can't be read: {reason}"
        ) from None
    value = value.removesuffix("\n").removesuffix("\r")
    if not value:
        raise ProvisionError(f"its secret {name!r} needs the file {where}, which is empty")
    return value
