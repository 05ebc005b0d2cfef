from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from provision.compile.load import modules
from provision.compile.load.inputs import FILE, THERE, digest
from provision.compile.load.modules import is_lasting, noted_imports
from provision.compile.load.territory import Territory
from provision.compile.load.watch import Watch, watching


@pytest.fixture
def territory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Territory]:
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    yield Territory(str(tmp_path))
    for name in set(sys.modules) - before:
        del sys.modules[name]


def imported(territory: Territory, name: str) -> tuple[ModuleType, Watch]:
    watch = Watch(territory)
    with noted_imports(territory), watching(watch):
        module = importlib.import_module(name)
    return module, watch


def test_an_import_notes_the_file_and_where_it_was_looked_for(territory: Territory, tmp_path: Path) -> None:
    (tmp_path / "mine_a.py").write_text("value = 1\n")
    module, watch = imported(territory, "mine_a")
    assert module.value == 1
    assert watch.inputs[FILE, f"{tmp_path}/mine_a.py"] == digest(b"value = 1\n")
    assert watch.inputs[THERE, f"{tmp_path}/mine_a/__init__.py"] == "not: 2"
    assert watch.inputs[THERE, f"{tmp_path}/mine_a.py"] == "file"


def test_a_missing_module_notes_where_it_could_have_been(territory: Territory, tmp_path: Path) -> None:
    watch = Watch(territory)
    with noted_imports(territory), watching(watch), pytest.raises(ModuleNotFoundError):
        importlib.import_module("mine_missing")
    assert watch.inputs[THERE, f"{tmp_path}/mine_missing.py"] == "not: 2"


def test_no_compiled_file_is_written_or_read(territory: Territory, tmp_path: Path) -> None:
    file = tmp_path / "mine_b.py"
    file.write_text("value = 1\n")
    imported(territory, "mine_b")
    del sys.modules["mine_b"]
    file.write_text("value = 2\n")
    module, _ = imported(territory, "mine_b")
    assert module.value == 2
    assert not (tmp_path / "__pycache__").exists()


def test_the_same_text_is_compiled_once(
    territory: Territory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modules, "_codes", {})
    (tmp_path / "mine_c.py").write_text("value = 1\n")
    imported(territory, "mine_c")
    first = dict(modules._codes)
    del sys.modules["mine_c"]
    _, watch = imported(territory, "mine_c")
    assert modules._codes == first
    assert len(first) == 1
    assert (FILE, f"{tmp_path}/mine_c.py") in watch.inputs


def test_packages_of_the_library_are_left_to_python(territory: Territory) -> None:
    hooks = list(sys.path_hooks)
    with noted_imports(territory):
        assert sys.path_hooks[0] not in hooks
        with pytest.raises(ImportError):
            sys.path_hooks[0](str(Path(json.__file__).parents[1]))
        with pytest.raises(ImportError):
            sys.path_hooks[0](f"{territory.root}/nowhere")
    assert sys.path_hooks == hooks


def test_modules_of_the_project_do_not_last(territory: Territory, tmp_path: Path) -> None:
    (tmp_path / "mine_space" / "inner").mkdir(parents=True)
    (tmp_path / "mine_space" / "inner" / "deep.py").touch()
    deep, _ = imported(territory, "mine_space.inner.deep")
    assert not is_lasting(deep, territory)
    assert not is_lasting(sys.modules["mine_space"], territory)
    assert is_lasting(json, territory)
    assert is_lasting(sys, territory)
    assert is_lasting(ModuleType("made_up"), territory)
    assert not is_lasting(None, territory)


def test_a_namespace_whose_parent_has_gone_does_not_last(territory: Territory, tmp_path: Path) -> None:
    (tmp_path / "mine_outer" / "inner").mkdir(parents=True)
    inner, _ = imported(territory, "mine_outer.inner")
    del sys.modules["mine_outer"]
    assert not is_lasting(inner, territory)


def test_imports_while_no_source_runs_are_not_noted(territory: Territory, tmp_path: Path) -> None:
    (tmp_path / "mine_d.py").write_text("value = 1\n")
    with noted_imports(territory):
        assert importlib.import_module("mine_d").value == 1
