from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from provision.lab.gallery.storage import Folder, StorageDown


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "storage")


def test_what_is_put_is_there_until_it_is_deleted(folder: Folder, tmp_path: Path) -> None:
    folder.put("albums/1/about.json", b"one")
    folder.put("albums/1/02.image", b"two")
    folder.put("albums/1/about.json", b"new")
    assert folder.get("albums/1/about.json") == b"new"
    assert folder.keys("albums/") == ["albums/1/02.image", "albums/1/about.json"]
    folder.delete(["albums/1/about.json", "albums/1/none"])
    assert folder.get("albums/1/about.json") is None
    assert folder.keys("albums/1/") == ["albums/1/02.image"]
    folder.delete(["albums/1/02.image"])
    assert folder.keys("albums/") == []
    assert list((tmp_path / "storage" / "albums").iterdir()) == []  # no empty folder stays behind


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "a/../b", "..", ".hidden", "a//b", "a/", "A", "a b", "a\0", "a\n"]
)
def test_no_key_leads_out_of_the_storage(folder: Folder, key: str) -> None:
    for use in (folder.get, lambda key: folder.put(key, b""), lambda key: folder.delete([key])):
        with pytest.raises(ValueError, match="is no key"):
            use(key)


def test_what_is_being_written_is_not_seen(folder: Folder, tmp_path: Path) -> None:
    folder.put("albums/1/about.json", b"one")
    (tmp_path / "storage" / "albums" / "1" / ".half").write_text("")
    assert folder.keys("albums/") == ["albums/1/about.json"]


def test_replicas_that_put_and_delete_at_once_are_in_nobodys_way(tmp_path: Path) -> None:
    def use(number: int) -> None:
        mine = Folder(tmp_path / "storage")
        for _ in range(200):
            mine.put(f"albums/1/{number}.json", b"x")
            mine.delete([f"albums/1/{number}.json"])

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(use, range(4)))
    assert Folder(tmp_path / "storage").keys("albums/") == []


def test_a_link_out_of_the_storage_is_not_followed_when_keys_are_listed(
    folder: Folder, tmp_path: Path
) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "key").write_text("")
    folder.put("albums/1/about.json", b"one")
    (tmp_path / "storage" / "albums" / "2").symlink_to(tmp_path / "secrets")
    assert folder.keys("albums/") == ["albums/1/about.json", "albums/2"]


def test_a_folder_that_is_gone_is_a_storage_that_is_down(folder: Folder, tmp_path: Path) -> None:
    folder.put("one", b"1")
    (tmp_path / "storage").rename(tmp_path / "elsewhere")
    for use in (
        lambda: folder.get("one"),
        lambda: folder.keys("albums/"),
        lambda: folder.put("two", b"2"),
        lambda: folder.delete(["one"]),
    ):
        with pytest.raises(StorageDown, match="storage is gone$"):
            use()
    assert not (tmp_path / "storage").exists()  # a mount that comes back later finds no folder in its way


def test_what_the_system_refuses_is_told(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "storage" / "file").write_text("")
    with pytest.raises(StorageDown, match="file.*: (Not a directory|File exists)"):
        folder.put("file/key", b"")
    (tmp_path / "storage" / "folder").mkdir()
    with pytest.raises(StorageDown, match="Is a directory"):
        folder.get("folder")
    with pytest.raises(StorageDown, match="Is a directory"):
        folder.put("folder", b"")
    assert [path.name for path in (tmp_path / "storage").iterdir() if path.name.startswith(".")] == []
