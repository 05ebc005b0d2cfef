"""What a replica is told: its storage, its Redis, its token. Secrets come from files or the environment, never from
arguments, which every user of a machine can read.

| variable | holds |
| --- | --- |
| `GALLERY_S3_ACCESS_KEY`, or `GALLERY_S3_ACCESS_KEY_FILE` | the name to come to the bucket with |
| `GALLERY_S3_SECRET_KEY`, or `GALLERY_S3_SECRET_KEY_FILE` | the secret that belongs to it |
| `GALLERY_S3_REGION` | the server's region; `us-east-1` unless set, as in MinIO |
| `GALLERY_REDIS_PASSWORD`, or `GALLERY_REDIS_PASSWORD_FILE` | Redis' password, or the file that holds it; none unless set |
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from provision.errors import MissingTool, ProvisionError, UsageError
from provision.lab.gallery.storage import Folder, Storage
from provision.lab.gallery.visits import InMemory, InRedis, Visits


def storage(place: str, environ: Mapping[str, str]) -> Storage:
    """The storage at `place`: a bucket (`s3+http://HOST:PORT/BUCKET`), or else a folder.

    Raises:
        UsageError: the bucket's address isn't one, or there are no keys for it.
        ProvisionError: the folder can't be used.
    """
    if place.startswith("s3+"):
        return _bucket(place, environ)
    try:
        return Folder(Path(place))
    except OSError as error:
        raise ProvisionError(f"can't be used as a storage: {error.strerror}", where=place) from None


def _bucket(place: str, environ: Mapping[str, str]) -> Storage:
    try:
        from provision.lab.gallery.bucket import Bucket
    except ModuleNotFoundError as error:
        remedy = f"install it with: {sys.executable} -m pip install {error.name}"
        raise MissingTool(f"a bucket needs Python's {error.name}", where="--storage", remedy=remedy) from None
    access_key, secret_key = (secret(f"GALLERY_S3_{name}_KEY", environ) for name in ("ACCESS", "SECRET"))
    if not access_key or not secret_key:
        raise UsageError(
            "a bucket needs an access key and a secret key",
            where="--storage",
            remedy="set GALLERY_S3_ACCESS_KEY_FILE and GALLERY_S3_SECRET_KEY_FILE",
        )
    try:
        return Bucket(place, access_key, secret_key, environ.get("GALLERY_S3_REGION") or "us-east-1")
    except ValueError as error:
        raise UsageError(str(error), where="--storage") from None


def visits(url: str, environ: Mapping[str, str]) -> Visits:
    """Where visits are counted: in that Redis, or in memory when there is no URL.

    Raises:
        UsageError: the URL isn't one of a Redis, or holds a password.
        ProvisionError: the password's file can't be read.
    """
    if not url:
        return InMemory()
    try:
        parts = urlsplit(url)
        database = int(parts.path.strip("/") or 0)
    except ValueError:
        database = -1
    if database < 0:
        # Neither is repeated: somebody may have written a password into it.
        raise UsageError("isn't the URL of a Redis", where="--redis", remedy="give redis://HOST:PORT/0")
    if parts.password is not None or "password" in parse_qs(parts.query):
        raise UsageError(
            "a password in an argument can be read by every user of this machine",
            where="--redis",
            remedy="set GALLERY_REDIS_PASSWORD_FILE",
        )
    try:
        return InRedis(url, secret("GALLERY_REDIS_PASSWORD", environ))
    except ValueError as error:
        raise UsageError(f"{error}", where="--redis", remedy="give redis://HOST:PORT/0") from None


def token(file: Path | None) -> str:
    """The token in that file; empty without a file, which lets nobody in.

    Raises:
        ProvisionError: it can't be read, or is empty.
    """
    return "" if file is None else _content(file)


def secret(name: str, environ: Mapping[str, str]) -> str:
    """The variable of that name, else what is in the file that `NAME_FILE` names; empty when neither is set.

    Raises:
        ProvisionError: the file can't be read, or is empty.
    """
    if environ.get(name):
        return environ[name]
    file = environ.get(f"{name}_FILE")
    return _content(Path(file)) if file else ""


def _content(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "isn't UTF-8"
        raise ProvisionError(f"can't be read: {why}", where=str(file)) from None
    if not text:
        raise ProvisionError("is empty", where=str(file), remedy="write the secret into it")
    return text
