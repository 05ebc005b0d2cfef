"""The canonical bytes of a body: sorted keys, no spaces, UTF-8. Equal means equal bytes."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

JSON = Any
"""A JSON value: dict, list, str, int, float, bool or None."""

SCHEME = "v1"


def encode(value: JSON) -> bytes:
    """Canonical bytes of a JSON value (mappings sorted by key; dict subclasses and str subclasses allowed).
    JSON knows neither NaN nor infinity: they become null, as they do in a browser.

    Raises:
        TypeError: the value holds something JSON can't.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)


def decode(body: bytes) -> JSON:
    """The JSON value that `body` holds."""
    return orjson.loads(body)


def digest(body: bytes) -> str:
    """A digest of canonical bytes that names its scheme, such as `v1:5f7c…` (SHA-256, 32 hex digits)."""
    return f"{SCHEME}:{hashlib.sha256(body).hexdigest()[:32]}"
