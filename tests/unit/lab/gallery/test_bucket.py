"""A bucket on a stand-in for S3: moto's server, in a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from provision.errors import UsageError
from provision.lab.gallery import settings
from provision.lab.gallery.bucket import Bucket
from provision.lab.gallery.collection import Collection
from provision.lab.gallery.images import gradient
from provision.lab.gallery.parts import assembled
from provision.lab.gallery.site import application
from provision.lab.gallery.storage import StorageDown
from provision.lab.gallery.visits import InMemory
from support.servers import free_port, running

PNG = gradient(2, 2, (1, 2, 3))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    url = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", url.rpartition(":")[2]]
    with running(command, f"{url}/moto-api/", tmp_path_factory.mktemp("moto") / "log"):
        yield url


@pytest.fixture
def place(server: str) -> str:
    """Another bucket for each test; none of them is there yet."""
    return f"s3+{server}/test-{uuid.uuid4()}"


@pytest.fixture
def bucket(place: str) -> Bucket:
    return Bucket(place, "access", "hidden-secret")


def test_what_is_put_is_there_until_it_is_deleted(bucket: Bucket, place: str) -> None:
    assert bucket.get("albums/1/about.json") is None
    assert bucket.keys("albums/") == []
    bucket.put("albums/1/about.json", b"one")
    bucket.put("albums/1/02.image", b"two")
    bucket.put("albums/10/about.json", b"ten")
    bucket.put("albums/1/about.json", b"new")
    other = Bucket(place, "access", "hidden-secret")
    assert other.get("albums/1/about.json") == b"new"
    assert other.size("albums/1/") == sum(len(other.get(key) or b"") for key in other.keys("albums/1/")) > 0
    assert other.size("none/") == 0
    assert other.keys("albums/1/") == ["albums/1/02.image", "albums/1/about.json"]
    assert other.keys("albums/") == ["albums/1/02.image", "albums/1/about.json", "albums/10/about.json"]
    bucket.delete(["albums/1/about.json", "albums/1/02.image", "albums/1/none"])
    bucket.delete(["albums/1/none"])
    bucket.delete([])
    assert bucket.keys("albums/") == ["albums/10/about.json"]


@pytest.mark.parametrize("key", ["", "..", "a/../b", "/a", "a b"])
def test_no_key_leads_elsewhere(bucket: Bucket, key: str) -> None:
    for use in (bucket.get, bucket.keys, lambda key: bucket.put(key, b""), lambda key: bucket.delete([key])):
        with pytest.raises(ValueError, match="is no key"):
            use(key)


def test_replicas_that_make_the_bucket_at_once_all_have_it(place: str) -> None:
    buckets = [Bucket(place, "access", "hidden-secret") for _ in range(3)]
    threads = [threading.Thread(target=each.put, args=(f"{n}", b"x")) for n, each in enumerate(buckets)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [buckets[0].get(key) for key in "012"] == [b"x"] * 3


def test_a_gallery_lives_in_a_bucket(bucket: Bucket) -> None:
    collection = Collection(bucket)
    collection.add_samples()
    album = collection.create("Sea")
    picture = collection.add(album.id, "Wave", PNG)
    assert collection.picture(album.id, picture.id) == (picture, PNG)
    assert collection.counts() == (13, 79)
    assert collection.delete_album(album.id)
    assert collection.counts() == (12, 78)


def test_a_server_that_is_gone_is_a_storage_that_is_down_and_the_secret_is_not_told(tmp_path: Path) -> None:
    place = f"s3+http://127.0.0.1:{free_port()}/gallery"
    bucket = Bucket(place, "access", "hidden-secret")
    with pytest.raises(StorageDown) as caught:
        bucket.get("one")
    assert str(caught.value).startswith(f"{place}: ")
    assert "hidden" not in str(caught.value)
    assert "\n" not in str(caught.value)
    parts = assembled("app-1", Collection(bucket), InMemory())
    parts.upkeep.look()
    client = application(parts).test_client()
    assert client.get("/").status_code == 503
    assert client.get("/health").json == {
        "replica": "app-1", "sessions": "counted", "status": "well", "storage": "fails",
    }  # fmt: skip


def test_a_server_that_hangs_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        bucket = Bucket(f"s3+http://127.0.0.1:{silent.getsockname()[1]}/gallery", "access", "secret")
        with pytest.raises(StorageDown):
            bucket.get("one")


def test_keys_come_from_the_environment_or_files(place: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hidden-secret\n")
    keys = {"GALLERY_S3_ACCESS_KEY": "access", "GALLERY_S3_SECRET_KEY_FILE": str(tmp_path / "secret")}
    assert isinstance(settings.storage(place, keys), Bucket)
    with pytest.raises(
        UsageError, match="--storage: a bucket needs an access key and a secret key; set GALLERY_S3"
    ):
        settings.storage(place, {"GALLERY_S3_ACCESS_KEY": "access"})
    for bad in (
        "s3+http://127.0.0.1:1",
        "s3+ftp://127.0.0.1/gallery",
        "s3+http://u:hidden@h/gallery",
        "s3+http://h/Bad_Name",
    ):
        with pytest.raises(UsageError, match=r"address is s3\+http://HOST:PORT/BUCKET") as caught:
            settings.storage(bad, keys)
        assert "hidden" not in str(caught.value)


def test_without_the_library_it_is_told_what_to_install(place: str) -> None:
    code = (
        "import sys; sys.modules['obstore'] = None\n"
        "from provision.lab.gallery import settings\n"
        f"settings.storage({place!r}, {{}})"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "a bucket needs Python's obstore; install it with: " in ran.stderr
