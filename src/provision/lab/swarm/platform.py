"""The images of the reference stacks, made of what is on this machine: the environment `swarm` of the reference project
names them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from provision.errors import MissingTool
from provision.lab.swarm import images
from provision.lab.swarm.images import Recipe
from provision.tools import alertmanager_templates, grafana, servers
from provision.tools.docker import Engine

TAG: Final = "lab"
_GALLERY: Final = ("provision", "flask", "prometheus-client", "redis", "waitress")
_HEALTHY: Final = '{"database": "ok"}\n'


def references() -> dict[str, str]:
    """Service → the image that it runs here."""
    names = (
        "traefik", "gallery", "redis", "minio", "client", "visualizer",
        "prometheus", "alertmanager", "grafana", "cadvisor", "registry",
    )  # fmt: skip
    return {name: f"provision-lab/{name}:{TAG}" for name in names}


def make(engine: Engine, tools_dir: Path, tell: Callable[[str], None] = lambda _: None) -> tuple[str, ...]:
    """Make all images in an engine.

    Args:
        tools_dir: where programs of Debian's packages were unpacked.
        tell: called with a sentence for each image that only stands in for the real one.

    Returns:
        their references.

    Raises:
        MissingTool: a program can't be found.
    """
    made = []
    for name, recipe, stands_in in recipes(tools_dir):
        reference = references()[name]
        images.make(engine, reference, recipe)
        made.append(reference)
        if stands_in:
            tell(f"{name}: {stands_in}")
    return tuple(made)


def recipes(tools_dir: Path) -> Iterator[tuple[str, Recipe, str]]:
    """Each image with what it holds, and why it is only a stand-in, where it is one."""
    for name in ("traefik", "prometheus"):
        yield name, _server(name, tools_dir), ""
    yield "alertmanager", _alertmanager(tools_dir), ""
    yield "redis", _programs({"redis-server": "redis-server", "redis-cli": "redis-tools"}), ""
    yield "registry", _registry(), ""
    python = images.python(_GALLERY)
    for name in ("gallery", "client"):
        yield name, python, ""
    yield (
        "cadvisor",
        images.python(
            _GALLERY, entrypoint=("python", "-m", "provision.lab.swarm.containers", "--port", "8080")
        ),
        "an exporter with cAdvisor's names takes its place, which no package registry has",
    )
    yield (
        "minio",
        _stand_in("9000", mc="#!/bin/sh\nexit 0\n"),
        "no package registry has it; a stand-in listens in its place",
    )
    yield "visualizer", _stand_in("8080"), "no package registry has it; a stand-in listens in its place"
    try:
        yield "grafana", _grafana(grafana.find()), ""
    except MissingTool as error:
        yield (
            "grafana",
            _stand_in("3000", health=True),
            f"a stand-in answers in its place, because the real one was {error.what}",
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


def _stand_in(port: str, *, mc: str = "", health: bool = False) -> Recipe:
    """Something that listens where the real one would, and is well."""
    texts = {
        "/stand-in/index.html": "a stand-in\n",
        "/stand-in/run.sh": f"#!/bin/sh\nexec httpd -f -p {port} -h /stand-in\n",
    }
    if mc:
        texts["/usr/bin/mc"] = mc
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
