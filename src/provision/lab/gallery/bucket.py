"""An S3 bucket as the gallery's storage, of MinIO or whatever else speaks S3."""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from provision.lab.gallery.storage import StorageDown, checked

TIMEOUT_SECONDS = 2.0
_SIGNED_FOR = timedelta(minutes=1)
_PLACE = re.compile(
    r"s3\+(?P<server>https?://[\w.-]+(:\d{1,5})?)/(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/?"
)
_MISSING = "NoSuchBucket"

T = TypeVar("T")


class Bucket:
    """A bucket, which several replicas may share. It is made when it isn't there.

    Args:
        place: `s3+http://HOST:PORT/BUCKET`, or with `s3+https`.
        access_key, secret_key: of somebody who may make the bucket, or read, write, list and delete in it.
        region: the server's.

    Raises:
        ValueError: `place` isn't one.
    """

    def __init__(self, place: str, access_key: str, secret_key: str, region: str = "us-east-1") -> None:
        found = _PLACE.fullmatch(place)
        if found is None or not _has_port(found["server"]):
            # What was given isn't repeated: somebody may have written a password into it.
            raise ValueError("a bucket's address is s3+http://HOST:PORT/BUCKET")
        self._place = place
        limit = timedelta(seconds=TIMEOUT_SECONDS)
        self._store = S3Store(
            found["bucket"],
            endpoint=found["server"],
            access_key_id=access_key,
            secret_access_key=secret_key,
            region=region,
            client_options={"allow_http": True, "connect_timeout": limit, "timeout": limit},
            # A visitor rather hears soon that it doesn't work.
            retry_config={"max_retries": 0, "retry_timeout": limit},
        )

    def put(self, key: str, content: bytes) -> None:
        """As `Storage` says."""
        key = checked(key)
        self._asked(lambda: obstore.put(self._store, key, content))

    def get(self, key: str) -> bytes | None:
        """As `Storage` says."""
        key = checked(key)
        return self._asked(lambda: bytes(obstore.get(self._store, key).bytes()))

    def delete(self, keys: list[str]) -> None:
        """As `Storage` says."""
        for some in (keys[:1], keys[1:]):
            if some:
                self._asked(partial(obstore.delete, self._store, [checked(key) for key in some]))

    def keys(self, prefix: str) -> list[str]:
        """As `Storage` says."""
        prefix = checked(prefix.rstrip("/"))
        found = self._asked(lambda: [each["path"] for each in obstore.list(self._store, prefix).collect()])
        return sorted(found or ())

    def size(self, prefix: str) -> int:
        """As `Storage` says."""
        prefix = checked(prefix.rstrip("/"))
        return (
            self._asked(lambda: sum(each["size"] for each in obstore.list(self._store, prefix).collect()))
            or 0
        )

    def _asked(self, ask: Callable[[], T], *, again: bool = True) -> T | None:
        """What the server answers; None when there is no such object."""
        try:
            return ask()
        except (BaseError, OSError) as error:
            missing = _MISSING in str(error)
            if isinstance(error, FileNotFoundError) and not missing:
                return None
            if not (missing and again):
                raise self._down(error) from None
        self._make()
        return self._asked(ask, again=False)

    def _make(self) -> None:
        """Make the bucket: the library signs the request for it, but doesn't send it."""
        url = urlsplit(obstore.sign(self._store, "PUT", "", _SIGNED_FOR))
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        try:
            with closing(kind(url.netloc, timeout=TIMEOUT_SECONDS)) as connection:
                connection.request("PUT", f"{url.path}?{url.query}", headers={"Content-Length": "0"})
                answer = connection.getresponse()
                answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise self._down(error) from None
        # 409: another replica was faster.
        if answer.status not in {200, 204, 409}:
            raise StorageDown(f"{self._place} can't be made: {answer.status} {answer.reason}")

    def _down(self, error: Exception) -> StorageDown:
        # What follows the first line is the library's own view of it.
        return StorageDown(f"{self._place}: {(str(error) or type(error).__name__).splitlines()[0]}")


def _has_port(server: str) -> bool:
    try:
        return urlsplit(server).port != 0
    except ValueError:
        return False
