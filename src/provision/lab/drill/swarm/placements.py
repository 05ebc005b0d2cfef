"""What users see with the gallery's tasks in different places: on all nodes, on one worker, on the manager alone; and, as the
lab did that this project grew from, with one client and with three."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from provision.lab.drill.comparing import SECONDS, Row, measured
from provision.lab.drill.healing import Undoing, heal, write_down
from provision.lab.drill.objectives import objectives
from provision.lab.drill.swarm.breaks import REPLICAS, await_, one_on_each
from provision.lab.drill.swarm.clauses import answers
from provision.lab.drill.swarm.stage import FIRST, GALLERY, SwarmStage
from provision.lab.telling import Tell

NODES: Final = (1, 2)
"""How many managers and workers it wants."""

_MOVED_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the tasks are.

    Attributes:
        what: in words.
        node: the node they are kept on; empty: one on each.
        clients: how many ask at the same time.
    """

    what: str
    node: str = ""
    clients: int = 1


PLACEMENTS: Final = (
    Placement("on all nodes"),
    Placement("on all nodes, 3 clients", clients=3),
    Placement("on worker-1 alone", "worker-1"),
    Placement("on the manager alone", FIRST),
)


def compare(stage: SwarmStage, tell: Tell, seconds: float = SECONDS) -> list[Row]:
    """What clients see for so long with each placement; afterwards the tasks may be anywhere again.

    Raises:
        ProvisionError: the tasks don't come to run where they are to.
    """
    heal(stage.folder)
    goals, rows = objectives(stage.definitions), []
    for placement in PLACEMENTS:
        tell(f"{REPLICAS} tasks {placement.what}: for {seconds:g} s")
        try:
            _place(stage, placement)
            url = f"http://{stage.entries[0]}"
            row = measured(
                placement.what, url, goals, count=placement.clients, seconds=seconds, host=stage.host
            )
            rows.append(row)
        finally:
            heal(stage.folder)
    return rows


def _place(stage: SwarmStage, placement: Placement) -> None:
    if placement.node:
        _keep_on(stage, placement.node)
    else:
        one_on_each(stage)
    await_("the first page", lambda: answers(stage), _MOVED_SECONDS)


def _keep_on(stage: SwarmStage, node: str) -> None:
    only = f"node.hostname=={node}"
    update = ("service", "update", "--detach")
    given = {"cluster": str(stage.cluster_folder), "arguments": [*update, "--constraint-rm", only, GALLERY]}
    write_down(stage.folder, Undoing("docker", "the gallery may run anywhere", given))
    stage.docker(*update, "--constraint-add", only, GALLERY)

    def there() -> bool:
        places = stage.places()
        return places.total() == places[node] == REPLICAS and not stage.is_updating()

    await_(f"{REPLICAS} tasks on {node}", there, _MOVED_SECONDS)
