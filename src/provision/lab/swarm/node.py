"""One engine in namespaces of its own: its network, its processes, its mounts and its host name. To halt it is to pull
the plug: all that runs in it ends at once, and what it has on disk stays."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from provision.errors import MissingTool, ProvisionError
from provision.lab import processes
from provision.lab.supervisor import tail
from provision.lab.swarm import wires
from provision.lab.swarm.state import Cluster, Node
from provision.tools import docker
from provision.tools.docker import Engine

MARK: Final = "PROVISION_LAB_SWARM"
"""The environment variable in which the processes of a cluster carry its id."""

PROGRAMS: Final = {
    "dockerd": "docker.io",
    "docker": "docker.io",
    "containerd": "containerd",
    "docker-init": "docker.io",
    "ip": "iproute2",
    "iptables": "iptables",
    "unshare": "util-linux",
    "nsenter": "util-linux",
}
"""What a cluster needs, and the Debian package that has it."""

_READY_SECONDS: Final = 60.0
_EMPTY_SECONDS: Final = 20.0
_CONTROL_GROUPS: Final = Path("/sys/fs/cgroup")

# /sys is mounted anew, so that it shows the node's own network, with this machine's control groups in it. /run is empty
# and the node's own: its socket, its containers and their namespaces go with it.
_BOOT: Final = """
set -e
name=$1 folder=$2; shift 2
mount --make-rprivate /
hostname "$name"
mkdir -p "$folder/cgroup"
mount --rbind /sys/fs/cgroup "$folder/cgroup"
mount -t sysfs sysfs /sys
mount --rbind "$folder/cgroup" /sys/fs/cgroup
resolver=$(readlink -f /etc/resolv.conf || true)
if [ -f "$resolver" ]; then mount --bind "$folder/resolv.conf" "$resolver"; fi
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/lock
exec docker-init -s -- dockerd "$@"
"""


def require() -> None:
    """Raises MissingTool, in one sentence, when this machine can run no engine of its own."""
    if os.geteuid() != 0:
        raise MissingTool("an engine of its own needs root", where="lab swarm", remedy="run it as root")
    paths = _paths()
    missing = [program for program in PROGRAMS if shutil.which(program, path=paths) is None]
    if missing:
        packages = sorted({PROGRAMS[program] for program in missing})
        raise MissingTool(
            f"{', '.join(missing)} can't be found",
            where="lab swarm",
            remedy=f"on Debian: apt-get install {' '.join(packages)}",
        )


def start(cluster: Cluster, node: Node) -> Node:
    """Start a node's engine and wait until it answers.

    Raises:
        ProvisionError: it ends, or doesn't answer in time; with the end of its log.
    """
    folder = cluster.folder / node.name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "resolv.conf").write_text("# A lab's node asks nobody outside.\nnameserver 127.0.0.1\n")
    socket = cluster.sockets / f"{node.name}.sock"
    socket.unlink(missing_ok=True)
    command = [
        "nsenter", f"--net=/run/netns/{wires.namespace(cluster, node)}",
        "unshare", "--mount", "--pid", "--uts", "--ipc", "--fork", "--mount-proc", "--kill-child",
        "sh", "-c", _BOOT, "sh", node.name, str(folder),
        "--data-root", str(folder / "data"), "--exec-root", "/run/docker", "--pidfile", "/run/docker.pid",
        "--host", f"unix://{socket}", "--host", "unix:///run/docker.sock",
        "--cgroup-parent", f"/{_control_group(cluster)}/{node.name}", "--exec-opt", "native.cgroupdriver=cgroupfs",
        "--default-address-pool", "base=10.200.0.0/16,size=24", "--insecure-registry", f"{cluster.subnet}.0/24",
        "--dns", "127.0.0.1", "--log-level", "warn",
    ]  # fmt: skip
    with (folder / "engine.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            env={"PATH": _paths(), "LANG": "C.UTF-8", MARK: cluster.id},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    known = processes.identify(process.pid)
    started = replace(node, process=known)
    limit = time.monotonic() + _READY_SECONDS
    while not _answers(cluster, node):
        if process.poll() is not None or time.monotonic() > limit:
            halt(started)
            raise ProvisionError(
                f"its engine doesn't start:{tail(folder / 'engine.log', lines=10)}", where=node.name
            )
        time.sleep(0.1)
    return started


def halt(node: Node) -> Node:
    """Pull the plug of a node: its engine and all that it runs are killed. One that doesn't run stays as it is."""
    if node.process is not None:
        left = processes.stop([node.process], 0.0)
        if left:
            raise ProvisionError(f"process {left[0].pid} can't be ended", where=node.name)
    return replace(node, process=None)


def runs(node: Node) -> bool:
    """Whether its engine runs."""
    return node.process is not None and processes.alive(node.process)


def engine(cluster: Cluster, name: str) -> Engine:
    """The engine of a node, to be asked through the client."""
    return replace(docker.find(), host=cluster.host(name))


def forget_control_groups(cluster: Cluster) -> None:
    """Remove the control groups that its engines have made, as soon as nothing runs in them any more.

    Raises:
        ProvisionError: something still does.
    """
    limit = time.monotonic() + _EMPTY_SECONDS
    for top in (_CONTROL_GROUPS, *_CONTROL_GROUPS.iterdir()):
        for folder, _, _ in os.walk(top / _control_group(cluster), topdown=False):
            while not _removed(Path(folder)):
                if time.monotonic() > limit:
                    raise ProvisionError("something still runs in it", where=folder)
                time.sleep(0.05)


def _removed(control_group: Path) -> bool:
    try:
        control_group.rmdir()
    except FileNotFoundError:
        return True
    except OSError:  # the kernel is still ending what ran in it
        return False
    return True


def _answers(cluster: Cluster, node: Node) -> bool:
    try:
        docker.call(
            engine(cluster, node.name), "info", "--format", "{{.ServerVersion}}", time_limit_seconds=10
        )
    except ProvisionError:
        return False
    return (cluster.sockets / f"{node.name}.sock").exists()


def _control_group(cluster: Cluster) -> str:
    return f"provision-lab-{cluster.id}"


def _paths() -> str:
    """Where programs are found; Debian keeps those of root where a user's PATH may not lead."""
    given = os.environ.get("PATH", "")
    return os.pathsep.join(
        [
            given,
            *(
                path
                for path in ("/usr/sbin", "/sbin", "/usr/bin", "/bin")
                if path not in given.split(os.pathsep)
            ),
        ]
    )
