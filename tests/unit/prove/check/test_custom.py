"""Checks of other packages, installed for real: a module and its metadata on the path."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provision.cli import run
from provision.errors import ProvisionError, UsageError
from provision.prove.check.custom import every_check
from provision.prove.check.pages import page
from support.checking import dashboard, found, group
from support.docs import ROOT, blocks

EXAMPLE = next(block for block in blocks(ROOT / "docs/custom-checks.md") if block.language == "python")
Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs a package acme-checks with one module, named by an entry point."""
    site = tmp_path / "site"

    def install(text: str, *, module: str = "acme_checks.short_titles", name: str = "acme-checks") -> None:
        file = site / f"{module.replace('.', '/')}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        (file.parent / "__init__.py").touch()
        file.write_text(text)
        metadata = site / f"{name.replace('-', '_')}-1.2.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
        (metadata / "entry_points.txt").write_text(f"[provision.checks]\nsome = {module}\n")
        monkeypatch.syspath_prepend(str(site))

    yield install
    for name in [name for name in sys.modules if name.startswith("acme_")]:
        del sys.modules[name]


def test_the_example_of_the_documentation_has_ten_lines() -> None:
    assert len([line for line in EXAMPLE.text.splitlines() if line.strip()]) == 9


def test_the_example_of_the_documentation_runs(install: Install) -> None:
    install(EXAMPLE.text)
    ids = {"acme-short-title"}
    (finding,) = found(dashboard(title="x" * 41), ids=ids)
    assert (finding.severity, finding.subject, finding.message, finding.remedy) == (
        "warning", f'dashboard "{"x" * 41}"', "its title has more than 40 characters", "shorten it",
    )  # fmt: skip
    assert found(dashboard(title="x" * 40), ids=ids) == ()
    assert len(found(dashboard(title="x" * 11), ids=ids, checks={"acme-short-title": {"most": 10}})) == 1
    assert found(dashboard(title="x" * 41), ids=ids, checks={"acme-short-title": "off"}) == ()
    with pytest.raises(UsageError, match="has no setting 'mots'; did you mean 'most'?"):
        found(checks={"acme-short-title": {"mots": 3}})
    assert page("acme-short-title").text == "Titles of dashboards fit on the screen in the lobby."


def test_the_command_runs_it_with_the_others(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install(EXAMPLE.text)
    (tmp_path / "x.json").write_text(json.dumps({"title": "x" * 41}))
    monkeypatch.chdir(tmp_path)
    run(["check", "x.json", "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    assert [each["line"] for each in document["findings"] if each["id"] == "acme-short-title"] == [1]


@pytest.mark.parametrize(
    ("signature", "count"), [("estate", 1), ("estate, expression", 3), ("estate, group, rule", 2)]
)
def test_what_it_looks_at_is_said_by_its_parameters(signature: str, count: int, install: Install) -> None:
    last = signature.rpartition(", ")[2]
    owner = {"estate": "estate.groups[0]", "expression": "expression.owner", "rule": "group"}[last]
    install(
        f"ID = 'acme-any'\ndef check({signature}):\n"
        f"    yield estate.finding(ID, 'info', {owner}.definition, '', str(id({last})), 'm')\n"
    )
    rules = group({"record": "a", "expr": "up"}, {"record": "b", "expr": "up"})
    board = dashboard({"title": "P", "targets": [{"refId": "A", "expr": "up"}]})
    assert len(found(rules, board, ids={"acme-any"})) == count


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise KeyError('owner')", "KeyError: 'owner', at "),
        ("yield 3", "TypeError: it must yield findings of its id, made with estate.finding(ID, …), not 3"),
        (
            "yield estate.finding('promql', 'info', dashboard.definition, '', 's', 'm')",
            "not Finding(id='promql'",
        ),
    ],
)
def test_one_that_fails_is_told_in_one_sentence_that_names_it(body: str, said: str, install: Install) -> None:
    install(f"ID = 'acme-bad'\ndef check(estate, dashboard):\n    {body}\n    yield\n")
    with pytest.raises(ProvisionError) as caught:
        found(dashboard())
    assert caught.value.what.startswith("the custom check acme-bad (acme-checks 1.2) failed: ")
    assert said in caught.value.what
    assert caught.value.remedy == 'mend it, or turn it off: [tool.provision.checks] acme-bad = "off"'
    assert "\n" not in str(caught.value)
    found(dashboard(), checks={"acme-bad": "off"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 / 0", "can't be loaded: ZeroDivisionError: division by zero, at "),
        ("ID = 'acme'\ndef check(estate): ...", "has no ID such as 'acme-owner' but 'acme'"),
        ("ID = 'acme-x'", "has no function check"),
        (
            "ID = 'acme-x'\ndef check(estate, panel): ...",
            "has check(estate, panel) in place of check(estate) or ",
        ),
    ],
)
def test_what_is_no_check_is_told(text: str, said: str, install: Install) -> None:
    install(text)
    with pytest.raises(ProvisionError, match=r"the custom check 'some' \(acme-checks 1.2\) ") as caught:
        every_check()
    assert said in caught.value.what


def test_an_id_that_is_taken_is_refused(install: Install) -> None:
    install("ID = 'panel-units'\ndef check(estate): ...")
    with pytest.raises(
        ProvisionError, match="has the id 'panel-units', which is that of a check of provision"
    ):
        every_check()


def test_an_id_that_another_custom_check_has_is_refused(install: Install) -> None:
    install("ID = 'acme-x'\ndef check(estate): ...")
    install("ID = 'acme-x'\ndef check(estate): ...", module="acme_others.x", name="acme-others")
    with pytest.raises(
        ProvisionError,
        match="check of acme-others 1.2 has the id 'acme-x', which is that of a check of acme-checks 1.2",
    ):
        every_check()  # fmt: skip
