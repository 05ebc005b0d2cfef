"""Sessions: how many pages each visitor has seen, and all of them together; in Redis, or in memory.

Redis is shared by all replicas and not needed for a page: while it doesn't answer, nothing is counted.
"""

from __future__ import annotations

import re
import secrets
import threading
from dataclasses import dataclass
from typing import Protocol

SESSION_SECONDS = 600
"""How long a session lasts after its last page."""

_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_TIMEOUT_SECONDS = 0.1
"""A page that waits for Redis in vain is to be within an objective of 200 ms all the same."""

_MOST_IN_MEMORY = 10_000


@dataclass(frozen=True, slots=True)
class PageView:
    """A page that a visitor sees.

    Attributes:
        pages: the how manieth of this session it is.
        total: the how manieth of all sessions.
    """

    pages: int
    total: int


class Visits(Protocol):
    """Where visits are counted."""

    def count(self, session: str) -> PageView | None:
        """Count a page of that session; None when that can't be done now."""

    def fault(self) -> str:
        """Why it can't be done now; empty when it can."""


def session_of(cookie: str | None) -> str:
    """The session that a cookie names, or a new one when it names none of ours."""
    return cookie if cookie is not None and _ID.fullmatch(cookie) else secrets.token_urlsafe(16)


class InMemory:
    """Counted by this replica alone, until it ends."""

    def __init__(self) -> None:
        self._pages: dict[str, int] = {}
        self._total = 0
        self._lock = threading.Lock()

    def count(self, session: str) -> PageView:
        """As `Visits` says; the session that was seen the longest ago gives way to the ten-thousand-and-first."""
        with self._lock:
            self._total += 1
            pages = self._pages.pop(session, 0) + 1
            if len(self._pages) >= _MOST_IN_MEMORY:
                del self._pages[next(iter(self._pages))]
            self._pages[session] = pages
            return PageView(pages, self._total)

    def fault(self) -> str:
        """None, ever."""
        return ""


class InRedis:
    """Counted in Redis, by all replicas together.

    Args:
        url: `redis://HOST:PORT/NUMBER`, without a password in it.
        password: empty for none.

    Raises:
        ValueError: the URL isn't one of Redis.
    """

    def __init__(self, url: str, password: str = "") -> None:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        self._error = redis.RedisError
        self._client = redis.Redis.from_url(
            url,
            password=password or None,
            socket_timeout=_TIMEOUT_SECONDS,
            socket_connect_timeout=_TIMEOUT_SECONDS,
            # A page doesn't wait for a Redis that comes back.
            retry=Retry(NoBackoff(), 0),
        )
        self._given_up = False

    def count(self, session: str) -> PageView | None:
        """As `Visits` says. After a failure it isn't tried again until `fault` has found that it works, so that a page
        or two wait for a Redis that hangs, and no more."""
        if self._given_up:
            return None
        key = f"gallery:session:{session}"
        try:
            with self._client.pipeline(transaction=False) as commands:
                commands.incr(key)
                commands.expire(key, SESSION_SECONDS)
                commands.incr("gallery:visits")
                pages, _, total = commands.execute()
        except self._error:
            self._given_up = True
            return None
        return PageView(pages, total)

    def fault(self) -> str:
        """As `Visits` says. Asks Redis."""
        try:
            self._client.ping()
        except self._error as error:
            self._given_up = True
            return str(error) or type(error).__name__
        self._given_up = False
        return ""
