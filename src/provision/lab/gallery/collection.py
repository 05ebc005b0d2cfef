"""Albums and pictures, as the gallery keeps them.

| key | holds |
| --- | --- |
| `albums/ALBUM/about.json` | title, moment of creation; without it there is no such album |
| `albums/ALBUM/PICTURE.json` | title, kind, moment; without it there is no such picture |
| `albums/ALBUM/PICTURE.image` | the picture itself, written first |
| `samples.json` | that the sample albums have been added |

What is written never changes, so that what a replica remembers of it stays right; whether it is still there is asked
of the storage every time.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from provision.lab.gallery.images import gradient, kind_of
from provision.lab.gallery.storage import Storage

MOST_ALBUMS = 500
MOST_PICTURES = 100
"""In one album."""

MOST_BYTES = 200_000_000
"""Of all albums together, unless another limit is set: the number of pictures alone would let in 100 GB."""

LONGEST_TITLE = 80
SAMPLES = 12
"""Albums `1` to `12`, there from the first start on; album N holds N pictures."""

_SAMPLES_ADDED = "samples.json"
_ID = re.compile(r"[a-z0-9]{1,16}")
_MOST_REMEMBERED = 20_000


class Refused(Exception):
    """What a visitor asks for can't be done; the message tells the visitor why.

    Args:
        status: the HTTP status that says so.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Album:
    """An album; `created` is a Unix time in seconds."""

    id: str
    title: str
    created: float
    pictures: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture; `created` is a Unix time in seconds, `kind` one of `images.KINDS`."""

    id: str
    album: str
    title: str
    kind: str
    created: float


class Collection:
    """The albums in a storage. Threads and replicas may share it. Every method raises `StorageDown`.

    Args:
        most_bytes: how much of the storage they may take. Replicas that add pictures at the same moment may go over it by
            those pictures.
    """

    def __init__(self, storage: Storage, most_bytes: int = MOST_BYTES) -> None:
        self._storage, self._most_bytes = storage, most_bytes
        self._lock = threading.Lock()
        self._coming = 0
        self._remembered: dict[str, Any] = {}

    def counts(self) -> tuple[int, int]:
        """How many albums and how many pictures there are."""
        pictures = self._pictures_by_album()
        return len(pictures), sum(pictures.values())

    def albums(self) -> list[Album]:
        """All of them, the newest first."""
        found = []
        for album, pictures in self._pictures_by_album().items():
            about = self._about(_about_key(album))
            if about is not None:
                found.append(Album(album, about["title"], about["created"], pictures))
        return sorted(found, key=lambda album: (-album.created, album.id))

    def album(self, album: str) -> tuple[Album, list[Picture]] | None:
        """An album and its pictures, the oldest first; None when there is no such album."""
        if not _ID.fullmatch(album):
            return None
        keys = self._storage.keys(f"albums/{album}/")
        about = self._about(_about_key(album)) if _about_key(album) in keys else None
        if about is None:
            return None
        ids = [key.rpartition("/")[2].removesuffix(".json") for key in keys if _is_picture(key)]
        pictures = [found for id_ in ids if (found := self._picture(album, id_)) is not None]
        pictures.sort(key=lambda picture: (picture.created, picture.id))
        return Album(album, about["title"], about["created"], len(pictures)), pictures

    def picture(self, album: str, picture: str) -> tuple[Picture, bytes] | None:
        """A picture and its content; None when there is no such picture."""
        if not (_ID.fullmatch(album) and _ID.fullmatch(picture)):
            return None
        content = self._storage.get(_content_key(album, picture))
        found = self._picture(album, picture)
        return None if found is None or content is None else (found, content)

    def create(self, title: str) -> Album:
        """A new album.

        Raises:
            Refused: the title won't do, or there are too many albums.
        """
        title = _title(title)
        if len(self._pictures_by_album()) >= MOST_ALBUMS:
            raise Refused(409, f"the gallery is full: it holds {MOST_ALBUMS} albums")
        album = Album(secrets.token_hex(6), title, time.time())
        self._write(_about_key(album.id), {"title": title, "created": album.created})
        return album

    def add(self, album: str, title: str, content: bytes) -> Picture:
        """A new picture in an album.

        Raises:
            Refused: there is no such album, it or the storage is full, the title won't do, or the content is no
                picture.
        """
        kind = kind_of(content)
        if kind is None:
            raise Refused(415, "that is no picture: PNG, JPEG, GIF and WebP are taken")
        title = _title(title)
        found = self.album(album)
        if found is None:
            raise Refused(404, "there is no such album")
        if found[0].pictures >= MOST_PICTURES:
            raise Refused(409, f"the album is full: it holds {MOST_PICTURES} pictures")
        picture = Picture(secrets.token_hex(6), album, title, kind, time.time())
        with self._room(len(content)):
            self._put_picture(picture, content)
        if self._storage.get(_about_key(album)) is None:
            # It was deleted meanwhile, and what was just added isn't known to who deleted it.
            self.delete_picture(album, picture.id)
            raise Refused(404, "there is no such album")
        return picture

    def delete_album(self, album: str) -> bool:
        """Whether there was one."""
        if not _ID.fullmatch(album):
            return False
        keys = self._storage.keys(f"albums/{album}/")
        about = _about_key(album)
        self._storage.delete([about, *(key for key in keys if key != about)])
        return about in keys

    def delete_picture(self, album: str, picture: str) -> bool:
        """Whether there was one."""
        if not (_ID.fullmatch(album) and _ID.fullmatch(picture)):
            return False
        there = self._storage.get(_picture_key(album, picture)) is not None
        self._storage.delete([_picture_key(album, picture), _content_key(album, picture)])
        return there

    def add_samples(self) -> None:
        """The sample albums, unless they have been added before. Replicas that do so at once write the same."""
        if self._storage.get(_SAMPLES_ADDED) is not None:
            return
        for number in range(1, SAMPLES + 1):
            for each in range(1, number + 1):
                colour = (number * 20, each * 20, 255 - number * 20)
                # The moments are fixed ones, so that every replica writes the same.
                picture = Picture(f"{each:02}", str(number), f"Picture {each}", "png", float(each))
                self._put_picture(picture, gradient(96, 64, colour))
            self._write(_about_key(str(number)), {"title": f"Album {number}", "created": float(-number)})
        self._write(_SAMPLES_ADDED, {"albums": SAMPLES})

    @contextmanager
    def _room(self, size: int) -> Iterator[None]:
        """Room for so many bytes more, beside what other threads are about to add.

        Raises:
            Refused: there is none.
        """
        with self._lock:
            self._coming += size
            coming = self._coming
        try:
            if self._storage.size("albums/") + coming > self._most_bytes:
                most = self._most_bytes / 1_000_000
                raise Refused(
                    507, f"the gallery is full: its pictures may take {most:g} MB; delete some first"
                )
            yield
        finally:
            with self._lock:
                self._coming -= size

    def _pictures_by_album(self) -> dict[str, int]:
        """How many pictures each album has."""
        pictures: Counter[str] = Counter()
        albums = []
        for key in self._storage.keys("albums/"):
            album = key.split("/")[1]
            if key == _about_key(album):
                albums.append(album)
            elif _is_picture(key):
                pictures[album] += 1
        return {album: pictures[album] for album in albums}

    def _picture(self, album: str, picture: str) -> Picture | None:
        about = self._about(_picture_key(album, picture))
        return None if about is None else Picture(picture, album, **about)

    def _put_picture(self, picture: Picture, content: bytes) -> None:
        self._storage.put(_content_key(picture.album, picture.id), content)
        about = {"title": picture.title, "kind": picture.kind, "created": picture.created}
        self._write(_picture_key(picture.album, picture.id), about)

    def _about(self, key: str) -> Any:
        """What is written there, perhaps from memory; None when there is nothing."""
        known = self._remembered.get(key)
        if known is None:
            content = self._storage.get(key)
            if content is None:
                return None
            known = json.loads(content)
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = known
        return known

    def _write(self, key: str, about: dict[str, Any]) -> None:
        self._storage.put(key, json.dumps(about).encode())


def _title(title: str) -> str:
    title = title.strip()
    if not title or len(title) > LONGEST_TITLE or not title.isprintable():
        raise Refused(400, f"a title of 1 to {LONGEST_TITLE} printable characters is needed")
    return title


def _is_picture(key: str) -> bool:
    return key.endswith(".json") and not key.endswith("/about.json")


def _about_key(album: str) -> str:
    return f"albums/{album}/about.json"


def _picture_key(album: str, picture: str) -> str:
    return f"albums/{album}/{picture}.json"


def _content_key(album: str, picture: str) -> str:
    return f"albums/{album}/{picture}.image"
