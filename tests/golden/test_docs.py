"""Every page of the documentation is true: its files compile, its transcripts come out, its commands exist."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import click
import pytest

from provision import cli
from provision.lab import stack
from support.docs import PAGES, ROOT, Block, blocks, commands, pattern, steps, uses_reference
from support.servers import TOOLS, require

WITH_STEPS = [page for page in PAGES if any(b.language == "console" or b.file for b in blocks(page))]
LAB = "provision lab up"


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def starts_a_lab(page: Path) -> bool:
    return any(LAB in step.command for b in blocks(page) if b.language == "console" for step in steps(b))


def case(page: Path) -> Any:
    marks = (
        [pytest.mark.server, pytest.mark.xdist_group("lab"), pytest.mark.alone] if starts_a_lab(page) else []
    )
    return pytest.param(page, id=name(page), marks=marks)


@pytest.mark.parametrize("page", [case(page) for page in WITH_STEPS])
def test_a_page_comes_out_as_it_says(page: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    project = tmp_path / "project"
    project.mkdir()
    if uses_reference(page):
        for part in ("dashboards", "rules", "provisioning", "pyproject.toml"):
            source = ROOT / part
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, project / part)
    environment = _environment(page, tmp_path, request)
    if uses_reference(page):  # a reader's clone is a repository with one commit at least
        (project / ".gitignore").write_text("/.provision/\n/build/\n__pycache__/\n")
        commit = "git init -q && git add -A && git commit -qm first"
        subprocess.run(["bash", "-c", commit], cwd=project, env=environment, check=True, timeout=60)
    if starts_a_lab(page):
        request.addfinalizer(partial(_lab, project, environment))
    for block in blocks(page):
        if block.file:
            file = project / block.file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text)
        elif block.language == "console":
            _run(block, project, environment, page)


def _lab(project: Path, environment: dict[str, str]) -> None:
    """End the lab of a page that didn't come so far."""
    subprocess.run(["provision", "lab", "down"], cwd=project, env=environment, check=True, timeout=120)


def _run(block: Block, project: Path, environment: dict[str, str], page: Path) -> None:
    for step in steps(block):
        result = subprocess.run(
            ["bash", "-c", step.command], cwd=project, env=environment, text=True, timeout=120, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        printed = result.stdout.replace(str(project), "/srv/project")
        assert pattern(step.expected).fullmatch(
            printed + ("" if printed.endswith("\n") or not printed else "\n")
        ), f"{name(page)}:{step.line}: $ {step.command}\nprinted\n{printed}\ninstead of\n{step.expected}"


def _environment(page: Path, tmp_path: Path, request: pytest.FixtureRequest) -> dict[str, str]:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "provision").write_text(f'#!/bin/sh\nexec {sys.executable} -m provision "$@"\n')
    (programs / "provision").chmod(0o755)
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT / "src"),
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "a"), ("EMAIL", "a@e.org"))},
    }  # fmt: skip
    if starts_a_lab(page):
        for program in stack.PROGRAMS:
            require(program)
        if shutil.which("curl") is None:
            pytest.skip("there is no curl")
        (tmp_path / "project" / ".tools").symlink_to(TOOLS)
    if "$GRAFANA_URL" in page.read_text():
        environment |= request.getfixturevalue("documented_grafana")
    if "$PROMETHEUS_URL" in page.read_text():
        environment |= request.getfixturevalue("documented_prometheus")
    return environment


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_and_options_that_a_page_names_exist(page: Path) -> None:
    named = [words for block in blocks(page) if block.language == "sh" for words in commands(block)]
    for words in named:
        if words[0] == "make":
            targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
            assert set(words[1:2]) <= set(targets), words
        elif words[0] == "provision":
            _exists(words)


def _exists(words: list[str]) -> None:
    context = click.Context(cli.provision)
    command: click.Command | None = cli.provision
    for word in words[1:]:
        if isinstance(command, click.Group) and not word.startswith("-"):
            command = command.get_command(context, word)
            assert command is not None, words
    assert command is not None
    options = {option for parameter in command.params for option in parameter.opts} | {
        "--help",
        "-h",
        "--version",
    }
    assert {word.split("=")[0] for word in words if word.startswith("-")} <= options, words


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), f"{name(page)}: {target}"


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_has_a_page_that_names_all_its_options(command: str) -> None:
    page = ROOT / "docs" / f"{command}.md"
    assert page.is_file()
    text = page.read_text()
    loaded = cli.provision.get_command(click.Context(cli.provision), command)
    assert loaded is not None
    nested = list(loaded.commands.values()) if isinstance(loaded, click.Group) else [loaded]
    common = {"--project", "--env", "--verbose", "--quiet", "--help"}
    for each in nested:
        options = {
            max(parameter.opts, key=len) for parameter in each.params if isinstance(parameter, click.Option)
        }
        assert {option for option in options - common if option not in text} == set()
