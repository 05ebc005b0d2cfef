"""The last net below the rooms' own care: what must not be printed is taken out of a text."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping

# Of a scheme, its end is enough: an expression of 100 kB may look like the beginning of one from each of its words on.
_IN_URL = re.compile(r"([a-z][a-z0-9+.-]{0,20}:/{1,2})[^\s/]+@", re.IGNORECASE)
_PAST_HOST = re.compile(r"([a-z][a-z0-9+.-]{0,20}://[^\s/?#\"'`\\]*)[/?#][^\s\"'`]*", re.IGNORECASE)
_GO_QUOTED = r'"(?:[^"\\]|\\.)*"'
_ABOUT_A_VALUE = re.compile(rf"\b(parse|scheme|escape|port|URL)(:?) {_GO_QUOTED}")
_YAML_VALUE = re.compile(r"`[^`]*`")
_NAMES = ("TOKEN", "PASSWORD", "SECRET", "API_KEY")
_SHORTEST = 3


def without_credentials(text: str) -> str:
    """`text` without the users and passwords of the URLs in it."""
    return _IN_URL.sub(r"\1***@", text)


def without_paths(text: str) -> str:
    """`text` with `***` in place of what follows the host in the URLs in it: there a web hook has its secret."""
    return _PAST_HOST.sub(r"\1/***", text)


def without_values(text: str) -> str:
    """What a program written in Go says of a configuration, without the values it quotes: `text` without what follows
    the host in URLs, without the words that its URL parser could not read, and without the values that stand where
    something else should. The names it quotes, such as a receiver's, stay."""
    text = _ABOUT_A_VALUE.sub(r'\1\2 "***"', without_credentials(text))
    return _YAML_VALUE.sub("`***`", without_paths(text))


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
