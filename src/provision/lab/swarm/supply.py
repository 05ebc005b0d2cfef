"""The images of the reference stacks, given to every node of a cluster."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from provision.lab.swarm import cluster as clusters
from provision.lab.swarm import platform, state
from provision.lab.swarm.state import Cluster
from provision.tools import docker, servers

_PROGRAMS: Final = ("prometheus", "promtool", "alertmanager", "amtool", "traefik")
_SAVE_LIMIT_SECONDS: Final = 300.0


def give_images(
    cluster: Cluster, tools_dir: Path, tell: Callable[[str], None], grafana_home: Path | None = None
) -> None:
    """Make the images in the first node's engine, and copy them to the others.

    Args:
        tools_dir: where programs of Debian's packages are unpacked.
        tell: called with a sentence before something that takes time.
        grafana_home: the home path of the Grafana that is installed here; None: where its packages put it.

    Raises:
        MissingTool: a program can't be had.
        ProvisionError: an engine refuses an image.
    """
    platform.require()
    servers.find_or_fetch(_PROGRAMS, tools_dir, tell)
    first, *others = [node.name for node in cluster.nodes]
    engine = clusters.engine(cluster, first)
    tell("making images")
    references = platform.make(engine, tools_dir, tell, grafana_home)
    if not others:
        return
    with tempfile.TemporaryDirectory(prefix=state.IMAGES, dir=cluster.folder) as folder:
        archive = Path(folder) / "images.tar"
        save = ("save", "--output", str(archive), *references)
        docker.call(engine, *save, time_limit_seconds=_SAVE_LIMIT_SECONDS)
        clusters.load(cluster, archive, others)
