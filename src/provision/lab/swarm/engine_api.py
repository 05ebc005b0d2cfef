"""What the client can't ask of an engine without a secret among its arguments, or only slowly: its API, by its socket."""

from __future__ import annotations

import http.client
import json
import socket
from typing import Any, Final

_TIME_LIMIT_SECONDS: Final = 30.0


class _Socket(http.client.HTTPConnection):
    """A connection to an engine."""

    def connect(self) -> None:
        """Connect to the socket at the path that stands for the host."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.host)


def get(at: str, path: str, time_limit_seconds: float = _TIME_LIMIT_SECONDS) -> Any:
    """What the engine whose socket is `at` answers.

    Raises:
        FileNotFoundError: what is asked about isn't there (any more), nor perhaps the socket.
        OSError: it doesn't answer, or refuses.
    """
    return _asked(at, "GET", path, None, time_limit_seconds)


def post(at: str, path: str, body: Any) -> Any:
    """The same for something that changes it."""
    return _asked(at, "POST", path, body, _TIME_LIMIT_SECONDS)


def _asked(at: str, method: str, path: str, body: Any, time_limit_seconds: float) -> Any:
    connection = _Socket(at, timeout=time_limit_seconds)
    content = None if body is None else json.dumps(body)
    try:
        connection.request(method, path, content, {"Host": "docker", "Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
    except http.client.HTTPException as error:
        raise OSError(f"the engine doesn't answer: {error}") from None
    finally:
        connection.close()
    if answer.status == 404:
        raise FileNotFoundError(f"the engine knows nothing at {path}")
    if answer.status >= 400:
        raise OSError(f"the engine refuses {method} {path}: {text.decode(errors='replace').strip()}")
    return json.loads(text) if text.strip() else None
