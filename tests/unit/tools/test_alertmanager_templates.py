import subprocess
from pathlib import Path

import pytest

from provision.errors import MissingTool
from provision.tools import alertmanager_templates
from provision.tools.alertmanager_templates import COMPILED_IN, Launch, prepare, undo


def unpacked(tmp_path: Path, names: Path) -> Path:
    """A program that has a path compiled into it, with its templates beside it as Debian's package has them."""
    program = tmp_path / "root" / "usr" / "bin" / "prometheus-alertmanager"
    program.parent.mkdir(parents=True)
    program.write_bytes(b"\x7fELF..." + bytes(names) + b"...")
    templates = tmp_path / "root" / "usr" / "share" / "prometheus" / "alertmanager"
    templates.mkdir(parents=True)
    (templates / "default.tmpl").write_text("the template\n")
    return program


def test_a_build_with_its_templates_inside_needs_nothing(tmp_path: Path) -> None:
    program = unpacked(tmp_path, Path("/somewhere/else"))
    assert prepare(program, tmp_path / "work") == Launch()


def test_one_whose_templates_are_in_place_needs_nothing(tmp_path: Path) -> None:
    place = tmp_path / "share"
    place.mkdir()
    (place / "default.tmpl").touch()
    assert prepare(unpacked(tmp_path, place), tmp_path / "work", place) == Launch()


def test_a_link_is_made_where_namespaces_will_not_do_and_taken_away_again(tmp_path: Path) -> None:
    place = tmp_path / "prometheus" / "alertmanager"
    launch = prepare(unpacked(tmp_path, place), tmp_path / "work", place)
    assert launch == Launch((), (place.parent, place))
    assert (place / "default.tmpl").read_text() == "the template\n"
    undo(launch.made)
    assert not place.parent.exists()
    undo(launch.made)


def test_what_others_put_beside_the_link_stays(tmp_path: Path) -> None:
    place = tmp_path / "prometheus" / "alertmanager"
    launch = prepare(unpacked(tmp_path, place), tmp_path / "work", place)
    (place.parent / "consoles").mkdir()
    undo(launch.made)
    assert not place.exists()
    assert (place.parent / "consoles").exists()


def test_templates_that_are_nowhere_are_told(tmp_path: Path) -> None:
    place = tmp_path / "prometheus" / "alertmanager"
    program = unpacked(tmp_path, place)
    (tmp_path / "root" / "usr" / "share" / "prometheus" / "alertmanager" / "default.tmpl").unlink()
    with pytest.raises(MissingTool, match=f"needs {place}/default.tmpl; install the package") as caught:
        prepare(program, tmp_path / "work", place)
    assert caught.value.where == str(program)


def test_no_way_at_all_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    place = tmp_path / "file" / "prometheus" / "alertmanager"
    with pytest.raises(MissingTool, match="doesn't allow mount namespaces, and .* can't be made: Not a dir"):
        prepare(unpacked(tmp_path, place), tmp_path / "work", place)


def test_a_namespace_shows_the_templates_to_one_process_only(tmp_path: Path) -> None:
    if COMPILED_IN.exists():
        pytest.skip("the templates are installed on this machine")
    launch = prepare(unpacked(tmp_path, COMPILED_IN), tmp_path / "work")
    if launch.made:
        undo(launch.made)
        pytest.skip("mount namespaces aren't allowed on this machine")
    command = [*launch.prefix, "cat", str(COMPILED_IN / "default.tmpl"), "/usr/share/common-licenses/GPL-3"]
    shown = subprocess.run(command[:-1], capture_output=True, text=True, check=True)
    assert shown.stdout == "the template\n"
    listed = subprocess.run([*launch.prefix, "ls", "/usr/share"], capture_output=True, text=True, check=True)
    here = {path.name for path in Path("/usr/share").iterdir()}
    assert set(listed.stdout.split()) == here | {"prometheus"}
    assert not COMPILED_IN.exists()
    assert list((tmp_path / "work").iterdir()) == []


def test_without_unshare_there_is_no_namespace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not alertmanager_templates._works(("unshare",))


def test_a_namespace_that_is_forbidden_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unshare = tmp_path / "unshare"
    unshare.write_text("#!/bin/sh\nexit 1\n")
    unshare.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not alertmanager_templates._works(("unshare", "-rm"))
    linked = []
    monkeypatch.setattr(
        alertmanager_templates, "_link", lambda *paths: linked.append(paths) or (COMPILED_IN,)
    )
    if not COMPILED_IN.exists():
        assert prepare(unpacked(tmp_path, COMPILED_IN), tmp_path / "work").made == (COMPILED_IN,)
        assert len(linked) == 1


def test_what_may_be_made_is_what_is_not_there(tmp_path: Path) -> None:
    wanted = tmp_path / "prometheus" / "alertmanager"
    assert alertmanager_templates.could_make(wanted) == (wanted.parent, wanted)
    wanted.parent.mkdir()
    assert alertmanager_templates.could_make(wanted) == (wanted,)
    wanted.mkdir()
    assert alertmanager_templates.could_make(wanted) == ()
