"""A Grafana that is installed on this machine: its program, and the folder with what comes along with it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from provision.errors import MissingTool, ProvisionError
from provision.tools.run import run

PACKAGED = Path("/usr/share/grafana")
"""Where the packages of Grafana's makers put it, program and all."""

_DEFAULTS = Path("conf") / "defaults.ini"
_PROGRAMS = {"grafana": ("server",), "grafana-server": ()}
"""What the program is called, and the word that makes it a server; up to Grafana 9 it was one of its own."""

_VERSION = re.compile(r"(?:grafana version|Version) v?(\d\S*)", re.IGNORECASE)
_TIME_LIMIT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Installed:
    """A Grafana that can be started.

    Attributes:
        command: the program, and the word that makes it a server.
        home: what it calls its home path: the folder with `conf/defaults.ini`.
        version: as it says.
    """

    command: tuple[str, ...]
    home: Path
    version: str


def find(home: Path | None = None, packaged: Path = PACKAGED) -> Installed:
    """The Grafana in `home`, on the PATH, or where its packages put it, in that order.

    Args:
        home: its home path; None: beside the program, or where packages put it.

    Raises:
        MissingTool: there is none that runs, or its home path isn't one; says which and why.
    """
    if home is not None and not (home / _DEFAULTS).is_file():
        raise MissingTool(
            f"has no {_DEFAULTS}, so it isn't the home path of a Grafana",
            where=str(home),
            remedy="name the folder that Grafana was unpacked into, as a package it is /usr/share/grafana",
        )
    faults = []
    for path in _candidates(home, packaged):
        fault, version = _asked(path)
        if fault:
            faults.append(f"{path} {fault}")
            continue
        found = home or _home_of(path, packaged)
        if found is not None:
            return Installed((str(path), *_PROGRAMS[path.name]), found.absolute(), version)
        faults.append(f"there is no {_DEFAULTS} beside {path}, nor in {packaged}")
    raise MissingTool(
        "; ".join(faults) or "not found on the PATH",
        where="grafana",
        remedy="name its home path with --grafana-home DIR" if faults else None,
    )


def _candidates(home: Path | None, packaged: Path) -> Iterator[Path]:
    on_path = [Path(found) for name in _PROGRAMS if (found := shutil.which(name))]
    if home is not None:
        yield from _inside(home)
    # The packages put a script on the PATH that brings a configuration of its own along: better what it calls.
    yield from (path for path in on_path if not _is_script(path))
    yield from _inside(packaged)
    yield from (path for path in on_path if _is_script(path))


def _inside(home: Path) -> Iterator[Path]:
    return (home / "bin" / name for name in _PROGRAMS if (home / "bin" / name).is_file())


def _is_script(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"#!"


def _asked(path: Path) -> tuple[str, str]:
    """What keeps the program from being used (empty: nothing), and its version."""
    try:
        answer = run([path, "-v"], time_limit_seconds=_TIME_LIMIT_SECONDS)
    except ProvisionError as error:
        return error.what, ""
    if answer.code != 0:
        said = answer.text.splitlines()
        return f"doesn't run: {said[-1] if said else f'exit code {answer.code}'}", ""
    match = _VERSION.search(answer.text)
    return ("", match[1]) if match else ("is another program of that name", "")


def _home_of(path: Path, packaged: Path) -> Path | None:
    beside = path.resolve().parent.parent
    return next((folder for folder in (beside, packaged) if (folder / _DEFAULTS).is_file()), None)
