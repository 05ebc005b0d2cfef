"""One drill at a time in a folder, which is as it was before and afterwards."""

import os

import pytest

from provision.errors import ProvisionError
from provision.lab.drill import alone as module
from provision.lab.drill.alone import alone


def test_another_one_is_refused_until_it_is_over(tmp_path):
    folder = tmp_path / "lab"
    with alone(folder):
        (folder / "kept").write_text("")
        with pytest.raises(ProvisionError) as refused, alone(folder, "wait"):
            pytest.fail("two at once")
        assert str(refused.value) == f"{folder}: another drill runs on this lab; wait"
    with alone(folder):
        assert [path.name for path in folder.iterdir()] == ["kept"]


def test_nothing_is_left_of_it(tmp_path):
    with alone(tmp_path / "lab"):
        assert (tmp_path / "lab").is_dir()
    assert not (tmp_path / "lab").exists()


def test_a_folder_that_went_meanwhile_is_another_ones(tmp_path):
    folder = tmp_path / "lab"
    with alone(folder):
        folder.rmdir()
        with alone(folder):
            (folder / "kept").write_text("")
    assert (folder / "kept").exists()


def test_a_folder_that_goes_while_it_is_locked_is_made_again(tmp_path, monkeypatch):
    folder, flock, went = tmp_path / "lab", module.fcntl.flock, []

    def removed_first(descriptor, how):
        if not went:
            folder.rmdir()
        went.append(os.fstat(descriptor).st_ino)
        flock(descriptor, how)

    monkeypatch.setattr(module.fcntl, "flock", removed_first)
    with alone(folder):
        assert len(went) == 2
        assert folder.stat().st_ino == went[1]


def test_what_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ProvisionError, match="file: can't be used for a lab: File exists; name another"):
        with alone(tmp_path / "file"):
            pytest.fail("a file")
