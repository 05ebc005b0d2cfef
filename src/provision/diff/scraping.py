"""What changed in Prometheus' configuration and in data sources: scrape jobs by name, secrets by reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from provision.diff.leaves import MISSING, Kept, Shape, Trail, change, join, kept, leaves
from provision.diff.naming import field, numbered
from provision.diff.pairs import by_nth
from provision.diff.words import words
from provision.model import Change, encode

PROMETHEUS: Final = Shape(
    {("scrape_configs",): "", ("global",): ""},
    {
        ("scrape_configs",): kept(
            Kept(
                "scrape jobs",
                numbered("scrape job", "job_name", bare=False),
                leaves,
                (by_nth(encode), by_nth(field("job_name")), by_nth(field("static_configs"))),
                label=lambda _: "job_name",
            )
        )
    },
)
"""A whole `prometheus.yml`."""


def secrets(path: str, before: Any, after: Any) -> Iterator[Change]:
    """Secrets by name, each by its reference."""
    sides = [side for side in (before, after) if side is not MISSING]
    if not any(sides) or not all(isinstance(side, dict) for side in sides):
        yield from leaves(join(path, "secrets"), before, after)
        return
    names: dict[Trail, str] = {(name,): f"secret {name}" for side in sides for name in side}
    yield from leaves(path, before, after, Shape(names, dict.fromkeys(names, _reference)))


def _reference(path: str, before: Any, after: Any) -> Iterator[Change]:
    """A reference such as `env GRAFANA_DB_PASSWORD`; anything else is compared as it is."""
    if _is_reference(before) and _is_reference(after) and _name(before) == _name(after):
        yield change(path, _version(before), _version(after))
        return
    sides = [words(side) if _is_reference(side) else side for side in (before, after)]
    if sides[0] == sides[1]:
        yield from leaves(path, before, after)
    else:
        yield change(path, *sides)


def _is_reference(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and {"source", "name"} <= set(value) <= {"source", "name", "version"}
        and all(isinstance(part, str) for part in value.values())
    )


def _version(reference: Mapping[str, str]) -> str:
    return f"version {reference['version']}" if "version" in reference else "no version"


def _name(reference: Mapping[str, str]) -> tuple[str, str]:
    return reference["source"], reference["name"]


DATASOURCE: Final = Shape({("secure",): ""}, {("secure",): secrets})
"""A data source; its secrets are references."""
