from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from provision.errors import UsageError
from provision.prove.check import pages as module
from provision.prove.check.checking import CHECKS
from provision.prove.check.pages import page, pages
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


def test_an_installed_package_brings_its_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]
    assert wheel["wheel"]["force-include"]["docs/checks"] == "provision/prove/check/pages"
    assert "docs/checks" in wheel["sdist"]["include"]
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/promql.md").write_text("# packaged\n")
    (tmp_path / "pages/verify-x.md").write_text("# verify-x\n\nEvery x has\ndata. More.\n")
    monkeypatch.setattr(module, "files", lambda _: tmp_path)
    assert page("promql").text == "# packaged\n"
    assert page("verify-x").summary == "Every x has data."
