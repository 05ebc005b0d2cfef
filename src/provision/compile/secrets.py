"""Secrets by reference, as definitions hold them."""

from __future__ import annotations

from collections.abc import Mapping

from provision.author import Secret
from provision.model import JSON


def references(secure: Mapping[str, Secret], where: str = "") -> dict[str, JSON]:
    """Where each secret is found, by its name.

    Args:
        where: what has them, for the message.

    Raises:
        TypeError: one is the secret itself, or its version is no text.
    """
    prefix = f"{where}: " if where else ""
    for name, secret in secure.items():
        if not isinstance(secret, Secret):
            raise TypeError(
                f'{prefix}secure: {name} must be a Secret, such as Secret.env("VARIABLE"), never the secret itself'
            )
        if not isinstance(secret.version, str):
            raise TypeError(f'{prefix}secure: the version of {name} must be a text, such as "2"')
    return {name: secret.reference for name, secret in secure.items()}
