from __future__ import annotations

import textwrap
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.compile.load.names import assigned_names


def names(text: str, **more: Any) -> dict[str, int]:
    code = compile(textwrap.dedent(text), "x.py", "exec")
    namespace: dict[str, Any] = {"__name__": "x", "__package__": "", **more}
    exec(code, namespace)
    namespace.pop("__builtins__")
    return assigned_names(code, namespace)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1\nb = 2", {"a": 1, "b": 2}),
        ("a = b = 1", {"a": 1, "b": 1}),
        ("a, (b, *c) = 1, (2, 3)", {"a": 1, "b": 1, "c": 1}),
        ("a: int = 1\nb: int", {"a": 1}),
        ("a = 1\na += 1", {"a": 1}),
        ("a = [\n  1,\n  2,\n]\nb = 2", {"a": 1, "b": 5}),
        ("print_ = [(a := 1)]", {"a": 1, "print_": 1}),
        ("if len('') == 0:\n  a = 1\nif 1 == len('x'):\n  b = 2", {"a": 2, "b": 4}),
        ("for i in range(2):\n  a = i\nelse:\n  b = 2", {"a": 2, "b": 4}),
        ("while True:\n  a = 1\n  break", {"a": 2}),
        ("try:\n  a = 1\nfinally:\n  b = 2", {"a": 2, "b": 4}),
        ("try:\n  1 / 0\nexcept ZeroDivisionError:\n  a = 1", {"a": 4}),
        ("import contextlib\nwith contextlib.nullcontext():\n  a = 1", {"a": 3}),
        ("match 1:\n  case 1:\n    a = 1", {"a": 3}),
        ("b = 1\na = 2\nb = 3", {"b": 1, "a": 2}),
    ],
)
def test_assignments_of_every_form(text: str, expected: dict[str, int]) -> None:
    found = names(text)
    assert {name: line for name, line in found.items() if name in expected} == expected
    assert [name for name in found if name in expected] == list(expected)


@pytest.mark.parametrize(
    "text",
    [
        "import os",
        "import os.path",
        "import os as name",
        "from os import path",
        "from os import path as name, sep",
        "from os import (path,\n sep)",
        "from os.path import *",
        "from __future__ import annotations",
        "for name in range(3): pass",
        "if True:\n  from os import path",
        "try:\n  from os import path\nexcept ImportError:\n  path = None",
    ],
)
def test_what_is_imported_or_looped_over_is_not_assigned(text: str) -> None:
    assert {name for name, line in names(text).items() if line != 4} == set()


def test_a_name_that_is_imported_and_then_assigned_is_assigned() -> None:
    assert names("from os import path\npath = path + ''if 0 else 2") == {"path": 2}


def test_names_that_the_code_does_not_show_have_no_line() -> None:
    assert names("a = 1\nglobals()['b'] = 2\n\ndef f():\n  global c\n  c = 3\n\nf()") == {
        "a": 1,
        "f": 4,
        "b": 0,
        "c": 0,
    }


def test_a_star_import_hides_no_name_that_was_set_afterwards() -> None:
    assert names("from string import *\nglobals()['digits'] = 'mine'\nglobals()['more'] = 1") == {
        "digits": 0,
        "more": 0,
    }


def test_a_relative_star_import(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "starred"
    package.mkdir()
    (package / "shared.py").write_text("value = object()\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert names("from .shared import *\nmine = 1", __package__="starred") == {"mine": 2}


def test_many_names_need_wide_arguments() -> None:
    text = "\n".join(f"name_{n} = {n}" for n in range(700))
    assert names(text) == {f"name_{n}": n + 1 for n in range(700)}


def test_special_names_are_left_out() -> None:
    assert names('"""Text."""\n__all__ = []\na = 1') == {"a": 3}


identifiers = st.sampled_from(["a", "b", "c", "d", "e"])
statements = st.one_of(
    st.tuples(st.just("assign"), identifiers),
    st.tuples(st.just("import"), identifiers),
)


@given(st.lists(statements, max_size=12))
def test_the_first_assignment_gives_order_and_line_and_imports_give_none(
    program: list[tuple[str, str]],
) -> None:
    lines = [f"{name} = 1" if form == "assign" else f"from os import sep as {name}" for form, name in program]
    expected: dict[str, int] = {}
    for number, (form, name) in enumerate(program, 1):
        if form == "assign":
            expected.setdefault(name, number)
    found = names("\n".join(lines))
    assert list(found.items()) == list(expected.items())
