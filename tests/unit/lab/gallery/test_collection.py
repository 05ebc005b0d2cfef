from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from provision.lab.gallery.collection import SAMPLES, Collection, Refused
from provision.lab.gallery.images import gradient
from provision.lab.gallery.storage import Folder

PNG = gradient(2, 2, (1, 2, 3))


@pytest.fixture
def storage(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def gallery(storage: Folder) -> Collection:
    return Collection(storage)


def test_albums_are_shown_the_newest_first_and_pictures_the_oldest_first(gallery: Collection) -> None:
    assert gallery.albums() == []
    first, second = gallery.create("First"), gallery.create(" Second ")
    one, two = (gallery.add(first.id, title, PNG) for title in ("One", "Two"))
    assert [(album.title, album.pictures) for album in gallery.albums()] == [("Second", 0), ("First", 2)]
    found = gallery.album(first.id)
    assert found is not None
    assert found[1] == [one, two]
    assert gallery.picture(first.id, two.id) == (two, PNG)
    assert gallery.counts() == (2, 2)
    assert gallery.delete_picture(first.id, one.id)
    assert not gallery.delete_picture(first.id, one.id)
    assert gallery.counts() == (2, 1)
    assert gallery.delete_album(first.id)
    assert not gallery.delete_album(first.id)
    assert [album.id for album in gallery.albums()] == [second.id]


@pytest.mark.parametrize("name", ["", "..", "../1", "1/2", "A", "1" * 17, "é", "about.json"])
def test_what_is_no_identifier_is_not_there(gallery: Collection, name: str) -> None:
    assert gallery.album(name) is None
    assert gallery.picture(name, "01") is None
    assert gallery.picture("1", name) is None
    assert not gallery.delete_album(name)
    assert not gallery.delete_picture("1", name)
    with pytest.raises(Refused, match="there is no such album"):
        gallery.add(name, "Wave", PNG)


def test_samples_come_once(gallery: Collection, storage: Folder) -> None:
    gallery.add_samples()
    assert gallery.counts() == (SAMPLES, SAMPLES * (SAMPLES + 1) // 2)
    assert [album.id for album in gallery.albums()] == [str(number) for number in range(1, SAMPLES + 1)]
    gallery.delete_album("3")
    Collection(storage).add_samples()
    assert gallery.album("3") is None


def test_replicas_that_add_samples_at_once_write_the_same(tmp_path: Path) -> None:
    def add(name: str) -> None:
        Collection(Folder(tmp_path / name)).add_samples()

    def held(name: str) -> dict[str, bytes]:
        files = (tmp_path / name).rglob("*.*")
        return {str(file.relative_to(tmp_path / name)): file.read_bytes() for file in files}

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(add, ["shared"] * 3))
    add("alone")
    assert held("shared") == held("alone") != {}


def test_an_album_that_is_being_deleted_keeps_no_picture(storage: Folder, gallery: Collection) -> None:
    album = gallery.create("Sea")

    class Slow:
        """A storage in which the album is deleted while a picture is written."""

        def __getattr__(self, name: str) -> Callable[..., object]:
            return getattr(storage, name)  # type: ignore[no-any-return]

        def put(self, key: str, content: bytes) -> None:
            if key.endswith(".image"):
                gallery.delete_album(album.id)
            storage.put(key, content)

    with pytest.raises(Refused, match="there is no such album"):
        Collection(Slow()).add(album.id, "Wave", PNG)  # type: ignore[arg-type]
    assert storage.keys("albums/") == []


def test_another_replica_sees_what_one_has_deleted(gallery: Collection, storage: Folder) -> None:
    other, album = Collection(storage), gallery.create("Sea")
    picture = gallery.add(album.id, "Wave", PNG)
    assert other.picture(album.id, picture.id) is not None
    gallery.delete_album(album.id)
    assert other.picture(album.id, picture.id) is None
    assert other.album(album.id) is None
    assert other.albums() == []


def test_there_is_room_for_so_many_bytes_and_again_once_something_is_deleted(storage: Folder) -> None:
    picture = PNG + b"\0" * 1000
    gallery = Collection(storage, most_bytes=5000)
    album = gallery.create("Sea")
    added = [gallery.add(album.id, "Wave", picture) for _ in range(4)]
    with pytest.raises(Refused, match=r"the gallery is full: its pictures may take 0.005 MB") as caught:
        gallery.add(album.id, "Wave", picture)
    assert caught.value.status == 507
    assert storage.size("albums/") <= 5000
    assert gallery.delete_picture(album.id, added[0].id)
    gallery.add(album.id, "Wave", picture)
    assert Collection(storage).add(album.id, "Wave", picture)  # another limit


def test_pictures_that_come_at_once_are_all_counted(storage: Folder) -> None:
    picture = PNG + b"\0" * 1000
    gallery = Collection(storage, most_bytes=3000)
    album = gallery.create("Sea")

    def add(_: int) -> int:
        try:
            gallery.add(album.id, "Wave", picture)
        except Refused as refused:
            return refused.status
        return 201

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(add, range(40)))
    assert set(statuses) == {201, 507}
    assert storage.size("albums/") <= 3000
