"""All renamed metrics, and what became of one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from provision.catalogue import traefik
from provision.catalogue.rename import Rename, table

_TABLES: Final = ((traefik.PRODUCT, traefik.TABLE),)

SERIES: Final = ("_bucket", "_sum", "_count")
"""The endings of the series of a histogram; a summary has the last two."""


@cache
def all_renames() -> Mapping[str, Rename]:
    """The next rename of each old name, of histograms and summaries without the endings of their series."""
    return {each.old: each for product, text in _TABLES for each in table(product, text)}


@cache
def renamed(name: str) -> tuple[Rename, ...]:
    """What became of a metric: a rename for each name it has had since, the present one last; none when this
    catalogue doesn't know it as an old name.

    Args:
        name: a metric's or a series' name, such as `…_seconds_bucket`.
    """
    found: list[Rename] = []
    following = _next(name)
    while following is not None:
        found.append(found[-1].then(following) if found else following)
        following = _next(following.new) if following.new != name else None
    return tuple(found)


def _next(name: str) -> Rename | None:
    known = all_renames()
    if name in known:
        return known[name]
    for suffix in SERIES:
        family = known.get(name.removesuffix(suffix)) if name.endswith(suffix) else None
        if family is not None and family.family:
            return family.of_series(suffix)
    return None


def renamed_from(name: str) -> tuple[Rename, ...]:
    """The renames that gave a metric or series its present name."""
    found = list(_by_new().get(name, ()))
    for suffix in SERIES:
        if name.endswith(suffix):
            families = _by_new().get(name.removesuffix(suffix), ())
            found.extend(each.of_series(suffix) for each in families if each.family)
    return tuple(found)


def renamed_label(metric: str, label: str) -> tuple[Rename, ...]:
    """The renames by which a metric's label lost the name `label`."""
    return tuple(each for each in renamed_from(metric) if label in dict(each.labels))


@cache
def _by_new() -> Mapping[str, tuple[Rename, ...]]:
    found: dict[str, tuple[Rename, ...]] = {}
    for each in all_renames().values():
        if each.new:
            found[each.new] = (*found.get(each.new, ()), each)
    return found
