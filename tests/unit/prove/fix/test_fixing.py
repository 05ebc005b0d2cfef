"""Projects whose sources are corrected, and put back where the result isn't what it should be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from provision.catalogue.rename import Rename
from provision.compile.load import load
from provision.errors import Problem, ProvisionError
from provision.model import JSON, Definition, decode
from provision.project import Project, open_project
from provision.promql.renaming import corrected
from provision.prove.fix import fixing
from provision.prove.fix.fixing import Fixed, Wanted, fix

RENAMES = [
    Rename("old_requests_total", "new_requests_total", labels=(("backend", "service"),)),
    Rename("old_up", "new_up"),
]

RULES = """\
from provision.author import Alert, Group, Record

OLD = "old_up"  # the old_up of the shop

shop = Group(
    name="shop",
    rules=[
        Record(record="job:up:sum", expr="sum by (job) (old_up)"),
        Alert(alert="Down", expr='old_up{job="shop"} == 0', severity="page"),
    ],
)
"""


def project_of(root: Path, files: Mapping[str, str]) -> Project:
    (root / "pyproject.toml").write_text('[tool.provision]\nname = "shop"\n')
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    return open_project(root)


def texts(value: JSON, pointer: str = "") -> dict[str, str]:
    if isinstance(value, dict):
        return {
            at: text for key, item in value.items() for at, text in texts(item, f"{pointer}/{key}").items()
        }
    if isinstance(value, list):
        return {
            at: text for key, item in enumerate(value) for at, text in texts(item, f"{pointer}/{key}").items()
        }
    return {pointer: value} if isinstance(value, str) else {}


def wanted_of(definitions: Sequence[Definition], renames: Sequence[Rename]) -> list[Wanted]:
    return [
        Wanted(definition, pointer, text, after)
        for definition in definitions
        for pointer, text in texts(decode(definition.body)).items()
        if pointer.endswith("/expr") and (after := corrected(text, renames)) is not None
    ]


def fixed(root: Path, files: Mapping[str, str], renames: Sequence[Rename] = RENAMES) -> Fixed:
    project = project_of(root, files)
    loaded = load(project, use_cache=False)
    assert loaded.problems == ()

    def reload() -> tuple[Sequence[Definition], Sequence[Problem]]:
        again = load(project, use_cache=False)
        return again.definitions, again.problems

    return fix(root, wanted_of(loaded.definitions, renames), loaded.definitions, reload)


def test_a_source_is_corrected_where_its_expressions_stand(tmp_path: Path) -> None:
    result = fixed(tmp_path, {"rules/shop.py": RULES})
    now = RULES.replace("(old_up)", "(new_up)").replace("old_up{", "new_up{")
    assert (tmp_path / "rules/shop.py").read_text() == now
    assert result.files == {"rules/shop.py": (RULES.encode(), now.encode())}
    assert result.left == ()


def test_line_ends_marks_and_rights_are_kept(tmp_path: Path) -> None:
    source = "\ufeff" + RULES.replace("\n", "\r\n")
    project_of(tmp_path, {"rules/shop.py": source})
    (tmp_path / "rules/shop.py").chmod(0o640)
    result = fixed(tmp_path, {"rules/shop.py": source})
    assert result.left == ()
    now = source.replace("(old_up)", "(new_up)").replace("old_up{", "new_up{")
    assert (tmp_path / "rules/shop.py").read_bytes() == now.encode()
    assert (tmp_path / "rules/shop.py").stat().st_mode & 0o777 == 0o640


def test_expressions_that_are_put_together_are_corrected_in_their_pieces(tmp_path: Path) -> None:
    helper = 'WHICH = \'job="shop", backend=~"a"\'\n\n\ndef requests(more=""):\n    return f"old_requests_total{{{WHICH}{more}}}"\n'
    source = (
        "from provision.author import Group, Record\n\nfrom rules._shop import requests\n\n"
        'BY = "backend"\n\nshop = Group(\n    name="shop",\n    rules=[\n'
        '        Record(record="a:b:c", expr=f"sum by ({BY}) (rate({requests()}[5m]))"),\n'
        '        Record(record="a:b:d", expr="old_up" + " == 0"),\n    ],\n)\n'
    )
    result = fixed(tmp_path, {"rules/_shop.py": helper, "rules/shop.py": source})
    assert result.left == ()
    assert (tmp_path / "rules/_shop.py").read_text() == helper.replace("backend", "service").replace(
        "old_", "new_"
    )
    assert (tmp_path / "rules/shop.py").read_text() == source.replace('"backend"', '"service"').replace(
        "old_up", "new_up"
    )


def test_json_and_yaml_sources_are_corrected(tmp_path: Path) -> None:
    board = (
        '{"uid": "shop", "title": "old_up",   "schemaVersion": 42, "panels": [{"id": 1, "type": "timeseries", '
        '"title": "Up", "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0},\n  "targets": [{"refId": "A", "expr": "sum(old_up)"}]}]}'
    )
    rules = "groups:\n- name: shop  # old_up\n  rules:\n  - record: a:b:c\n    expr: |\n      sum(old_up)\n"
    result = fixed(tmp_path, {"dashboards/shop.json": board, "rules/shop.yml": rules})
    assert result.left == ()
    assert (tmp_path / "dashboards/shop.json").read_text() == board.replace("sum(old_up)", "sum(new_up)")
    assert (tmp_path / "rules/shop.yml").read_text() == rules.replace("sum(old_up)", "sum(new_up)")


def test_a_name_that_is_made_is_left_and_told(tmp_path: Path) -> None:
    source = RULES.replace('"sum by (job) (old_up)"', '"sum by (job) (" + "_".join(("old", "up")) + ")"')
    result = fixed(tmp_path, {"rules/shop.py": source})
    assert (tmp_path / "rules/shop.py").read_text() == source.replace("old_up{", "new_up{")
    ((left, reason),) = result.left
    assert (left.pointer, reason) == (
        "/group/rules/0/expr",
        "the expression doesn't stand literally in its source",
    )


def test_a_source_that_would_come_to_something_else_is_put_back(tmp_path: Path) -> None:
    checked = RULES + '\nassert "w" not in shop.rules[0].expr\n'
    other = RULES.replace('name="shop"', 'name="other"')
    result = fixed(tmp_path, {"rules/shop.py": checked, "rules/other.py": other})
    assert (tmp_path / "rules/shop.py").read_text() == checked
    assert "new_up" in (tmp_path / "rules/other.py").read_text()
    assert {left.definition.place.path for left, _ in result.left} == {"rules/shop.py"}
    assert {reason for _, reason in result.left} == {
        "its source, so changed, would come to something else, and was put back"
    }


def test_a_text_that_is_the_same_but_no_expression_is_put_back(tmp_path: Path) -> None:
    source = (
        "from provision.author import Group, Record\n\nNAME = 'old_up'\nshop = Group(\n    name=NAME,\n"
        "    rules=[Record(record='a:b:c', expr=NAME)],\n)\n"
    )
    result = fixed(tmp_path, {"rules/shop.py": source})
    assert (tmp_path / "rules/shop.py").read_text() == source
    assert len(result.left) == 1
    assert result.files == {}


def test_what_goes_wrong_on_the_way_puts_everything_back(tmp_path: Path) -> None:
    project = project_of(tmp_path, {"rules/shop.py": RULES})
    loaded = load(project, use_cache=False)

    def reload() -> tuple[Sequence[Definition], Sequence[Problem]]:
        assert "new_up" in (tmp_path / "rules/shop.py").read_text()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fix(tmp_path, wanted_of(loaded.definitions, RENAMES), loaded.definitions, reload)
    assert (tmp_path / "rules/shop.py").read_text() == RULES


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(fixing, "write_beside", full)
    with pytest.raises(ProvisionError, match=r"rules/shop.py: can't be written: No space left on device"):
        fixed(tmp_path, {"rules/shop.py": RULES})
    assert (tmp_path / "rules/shop.py").read_text() == RULES


def test_nothing_wanted_writes_nothing(tmp_path: Path) -> None:
    result = fixed(tmp_path, {"rules/shop.py": RULES}, [])
    assert (result.files, result.left) == ({}, ())


def test_a_source_that_is_gone_or_in_another_encoding_is_left(tmp_path: Path) -> None:
    project = project_of(tmp_path, {"rules/shop.py": RULES})
    loaded = load(project, use_cache=False)
    wanted = wanted_of(loaded.definitions, RENAMES)
    (tmp_path / "rules/shop.py").write_bytes(b"# \xff\n" + RULES.encode())
    result = fix(tmp_path, wanted, loaded.definitions, lambda: (loaded.definitions, ()))
    assert len(result.left) == 2
    (tmp_path / "rules/shop.py").unlink()
    assert len(fix(tmp_path, wanted, loaded.definitions, lambda: (loaded.definitions, ())).left) == 2


def test_a_source_is_corrected_though_what_another_imports_is_put_back(tmp_path: Path) -> None:
    helper = 'NAME = "old_up"\nCHECKED = {"old_up": 1}[NAME[:6]] and len("old_up") == 6 and NAME < "o"\n'
    importing = (
        "from provision.author import Group, Record\n\nfrom rules._names import NAME\n\n"
        'assert NAME.startswith("old")\nother = Group(\n    name="other",\n'
        '    rules=[Record(record="a:b:c", expr=f"sum({NAME})")],\n)\n'
    )
    own = RULES.replace('"sum by (job) (old_up)"', 'f"sum by (job) ({OLD})"')
    result = fixed(tmp_path, {"rules/_names.py": helper, "rules/other.py": importing, "rules/shop.py": own})
    assert (tmp_path / "rules/_names.py").read_text() == helper
    assert (tmp_path / "rules/other.py").read_text() == importing
    assert "old_up" not in (tmp_path / "rules/shop.py").read_text().replace("# the old_up", "")
    assert [left.definition.place.path for left, _ in result.left] == ["rules/other.py"]
