from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provision.errors import ProvisionError
from provision.model import Resource, Verb
from provision.ship.apply import apply
from provision.ship.plan import make_plan
from provision.ship.target.folder import LEDGER, Folder


def push(folder: Folder, files: dict[str, bytes], owner: str = "shop") -> dict[str, Verb]:
    desired = [Resource("file", key, body) for key, body in files.items()]
    plan = make_plan(desired, folder, owner, prune=True)
    assert not plan.stops
    assert all(outcome.status == "done" for outcome in apply(plan, folder))
    return {action.key: action.verb for action in plan.actions}


def tree(root: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file() and p.name != LEDGER
    }


def test_writes_keeps_and_removes_only_its_own(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "build")
    assert push(folder, {"a/x.json": b"1", "b.yml": b"2"}) == {"a/x.json": Verb.CREATE, "b.yml": Verb.CREATE}
    (folder.root / "notes.txt").write_bytes(b"mine")
    (folder.root / "a" / "mine.json").write_bytes(b"mine")
    assert push(folder, {"b.yml": b"3"}) == {"b.yml": Verb.UPDATE, "a/x.json": Verb.DELETE}
    assert tree(folder.root) == {"b.yml": b"3", "notes.txt": b"mine", "a/mine.json": b"mine"}


def test_a_second_push_writes_nothing(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    push(folder, {"x": b"1"})
    before = (tmp_path / "x").stat().st_mtime_ns, (tmp_path / LEDGER).stat().st_mtime_ns
    assert push(folder, {"x": b"1"}) == {"x": Verb.KEEP}
    assert ((tmp_path / "x").stat().st_mtime_ns, (tmp_path / LEDGER).stat().st_mtime_ns) == before


def test_directories_it_emptied_go_and_others_stay(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    push(folder, {"a/b/x": b"1", "c/y": b"1"})
    (tmp_path / "c" / "other").write_bytes(b"")
    push(folder, {})
    assert not (tmp_path / "a").exists()
    assert (tmp_path / "c" / "other").exists()


def test_a_file_of_someone_else_in_the_way_is_foreign(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"theirs")
    plan = make_plan([Resource("file", "x", b"ours")], Folder(tmp_path), "shop")
    assert [action.verb for action in plan.actions] == [Verb.FOREIGN]


def test_an_edited_file_of_ours_is_simply_written_again(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    push(folder, {"x": b"1"})
    (tmp_path / "x").write_bytes(b"edited")
    assert push(folder, {"x": b"1"}) == {"x": Verb.UPDATE}


def test_what_somebody_put_in_place_of_a_file_of_ours_is_not_removed(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    push(folder, {"x": b"1", "y": b"1"})
    (tmp_path / "x").write_bytes(b"somebody's own")
    assert push(folder, {}) == {"y": Verb.DELETE}
    assert tree(tmp_path) == {"x": b"somebody's own"}


def test_remember_takes_files_that_are_as_they_should_be(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"1")
    folder = Folder(tmp_path)
    folder.remember(["x"], "shop")
    assert push(folder, {}) == {"x": Verb.DELETE}


@pytest.mark.parametrize("text", [b"{", b"[]", b'{"owner": "x", "files": 3}', b"{}"])
def test_a_broken_ledger_is_told_and_nothing_is_touched(tmp_path: Path, text: bytes) -> None:
    (tmp_path / LEDGER).write_bytes(text)
    with pytest.raises(ProvisionError, match="is not this tool's list of files"):
        list(Folder(tmp_path).read(frozenset()))


def test_an_output_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "build").write_bytes(b"")
    with pytest.raises(ProvisionError, match="is not a folder"):
        list(Folder(tmp_path / "build").read(frozenset()))


def test_a_killed_build_recognises_its_own_work(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    plan = make_plan([Resource("file", name, b"1") for name in "abc"], folder, "shop")
    outcomes = apply(plan, folder)
    next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]
    assert set(orjson.loads((tmp_path / LEDGER).read_bytes())["files"]) == {"a", "b", "c"}
    assert push(folder, {"a": b"2"})["a"] is Verb.UPDATE


def test_one_file_that_cannot_be_written_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "inside").write_bytes(b"")
    folder = Folder(tmp_path)
    plan = make_plan([Resource("file", "a", b"1"), Resource("file", "z", b"1")], folder, "shop")
    (tmp_path / "a").mkdir()
    statuses = {outcome.action.key: outcome.status for outcome in apply(plan, folder)}
    assert statuses == {"a": "failed", "z": "done"}
    assert not list(tmp_path.glob(".a.*"))


@given(
    st.lists(st.dictionaries(st.sampled_from(["a", "b/c", "b/d", "e"]), st.binary(max_size=3)), max_size=5)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
def test_after_any_sequence_of_builds_the_folder_holds_just_the_last(
    tmp_path_factory: pytest.TempPathFactory, builds: list[dict[str, bytes]]
) -> None:
    folder = Folder(tmp_path_factory.mktemp("build"))
    for files in builds:
        push(folder, files)
        assert tree(folder.root) == files
