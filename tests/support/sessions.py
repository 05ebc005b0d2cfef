"""Sessions with a token, which never wait, and what goes wrong in them."""

from __future__ import annotations

import socket
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest

from provision.client.session import Credentials, Endpoint, Session
from provision.errors import ProvisionError

TOKEN: Final = "glsa_very-secret-token"


@contextmanager
def session(url: str, waits: list[float] | None = None, **fields: Any) -> Iterator[Session]:
    """A session with a Grafana; instead of waiting it puts the seconds into `waits`."""
    fields.setdefault("credentials", Credentials(token=TOKEN))
    fields.setdefault("prefix", "GRAFANA")
    with Session(Endpoint(url, **fields), ([] if waits is None else waits).append) as opened:
        yield opened


def failing(
    url: str, method: str = "GET", path: str = "/api/x", *, secrets: Iterable[str] = (), **fields: Any
) -> ProvisionError:
    """The error of one request; and be sure that nothing about it holds a secret."""
    with session(url, **fields) as opened, pytest.raises(ProvisionError) as caught:
        opened.request(method, path, secrets=secrets)
    whole = "".join(traceback.format_exception(caught.value)) + repr(opened.endpoint)
    for secret in (TOKEN, *secrets):
        assert secret not in whole
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert caught.value.where == url.rstrip("/")
    return caught.value


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def to(location: str, status: int = 302) -> tuple[int, bytes, dict[str, str]]:
    """A redirect, as a scripted server answers it."""
    return (status, b"", {"Location": location})
