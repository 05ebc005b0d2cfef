"""Where a request may be redirected to: redirects that can't leak.

A GET is followed within one scheme, host and port; a write only where the server asks for the
same method again (307, 308). Any other redirect is an error that says where it leads. Credentials go nowhere
but to the endpoint.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urljoin, urlsplit

from provision.client import failures
from provision.client.answer import Answer
from provision.client.endpoint import Endpoint
from provision.client.retries import SAFE

STATUSES: Final = frozenset({301, 302, 303, 307, 308})
MOST: Final = 5
"""So many are followed, one after the other."""


def target_of(method: str, url: str, answer: Answer, endpoint: Endpoint) -> str:
    """Where a redirect leads.

    Raises:
        Unreachable: it must not be followed.
    """
    location = answer.headers.get("location", "")
    target = urljoin(url, location)
    old, new = urlsplit(url), urlsplit(target)
    same_place = (old.scheme, old.netloc) == (new.scheme, new.netloc)
    login = new.path.rstrip("/").endswith(("/login", "/signin"))
    same_method = method in SAFE or answer.status in (307, 308)
    if not location or not same_place or login or not same_method:
        raise failures.redirected(method, url, location, endpoint)
    return target
