"""What clients may be pointed at, and how much of it: nothing but this machine unless another is named."""

from __future__ import annotations

import argparse
import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from provision.errors import UsageError
from provision.lab import arguments as read


def add_address_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where a client goes: `url`, and the hosts in `allow` that it may go to."""
    parser.add_argument("--url", required=True, metavar="URL", help="http://HOST:PORT, on this machine")
    parser.add_argument(
        "--allow",
        action="append",
        type=read.host,
        default=[],
        metavar="HOST",
        help="another machine that may be asked",
    )


def address(url: str, scheme: str, allowed: Collection[str] = ()) -> str:
    """The `host:port` of a URL.

    Args:
        scheme: the URL's.
        allowed: hosts that may be loaded though they are not this machine.

    Raises:
        UsageError: it isn't such a URL, or leads to another machine.
    """
    wrong = UsageError(f"isn't {scheme}://HOST:PORT", where=repr(url.rpartition("@")[2]))
    try:
        parts = urlsplit(url)
        port = {"http": 80, "https": 443}[scheme] if parts.port is None else parts.port
    except ValueError:
        raise wrong from None
    # Which pages are asked for isn't for the address to say.
    more = parts.path not in {"", "/"} or parts.query or parts.fragment
    if parts.scheme != scheme or not parts.hostname or not port or parts.username is not None or more:
        raise wrong
    if not (is_this_machine(parts.hostname) or parts.hostname in allowed):
        raise UsageError(
            f"{parts.hostname} isn't this machine",
            where=url,
            remedy=f"load only what is yours; if it is, add --allow {parts.hostname}",
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{host}:{port}"


def is_this_machine(host: str) -> bool:
    """Whether that name or address is one of the loopback interface."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
