"""One source in this very process: what comes out, and that nothing of it stays behind."""

from __future__ import annotations

import os
import pickle
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from provision.compile.load import run, wire
from provision.compile.load.modules import noted_imports
from provision.compile.load.territory import Territory
from provision.errors import Problem
from provision.model import Definition, Place, decode
from provision.project import Project

GROUP = "from provision.author import Group, Record, env\n"

Make = Callable[..., Project]
Run = Callable[..., wire.Answer]


@pytest.fixture
def answer(make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs one source of a project made of files; the source is the first."""
    monkeypatch.chdir(tmp_path)  # so that the directory is put back, since a source runs in the root

    def run_first(files: dict[str, str | bytes], **options: object) -> wire.Answer:
        project = make(files, **options)
        setting = wire.Setting(
            str(project.root), project.environment, 30, pickle.dumps(dict(project.variables))
        )
        with noted_imports(Territory(setting.root)):
            return run.run_source(next(iter(files)), setting)

    return run_first


def one(answer: wire.Answer) -> Definition:
    assert answer.problems == ()
    (definition,) = wire.unpack(answer.blob)
    return definition


def only(answer: wire.Answer) -> Problem:
    (problem,) = answer.problems
    return problem


def group(name: str = "g", expr: str = "up") -> str:
    return f"{GROUP}g = Group({name!r}, [Record('a:b:c', {expr!r})])\n"


def test_a_source_gives_definitions_with_their_places(answer: Run) -> None:
    text = f"{GROUP}\ng = Group(\n    'g', [\n    Record('a:b:c', 'up'),\n])\n"
    definition = one(answer({"rules/a.py": text}))
    assert (definition.kind, definition.key) == ("rule-group", "a.yml/g")
    assert definition.place == Place("rules/a.py", 3)
    assert definition.parts == (("/group/rules/0", Place("rules/a.py", 5)),)


def test_the_order_is_that_of_the_source(answer: Run) -> None:
    text = GROUP + "".join(f"{name} = Group('{name}', [])\n" for name in "cab")
    found = wire.unpack(answer({"rules/a.py": text}).blob)
    assert [definition.key for definition in found] == ["a.yml/c", "a.yml/a", "a.yml/b"]


def test_a_file_that_is_taken_over(answer: Run) -> None:
    definition = one(
        answer({"rules/a.yml": "groups:\n- name: g\n  rules:\n  - {record: 'a:b:c', expr: up}\n"})
    )
    assert decode(definition.body)["group"]["name"] == "g"


def test_a_broken_file_that_is_taken_over(answer: Run) -> None:
    problem = only(answer({"rules/a.yml": "groups: [\n"}))
    assert problem.path == "rules/a.yml"


def test_a_file_that_the_collector_fails_on(answer: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(path: str, content: bytes) -> None:
        raise RuntimeError("odd")

    monkeypatch.setattr(run, "collect_file", fails)
    problem = only(answer({"rules/a.yml": "groups: []\n"}))
    assert problem.message.startswith("can't be compiled: RuntimeError: odd (at test_run.py:")


def test_a_file_that_has_gone(make: Make) -> None:
    project = make({"rules/a.py": ""})
    setting = wire.Setting(str(project.root), "default", 30, pickle.dumps({}))
    assert run.run_source("rules/b.py", setting).problems == (
        Problem("rules/b.py", None, "can't be read: No such file or directory"),
    )


def test_what_a_source_knows_of_itself(answer: Run, tmp_path: Path) -> None:
    text = f"""
        import os, sys
        {GROUP.strip()}
        assert __name__ == "rules.team.a" and __package__ == "rules.team", (__name__, __package__)
        assert os.path.samefile(__file__, "rules/team/a.py")
        assert os.path.samefile(os.getcwd(), {str(tmp_path / "project")!r})
        assert sys.modules[__name__].__file__ == __file__
        assert sys.path[-2:] == [os.path.dirname(__file__), os.getcwd()]
        g = Group(__name__, [])
    """
    assert decode(one(answer({"rules/team/a.py": text})).body)["group"]["name"] == "rules.team.a"


@pytest.mark.parametrize(
    "statement",
    [
        "from _shared import NAME",
        "from rules.team._shared import NAME",
        "from ._shared import NAME",
        "import rules.team._shared as shared; NAME = shared.NAME",
        "from helpers.names import NAME",
    ],
)
def test_modules_of_the_project_can_be_imported(answer: Run, statement: str) -> None:
    files = {
        "rules/team/a.py": f"{statement}\n{GROUP}g = Group(NAME, [])\n",
        "rules/team/_shared.py": "NAME = 'shared'\n",
        "helpers/names.py": "NAME = 'shared'\n",
    }
    result = answer(files)
    assert decode(one(result).body)["group"]["name"] == "shared"
    used = "helpers/names.py" if "helpers" in statement else "rules/team/_shared.py"
    assert used in {path for kind, path, _ in result.inputs if kind == "file"}


def test_a_source_named_like_a_module_of_python_stands_in_for_nothing(answer: Run) -> None:
    files = {
        "rules/a.py": "import colorsys\ncolorsys.rgb_to_hsv(0, 0, 0)\n" + group(),
        "rules/colorsys.py": "raise RuntimeError\n",
    }
    sys.modules.pop("colorsys", None)
    one(answer(files))


def test_variables_are_read_and_remembered(answer: Run) -> None:
    text = f"{GROUP}g = Group(env['name'], [], limit=env.get('limit', 3))\n"
    result = answer({"rules/a.py": text}, variables={"name": "x", "other": 1})
    assert decode(one(result).body)["group"] == {"name": "x", "limit": 3, "rules": []}
    assert sorted(result.variables) == ["limit", "name"]


def test_a_changed_variable_is_whole_for_the_next_source(answer: Run) -> None:
    variables = {"names": ["x"]}
    text = f"{GROUP}env['names'].append('y')\ng = Group(env['names'][-1], [], limit=len(env['names']))\n"
    for _ in range(2):
        assert decode(one(answer({"rules/a.py": text}, variables=variables)).body)["group"]["limit"] == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "env['x']",
            "rules/a.py:2: variable 'x' isn't set in environment 'default'; add it to [tool.provision.variables]"
            "\n    env['x']",
        ),
        (
            "Group('', [])",
            "rules/a.py:2: Group: name must be text that isn't empty, not ''\n    Group('', [])",
        ),
        ("1 / 0", "rules/a.py:2: ZeroDivisionError: division by zero\n    1 / 0"),
        (
            "import sys; sys.exit(1)",
            "rules/a.py:2: ends the program with SystemExit(1); a source has to run to its end\n"
            "    import sys; sys.exit(1)",
        ),
        ("def f(:", "rules/a.py:2: syntax error: invalid syntax\n    def f(:"),
        (
            "import not_there",
            "rules/a.py:2: there is no module 'not_there'; install it beside provision, or put it into the project\n"
            "    import not_there",
        ),
        (
            "print('hello')",
            "rules/a.py:2: prints; a source only defines things, so take the output away\n    print('hello')",
        ),
        (
            "import sys; sys.path.insert(0, '/x')",
            "rules/a.py:2: changes sys.path; the project's root and the source's own directory are on it already, "
            "and everything else is installed\n    import sys; sys.path.insert(0, '/x')",
        ),
    ],
)
def test_what_goes_wrong_is_told_at_its_line(answer: Run, text: str, expected: str) -> None:
    problem = only(answer({"rules/a.py": f"{GROUP}{text}\n"}))
    assert str(problem) == expected


def test_what_an_authors_object_raises_while_it_is_compiled_is_told_at_its_line(answer: Run) -> None:
    text = """
        from collections import UserDict
        from provision.author import Group


        class Late(UserDict):
            def __getitem__(self, key):
                return 1 / 0


        g = Group("g", [], labels=Late(a="b"))
    """
    problem = only(answer({"rules/a.py": text}))
    assert str(problem) == "rules/a.py:8: ZeroDivisionError: division by zero\n    return 1 / 0"


def test_what_the_collector_says_comes_with_the_line_of_code(answer: Run) -> None:
    text = "from provision.author import JsonDashboard\n\nd = JsonDashboard(title='x', uid='no uid!')\n"
    problem = only(answer({"dashboards/a.py": text}))
    assert (problem.line, problem.code) == (3, "d = JsonDashboard(title='x', uid='no uid!')")


def test_several_problems_of_one_source_come_together(answer: Run) -> None:
    text = "import sys\nprint(1)\nsys.path.append('/x')\nprint(2)\n1 / 0\n"
    problems = answer({"rules/a.py": text}).problems
    assert sorted(problem.line or 0 for problem in problems) == [2, 3, 4, 5]


def test_definitions_beside_a_print_are_given_all_the_same(answer: Run) -> None:
    result = answer({"rules/a.py": group() + "print()\n"})
    assert len(wire.unpack(result.blob)) == 1
    assert not result.repeatable


def test_troubles_in_an_imported_file_name_it(answer: Run) -> None:
    files = {
        "rules/a.py": "import _bad\n",
        "rules/_bad.py": "import sys\nprint(1)\nsys.path.append('/x')\nraise ValueError('no')\n",
    }
    problems = sorted(answer(files).problems, key=lambda problem: problem.line or 0)
    assert [(problem.path, problem.line) for problem in problems] == [
        ("rules/_bad.py", 2),
        ("rules/_bad.py", 3),
        ("rules/_bad.py", 4),
    ] or [(problem.path, problem.line) for problem in problems] == [
        ("rules/_bad.py", 2),
        ("rules/_bad.py", 4),
    ]
    assert all(problem.message.endswith("(imported by rules/a.py)") for problem in problems)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("import sys as s\ns.path = ['x', *s.path]\n", 2),
        ("from sys import path\npath.append('/x')\n", 1),
        ("import site, os\nsite.addsitedir(os.path.dirname(__file__) + '/lib')\n", 2),
        ("import os\ngetattr(__import__('sys'), 'path').append(os.getcwd() + '/lib')\n", None),
    ],
)
def test_every_way_to_change_the_path(answer: Run, text: str, line: int | None) -> None:
    problem = only(answer({"rules/a.py": text}))
    assert problem.message.startswith("changes sys.path; ")
    assert problem.line == line


def test_a_source_that_removes_itself_after_changing_the_path(answer: Run) -> None:
    text = "import os, sys\nsys.path.append(os.getcwd() + '/lib')\nos.remove(__file__)\n"
    problem = only(answer({"rules/a.py": text}))
    assert (problem.message.split(";")[0], problem.line) == ("changes sys.path", None)


def test_names_beside_path_that_come_from_sys_are_no_mention(answer: Run) -> None:
    text = "from sys import version_info\nimport sys\nsys.path += ['x']\n"
    assert only(answer({"rules/a.py": text})).line == 3


def test_a_print_of_no_line_of_the_project(answer: Run) -> None:
    text = "import threading\nthread = threading.Thread(target=print)\nthread.start()\nthread.join()\n"
    problem = only(answer({"rules/a.py": text}))
    assert (problem.message.split(";")[0], problem.line) == ("prints", None)


def test_a_change_of_the_path_that_is_no_authors_is_no_problem(answer: Run) -> None:
    one(answer({"rules/a.py": group() + "getattr(__import__('sys'), 'path').append('/elsewhere')\n"}))


def test_nothing_of_a_source_stays_behind(answer: Run) -> None:
    text = """
        import builtins, json, os, sys, warnings
        import _shared, colorsys
        os.environ["MINE"] = "1"
        os.chdir("/")
        sys.setrecursionlimit(5000)
        warnings.simplefilter("error")
        sys.modules["json"] = None
        sys.modules.pop("pickle")
        sys.meta_path.clear()
        sys.path_hooks.append(lambda entry: None)
        sys.stdout = None
        sys.path.append("/x")
    """
    before = (
        dict(os.environ), sys.getrecursionlimit(), list(warnings.filters), sys.modules["json"], sys.modules["pickle"],
        list(sys.meta_path), list(sys.path_hooks), sys.stdout, list(sys.path),
    )  # fmt: skip
    sys.modules.pop("colorsys", None)
    answer({"rules/a.py": text, "rules/_shared.py": ""})
    after = (
        dict(os.environ), sys.getrecursionlimit(), list(warnings.filters), sys.modules["json"], sys.modules["pickle"],
        list(sys.meta_path), list(sys.path_hooks), sys.stdout, list(sys.path),
    )  # fmt: skip
    assert after == before
    assert "_shared" not in sys.modules
    assert "rules.a" not in sys.modules
    assert "colorsys" in sys.modules, "settled modules stay warm"


def test_warnings_do_not_leak(answer: Run, recwarn: pytest.WarningsRecorder) -> None:
    text = group() + "import warnings\nwarnings.warn('old', DeprecationWarning)\npattern = '\\d'\n"
    one(answer({"rules/a.py": text}))
    assert len(recwarn) == 0


@pytest.mark.usefixtures("alone")
def test_what_a_source_reads_is_in_the_answer(answer: Run) -> None:
    text = """
        import json, os
        from pathlib import Path
        from provision.author import Group
        names = json.loads(Path("data/names.json").read_text())
        assert not Path(__file__).with_name("absent.txt").exists()
        listed = sorted(os.listdir("data"))
        g = Group(names[0], [])
    """
    result = answer({"rules/a.py": text, "data/names.json": '["x"]'})
    one(result)
    inputs = {(kind, path): state for kind, path, state in result.inputs}
    assert {key for key in inputs if key[0] != "there"} == {
        ("file", "rules/a.py"),
        ("file", "data/names.json"),
        ("names", "data"),
    }
    assert inputs["there", "rules/absent.txt"] == "not: 2"
    assert result.repeatable


@pytest.mark.parametrize(
    "statement",
    [
        "import subprocess; subprocess.run(['true'])",
        "open('/dev/urandom', 'rb').read(4)",
        "open('made.txt', 'w').close()",
    ],
)
def test_what_depends_on_the_world_is_not_repeatable(answer: Run, statement: str) -> None:
    result = answer({"rules/a.py": f"{group()}{statement}\n"})
    one(result)
    assert not result.repeatable


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("rules/a.py", "Email('x@example.org', extra={'auth_password': 'hunter2'})"),
        ("provisioning/a.py", "d = Datasource('n', 'prometheus', 'http://x', secure={'p': 'hunter2'})"),
        ("rules/a.py", "token = 'hunter2"),
        ("rules/a.py", "token = len('hunter2') / 0"),
    ],
)
def test_a_problem_shows_no_secret_of_its_line(answer: Run, path: str, text: str) -> None:
    result = answer({path: f"from provision.author import Datasource, Email\n{text}\n"})
    assert result.problems
    assert all(problem.code for problem in result.problems)
    assert "hunter2" not in "".join(map(str, result.problems))
