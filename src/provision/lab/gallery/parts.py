"""What the application of one replica is made of."""

from __future__ import annotations

from dataclasses import dataclass, field

from provision.lab.gallery.collection import Collection
from provision.lab.gallery.metrics import Metrics
from provision.lab.gallery.switches import Switches
from provision.lab.gallery.upkeep import Upkeep
from provision.lab.gallery.visits import Visits


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a replica.

    Attributes:
        replica: its name, such as `app-1`.
        work_seconds: how long a page is worked on before it is made, as if it came out of a database: so long, and a
            sixth of that for each picture on it.
        token: what `/admin/faults` asks for; empty: nobody gets in there.
    """

    replica: str
    collection: Collection
    visits: Visits
    switches: Switches
    upkeep: Upkeep
    metrics: Metrics
    work_seconds: float = 0.0
    token: str = field(default="", repr=False)


def assembled(
    replica: str, collection: Collection, visits: Visits, token: str = "", work_seconds: float = 0.0
) -> Parts:
    """A replica with these albums and visits, without faults."""
    switches, upkeep = Switches(), Upkeep(collection, visits)
    return Parts(
        replica, collection, visits, switches, upkeep, Metrics(upkeep, switches), work_seconds, token
    )
