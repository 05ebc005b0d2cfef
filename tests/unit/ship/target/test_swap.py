from __future__ import annotations

import os
import stat

import pytest

from provision.errors import ProvisionError
from provision.ship.target import swap


@pytest.fixture
def file(tmp_path):
    folder = tmp_path / "rules"
    folder.mkdir()
    return folder / "a[1].yml"


def names(file):
    return sorted(found.name for found in file.parent.iterdir())


def test_a_new_file_gets_the_bits_it_was_given(file):
    swapped = swap.swap(file, swap.stage(file, b"new", 0o604), on_disk=True, proved=False)
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o604
    assert swapped == swap.Swapped(file, None, None)
    swap.put_back(swapped)
    assert names(file) == []


@pytest.mark.parametrize("on_disk", [True, False])
def test_a_replaced_file_comes_back_as_it_was(file, on_disk):
    file.write_bytes(b"old")
    file.chmod(0o640)
    inode = file.stat().st_ino
    swapped = swap.swap(file, swap.stage(file, b"new", 0o644), on_disk=on_disk, proved=True)
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert swap.backup_of(file).exists() is on_disk
    swap.put_back(swapped)
    assert file.read_bytes() == b"old"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert names(file) == ["a[1].yml"]
    if on_disk:
        assert file.stat().st_ino == inode


def test_a_removed_file_comes_back(file):
    file.write_bytes(b"old")
    swapped = swap.swap(file, None, on_disk=True, proved=True)
    assert not file.exists()
    swap.put_back(swapped)
    assert file.read_bytes() == b"old"


def test_once_proved_the_old_file_is_forgotten(file):
    file.write_bytes(b"old")
    swapped = swap.swap(file, swap.stage(file, b"new", 0o644), on_disk=True, proved=True)
    swap.forget(swapped)
    assert names(file) == ["a[1].yml"]
    swap.forget(swap.Swapped(file, b"old", None))


def test_what_a_killed_push_left_is_better_than_what_was_never_proved(file):
    file.write_bytes(b"never proved")
    swap.backup_of(file).write_bytes(b"good")
    swap.put_back(swap.swap(file, swap.stage(file, b"new", 0o644), on_disk=True, proved=False))
    assert file.read_bytes() == b"good"
    swap.backup_of(file).write_bytes(b"stale")
    swap.put_back(swap.swap(file, swap.stage(file, b"new", 0o644), on_disk=True, proved=True))
    assert file.read_bytes() == b"good"


def test_a_file_system_without_hard_links_gets_a_copy(file, monkeypatch):
    def refuse(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", refuse)
    file.write_bytes(b"old")
    file.chmod(0o640)
    swapped = swap.swap(file, swap.stage(file, b"new", 0o644), on_disk=True, proved=True)
    assert (file.read_bytes(), swap.backup_of(file).read_bytes()) == (b"new", b"old")
    swap.put_back(swapped)
    assert file.read_bytes() == b"old"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_only_this_files_leftovers_are_swept_away(file):
    for name in (".a[1].yml.x1.provision-new", ".a1.yml.x1.provision-new", ".a[1].yml.other"):
        (file.parent / name).write_text("x")
    swap.sweep(file)
    assert names(file) == [".a1.yml.x1.provision-new", ".a[1].yml.other"]


def test_leftovers_that_cannot_be_removed_are_said(file):
    (file.parent / ".a[1].yml.x.provision-new").mkdir()
    with pytest.raises(ProvisionError, match="can't be removed"):
        swap.sweep(file)


def test_a_folder_that_is_not_there_is_said(file):
    nowhere = file.parent / "nowhere" / "a.yml"
    with pytest.raises(ProvisionError, match=r"nowhere/a\.yml: can't be written: No such file"):
        swap.stage(nowhere, b"", 0o644)
    with pytest.raises(ProvisionError, match="can't be written"):
        swap.swap(nowhere, None, on_disk=True, proved=True)
    with pytest.raises(ProvisionError, match="can't be put back"):
        swap.put_back(swap.Swapped(nowhere, None, None))
    assert swap.content_of(nowhere) is None


def test_a_folder_in_the_place_of_the_file_is_said(file):
    file.mkdir()
    with pytest.raises(ProvisionError, match="can't be read: Is a directory"):
        swap.content_of(file)


def test_a_half_written_file_is_not_left_behind(file, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ProvisionError, match="can't be written: No space left on device"):
        swap.stage(file, b"new", 0o644)
    assert names(file) == []


@pytest.mark.parametrize("mine", [True, False])
def test_an_owner_that_cannot_be_kept_is_refused(file, monkeypatch, mine):
    file.write_bytes(b"old")
    found = file.stat()
    theirs = os.stat_result(
        [*found[:4], found.st_uid if mine else found.st_uid + 1, found.st_gid + 1, *found[6:10]]
    )

    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(type(file), "stat", lambda *_, **__: theirs)
    monkeypatch.setattr(os, "fchown", refuse)
    monkeypatch.setattr(os, "geteuid", lambda: found.st_uid if mine else found.st_uid + 2)
    with pytest.raises(ProvisionError, match="group .* can't be kept" if mine else "it belongs to user"):
        swap.stage(file, b"new", 0o644)
    monkeypatch.undo()
    assert names(file) == ["a[1].yml"]


def test_owner_and_group_are_kept_where_they_can_be(file, monkeypatch):
    file.write_bytes(b"old")
    found = file.stat()
    theirs = os.stat_result([*found[:4], found.st_uid + 1, found.st_gid + 1, *found[6:10]])
    given = []
    monkeypatch.setattr(type(file), "stat", lambda *_, **__: theirs)
    monkeypatch.setattr(os, "fchown", lambda _, *owner: given.append(owner))
    staged = swap.stage(file, b"new", 0o644)
    monkeypatch.undo()
    assert given == [(found.st_uid + 1, found.st_gid + 1)]
    staged.unlink()


def test_who_may_replace_a_file(file, monkeypatch):
    assert swap.owner_fault(file) == ""
    file.write_bytes(b"")
    assert swap.owner_fault(file) == ""
    owner = file.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    assert f"it belongs to user {owner}" in swap.owner_fault(file)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert swap.owner_fault(file) == ""
