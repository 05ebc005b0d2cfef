"""Every check has a page whose failing example fails with what the page says, and whose passing example passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.compile.load import load
from provision.model import Finding
from provision.project import Project, open_project
from provision.prove.check.checking import CHECKS, check
from provision.prove.check.tools import Tools, available
from provision.show.findings import findings_text
from support.docs import ROOT, Block, blocks
from support.servers import require

PAGES = ROOT / "docs" / "checks"


def section(page: Path, title: str) -> list[Block]:
    """The blocks between that heading and the next."""
    lines = page.read_text().splitlines()
    begin = lines.index(f"## {title}") + 1
    headings = [number for number, line in enumerate(lines, 1) if line.startswith("## ") and number > begin]
    end = headings[0] if headings else len(lines) + 1
    return [block for block in blocks(page) if begin < block.line < end]


def findings_of(files: list[Block], root: Path, tools: Tools | None) -> tuple[Project, tuple[Finding, ...]]:
    (root / "pyproject.toml").write_text("[tool.provision]\n")
    for block in files:
        file = root / block.file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text)
    project = open_project(root)
    loaded = load(project, use_cache=False)
    assert loaded.problems == ()
    return project, check(loaded.definitions, project, tools=tools or available(project))


@pytest.fixture
def tools(request: pytest.FixtureRequest) -> Tools | None:
    """None for the checks of the tools themselves: they look for theirs in the PATH and in this repository."""
    return None if request.node.callspec.params["id_"] in ("promtool", "amtool") else Tools()


@pytest.mark.parametrize("id_", CHECKS)
def test_the_failing_example_fails_as_the_page_says(
    id_: str, tools: Tools | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    blocks_ = section(PAGES / f"{id_}.md", "Fails")
    if tools is None:
        needs(id_, tmp_path)
    project, findings = findings_of([block for block in blocks_ if block.file], tmp_path, tools)
    own = [finding for finding in findings if finding.id == id_]
    assert own
    said = [block.text for block in blocks_ if block.language == "text"]
    assert said == [findings_text(own, project.root) + "\n"]


@pytest.mark.parametrize("id_", CHECKS)
def test_the_passing_example_passes(id_: str, tools: Tools | None, tmp_path: Path) -> None:
    files = [block for block in section(PAGES / f"{id_}.md", "Passes") if block.file]
    assert files
    if tools is None:
        needs(id_, tmp_path)
    assert [finding for finding in findings_of(files, tmp_path, tools)[1] if finding.id == id_] == []


def needs(tool: str, root: Path) -> None:
    """The tool, of any version: the examples of its page are of an old environment."""
    require(tool)
    (root / ".tools").symlink_to(ROOT / ".tools")


def test_every_page_is_of_a_check_and_is_listed() -> None:
    listed = (ROOT / "docs" / "check.md").read_text()
    assert {page.stem for page in PAGES.glob("*.md")} == set(CHECKS)
    assert [id_ for id_ in CHECKS if f"[{id_}](checks/{id_}.md)" not in listed] == []
