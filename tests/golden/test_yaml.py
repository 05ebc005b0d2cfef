"""JSON in, the YAML that a person would write out, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from provision.compile.yamltext.reading import load
from provision.compile.yamltext.writing import render

FOLDER = Path(__file__).parent / "yaml"


@pytest.mark.parametrize("name", sorted(file.stem for file in FOLDER.glob("*.json")))
def test_the_bytes_are_these(name):
    value = json.loads((FOLDER / f"{name}.json").read_text())
    expected = (FOLDER / f"{name}.yml").read_bytes()
    assert render(value, header="Made of a golden file.").decode() == expected.decode()
    assert load(expected, name) == value
