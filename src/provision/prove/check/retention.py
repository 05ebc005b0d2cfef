"""How far back the environment's Prometheus can be asked."""

from __future__ import annotations

from provision.author.durations import seconds
from provision.errors import UsageError
from provision.project import Project


def retention_seconds(project: Project) -> float | None:
    """The setting `prometheus_retention`, such as "15d"; None when it isn't set.

    Raises:
        UsageError: it isn't a duration.
    """
    said = project.setting("prometheus_retention", str, "")
    if not said:
        return None
    try:
        return seconds(said)
    except ValueError as error:
        where = str(project.root / "pyproject.toml")
        raise UsageError(f"[tool.provision] prometheus_retention: {error}", where=where) from None
