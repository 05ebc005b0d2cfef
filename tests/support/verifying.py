"""Definitions verified by a server that knows some series."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from provision.project import Project
from provision.prove.verify.servers import Server
from provision.prove.verify.verdicts import Asked, Report
from provision.prove.verify.verifying import Limits, verify
from support.series_standin import KnownSeries

UP = {"__name__": "up", "job": "a"}


def asked(
    *definitions: object,
    client: KnownSeries | None = None,
    checks: object = None,
    concerns: Callable[[Asked], bool] = lambda _: True,
    **limits: object,
) -> tuple[Report, KnownSeries]:
    """What came of them, with `[tool.provision.checks]` as `checks` says; and the server."""
    client = client or KnownSeries(UP)
    project = Project(root=Path("/nowhere"), name="test", settings={"checks": checks or {}})
    told: list[tuple[int, int]] = []
    report = verify(
        definitions,  # type: ignore[arg-type]
        project,
        [Server(client, "p")],  # type: ignore[arg-type]
        Limits(**limits),  # type: ignore[arg-type]
        concerns=concerns,
        advance=lambda done, of: told.append((done, of)),
    )
    assert told[-1:] == [(told[-1][1],) * 2] if told else True
    return report, client
