"""What one source changes in shared modules, another in the same process doesn't see."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from grafanalib import core

from provision.compile.load import load, undo
from provision.model import decode
from provision.project import Project

Make = Callable[..., Project]

PLAIN = "from grafanalib.core import Dashboard, Time\nd = Dashboard(title='Plain', uid='plain', panels=[])\n"
RULES = "import json\nfrom provision.author import Group, Record\ng = Group(json.dumps('g'), [])\n"
"""A source of its own, which every patch below would change."""


def bodies(project: Project) -> list[dict[str, Any]]:
    loaded = load(project, workers=1, use_cache=False)
    # A source that breaks the library for itself may say so.
    assert {problem.path for problem in loaded.problems} <= {"dashboards/a.py", "dashboards/c.py"}
    return [decode(definition.body) for definition in loaded.definitions if "plain" in definition.place.path]


@pytest.mark.parametrize(
    "patch",
    [
        "import grafanalib.core as g\nold = g.Dashboard.to_json_data\n"
        "g.Dashboard.to_json_data = lambda self: {**old(self), 'patched': 1}\n",
        "import grafanalib.core as g\ng.Dashboard = lambda **_: 1/0\n",
        "import grafanalib.core as g\ng.DEFAULT_TIME.start = 'now-9h'\n",
        "import grafanalib.core as g\ng.DEFAULT_TIME_PICKER.refreshIntervals.clear()\n"
        "g.DEFAULT_TIME_PICKER = None\n",
        "import grafanalib.core as g\ndel g.Time\n",
        "import grafanalib.core as g\ndel g.Dashboard.to_json_data\n",
        "import grafanalib.core as g\ng.Dashboard.__bool__ = lambda self: False\n",
        "import json\njson.dumps = lambda value: 'patched'\n",
        "import builtins\nbuiltins.mine = 1\nvars(builtins)['len'] = None\n",
        "from provision.author import Group\nGroup.__post_init__ = lambda self: 1/0\n",
        "from unittest import mock\nmock.patch('json.dumps', lambda value: 'patched').start()\n",
        "import _patching\n",
        "import _patching\n_patching.apply()\n",
        "from grafanalib import prometheus\nprometheus.PromGraph = 3\n",
    ],
)
def test_a_patch_stays_with_its_source(make: Make, patch: str) -> None:
    files = {
        "dashboards/plain.py": PLAIN,
        "rules/plain.py": RULES + "assert len('') == 0 and 'mine' not in vars(__import__('builtins'))\n",
        "dashboards/_patching.py": "import grafanalib.core as g\ng.TimeSeries = 1\n"
        "def apply():\n    g.Stat.to_json_data = None\n",
    }
    expected = bodies(make(files))
    # Before the others, and once more when the library is loaded and remembered already.
    project = make(
        {"dashboards/a.py": patch, "dashboards/b.py": PLAIN.replace("plain", "b"), "dashboards/c.py": patch}
    )
    assert bodies(project) == expected


def test_an_installed_package_that_patches_does_so_for_each_source_that_imports_it(make: Make) -> None:
    text = (
        "import patching\nfrom grafanalib.core import Dashboard\n"
        "d = Dashboard(title='X', uid='{}', panels=[])\nassert d.patched == 1\n"
    )
    project = make(
        {
            **{f"dashboards/{name}.py": _on_path(text.format(name)) for name in "ab"},
            "dashboards/z.py": PLAIN + "assert not hasattr(d, 'patched')\n",
            "site-packages/patching/__init__.py": "from patching import deeper\n",
            "site-packages/patching/deeper.py": "from grafanalib.core import Dashboard\nDashboard.patched = 1\n",
        }
    )
    assert load(project, workers=1, use_cache=False).problems == ()


def _on_path(text: str) -> str:
    # Neither a line that mentions sys.path nor a folder of the project: site-packages is settled.
    return f"getattr(__import__('sys'), 'path').append('site-packages')\n{text}"


@pytest.fixture
def remembered() -> Iterator[None]:
    undo.begin()
    yield
    undo.end()


@pytest.mark.usefixtures("remembered")
def test_nothing_changed_is_nothing_to_undo() -> None:
    before = dict(vars(json))
    assert undo.undo(()) == set()
    assert vars(json) == before


@pytest.mark.usefixtures("remembered")
def test_what_python_adds_later_is_no_change() -> None:
    vars(json)["__warningregistry__"] = {}
    assert undo.undo(()) == set()
    assert vars(json).pop("__warningregistry__") == {}


@pytest.mark.usefixtures("remembered")
def test_a_module_that_was_replaced_is_back() -> None:
    module = sys.modules["json"]
    del sys.modules["json"]
    undo.undo(())
    assert sys.modules["json"] is module


@pytest.mark.usefixtures("remembered")
def test_other_peoples_modules_are_looked_after_from_then_on() -> None:
    assert not undo.is_due(["json", "attr._make", "grafanalib.core", "provision.author"])
    assert undo.is_due(["elsewhere.x"])
    assert undo.is_due([])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from grafanalib.core import Dashboard\nd = Dashboard(title='x', panels=[f(x) for x in y])", False),
        ("a.b = 1", True),
        ("def f():\n  del a.b", True),
        ("vars(a)['b'] = 1", True),
        ("class A:\n  def f(self):\n    setattr(a, 'b', 1)", True),
        ("a.items.append(1)", True),
    ],
)
def test_code_that_could_change_a_module(text: str, expected: bool) -> None:
    assert undo.may_patch(compile(text, "x", "exec")) is expected


class Odd:
    def __eq__(self, other: object) -> bool:
        raise RuntimeError("odd")

    __hash__ = None  # type: ignore[assignment]  # it is never hashed


@pytest.mark.usefixtures("remembered")
def test_contents_classes_and_values_are_put_back() -> None:
    validators = importlib.import_module("grafanalib.validators")
    expected = json.dumps, core.Dashboard, core.Dashboard.to_json_data, core.DEFAULT_TIME.start
    intervals = list(core.DEFAULT_TIME_PICKER.refreshIntervals)
    stored = validators.is_color_code
    json.dumps = core.Dashboard.to_json_data = Odd()  # type: ignore[assignment]  # as a source would
    core.Dashboard.mine = json.mine = 1  # type: ignore[attr-defined]  # as a source would
    del core.Dashboard.auto_panel_ids, validators.is_color_code
    core.DEFAULT_TIME.start = "now-9h"
    core.DEFAULT_TIME_PICKER.refreshIntervals.clear()
    assert undo.undo(()) == set()
    assert (json.dumps, core.Dashboard, core.Dashboard.to_json_data, core.DEFAULT_TIME.start) == expected
    assert core.DEFAULT_TIME_PICKER.refreshIntervals == intervals
    assert not hasattr(core.Dashboard, "mine")
    assert not hasattr(json, "mine")
    assert hasattr(core.Dashboard, "auto_panel_ids")
    assert validators.is_color_code is stored


@pytest.mark.usefixtures("remembered")
def test_who_may_have_changed_something_is_loaded_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    patching, user = ModuleType("patching.deeper"), ModuleType("using")
    vars(patching)["Dashboard"] = core.Dashboard
    for module in (patching, ModuleType("patching"), user):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    names = ["patching", "patching.deeper", "using", "json"]
    assert undo.undo(names) == set()
    core.Dashboard.mine = 1
    assert undo.undo(names) == {"patching", "patching.deeper"}


@pytest.mark.usefixtures("remembered")
def test_a_shared_module_that_is_not_there() -> None:
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("grafanalib.nowhere")
