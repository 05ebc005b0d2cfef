from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provision.project import Project
from provision.prove.check.addresses import grafanas


@pytest.mark.parametrize(
    ("setting", "urls"),
    [
        (None, ()),
        ("", ()),
        ("https://g.example.org/", ("https://g.example.org",)),
        (["https://a", "https://b/sub/"], ("https://a", "https://b/sub")),
        ({"url": "https://a", "token_env": "T"}, ("https://a",)),
        ({"token_env": "T", "eu": {"url": "https://a"}, "us": "https://b", "headers": ["X: https://c"]}, ("https://a", "https://b")),
        ([1, {"url": "x"}], ()),
        ({"url": 5}, ()),
        (5, ()),
    ],
)  # fmt: skip
def test_every_form_of_the_setting(setting: Any, urls: tuple[str, ...]) -> None:
    assert grafanas(Project(root=Path("/nowhere"), name="x", settings={"grafana": setting})) == urls
