"""The lab's Redis, where the replicas of the application keep what they share: in memory, on the loopback address, behind
a password that stands in two files of the state folder and nowhere else."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

from provision.lab import secret

MEMORY_LIMIT = "64mb"
_TIMEOUT_SECONDS = 2.0
_ANSWERS = (b"+PONG", b"-NOAUTH")
"""To a PING: it is ready, or would be after a password."""


def prepare(folder: Path, port: int) -> None:
    """Write `redis.conf` and the file `password` into `folder`, which is made; only this user may read them."""
    folder.mkdir()
    password = secret.generated(folder / "password")
    lines = [
        "bind 127.0.0.1",
        f"port {port}",
        f"requirepass {password}",
        f"dir {_quoted(str(folder))}",
        # What it holds is as old as the lab, and goes with it.
        'save ""',
        "appendonly no",
        f"maxmemory {MEMORY_LIMIT}",
        "maxmemory-policy allkeys-lru",
        "loglevel warning",
    ]
    secret.write(folder / "redis.conf", "".join(f"{line}\n" for line in lines))


def answers(url: str) -> bool:
    """Whether a Redis answers at `url`, a `redis://HOST:PORT`."""
    parts = urlsplit(url)
    address = (parts.hostname or "", parts.port or 0)
    try:
        with socket.create_connection(address, _TIMEOUT_SECONDS) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(_ANSWERS)
    except OSError:
        return False


def _quoted(text: str) -> str:
    """A word of its configuration, which has C's escapes within double quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
