from __future__ import annotations

from pathlib import Path

import pytest

from provision.compile.load.territory import Territory
from provision.compile.load.trouble import code_at, from_dump, from_exception


@pytest.fixture
def territory(tmp_path: Path) -> Territory:
    (tmp_path / "rules").mkdir()
    return Territory(str(tmp_path))


def raised(territory: Territory, text: str, path: str = "rules/a.py") -> BaseException:
    file = territory.full(path)
    Path(file).write_text(text)
    try:
        exec(compile(text, file, "exec"), {})
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


def told(territory: Territory, text: str) -> str:
    return from_exception(territory, "rules/a.py", text.encode(), raised(territory, text)).message


def test_an_exception_is_told_at_its_line(territory: Territory) -> None:
    text = "a = 1\nb = (\n  a /\n  0)\n"
    problem = from_exception(territory, "rules/a.py", text.encode(), raised(territory, text))
    assert str(problem) == "rules/a.py:3: ZeroDivisionError: division by zero\n    a /"


def test_an_exception_from_a_library_is_told_where_the_library_is_called(territory: Territory) -> None:
    text = "import json\n\njson.loads('{')\n"
    problem = from_exception(territory, "rules/a.py", text.encode(), raised(territory, text))
    assert (problem.line, problem.code) == (3, "json.loads('{')")
    assert problem.message.startswith("JSONDecodeError: ")


def test_a_message_of_the_toolkit_needs_no_class_name(territory: Territory) -> None:
    assert (
        told(territory, "from provision.author import Record\nRecord('', 'up')")
        == "Record: record must be text that isn't empty, not ''"
    )
    assert told(territory, "from provision.author import env\nenv['x']").startswith(
        "variable 'x' isn't set in"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}['x']", "KeyError: 'x'"),
        ("raise ValueError", "ValueError"),
        ("raise ValueError('one\\n  two')", "ValueError: one two"),
        ("raise SystemExit(3)", "ends the program with SystemExit(3); a source has to run to its end"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise ImportError('odd')", "ImportError: odd"),
        (
            "import no.such",
            "there is no module 'no'; install it beside provision, or put it into the project",
        ),
        ("class E(Exception):\n  def __str__(self): 1/0\nraise E", "E"),
    ],
)
def test_messages_are_one_sentence(territory: Territory, text: str, message: str) -> None:
    assert told(territory, text) == message


def test_what_a_validator_of_attrs_says_needs_no_account_of_the_field(territory: Territory) -> None:
    assert (
        told(territory, "from grafanalib.core import Dashboard\nDashboard(title='x', panels=3)")
        == "TypeError: 'panels' must be list (got 3 that is a int)."
    )


def test_a_long_message_is_cut(territory: Territory) -> None:
    assert len(told(territory, "raise ValueError('x' * 10000)")) < 600


def test_an_exception_that_never_passed_through_the_project_names_its_own_place(territory: Territory) -> None:
    try:
        Path("/nowhere/at/all").read_text()
    except OSError as error:
        problem = from_exception(territory, "rules/a.py", b"", error)
    assert problem.path == "rules/a.py"
    assert problem.line is None
    assert problem.message.startswith("can't be compiled: FileNotFoundError: ")
    assert "(at pathlib" in problem.message
    assert (
        from_exception(territory, "rules/a.py", b"", ValueError("x")).message
        == "can't be compiled: ValueError: x"
    )


def test_an_imported_file_is_named_with_its_importer(territory: Territory) -> None:
    error = raised(territory, "\n1/0\n", "rules/_shared.py")
    problem = from_exception(territory, "rules/a.py", b"", error)
    assert str(problem) == (
        "rules/_shared.py:2: ZeroDivisionError: division by zero (imported by rules/a.py)\n    1/0"
    )


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"a = 1\nb = = 2\n", 2, "syntax error: invalid syntax"),
        (b"a = 1\n  b = 2\n", 2, "syntax error: unexpected indent"),
        (b"a = 1\nb = '\xff'\n", 2, "isn't UTF-8: 'utf-8' codec can't decode byte 0xff in position 0"),
        (b"# coding: nothing\n", None, "syntax error: unknown encoding: nothing"),
    ],
)
@pytest.mark.parametrize("at_hand", [True, False])
def test_what_is_no_python_is_told_at_its_line(
    territory: Territory, content: bytes, line: int | None, message: str, at_hand: bool
) -> None:
    file = territory.full("rules/a.py")
    Path(file).write_bytes(content)
    with pytest.raises(SyntaxError) as caught:
        compile(content, file, "exec")
    source = "rules/a.py" if at_hand else "rules/b.py"
    problem = from_exception(territory, source, content, caught.value)
    assert (problem.path, problem.line) == ("rules/a.py", line)
    assert problem.message.startswith(message)
    assert ("imported by rules/b.py" in problem.message) is not at_hand


def test_a_null_byte_is_told_at_its_line(territory: Territory) -> None:
    content = b"a = 1\r\nb = '\0'\r\n"
    with pytest.raises((SyntaxError, ValueError)) as caught:
        compile(content, territory.full("rules/a.py"), "exec")
    problem = from_exception(territory, "rules/a.py", content, caught.value)
    assert (problem.line, problem.message) == (2, "isn't Python: it holds a null byte")


def test_a_syntax_error_in_a_file_that_has_gone(territory: Territory) -> None:
    error = SyntaxError("invalid syntax", (territory.full("rules/gone.py"), 3, 1, "x", 3, 2))
    problem = from_exception(territory, "rules/a.py", b"", error)
    assert (problem.path, problem.line, problem.code) == ("rules/gone.py", 3, None)


def test_a_syntax_error_in_evaluated_text_is_told_where_it_is_evaluated(territory: Territory) -> None:
    text = "a = 1\neval('1 +')\n"
    problem = from_exception(territory, "rules/a.py", text.encode(), raised(territory, text))
    assert (problem.line, problem.code) == (2, "eval('1 +')")


def test_code_counts_lines_as_python_does(territory: Territory) -> None:
    content = b"a = '\x0c'\nb = '\xe2\x80\xa8'\r\nc = 1\rd = 2"
    assert [code_at(territory, "x.py", line, content) for line in (3, 4, 5, 0, None)] == [
        "c = 1",
        "d = 2",
        None,
        None,
        None,
    ]
    assert code_at(territory, "rules/nowhere.py", 1) is None


def test_last_words_name_the_main_threads_line(territory: Territory) -> None:
    Path(territory.full("rules/é.py")).write_text("a = 1\nwhile True: pass\n")
    dump = (
        "Timeout (0:00:01)!\n"
        "Thread 0x1 (most recent call first):\n"
        f'  File "{territory.root}/rules/other.py", line 9 in run\n'
        '  File "/usr/lib/python3.11/threading.py", line 1 in _bootstrap\n\n'
        "Thread 0x2 (most recent call first):\n"
        '  File "/usr/lib/python3.11/json/decoder.py", line 5 in decode\n'
        f'  File "{territory.root}/rules/\\xe9.py", line 2 in <module>\n'
    )
    problem = from_dump(territory, "rules/é.py", dump, "is late")
    assert str(problem) == "rules/é.py:2: is late\n    while True: pass"
    assert str(from_dump(territory, "rules/a.py", "Killed", "is late")) == "rules/a.py: is late"
