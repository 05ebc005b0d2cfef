"""A whole cluster: made, looked at, loaded with images, and taken away without a trace; a node that is halted, and
started again."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from typing import Final

from provision.errors import ProvisionError
from provision.lab import processes
from provision.lab.swarm import engine_api, state, wires
from provision.lab.swarm import node as nodes
from provision.lab.swarm.state import Cluster, Node
from provision.lab.telling import lab_command
from provision.tools import docker
from provision.tools.docker import Engine

_OVERLAY_POOL: Final = "10.220.0.0/16"
_LOAD_LIMIT_SECONDS: Final = 300.0


def up(
    folder: Path,
    managers: int = 1,
    workers: int = 2,
    tell: Callable[[str], None] = lambda _: None,
    made_for: str = "",
) -> Cluster:
    """Start a Swarm of so many nodes: `manager-1`, …, `worker-1`, ….

    Args:
        folder: where it keeps what it needs; must not hold another one, nor anything else.
        made_for: what it is made for, when a program takes it away again.

    Raises:
        MissingTool: this machine can't run one, and why.
        ProvisionError: there is one already or something else, or an engine doesn't start; nothing is left then.
    """
    nodes.require()
    folder = folder.absolute()
    if state.read(folder) is not None:
        raise _taken(folder)
    if folder.exists() and any(not _is_claims(path) for path in folder.iterdir()):
        raise ProvisionError(
            "is not empty, and holds no Swarm",
            where=str(folder),
            remedy="name another folder with --state, or remove it",
        )
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"manager-{n}" for n in range(1, managers + 1)] + [f"worker-{n}" for n in range(1, workers + 1)]
    with wires.choosing():
        cluster = _claimed(folder, names, made_for)
        with _taken_away_unless_made(folder):
            wires.lay(cluster)
    with _taken_away_unless_made(folder):
        for member in cluster.nodes:
            wires.connect(cluster, member)
        tell(f"starting engines: {', '.join(names)}")
        cluster = _started(cluster, names)
        _join(cluster)
    return cluster


def down(folder: Path) -> bool:
    """Take a cluster away: processes, network, control groups and files; whatever is left of one that was cut short, too.

    Returns:
        whether there was one.
    """
    cluster = state.read(folder.absolute())
    if cluster is None:
        return False
    left = processes.stop(processes.marked(nodes.MARK, cluster.id), 0.0)
    if left:
        raise ProvisionError(f"processes of the Swarm can't be ended: {left[0].pid}", where=str(folder))
    wires.take_up(cluster)
    nodes.forget_control_groups(cluster)
    shutil.rmtree(cluster.sockets, ignore_errors=True)
    for left_there in (
        *(cluster.folder / each.name for each in cluster.nodes),
        *cluster.folder.glob(f"{state.IMAGES}*"),
    ):
        if left_there.exists():
            shutil.rmtree(left_there)
    (cluster.folder / state.FILE).unlink()
    if not any(cluster.folder.iterdir()):
        cluster.folder.rmdir()
    return True


def halt(cluster: Cluster, name: str) -> Cluster:
    """Pull the plug of a node."""
    return _with(cluster, nodes.halt(cluster.node(name)))


def start(cluster: Cluster, name: str) -> Cluster:
    """Start a node that was halted; it comes back to the Swarm by itself."""
    member = cluster.node(name)
    return cluster if nodes.runs(member) else _with(cluster, nodes.start(cluster, member))


def engine(cluster: Cluster, name: str = "manager-1") -> Engine:
    """The engine of a node; `docker.call(engine, …)` runs the client on it."""
    return nodes.engine(cluster, name)


def load(cluster: Cluster, archive: Path, names: Sequence[str] = ()) -> None:
    """Load images, as `docker save` writes them, into the engines of these nodes; of all when none is named.

    Raises:
        ProvisionError: an engine refuses them.
    """
    chosen = list(names) or [member.name for member in cluster.nodes if nodes.runs(member)]
    with ThreadPoolExecutor(max_workers=len(chosen)) as pool:
        list(pool.map(lambda name: _load(cluster, name, archive), chosen))


def _claimed(folder: Path, names: Sequence[str], made_for: str) -> Cluster:
    """A cluster of these nodes, on a network that is free, written down in its folder."""
    subnet = wires.free_subnet()
    members = tuple(
        Node(name, name.partition("-")[0], f"{subnet}.{number}") for number, name in enumerate(names, 11)
    )
    sockets = Path(tempfile.mkdtemp(prefix="provision-swarm-"))
    cluster = Cluster(token_hex(2), folder, sockets, subnet, members, made_for)
    if not state.claim(cluster):
        sockets.rmdir()
        raise _taken(folder)
    return cluster


@contextmanager
def _taken_away_unless_made(folder: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        down(folder)
        raise


def _is_claims(path: Path) -> bool:
    """Whether a file is of somebody who claims the folder at this moment."""
    return path.name == state.FILE or path.name.startswith(f".{state.FILE}.")


def _taken(folder: Path) -> ProvisionError:
    return ProvisionError(
        "a Swarm runs there", where=str(folder), remedy=f"end it with: {lab_command('swarm down', folder)}"
    )


def _load(cluster: Cluster, name: str, archive: Path) -> None:
    docker.call(
        engine(cluster, name),
        "load",
        "--quiet",
        "--input",
        str(archive),
        time_limit_seconds=_LOAD_LIMIT_SECONDS,
    )


def _started(cluster: Cluster, names: Sequence[str]) -> Cluster:
    with ThreadPoolExecutor(max_workers=len(names)) as pool:
        members = list(pool.map(lambda name: nodes.start(cluster, cluster.node(name)), names))
    changed = replace(cluster, nodes=tuple(members))
    state.write(changed)
    return changed


def _join(cluster: Cluster) -> None:
    first, *others = cluster.nodes
    leader = engine(cluster, first.name)
    docker.call(
        leader, "swarm", "init", "--advertise-addr", first.address, "--default-addr-pool", _OVERLAY_POOL
    )
    for member in others:
        token = docker.call(leader, "swarm", "join-token", "--quiet", member.role).strip()
        # The client takes the token as an argument, which everybody on the machine could read.
        body = {
            "ListenAddr": "0.0.0.0:2377",
            "AdvertiseAddr": member.address,
            "RemoteAddrs": [f"{first.address}:2377"],
            "JoinToken": token,
        }
        try:
            engine_api.post(cluster.host(member.name).removeprefix("unix://"), "/swarm/join", body)
        except OSError as error:
            raise ProvisionError(f"can't join the Swarm: {error}", where=member.name) from None


def _with(cluster: Cluster, member: Node) -> Cluster:
    members = tuple(member if each.name == member.name else each for each in cluster.nodes)
    changed = replace(cluster, nodes=members)
    state.write(changed)
    return changed
