"""Images of programs that are on this machine, with the libraries that they load: for a Swarm that can reach no registry.

An image is a tar file that `docker import` takes; nothing in it comes from elsewhere.
"""

from __future__ import annotations

import importlib.metadata
import io
import json
import os
import re
import shutil
import ssl
import sys
import sysconfig
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import provision
from provision.errors import MissingTool
from provision.tools import docker
from provision.tools.docker import Engine
from provision.tools.run import run

SITE: Final = "/srv/site"
"""Where Python's packages lie in an image."""

_IMPORT_LIMIT_SECONDS: Final = 300.0
_BUSYBOX: Final = (
    "sh",
    "grep",
    "httpd",
    "ls",
    "cat",
    "sleep",
    "wget",
    "ip",
    "ps",
    "nslookup",
    "mkdir",
    "true",
    "id",
    "od",
    "sed",
    "tr",
)
_AUTHORITIES: Final = "/etc/ssl/certs/ca-certificates.crt"
_LEFT_OUT: Final = frozenset(
    {
        "__pycache__",
        "site-packages",
        "test",
        "tests",
        "idlelib",
        "tkinter",
        "ensurepip",
        "lib2to3",
        "turtledemo",
    }
)
_FILES: Final = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
    "etc/group": "root:x:0:\nnogroup:x:65534:\n",
    "etc/nsswitch.conf": "hosts: files dns\n",
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an image holds.

    Attributes:
        programs: path in the image → program of this machine; its libraries come along.
        trees: path in the image → folder of this machine.
        texts: path in the image → what a file there says; one that begins with `#!` can be run.
        links: path in the image → what it leads to.
        entrypoint, command: what runs.
        environment: variables.
        busybox: whether there is a shell with the usual small programs.
    """

    programs: Mapping[str, Path] = field(default_factory=dict)
    trees: Mapping[str, Path] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    busybox: bool = True


def make(engine: Engine, reference: str, recipe: Recipe) -> None:
    """Make an image in an engine.

    Args:
        reference: its name and tag.

    Raises:
        MissingTool: a program that it needs isn't on this machine.
        ProvisionError: the engine refuses it.
    """
    changes = ["ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"]
    changes += [f"ENV {name}={value}" for name, value in recipe.environment.items()]
    changes += [f"ENTRYPOINT {_json(recipe.entrypoint)}"] if recipe.entrypoint else []
    changes += [f"CMD {_json(recipe.command)}"] if recipe.command else []
    with tempfile.TemporaryDirectory(prefix="provision-image-") as folder:
        archive = Path(folder) / "root.tar"
        with tarfile.open(archive, "w") as tar:
            _fill(tar, recipe)
        arguments = [word for change in changes for word in ("--change", change)]
        docker.call(
            engine, "import", *arguments, str(archive), reference, time_limit_seconds=_IMPORT_LIMIT_SECONDS
        )


def derive(engine: Engine, reference: str, base: str, entrypoint: Iterable[str] = ()) -> None:
    """Make an image of another one that runs something else.

    Args:
        reference: its name and tag.
        base: the other one's.
        entrypoint: what it runs; empty: the same.

    Raises:
        ProvisionError: the engine refuses it.
    """
    words = list(entrypoint)
    text = f"FROM {base}\n" + (f"ENTRYPOINT {json.dumps(words)}\n" if words else "")
    docker.call(engine, "build", "--quiet", "--tag", reference, "-", given=text.encode())


def python(distributions: Iterable[str], entrypoint: tuple[str, ...] = (), without: str = r"(?!)") -> Recipe:
    """An image with this interpreter, this project, and these distributions with what they need, as they are installed
    here; `python` and `python3` are on its PATH.

    Args:
        without: a pattern of files of distributions that aren't needed.
    """
    stdlib = Path(sysconfig.get_path("stdlib"))
    interpreter = Path(sys.executable).resolve()
    trees = {str(stdlib): stdlib, f"{SITE}/provision": Path(provision.__file__).parent}
    programs = {str(interpreter): interpreter, _AUTHORITIES: _authorities()}
    for extension in stdlib.glob("lib-dynload/*.so"):
        programs[str(extension)] = extension
    for name in _closure(distributions):
        for file in importlib.metadata.files(name) or ():
            path = Path(str(file.locate()))
            kept = ".." not in file.parts and "__pycache__" not in file.parts
            if kept and not re.match(without, str(file)) and path.is_file():
                programs[f"{SITE}/{file}"] = path
    return Recipe(
        programs,
        trees,
        links={"/usr/local/bin/python": str(interpreter), "/usr/local/bin/python3": str(interpreter)},
        entrypoint=entrypoint,
        environment={"PYTHONPATH": SITE, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"},
    )


def found(name: str, package: str) -> Path:
    """A program on the PATH, or where Debian keeps those of root.

    Raises:
        MissingTool: it isn't there; says which Debian package has it.
    """
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin:/sbin:/bin")
    if path is None:
        raise MissingTool(
            "not found on this machine", where=name, remedy=f"on Debian: apt-get install {package}"
        )
    return Path(path).resolve()


def _authorities() -> Path:
    """The certificates that this machine trusts; some libraries don't start without any."""
    for place in (ssl.get_default_verify_paths().cafile, _AUTHORITIES):
        if place and Path(place).is_file():
            return Path(place).resolve()
    raise MissingTool(
        "this machine has no certificates of authorities",
        where=_AUTHORITIES,
        remedy="on Debian: apt-get install ca-certificates",
    )


def _fill(tar: tarfile.TarFile, recipe: Recipe) -> None:
    put: set[str] = set()
    for name in ("tmp", "run", "var/run", "etc", "root", "proc", "sys", "dev"):
        _folder(tar, name, put, 0o1777 if name == "tmp" else 0o755)
    for path, text in {**_FILES, **recipe.texts}.items():
        _text(tar, path, text, put)
    for target, source in recipe.trees.items():
        for file in _walk(source):
            _file(tar, f"{target}/{file.relative_to(source)}", file, put)
    libraries: dict[str, Path] = {}
    for target, source in recipe.programs.items():
        _file(tar, target, source, put)
        if os.access(source, os.X_OK) or ".so" in source.name:
            libraries.update(_libraries(source))
    for target, source in libraries.items():
        _file(tar, target, source, put)
    if recipe.busybox:
        _file(tar, "/bin/busybox", found("busybox", "busybox-static"), put)
        for name in _BUSYBOX:
            _link(tar, f"/bin/{name}", "busybox", put)
    for path, target in recipe.links.items():
        _link(tar, path, target, put)


def _walk(source: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(source):
        folders[:] = [name for name in folders if name not in _LEFT_OUT and not name.startswith("config-")]
        yield from (Path(folder) / name for name in files if not name.endswith((".a", ".pyc")))


def _libraries(program: Path) -> dict[str, Path]:
    """Path as the loader looks for it → file, of each library that a program loads; none for a static one."""
    answer = run(["ldd", program])
    paths = re.findall(r"(?:=>\s*|^\s*)(/\S+)\s+\(0x", answer.stdout.decode(errors="replace"), re.MULTILINE)
    return {path: Path(path).resolve() for path in paths}


def _closure(names: Iterable[str]) -> list[str]:
    """The distributions, and those that they need, as far as they are installed here."""
    left, done = list(names), dict[str, None]()
    while left:
        name = left.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in done:
            continue
        try:
            needs = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # for another system or version of Python
        done[key] = None
        left += [
            match[0] for need in needs if "extra ==" not in need and (match := re.match(r"[\w.-]+", need))
        ]
    return sorted(done)


def _file(tar: tarfile.TarFile, target: str, source: Path, put: set[str]) -> None:
    name = target.lstrip("/")
    if name in put:
        return
    _parents(tar, name, put)
    put.add(name)
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = source.stat().st_size, 0o755 if os.access(source, os.X_OK) else 0o644
    with source.open("rb") as content:
        tar.addfile(entry, content)


def _text(tar: tarfile.TarFile, target: str, text: str, put: set[str]) -> None:
    name = target.lstrip("/")
    _parents(tar, name, put)
    put.add(name)
    entry = tarfile.TarInfo(name)
    content = text.encode()
    entry.size, entry.mode = len(content), 0o755 if text.startswith("#!") else 0o644
    tar.addfile(entry, io.BytesIO(content))


def _link(tar: tarfile.TarFile, path: str, target: str, put: set[str]) -> None:
    name = path.lstrip("/")
    if name in put:
        return
    _parents(tar, name, put)
    put.add(name)
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname, entry.mode = tarfile.SYMTYPE, target, 0o777
    tar.addfile(entry)


def _parents(tar: tarfile.TarFile, name: str, put: set[str]) -> None:
    parts = name.split("/")[:-1]
    for depth in range(1, len(parts) + 1):
        _folder(tar, "/".join(parts[:depth]), put)


def _folder(tar: tarfile.TarFile, name: str, put: set[str], mode: int = 0o755) -> None:
    if name in put:
        return
    put.add(name)
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode = tarfile.DIRTYPE, mode
    tar.addfile(entry)


def _json(words: Iterable[str]) -> str:
    return json.dumps(list(words))
