"""Every file that others wrote, whatever it is, gets a verdict, and every form of printing prints it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from provision.commands.guests import collect_guests
from provision.errors import Problem
from provision.model import Finding, Place
from provision.project import Project
from provision.prove.check.checking import verdict
from provision.show.checked import Checked, checked_text
from provision.show.forms import FORMATS
from support.commands import Shell, alone

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"needs the corpus in {CORPUS}")
FOLDERS = (
    sorted(folder.name for folder in CORPUS.iterdir() if folder.is_dir()) if CORPUS.is_dir() else ["corpus"]
)
JSON_FORMS = ("json", "sarif", "gitlab")


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    monkeypatch.chdir(tmp_path)
    with alone(monkeypatch, tmp_path / "logs"):
        yield Shell(capfd)


def of_problem(problem: Problem) -> Finding:
    return Finding("source", "error", Place(problem.path, problem.line), "", problem.message)


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_file_alone(folder: str) -> None:
    files = [file for file in sorted((CORPUS / folder).rglob("*")) if file.is_file()]
    assert files
    for file in files:
        prints(file)


def test_all_together(shell: Shell) -> None:
    assert len(prints(CORPUS)) > 1000
    ran = shell("check", CORPUS)
    assert ran.code == 1
    (aside,) = ran.err.splitlines()  # the configurations of Prometheus and Alertmanager that lie there
    assert aside.startswith("neither dashboards nor rule files, so left aside: ")


def prints(path: Path) -> tuple[Finding, ...]:
    """What is found there, once every form has printed it."""
    guests, definitions, problems = collect_guests([path], CORPUS)
    said = verdict(definitions, Project(root=CORPUS, name="corpus"), guests=guests)
    assert definitions or problems, path
    findings = (*map(of_problem, problems), *said.findings)
    assert all(each.message and "\n" not in each.message for each in findings), path
    for form in FORMATS:
        printed = checked_text(Checked(CORPUS, findings), form)
        assert not findings or printed, (path, form)
        if form in JSON_FORMS:
            json.loads(printed)
        elif form == "junit":
            ElementTree.fromstring(printed)
    return findings
