"""Debian's Alertmanager away from its place: it exits unless its templates lie at a path compiled into it.

Alertmanager as its makers build it carries them inside and needs nothing of this.
"""

from __future__ import annotations

import mmap
import os
from dataclasses import dataclass
from pathlib import Path

from provision.errors import MissingTool, ProvisionError
from provision.tools.run import run

COMPILED_IN = Path("/usr/share/prometheus/alertmanager")
_TIME_LIMIT_SECONDS = 30.0

# A copy of the compiled-in path's first two levels made of links, laid over them for one process only.
_SCRIPT = """set -eu
work=$1 templates=$2; shift 2
mkdir -p "$work"
mount -t tmpfs tmpfs "$work"
mkdir -p "$work/system" "$work/share/prometheus"
mount --rbind /usr/share "$work/system"
for entry in "$work"/system/*; do
    [ "${entry##*/}" = prometheus ] || ln -s "$entry" "$work/share/"
done
for entry in "$work"/system/prometheus/*; do
    [ ! -e "$entry" ] || [ "${entry##*/}" = alertmanager ] || ln -s "$entry" "$work/share/prometheus/"
done
ln -s "$templates" "$work/share/prometheus/alertmanager"
mount --rbind "$work/share" /usr/share
exec "$@"
"""


@dataclass(frozen=True, slots=True)
class Launch:
    """How an Alertmanager is to be started.

    Attributes:
        prefix: goes before its command line; empty when it runs as it is.
        made: what had to be made on the system for it, in the order it was made; to be removed afterwards.
    """

    prefix: tuple[str, ...] = ()
    made: tuple[Path, ...] = ()


def prepare(program: Path, work: Path, compiled_in: Path = COMPILED_IN) -> Launch:
    """How to start the Alertmanager at `program` so that it finds its templates: as it is, or in a mount
    namespace of its own, or (root only, where namespaces are forbidden) with a link on the system.

    Args:
        program: the executable.
        work: a folder that needn't exist yet and belongs to this Alertmanager alone; stays empty.
        compiled_in: where Debian's build looks.

    Raises:
        MissingTool: it can't be started on this machine; says why.
    """
    if (compiled_in / "default.tmpl").exists() or not _names(program, compiled_in):
        return Launch()
    templates = program.resolve().parent.parent / "share" / "prometheus" / "alertmanager"
    if not (templates / "default.tmpl").is_file():
        raise MissingTool(
            f"Debian's Alertmanager needs {compiled_in}/default.tmpl",
            where=str(program),
            remedy="install the package prometheus-alertmanager, or put another Alertmanager on the PATH",
        )
    for flags in ("-rm", "-m"):
        prefix = ("unshare", flags, "sh", "-c", _SCRIPT, "alertmanager", str(work), str(templates))
        if compiled_in == COMPILED_IN and _works(prefix):
            return Launch(prefix)
    try:
        return Launch((), _link(templates, compiled_in))
    except OSError as error:
        raise MissingTool(
            f"Debian's Alertmanager needs {compiled_in}/default.tmpl, this system doesn't allow mount "
            f"namespaces, and {error.filename or compiled_in} can't be made: {error.strerror}",
            where=str(program),
            remedy="install the package prometheus-alertmanager, or put another Alertmanager on the PATH",
        ) from None


def could_make(compiled_in: Path = COMPILED_IN) -> tuple[Path, ...]:
    """What `prepare` may make on the system: for who wants to remember it before."""
    return tuple(path for path in (compiled_in.parent, compiled_in) if not path.exists())


def undo(made: tuple[Path, ...]) -> None:
    """Remove what `prepare` made on the system, as far as it is still ours and empty."""
    for path in reversed(made):
        if path.is_symlink():
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _names(program: Path, path: Path) -> bool:
    with program.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as image:
        return image.find(os.fsencode(path)) >= 0


def _works(prefix: tuple[str, ...]) -> bool:
    probe = [*prefix, "test", "-e", str(COMPILED_IN / "default.tmpl")]
    try:
        return run(probe, time_limit_seconds=_TIME_LIMIT_SECONDS).code == 0
    except ProvisionError:  # no unshare, or one that hangs
        return False


def _link(templates: Path, compiled_in: Path) -> tuple[Path, ...]:
    made = []
    if not compiled_in.parent.exists():
        compiled_in.parent.mkdir()
        made.append(compiled_in.parent)
    compiled_in.symlink_to(templates)
    made.append(compiled_in)
    return tuple(made)
