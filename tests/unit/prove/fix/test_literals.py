"""String literals, and where each of their characters stands."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.prove.fix.literals import literals

SOURCES = sorted((Path(__file__).parents[4] / "src").rglob("*.py"))


def said(source: str) -> list[str]:
    return ["".join(run.text if run else "…" for run in literal.runs) for literal in literals(source)]


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("""a = 'x' "y"\n""", ["xy"]),
        ("""a = ('x'  # a "comment"\n  "y")\nb = "z"\n""", ["xy", "z"]),
        ("""a = "x", "y"\n""", ["x", "y"]),
        (r"""a = "\x41\101\u0041\U00000041\N{BULLET}\'\"\\\n\q" """, ["AAAA•'\"\\\n\\q"]),
        (r"""a = r"\d\"" """, [r"\d\""]),
        ('a = """x\n\\\ny""" ', ["x\ny"]),
        ("a = '''x\r\ny'''\r\n", ["x\ny"]),
        ('a = f"x{y}z{{}}" "{w}"', ["x…z{}{w}"]),
        ("""a = f"x{b['y']!r:>{w}}z" """, ["y", "x…z"]),
        ('''a = f"""x{"y" + 'z'}"""''', ["y", "z", "x…"]),
        ('a = b"x" "y"', ["…y"]),
        ("a = U'x'", ["x"]),
        ('"""A remark."""', ["A remark."]),
        ("a = 'größe'", ["größe"]),
        ("a = 'x' # no end ('", ["x"]),
        ("a = 'x", []),
        ("a = (", []),
    ],
)
def test_what_literals_say(source: str, texts: list[str]) -> None:
    assert said(source) == texts


def test_a_literal_that_is_a_statement_is_a_remark() -> None:
    source = '"""One."""\ndef f():\n    """Two."""\n    return "three"\n\nx = "four"\n"five"\n("six")\n'
    assert [literal.is_remark for literal in literals(source)] == [True, True, False, False, True, False]


@pytest.mark.parametrize("file", SOURCES[::7], ids=lambda file: file.name)
def test_the_literals_are_those_that_python_reads(file: Path) -> None:
    source = file.read_text()
    within = set()
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            within.update(id(part) for value in node.values for part in ast.walk(value))
    theirs = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in within
    ]
    mine = said(source)
    assert all(text in mine for text in theirs)


_CHARACTERS = st.sampled_from(
    ["a", "'", '"', "\\\\", "\\n", "\\'", '\\"', "\\x41", "\\N{BULLET}", "\\\n", "{{", "}}", "{1}", " "]
)


@given(
    st.lists(_CHARACTERS, max_size=8),
    st.sampled_from(["'", '"', "'''", '"""']),
    st.sampled_from(["", "r", "f", "rf"]),
)
def test_each_character_can_be_replaced_where_it_stands(pieces: list[str], quote: str, prefix: str) -> None:
    source = f"{prefix}{quote}{''.join(pieces)}{quote}"
    try:
        value = eval(source)
    except (SyntaxError, ValueError, NameError):
        return
    found = literals(f"x = {source}")
    runs = [run for literal in found for run in literal.runs if run is not None]
    if "{1}" not in pieces or "f" not in prefix:
        assert "".join(run.text for run in runs) == value
        spots = [(run.at[at] - 4, run.at[at + 1] - 4) for run in runs for at in range(len(run.text))]
        for at, (begin, end) in enumerate(spots):
            if value[at] != "\\":  # of an unknown escape, half would be replaced
                assert eval(f"{source[:begin]}Z{source[end:]}") == f"{value[:at]}Z{value[at + 1 :]}"


@given(
    st.text(alphabet="a'\"\\\n{}", max_size=6),
    st.sampled_from(["'", '"', "'''", '"""']),
    st.sampled_from(["", "r", "f", "rf"]),
)
def test_any_text_is_written_so_that_python_reads_it(text: str, quote: str, prefix: str) -> None:
    (run,) = literals(f"x = {prefix}{quote}a{quote}")[0].runs
    assert run is not None
    written = run.written(text)
    if written is not None:
        assert eval(f"{prefix}{quote}a{written}b{quote}") == f"a{text}b"
