from __future__ import annotations

import os
import subprocess

import pytest

from provision.errors import MissingTool, ProvisionError
from provision.tools import git

IDENTITY = ("-c", "user.name=Someone", "-c", "user.email=someone@example.org", "-c", "commit.gpgsign=false")


def call(folder, *arguments):
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(
        ["git", *IDENTITY, *arguments], cwd=folder, env=environment, check=True, capture_output=True
    )


@pytest.fixture
def repository(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    root = tmp_path / "repository with space"
    (root / "project" / "dashboards" / "é").mkdir(parents=True)
    call(root, "init", "-q", "-b", "main")
    return root


def commit(root, message="one"):
    call(root, "add", "-A")
    call(root, "commit", "-q", "-m", message)


def files(folder):
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if not file.is_dir())


def test_a_revision_of_the_project_is_written_out(repository, tmp_path):
    project = repository / "project"
    (project / "pyproject.toml").write_text("old")
    (project / "dashboards" / "é" / "a b.py").write_text("old = 1")
    (repository / "outside.txt").write_text("x")
    commit(repository)
    first = git.head(project)
    (project / "pyproject.toml").write_text("new")
    (project / "added.py").write_text("new")
    commit(repository, "two")
    (project / "pyproject.toml").write_text("not committed")
    call(repository, "tag", "-a", "v1", "-m", "x", first)
    for name, revision, expected in (
        ("now", "HEAD", ["added.py", "dashboards/é/a b.py", "pyproject.toml"]),
        ("before", "HEAD~1", ["dashboards/é/a b.py", "pyproject.toml"]),
        ("tag", "v1", ["dashboards/é/a b.py", "pyproject.toml"]),
    ):
        into = tmp_path / name
        into.mkdir()
        commit_id = git.export(project, revision, into)
        assert files(into) == expected
        assert commit_id == git.resolve(project, revision)
    assert (tmp_path / "now" / "pyproject.toml").read_text() == "new"
    assert (tmp_path / "before" / "pyproject.toml").read_text() == "old"
    assert git.toplevel(project) == repository
    status = subprocess.run(["git", "status", "--porcelain"], cwd=repository, capture_output=True, check=True)
    assert status.stdout == b" M project/pyproject.toml\n"


def test_the_whole_repository_may_be_the_project(repository, tmp_path):
    (repository / "a.py").write_text("x")
    commit(repository)
    into = tmp_path / "into"
    into.mkdir()
    git.export(repository, "HEAD", into)
    assert files(into) == ["a.py"]


def test_attributes_leave_nothing_out_and_links_stay_links(repository, tmp_path):
    project = repository / "project"
    (project / ".gitattributes").write_text("rules.py export-ignore\n")
    (project / "rules.py").write_text("x")
    (project / "link.py").symlink_to("../../../elsewhere.py")
    commit(repository)
    into = tmp_path / "into"
    into.mkdir()
    git.export(project, "HEAD", into)
    assert files(into) == [".gitattributes", "link.py", "rules.py"]
    assert (into / "link.py").is_symlink()


def test_no_hook_of_the_repository_runs(repository, tmp_path):
    (repository / "a.py").write_text("x")
    commit(repository)
    hook = repository / ".git" / "hooks" / "post-index-change"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n")
    hook.chmod(0o755)
    into = tmp_path / "into"
    into.mkdir()
    git.export(repository, "HEAD", into)
    assert not (tmp_path / "ran").exists()


def test_a_revision_without_the_project_has_nothing(repository, tmp_path):
    (repository / "a.txt").write_text("x")
    commit(repository)
    into = tmp_path / "into"
    into.mkdir()
    assert git.export(repository / "project", "HEAD", into) == git.head(repository)
    assert files(into) == []


def test_a_hooks_environment_does_not_mislead(repository, tmp_path, monkeypatch):
    (repository / "a.py").write_text("x")
    commit(repository)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other.git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path))
    assert git.toplevel(repository) == repository


@pytest.mark.parametrize("revision", ["nothing", "--help", "HEAD~9", "", "HEAD:a.py"])
def test_an_unknown_revision_is_said(repository, revision, tmp_path):
    (repository / "a.py").write_text("x")
    commit(repository)
    with pytest.raises(ProvisionError, match="git knows no revision"):
        git.export(repository, revision, tmp_path)


def test_no_commit_yet_is_said(repository):
    with pytest.raises(ProvisionError, match="nothing was committed yet; commit once"):
        git.head(repository)


def test_no_repository_is_said(tmp_path):
    with pytest.raises(ProvisionError, match="is not in a git repository"):
        git.head(tmp_path)


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(ProvisionError, match="there is no such folder"):
        git.head(tmp_path / "nowhere")


def test_no_git_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingTool, match="git: there is no such program"):
        git.head(tmp_path)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("fatal: detected dubious ownership in repository at '/x'", "belongs to another user"),
        ("fatal: bad config line 1 in file .git/config", "git can't read it: fatal: bad config line 1"),
    ],
)
def test_other_refusals_are_told(tmp_path, monkeypatch, said, message):
    from support.programs import fake

    fake(tmp_path / "bin" / "git", stderr=said, code=128)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    with pytest.raises(ProvisionError, match=message):
        git.toplevel(tmp_path)


def test_a_damaged_repository_is_said(repository, tmp_path):
    (repository / "a.py").write_text("x")
    commit(repository)
    blob = subprocess.run(["git", "rev-parse", "HEAD:a.py"], cwd=repository, capture_output=True, check=True)
    name = blob.stdout.decode().strip()
    (repository / ".git" / "objects" / name[:2] / name[2:]).unlink()
    into = tmp_path / "into"
    into.mkdir()
    with pytest.raises(ProvisionError, match="git can't write out 'HEAD'"):
        git.export(repository, "HEAD", into)
