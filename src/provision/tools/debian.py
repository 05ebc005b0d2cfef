"""Debian's packages without installing them: downloaded and unpacked by an ordinary user, into our own folder.

The system is never changed: when its package lists are missing, out of date or unreadable, private ones
are fetched beside.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from provision.errors import MissingTool, ProvisionError
from provision.tools.run import run

_TIME_LIMIT_SECONDS = 600.0
_WAYS_OUT = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "APT_CONFIG")


def fetch(packages: Sequence[str], tools_dir: Path) -> None:
    """Download `packages` of this machine's Debian (or a relative of it), without what they depend on, and
    unpack them into `tools_dir`/root. A file appears there whole or not at all.

    Raises:
        MissingTool: it isn't a Debian, the archive doesn't answer, or it has no such package.
    """
    for program in ("apt-get", "dpkg"):
        if shutil.which(program) is None:
            raise MissingTool(f"this machine has no {program}, so Debian's packages can't be unpacked")
    try:
        tools_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=tools_dir, prefix="fetching-") as name:
            work = Path(name).resolve()
            _download(packages, work)
            unpacked = work / "root"
            for file in sorted(work.glob("*.deb")):
                _call(["dpkg", "-x", str(file), str(unpacked)], work)
            _move(unpacked, tools_dir / "root")
    except OSError as error:
        raise MissingTool(f"{error.filename or tools_dir}: {error.strerror}") from error


def _download(packages: Sequence[str], work: Path) -> None:
    download = ["download", *packages]
    # Without it, root's apt hands the download to a user who can't write into our folder.
    ours = ["apt-get", "-q", "-o", "APT::Sandbox::User=root"]
    try:
        _call([*ours, *download], work)
    except MissingTool:
        state, cache = work / "state", work / "cache"
        (state / "lists" / "partial").mkdir(parents=True)
        (cache / "archives" / "partial").mkdir(parents=True)
        status = work / "status"
        status.touch()
        ours += ["-o", f"Dir::State={state}", "-o", f"Dir::State::lists={state}/lists"]
        ours += ["-o", f"Dir::State::status={status}", "-o", f"Dir::Cache={cache}"]
        _call([*ours, "update"], work)
        _call([*ours, *download], work)


def _call(command: list[str], folder: Path) -> None:
    words = " ".join(word for word in command[:1] + command[-2:] if not word.startswith("-"))
    reached_through = {name: os.environ[name] for name in _WAYS_OUT if name in os.environ}
    try:
        answer = run(command, cwd=folder, env=reached_through, time_limit_seconds=_TIME_LIMIT_SECONDS)
    except ProvisionError as error:
        raise MissingTool(error.what) from None
    if answer.code != 0:
        said = [line for line in answer.stderr.decode(errors="replace").splitlines() if line.strip()]
        why = [line for line in said if line.startswith("E:")] or said
        raise MissingTool(f"{words}: {why[0] if why else f'exit code {answer.code}'}")


def _move(source: Path, target: Path) -> None:
    """Rename every file and link under `source` to its place under `target`."""
    for folder, folders, files in os.walk(source):
        here = Path(folder)
        place = target / here.relative_to(source)
        place.mkdir(parents=True, exist_ok=True)
        for name in (*files, *(name for name in folders if (here / name).is_symlink())):
            (here / name).replace(place / name)
