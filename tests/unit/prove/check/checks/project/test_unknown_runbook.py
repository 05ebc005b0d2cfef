"""Links to pages of the project that aren't there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.checking import found, group

PAGES = "https://example.org/shop/blob/main/docs/runbooks"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "docs" / "runbooks"
    folder.mkdir(parents=True)
    (folder / "Down.md").write_text("Start it again.")
    (folder / "Slow it.html").write_text("Start another.")
    (folder / "Many").mkdir()
    return tmp_path


def said(root: Path, *links: str, **options: Any) -> list[tuple[str, str]]:
    rules = [{"alert": "Down", "expr": "up == 0", "annotations": {"runbook_url": link}} for link in links]
    findings = found(group(*rules), ids={"unknown-runbook"}, root=root, **options)
    assert {each.severity for each in findings} <= {"warning"}
    return [(each.message, each.remedy) for each in findings]


def test_a_page_that_is_not_there(root: Path) -> None:
    assert said(root, f"{PAGES}/Down.md", f"{PAGES}/Gone.md") == [
        (
            "runbook_url leads to Gone.md, and there is no such page in docs/runbooks",
            "write the page: docs/runbooks/Gone.md",
        )
    ]
    assert said(root, f"{PAGES}/Down.md", f"{PAGES}/Slow-it")[0][1] == 'did you mean "Slow it"?'


@pytest.mark.parametrize(
    "page", ["Down", "Down.md#first", "Down.html?a=b", "Slow%20it", "Many", "{{ $labels.a }}.md", ""]
)
def test_pages_that_are_there(root: Path, page: str) -> None:
    assert said(root, f"{PAGES}/Down.md", f"{PAGES}/{page}") == []


@pytest.mark.parametrize(
    "link",
    [
        f"{PAGES}/Gone.md",
        "https://prometheus.io/docs/Gone",
        "https://example.org/runbooks/Gone.md",
        "docs/runbooks/Gone.md",
        "https://example.org/docs/../docs/runbooks/Gone",
        f"https://example.org/{'a' * 300}/Gone",
        "https://example.org/a%00b/Gone",
        "https://example.org/",
    ],
)
def test_without_a_page_of_that_address_nothing_is_known_of_it(root: Path, link: str) -> None:
    assert said(root, "https://other.org/docs/runbooks/Down", link) == []


def test_files_of_others_have_pages_elsewhere(root: Path) -> None:
    assert said(root, f"{PAGES}/Down.md", f"{PAGES}/Gone.md", guests=["rules/shop.py"]) == []
