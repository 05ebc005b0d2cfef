"""Whether every expression of the project has data in the lab: `provision verify`, asked until it has, as what looks
back for a while has none at first."""

from __future__ import annotations

import time
from collections.abc import Sequence

from provision.client.prometheus import Prometheus
from provision.model import Definition
from provision.project import Project
from provision.prove.verify.servers import Server
from provision.prove.verify.verdicts import Report
from provision.prove.verify.verifying import Limits, verify

PATIENCE_SECONDS = 45.0
_PAUSE_SECONDS = 1.0


def proved(
    definitions: Sequence[Definition],
    project: Project,
    client: Prometheus,
    *,
    patience_seconds: float = PATIENCE_SECONDS,
) -> Report:
    """What the lab's data says of every expression, at last.

    Args:
        patience_seconds: for how long it is asked again while something isn't fine.

    Raises:
        Unreachable: Prometheus doesn't answer.
        UsageError: the settings of checks or waivers are wrong.
    """
    limit = time.monotonic() + patience_seconds
    while True:
        report = verify(definitions, project, [Server(client, client.url)], Limits())
        if not any(result.fails for result in report.results) or time.monotonic() > limit:
            return report
        time.sleep(_PAUSE_SECONDS)
