from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.model import Definition, Place, encode
from provision.prove.check.lines import Placer, Sources, json_lines
from provision.prove.check.lines import placer as placer_of

DASHBOARD = """\
{
  "dashboard": {
    "title": "Shop",
    "panels": [
      {"title": "A"},
      {
        "title": "B",
        "targets": [{"expr": "up"}]
      }
    ]
  }
}
"""


def placer(root: Path) -> Placer:
    return placer_of(Sources(root))


def definition(path: str, kind: str, **body: Any) -> Definition:
    return Definition(kind, "x", encode(body), Place(path, 1))


def shop(path: str) -> Definition:
    panels = [{"title": "A"}, {"title": "B", "targets": [{"expr": "up"}]}]
    return definition(path, "dashboard", folder="", spec={"title": "Shop", "panels": panels})


def test_lines_of_json() -> None:
    assert json_lines('{\n "a": [\n  {"b": "x:,\\"{"},\n 2],\n "c\\"": {}}') == {
        "": 1, "/a": 2, "/a/0": 3, "/a/0/b": 3, "/a/1": 4, '/c"': 5,
    }  # fmt: skip


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('abc"', max_size=2), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(JSON)
def test_every_value_of_a_json_document_has_its_line(document: Any) -> None:
    text = json.dumps(document, indent=1)
    lines = json_lines(text)

    def look(value: Any, pointer: str) -> None:
        first = orjson.dumps(value)[:1].decode()
        assert first in text.splitlines()[lines[pointer] - 1]
        inner = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        for key, item in inner:
            look(item, f"{pointer}/{key}")

    look(document, "")


def test_a_part_of_a_json_dashboard(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(DASHBOARD)
    place = placer(tmp_path)
    assert place(shop("a.json"), "/spec/panels/1/targets/0/expr", 1) == Place("a.json", 8)
    assert place(shop("a.json"), "/spec/panels/1/description", 1) == Place("a.json", 6)
    assert place(shop("a.json"), "/spec/nowhere", 1) == Place("a.json", 2)


def test_a_part_of_a_rule_file(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("groups:\n- name: a\n- name: b\n  rules:\n  - expr: up\n")
    rules = definition("a.yml", "rule-group", file="a.yml", index=1, group={"name": "b"})
    assert placer(tmp_path)(rules, "/group/rules/0/expr", 1) == Place("a.yml", 5)
    assert placer(tmp_path)(rules, "/group/interval", 1) == Place("a.yml", 3)


def test_a_line_of_a_block(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        "groups:\n- rules:\n  - expr: |\n      sum(\n        up\n  - expr: >\n      up\n"
    )
    rules = definition("a.yml", "rule-group", file="a.yml", index=0, group={"name": "b"})
    assert placer(tmp_path)(rules, "/group/rules/0/expr", 2) == Place("a.yml", 5)
    assert placer(tmp_path)(rules, "/group/rules/1/expr", 1) == Place("a.yml", 6)


def test_several_documents_keep_the_place_of_the_definition(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("groups: []\n---\ngroups:\n- name: b\n")
    rules = definition("a.yml", "rule-group", file="a.yml", index=0, group={"name": "b"})
    assert placer(tmp_path)(rules, "/group/name", 1) == Place("a.yml", 1)


def test_a_part_of_an_operators_rule_file(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("kind: PrometheusRule\nspec:\n  groups:\n  - name: a\n")
    rules = definition("a.yaml", "rule-group", file="a.yml", index=0, group={"name": "a"})
    assert placer(tmp_path)(rules, "/group/name", 1) == Place("a.yaml", 4)


PYTHON = """\
panels = [
    {"title": "A"},
    {
        "title": 'B',
        "expr": "up",
        "again": "up",
    },
]
"""


@pytest.mark.parametrize(
    ("source", "pointer", "line"),
    [
        (PYTHON, "/spec/panels/1/targets/0/expr", 4),
        (PYTHON.replace('"again": "up"', ""), "/spec/panels/1/targets/0/expr", 5),
        (PYTHON, "/spec/panels/0/gridPos", 2),
        (PYTHON, "/spec/title", 1),
        ("x = 'Shop'\ny = 1\n", "/spec/refresh", 1),
        ("", "/spec/panels/0", 1),
    ],
)
def test_a_part_of_a_python_dashboard(source: str, pointer: str, line: int, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(source)
    assert placer(tmp_path)(shop("a.py"), pointer, 1) == Place("a.py", line)


def test_escaped_text_is_found_in_python(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('a = 1\nb = "up{job=\\"a\\"}"\n')
    quoted = definition("a.py", "dashboard", folder="", spec={"panels": [{"expr": 'up{job="a"}'}]})
    assert placer(tmp_path)(quoted, "/spec/panels/0/expr", 1) == Place("a.py", 2)


def test_without_the_file_the_definitions_own_place_stands(tmp_path: Path) -> None:
    assert placer(tmp_path)(shop("gone.json"), "/spec/title", 1) == Place("gone.json", 1)
    (tmp_path / "large.json").write_text("{}")
    with (tmp_path / "large.json").open("r+b") as file:
        file.truncate(17 * 2**20)
    assert placer(tmp_path)(shop("large.json"), "/spec/title", 1) == Place("large.json", 1)


def test_other_kinds_keep_their_place(tmp_path: Path) -> None:
    job = definition("a.yml", "scrape-config", job_name="x")
    assert placer(tmp_path)(job, "/job_name", 1) == Place("a.yml", 1)


RULES = """\
shop = Group(
    name="shop",
    rules=[
        Alert(
            alert="A",
            expr="up == 0",
        ),
        Alert(
            alert="B",
            expr=\"\"\"
                up
                == 0
            \"\"\",
        ),
    ],
)
"""


@pytest.mark.parametrize(
    ("pointer", "line_within", "line"),
    [
        ("/group/rules/0/expr", 1, 6),
        ("/group/rules/0", 1, 4),
        ("/group/rules/1/expr", 1, 10),
        ("/group/rules/1/expr", 3, 12),
        ("/group/rules/1/for", 1, 8),
        ("/group/name", 1, 2),
    ],
)
def test_a_part_of_a_rule_in_python(pointer: str, line_within: int, line: int, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(RULES)
    rules = [{"alert": "A", "expr": "up == 0"}, {"alert": "B", "expr": "\n    up\n    == 0\n"}]
    parts = tuple((f"/group/rules/{n}", Place("a.py", at)) for n, at in enumerate((4, 8)))
    made = Definition(
        "rule-group",
        "x",
        encode({"index": 0, "group": {"name": "shop", "rules": rules}}),
        Place("a.py", 1),
        parts,
    )
    assert placer(tmp_path)(made, pointer, line_within) == Place("a.py", line)


def test_columns(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("groups:\n- rules:\n  - expr: sum(up)\n")
    rules = definition("a.yml", "rule-group", index=0, group={"rules": [{"expr": "sum(up)"}]})
    sources = Sources(tmp_path)
    assert sources.columns(rules, "/group/rules/0/expr", Place("a.yml", 3), (4, 6)) == (15, 17)
    assert sources.columns(rules, "/group/rules/0", Place("a.yml", 3), (4, 6)) is None
    assert sources.columns(rules, "/group/rules/0/expr", Place("a.yml", 99), (4, 6)) is None
    assert sources.columns(rules, "/group/rules/0/expr", Place("a.yml"), (4, 6)) is None
