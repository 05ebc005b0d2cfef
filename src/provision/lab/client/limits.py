"""What clients may be pointed at, and how much of it: nothing but this machine unless another is named."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from provision.errors import UsageError


def address(url: str, scheme: str, allowed: Collection[str] = ()) -> str:
    """The `host:port` of a URL.

    Args:
        scheme: the URL's.
        allowed: hosts that may be loaded though they are not this machine.

    Raises:
        UsageError: it isn't such a URL, or leads to another machine.
    """
    parts = urlsplit(url)
    try:
        port = {"http": 80, "https": 443}[scheme] if parts.port is None else parts.port
    except ValueError:
        port = 0
    if parts.scheme != scheme or not parts.hostname or not port or parts.username is not None:
        raise UsageError(f"isn't {scheme}://HOST:PORT", where=url.rpartition("@")[2])
    if not (_is_this_machine(parts.hostname) or parts.hostname in allowed):
        raise UsageError(
            f"{parts.hostname} isn't this machine",
            where=url,
            remedy=f"load only what is yours; if it is, add --allow {parts.hostname}",
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{host}:{port}"


def bounded(most: float) -> Callable[[str], float]:
    """How an option's number above 0 and up to `most` is read."""

    def number(text: str) -> float:
        value = float(text)
        if not 0 < value <= most:
            raise ValueError
        return value

    number.__name__ = f"number above 0 and up to {most:g}"
    return number


def counted(most: int) -> Callable[[str], int]:
    """How an option's whole number from 1 to `most` is read."""

    def number(text: str) -> int:
        value = int(text)
        if not 0 < value <= most:
            raise ValueError
        return value

    number.__name__ = f"whole number from 1 to {most:,}"
    return number


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
