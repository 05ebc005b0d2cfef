"""What came of one request, or of one page that a browser was to show."""

from __future__ import annotations

import http.client
import ssl
from dataclasses import dataclass

FAILED_STATUS = 500
"""Statuses from here on are failures of the server's; below are answers, though perhaps not those hoped for."""


@dataclass(frozen=True, slots=True)
class RequestResult:
    """What came of a request or a page.

    Attributes:
        time: when it began, a Unix time in seconds.
        page: what kind of page it was, such as `/album`; for the sums.
        method, path: what was asked for; with a browser, the path of the page that it ended on.
        seconds: until the whole answer was there, or the failure was certain.
        status: the status of the answer; None when there was none.
        failure: empty, or of which kind: `5xx`, `refused` (nothing listens), `reset` (the connection was cut),
            `timeout`, `tls`, `unexpected` (an answer, but another one than a visitor could use).
        client: which of several clients it was, counted from 1.
        screenshot: the name of the picture that a browser took of a failure; empty without one.
    """

    time: float
    page: str
    method: str
    path: str
    seconds: float
    status: int | None = None
    failure: str = ""
    client: int = 1
    screenshot: str = ""


def failure_of(error: OSError | http.client.HTTPException) -> str:
    """The kind of failure that a request ended with."""
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ssl.SSLError):
        return "tls"
    return "reset"
