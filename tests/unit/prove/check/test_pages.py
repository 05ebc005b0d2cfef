from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

import provision
from provision.errors import UsageError
from provision.prove.check.checking import CHECKS
from provision.prove.check.pages import page, pages
from provision.prove.check.settings import VERIFIED
from support.docs import ROOT


def test_every_check_has_a_page_and_a_sentence() -> None:
    found = pages()
    assert set(CHECKS) <= found.keys()
    for id_ in CHECKS:
        assert found[id_].text == (ROOT / "docs/checks" / f"{id_}.md").read_text()
        assert found[id_].summary.endswith(".")
        assert "\n" not in found[id_].summary


def test_an_unknown_check() -> None:
    with pytest.raises(UsageError, match="there is no check 'promqll'; did you mean promql?"):
        page("promqll")
    with pytest.raises(UsageError, match="there is no check 'zzz'; there are .*waiver-unused"):
        page("zzz")


@pytest.mark.parametrize("id_", sorted(id_ for id_ in VERIFIED if id_.startswith("verify-")))
def test_what_verify_finds_is_explained_by_its_row_and_its_page(id_: str) -> None:
    verify = (ROOT / "docs/verify.md").read_text()
    heading, said, rest = page(id_).text.split("\n\n", 2)
    assert (heading, rest) == (f"# {id_}", verify)
    row = f"| `{id_.removeprefix('verify-')}` | {said[0].lower()}{said[1:-1]} |"
    assert row in verify.splitlines()


def test_what_only_verify_checks_is_explained_by_its_sentence_and_the_page_of_verify() -> None:
    said = "Every expression costs the server no more than the project allows."
    assert page("query-cost").summary == said
    assert page("query-cost").text == f"# query-cost\n\n{said}\n\n{(ROOT / 'docs/verify.md').read_text()}"


def test_a_misspelt_id_of_verify() -> None:
    assert page("alerts-count").text.startswith(
        "# alerts-count\n\nEvery alert would have fired no more often of late than the project allows.\n\n"
    )
    with pytest.raises(UsageError, match="did you mean verify-empty?"):
        page("verify-emty")


def test_what_does_not_compile_is_explained_as_its_section_says() -> None:
    section = (ROOT / "docs/check.md").read_text().partition("### source\n")[2].partition("\n## ")[0]
    assert page("source").text.removeprefix("# source\n").strip() == section.strip()


def test_an_installed_package_brings_its_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]
    for source, inside in wheel["wheel"]["force-include"].items():
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        (tmp_path / inside).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / source, tmp_path / inside)
        assert source in wheel["sdist"]["include"]
    monkeypatch.setattr(provision, "__file__", str(tmp_path / "provision" / "__init__.py"))
    assert page("promql").text == (ROOT / "docs/checks/promql.md").read_text()
    assert page("verify-empty").text.endswith((ROOT / "docs/verify.md").read_text())
