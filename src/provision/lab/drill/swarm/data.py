"""A node that keeps data in volumes is lost: what can be started elsewhere starts empty."""

from __future__ import annotations

from typing import Final

from provision.errors import ProvisionError
from provision.lab.drill.swarm import breaks
from provision.lab.drill.swarm.stage import FIRST, SwarmStage
from provision.lab.drill.values import Clause
from provision.tools import docker

KEEPER: Final = "worker-2"
"""The node that keeps the data in this drill."""

SPARE: Final = "worker-1"
_LABEL: Final = "app-data"
_REDIS: Final = "app_redis"
_KEY, _KEPT = "drill", "kept"
_MOVED_SECONDS: Final = 90.0


def keep_at_worker(stage: SwarmStage) -> None:
    """Move the data of the stack to a worker, and keep something there."""
    breaks.let_keep(stage, _LABEL, FIRST, keep=False)
    breaks.let_keep(stage, _LABEL, KEEPER, keep=True)
    breaks.await_(f"{_REDIS} on {KEEPER}", lambda: _kept(stage, KEEPER) is not None, _MOVED_SECONDS)
    # The client says what the server refuses as it says an answer, with the exit code 0.
    if (said := _redis(stage, KEEPER, "set", _KEY, _KEPT)) != "OK":
        raise ProvisionError(f"{_REDIS} doesn't keep anything: {said}", where=KEEPER)
    breaks.one_on_each(stage)


def lose(stage: SwarmStage) -> None:
    """Pull the plug of the node that keeps the data."""
    breaks.halt(stage, KEEPER)


def start_elsewhere(stage: SwarmStage, _: float) -> tuple[Clause, ...]:
    """Let another node keep the data; what it has of it."""
    breaks.let_keep(stage, _LABEL, SPARE, keep=True)
    said: list[str] = []

    def answers() -> bool:
        found = _kept(stage, SPARE)
        said.extend([] if found is None else [found])
        return bool(said)

    breaks.await_(f"{_REDIS} on {SPARE}", answers, _MOVED_SECONDS)
    found = said[0]
    return (
        Clause(
            f"what {_REDIS} has on {SPARE}",
            "nothing: a volume lies on one node",
            "nothing" if found == "" else f"what was kept ({found})",
            found == "",
        ),
    )


def _kept(stage: SwarmStage, node: str) -> str | None:
    """What was kept, as Redis says on that node; empty when it has nothing, None when it doesn't answer there."""
    try:
        return _redis(stage, node, "get", _KEY)
    except ProvisionError:
        return None


def _redis(stage: SwarmStage, node: str, *words: str) -> str:
    """What Redis on that node answers.

    Raises:
        ProvisionError: it doesn't run there, or doesn't answer.
    """
    filters = ("--filter", f"label=com.docker.swarm.service.name={_REDIS}", "--filter", "status=running")
    found = docker.listed(stage.engine(node), "ps", "--quiet", *filters)
    if not found:
        raise ProvisionError(f"{_REDIS} doesn't run there", where=node)
    # The password stays in the container.
    command = f"REDISCLI_AUTH=$(cat /run/secrets/redis_password) redis-cli {' '.join(words)}"
    return stage.docker("exec", found[0], "sh", "-c", command, node=node).strip()
