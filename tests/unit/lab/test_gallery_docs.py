"""The page on the gallery names each option of its programs."""

import argparse

import pytest

from provision.lab.client import __main__ as client
from provision.lab.client import browsers
from provision.lab.gallery import __main__ as gallery
from provision.lab.gallery import settings
from support.docs import ROOT

PAGE = (ROOT / "docs" / "gallery.md").read_text()


@pytest.mark.parametrize("parser", [gallery._parser(), client._parser(), browsers._parser()])
def test_every_option_is_documented(parser: argparse.ArgumentParser) -> None:
    options = {name for action in parser._actions for name in action.option_strings if name.startswith("--")}
    assert {name for name in options - {"--help"} if f"`{name}" not in PAGE} == set()
    assert f"python -m {parser.prog} " in PAGE


def test_every_variable_is_documented() -> None:
    lines = [line for line in str(settings.__doc__).splitlines() if line.startswith("| `GALLERY_")]
    assert len(lines) == 4
    for line in lines:
        assert line.split("|")[1].strip() in PAGE
