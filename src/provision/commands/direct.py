"""Requests that go straight to this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_proxy(*networks: str) -> Iterator[None]:
    """What goes to this machine, and to these networks on it, doesn't go through a proxy, whatever the environment says of
    proxies."""
    before = {name: os.environ.get(name) for name in ("NO_PROXY", "no_proxy")}
    direct = ("127.0.0.1", *networks)
    os.environ.update({name: ",".join(filter(None, (value, *direct))) for name, value in before.items()})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value
