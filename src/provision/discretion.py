"""The last net below the rooms' own care: what must not be printed is taken out of a text."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping

_IN_URL = re.compile(r"(\b[a-z][a-z0-9+.-]*:/{1,2})[^\s/]+@", re.IGNORECASE)
_NAMES = ("TOKEN", "PASSWORD", "SECRET", "API_KEY")
_SHORTEST = 3


def without_credentials(text: str) -> str:
    """`text` without the users and passwords of the URLs in it."""
    return _IN_URL.sub(r"\1***@", text)


def without_secrets(text: str, environ: Mapping[str, str]) -> str:
    """`text` without the credentials of URLs, and without every value of `environ` that looks like a secret by its
    variable's name, whatever else may be hidden with it. For texts that nobody chose the words of."""
    for secret in sorted(_secrets(environ), key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, "***")
    return without_credentials(text)


def _secrets(environ: Mapping[str, str]) -> Iterator[str]:
    for name, value in environ.items():
        if name.endswith(_NAMES):
            yield value.strip()
        if name.endswith("_PASSWORD"):
            user = environ.get(f"{name.removesuffix('_PASSWORD')}_USER", "").strip()
            yield base64.b64encode(f"{user}:{value}".encode("utf-8", "surrogateescape")).decode()
