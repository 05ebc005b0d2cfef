"""What a second build recompiles, and that a bad cache is as good as none."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from provision.compile.load import Loaded, cache, load
from provision.compile.load.cache import Entry
from provision.compile.load.territory import TOOLKIT
from provision.project import Project

Make = Callable[..., Project]
HEAD = "from provision.author import Group, Record, env\n"


def group(name: str = "g") -> str:
    return f"{HEAD}g = Group({name!r}, [])\n"


def counts(loaded: Loaded) -> tuple[int, int]:
    assert loaded.problems == ()
    return loaded.compiled, loaded.cached


def keys(loaded: Loaded) -> list[str]:
    return [definition.key for definition in loaded.definitions]


def pack(project: Project) -> Path:
    (file,) = (project.root / cache.FOLDER).glob("*.pack")
    return file


def test_nothing_is_compiled_twice(make: Make) -> None:
    project = make({"rules/a.py": group(), "rules/b.yml": "groups: []\n"})
    first = load(project)
    again = load(project)
    assert (counts(first), counts(again)) == ((2, 0), (0, 2))
    assert again.definitions == first.definitions


def test_a_cached_build_starts_no_worker_and_imports_no_library(make: Make) -> None:
    project = make({"rules/a.py": group(), "dashboards/a.py": HEAD})
    load(project)
    text = (
        "import sys\n"
        "from pathlib import Path\n"
        "from provision.project import Project\n"
        "from provision.compile.load import load\n"
        f"loaded = load(Project(Path({str(project.root)!r}), 'test', settings={{'time_limit_seconds': 30}}))\n"
        "assert (loaded.compiled, loaded.cached) == (0, 2), loaded\n"
        "for name in ('subprocess', 'grafanalib', 'provision.compile.collect', 'provision.compile.load.pool'):\n"
        "    assert name not in sys.modules, name\n"
    )
    subprocess.run(
        [sys.executable, "-c", text], check=True, env={**os.environ, "PYTHONPATH": str(Path(TOOLKIT).parent)}
    )


def test_only_the_changed_source_is_compiled(make: Make) -> None:
    project = make({"rules/a.py": group("a"), "rules/b.py": group("b"), "rules/c.py": group("c")})
    load(project)
    make({"rules/b.py": group("new")})
    loaded = load(project)
    assert counts(loaded) == (1, 2)
    assert keys(loaded) == ["a.yml/a", "b.yml/new", "c.yml/c"]
    assert counts(load(project)) == (0, 3)


def test_a_file_whose_time_changed_is_the_same(make: Make) -> None:
    project = make({"rules/a.py": group()})
    load(project)
    os.utime(project.root / "rules/a.py", (1, 1))
    assert counts(load(project)) == (0, 1)


def test_what_imports_a_changed_module_is_compiled_again(make: Make) -> None:
    project = make(
        {
            "rules/_names.py": "NAME = 'one'\n",
            "rules/_deep.py": "from _names import NAME\n",
            "rules/a.py": f"{HEAD}from _deep import NAME\ng = Group(NAME, [])\n",
            "rules/b.py": group(),
            "rules/c.py": f"{HEAD}import _names\ng = Group(_names.NAME, [])\n",
        }
    )
    load(project)
    assert counts(load(project)) == (0, 3)
    make({"rules/_names.py": "NAME = 'two'\n"})
    loaded = load(project)
    assert counts(loaded) == (2, 1)
    assert keys(loaded) == ["a.yml/two", "b.yml/g", "c.yml/two"]


def test_a_module_that_would_be_found_earlier_counts(make: Make) -> None:
    project = make(
        {
            "names.py": "NAME = 'far'\n",
            "rules/a.py": f"{HEAD}from names import NAME\ng = Group(NAME, [])\n",
            "rules/b.py": group(),
        }
    )
    assert keys(load(project)) == ["a.yml/far", "b.yml/g"]
    make({"rules/names/__init__.py": "NAME = 'near'\n"})
    loaded = load(project)
    assert counts(loaded) == (1, 1)
    assert keys(loaded) == ["a.yml/near", "b.yml/g"]


def test_a_new_source_beside_the_others_changes_nothing_for_them(make: Make) -> None:
    project = make(
        {"rules/_names.py": "", "rules/a.py": "import _names\n", "rules/b.py": "import _names, colorsys\n"}
    )
    load(project)
    make({"rules/c.py": group(), "names.py": ""})
    assert counts(load(project)) == (1, 2)


def test_a_module_that_was_missing_counts(make: Make) -> None:
    text = f"{HEAD}try:\n    from _maybe import NAME\nexcept ImportError:\n    NAME = 'none'\ng = Group(NAME, [])\n"
    project = make({"rules/a.py": text})
    assert keys(load(project)) == ["a.yml/none"]
    make({"rules/_maybe.py": "NAME = 'some'\n"})
    assert keys(load(project)) == ["a.yml/some"]


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("name = open('data.txt').read()", {"data.txt": "two"}),
        ("import pathlib; name = pathlib.Path('data.txt').read_text()", {"data.txt": "two"}),
        ("import os; name = str(len(os.listdir('data')))", {"data/b": ""}),
        ("import glob; name = str(len(glob.glob('data/*')))", {"data/b": ""}),
        ("import os; name = str(os.path.exists('more.txt'))", {"more.txt": ""}),
        ("import pathlib; name = str(pathlib.Path('more.txt').is_file())", {"more.txt": ""}),
        ("try:\n  name = open('more.txt').read()\nexcept OSError:\n  name = 'none'", {"more.txt": "some"}),
    ],
)
def test_what_a_source_reads_counts(make: Make, text: str, change: dict[str, str]) -> None:
    project = make({"rules/a.py": f"{HEAD}{text}\ng = Group(name, [])\n", "data.txt": "one", "data/a": ""})
    first = load(project)
    assert counts(load(project)) == (0, 1)
    make(change)
    second = load(project)
    assert counts(second) == (1, 0)
    assert keys(second) != keys(first)


def test_a_file_that_goes_counts(make: Make) -> None:
    text = f"{HEAD}import os\ng = Group('with' if os.path.exists('rules/_x') else 'without', [])\n"
    project = make({"rules/a.py": text, "rules/_x": ""})
    assert keys(load(project)) == ["a.yml/with"]
    (project.root / "rules/_x").unlink()
    assert keys(load(project)) == ["a.yml/without"]


def test_only_variables_that_were_read_count(make: Make) -> None:
    files = {
        "rules/a.py": f"{HEAD}g = Group(env['name'], [])\n",
        "rules/b.py": f"{HEAD}g = Group(env.get('absent', 'none'), [])\n",
        "rules/c.py": group(),
        "rules/d.py": f"{HEAD}g = Group(env['name'], [])\n",
    }
    project = make(files, variables={"name": "x", "other": 1})
    load(project)
    assert counts(load(replace(project, variables={"name": "x", "other": 2}))) == (0, 4)
    loaded = load(replace(project, variables={"name": "y", "other": 2}))
    assert counts(loaded) == (2, 2)
    assert keys(loaded) == ["a.yml/y", "b.yml/none", "c.yml/g", "d.yml/y"]
    loaded = load(replace(project, variables={"name": "y", "absent": "here"}))
    assert counts(loaded) == (1, 3)
    assert keys(loaded) == ["a.yml/y", "b.yml/here", "c.yml/g", "d.yml/y"]


def test_values_that_only_compare_equal_are_told_apart(make: Make) -> None:
    project = make({"rules/a.py": f"{HEAD}g = Group(repr(env['n']), [])\n"}, variables={"n": 1})
    for value in (1, 1.0, True, "1"):
        loaded = load(replace(project, variables={"n": value}))
        assert keys(loaded) == [f"a.yml/{value!r}"]


def test_each_environment_has_its_own_cache(make: Make) -> None:
    project = make({"rules/a.py": f"{HEAD}g = Group(env.name, [])\n", "rules/b.py": group()})
    production = replace(project, environment="production")
    assert keys(load(project)) == ["a.yml/default", "b.yml/g"]
    assert keys(load(production)) == ["a.yml/production", "b.yml/g"]
    assert counts(load(project)) == (0, 2)
    assert counts(load(production)) == (0, 2)


@pytest.mark.parametrize(
    "statement",
    [
        "import subprocess; subprocess.run(['true'])",
        "open('made.txt', 'w').close()",
        "import time; time.time()",
        "from time import localtime; localtime()",
        "import datetime; datetime.date.today()",
        "import random\ndef pick():\n    return random.choice('ab')\n",
        "import uuid; uuid.uuid4()",
        "import os; os.path.getmtime(__file__)",
        "import os; os.stat(__file__).st_size",
        "getattr(__import__('os'), 'u' + 'random')(1)",
        "from _helper import stamp",
    ],
)
def test_what_depends_on_the_world_is_compiled_every_time(make: Make, statement: str) -> None:
    helper = "import datetime\nstamp = datetime.datetime.now()\n"
    project = make({"rules/a.py": f"{group()}{statement}\n", "rules/_helper.py": helper})
    assert counts(load(project)) == (1, 0)
    assert counts(load(project)) == (1, 0)


def test_where_a_link_leads_counts(make: Make) -> None:
    texts = ("os.readlink('link')", "str(pathlib.Path('link').resolve().name)", "str(os.path.islink('link'))")
    files = {
        f"rules/{name}.py": f"{HEAD}import os, pathlib\ng = Group({text}, [])\n"
        for name, text in zip("abc", texts, strict=True)
    }
    project = make({**files, "one": "", "two": ""})
    link = project.root / "link"
    link.symlink_to("one")
    assert keys(load(project)) == ["a.yml/one", "b.yml/one", "c.yml/True"]
    assert counts(load(project)) == (0, 3)
    link.unlink()
    link.symlink_to("two")
    assert keys(load(project)) == ["a.yml/two", "b.yml/two", "c.yml/True"]
    link.unlink()
    link.touch()
    assert keys(load(project, [Path("rules/b.py"), Path("rules/c.py")])) == ["b.yml/link", "c.yml/False"]


def test_every_folder_below_counts(make: Make) -> None:
    text = f"{HEAD}import glob\ng = Group(str(len(glob.glob('data/**', recursive=True))), [])\n"
    project = make({"rules/a.py": text, "data/x/y/one": ""})
    assert keys(load(project)) == ["a.yml/4"]
    make({"data/x/y/two": ""})
    assert keys(load(project)) == ["a.yml/5"]
    (project.root / "data/x/y/two").unlink()
    make({"data/x/y/two/three": ""})
    assert keys(load(project)) == ["a.yml/6"]


def test_a_problem_is_never_cached(make: Make) -> None:
    project = make({"rules/a.py": group() + "print(1)\n", "rules/b.py": group()})
    for expected in ((2, 0), (1, 1), (1, 1)):
        loaded = load(project)
        assert [problem.line for problem in loaded.problems] == [3]
        assert (loaded.compiled, loaded.cached) == expected


def test_a_source_that_breaks_loses_its_entry(make: Make) -> None:
    project = make({"rules/a.py": group()})
    load(project)
    make({"rules/a.py": "1/0\n"})
    assert len(load(project).problems) == 1
    assert cache.read(project, cache.stamp_of(project)) == {}


def test_loading_a_part_keeps_what_is_known_of_the_rest(make: Make) -> None:
    project = make({"rules/a.py": group(), "rules/b.py": group()})
    load(project)
    make({"rules/a.py": group("new")})
    assert counts(load(project, [Path("rules/a.py")])) == (1, 0)
    assert counts(load(project)) == (0, 2)


def test_a_source_that_went_is_forgotten(make: Make) -> None:
    project = make({"rules/a.py": group(), "rules/b.py": group()})
    load(project)
    (project.root / "rules/b.py").unlink()
    assert keys(load(project)) == ["a.yml/g"]
    assert list(cache.read(project, cache.stamp_of(project))) == ["rules/a.py"]


def test_without_the_cache_nothing_is_read_or_written(make: Make) -> None:
    project = make({"rules/a.py": group()})
    load(project, use_cache=False)
    assert not (project.root / ".provision").exists()
    load(project)
    assert counts(load(project, use_cache=False)) == (1, 0)


def test_the_cache_is_not_for_version_control(make: Make) -> None:
    project = make({"rules/a.py": group()})
    load(project)
    assert (project.root / cache.FOLDER / ".gitignore").read_text() == "*\n"


def test_any_damage_makes_it_as_good_as_none(make: Make) -> None:
    project = make({"rules/a.py": group("a"), "rules/b.py": group("b")})
    whole = load(project)
    file = pack(project)
    good = file.read_bytes()
    damaged = [b"", b"x", good[:30], good[:-1], good + b"x", b"y" + good[1:]]
    damaged += [good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :] for at in range(0, len(good), 37)]
    for bad in damaged:
        file.write_bytes(bad)
        assert cache.read(project, cache.stamp_of(project)) == {}
    loaded = load(project)
    assert counts(loaded) == (2, 0)
    assert loaded.definitions == whole.definitions
    assert file.read_bytes() == good


def test_a_cache_that_cannot_be_read_or_written_hides_nothing(make: Make) -> None:
    project = make({"rules/a.py": group(), "rules/b.py": "1/0\n", ".provision": "a file in the way"})
    for _ in range(2):
        loaded = load(project)
        assert keys(loaded) == ["a.yml/g"]
        assert [problem.path for problem in loaded.problems] == ["rules/b.py"]
    (project.root / ".provision").unlink()
    load(project)
    file = pack(project)
    file.unlink()
    file.mkdir()
    (file / "x").touch()
    assert keys(load(project)) == ["a.yml/g"]
    assert [entry.name for entry in file.parent.iterdir() if entry.name.endswith(".new")] == []


def test_another_python_toolkit_or_package_makes_another_stamp(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    project = make({})
    stamps = {cache.stamp_of(project)}
    assert cache.stamp_of(project) in stamps

    def changed() -> bool:
        before = len(stamps)
        stamps.add(cache.stamp_of(project))
        return len(stamps) > before

    installed = tmp_path / "site-packages"
    (installed / "grafanalib-0.7.1.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(installed)
    assert changed()
    (installed / "grafanalib-0.7.1.dist-info").rename(installed / "grafanalib-0.7.2.dist-info")
    assert changed()
    monkeypatch.setattr(sys, "version", "3.99")
    assert changed()
    monkeypatch.setenv("TZ", "Europe/Paris")
    assert changed()
    monkeypatch.setattr(cache, "TOOLKIT", str(tmp_path))
    assert changed()
    (tmp_path / "compile").mkdir()
    (tmp_path / "compile" / "x.py").write_text("1")
    assert changed()
    (tmp_path / "compile" / "x.py").write_text("2")
    assert changed()
    (tmp_path / "compile" / "x.pyc").write_text("")
    assert not changed()
    project = replace(project, root=tmp_path / "elsewhere")
    assert changed()


def test_another_stamp_finds_nothing(make: Make) -> None:
    project = make({})
    entries = {"rules/a.py": Entry((("file", "rules/a.py", "x"),), (("name", "y"),), b"blob")}
    cache.write(project, "one", entries)
    assert cache.read(project, "two") == {}
    found = cache.read(project, "one")
    assert list(found) == ["rules/a.py"]
    assert bytes(found["rules/a.py"].blob) == b"blob"


def test_a_device_never_holds(make: Make) -> None:
    project = make({})
    entries = {"rules/a.py": Entry((("file", "/dev/null", "special"),), (), b"")}
    assert cache.holding(project, entries, ["rules/a.py", "rules/b.py"]) == {}
