"""git: which repository a project lies in, and the project as one of its revisions has it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from provision.errors import ProvisionError
from provision.tools.run import Answer, run

_TIME_LIMIT_SECONDS = 120.0
_SETTINGS = (
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.sparseCheckout=false",
)
"""Reading a revision runs no program of the repository's and leaves no file out."""


def toplevel(root: Path) -> Path:
    """The top folder of the repository that `root` lies in.

    Raises:
        ProvisionError: `root` lies in no repository.
        MissingTool: there is no git.
    """
    answer = _git(root, "rev-parse", "--show-toplevel")
    if answer.code != 0:
        raise _failure(
            answer,
            root,
            "is not in a git repository",
            "run git init and commit, or compare with a server: --live",
        )
    return Path(answer.stdout.decode().rstrip("\n"))


def head(root: Path) -> str:
    """The id of the last commit.

    Raises:
        ProvisionError: `root` lies in no repository, or nothing was committed yet.
        MissingTool: there is no git.
    """
    return resolve(root, "HEAD")


def resolve(root: Path, revision: str) -> str:
    """The id of the commit that a revision (`HEAD~1`, `main`, a tag) names.

    Raises:
        ProvisionError: `root` lies in no repository, nothing was committed yet, or there is no such revision.
        MissingTool: there is no git.
    """
    toplevel(root)
    answer = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if answer.code == 0:
        return answer.stdout.decode().strip()
    if _git(root, "rev-parse", "--verify", "--quiet", "HEAD").code != 0:
        raise ProvisionError(
            "nothing was committed yet",
            where=str(root),
            remedy="commit once, so that there is something to compare with",
        )
    raise ProvisionError(f"git knows no revision {revision!r}", where=str(root))


def export(root: Path, revision: str, into: Path) -> str:
    """Write what `revision` has of the folder `root` into `into`, an empty folder, as a check-out would: links
    stay links, submodules stay empty. A folder that the revision doesn't have gives nothing.

    Returns:
        the commit's id.

    Raises:
        ProvisionError: as `resolve`, or git can't write the files.
        MissingTool: there is no git.
    """
    commit = resolve(root, revision)
    prefix = _git(root, "rev-parse", "--show-prefix").stdout.decode().rstrip("\n")
    if _git(root, "cat-file", "-e", f"{commit}:{prefix}").code != 0:
        return commit
    # An index of its own rather than `git archive`, which leaves out what attributes exclude from releases.
    with tempfile.TemporaryDirectory(prefix="provision-") as folder:
        own = {"GIT_INDEX_FILE": str(Path(folder) / "index"), "GIT_WORK_TREE": str(into)}
        for step in (["read-tree", f"{commit}:{prefix}"], ["checkout-index", "--all", "--force", "--quiet"]):
            answer = _git(root, *step, env={**own, "GIT_DIR": _git_dir(root)}, cwd=into)
            if answer.code != 0:
                raise ProvisionError(
                    f"git can't write out {revision!r}: {answer.text[-500:]}", where=str(root)
                )
    return commit


def _git_dir(root: Path) -> str:
    return _git(root, "rev-parse", "--absolute-git-dir").stdout.decode().rstrip("\n")


def _git(root: Path, *arguments: str, env: dict[str, str] | None = None, cwd: Path | None = None) -> Answer:
    # GIT_DIR and its like, which a hook sets, are not inherited: `root` says which repository is meant.
    command = ["git", *_SETTINGS, *arguments]
    return run(command, cwd=cwd or root, env=env, time_limit_seconds=_TIME_LIMIT_SECONDS)


def _failure(answer: Answer, root: Path, otherwise: str, remedy: str) -> ProvisionError:
    said = answer.text.strip()
    if "dubious ownership" in said:
        return ProvisionError(
            "belongs to another user, and git refuses to read it",
            where=str(root),
            remedy=f"run git config --global --add safe.directory {root}",
        )
    if said and "not a git repository" not in said:
        return ProvisionError(f"git can't read it: {said[-500:]}", where=str(root))
    return ProvisionError(otherwise, where=str(root), remedy=remedy)
