"""All renamed metrics, and what became of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from provision.catalogue import kube_state_metrics, kubernetes, node_exporter, others, traefik
from provision.catalogue.rename import Rename, table

_TABLES: Final = (
    (traefik.PRODUCT, traefik.TABLE, True),
    (node_exporter.PRODUCT, node_exporter.TABLE, True),
    (kube_state_metrics.PRODUCT, kube_state_metrics.TABLE, True),
    (kubernetes.PRODUCT, kubernetes.TABLE, True),
    ("CoreDNS", others.COREDNS, True),
    ("Prometheus", others.PROMETHEUS, True),
    ("redis_exporter", others.REDIS, True),
    ("windows_exporter", others.WINDOWS, False),
    ("client_java", others.JAVA, False),
    ("etcd", others.ETCD, False),
)
"""Product, table, and whether the old names are retired."""

_LABELS: Final = (
    (node_exporter.PRODUCT, node_exporter.LABELS, True),
    (kubernetes.PRODUCT, kubernetes.LABELS, True),
    ("HAProxy", others.HAPROXY_LABELS, False),
)
"""The same of labels that were renamed while their metric kept its name."""

_WMI: Final = Rename("wmi_", "windows_", "windows_exporter", "0.13")
"""All of windows_exporter's metrics began with another word."""

SERIES: Final = ("_bucket", "_sum", "_count")
"""The endings of the series of a histogram; a summary has the last two."""


@cache
def all_renames() -> Mapping[str, Rename]:
    """The next rename of each old name, of histograms and summaries without the endings of their series."""
    found = {
        each.old: each for product, text, retired in _TABLES for each in table(product, text, retired=retired)
    }
    return found | {
        name: replace(found[name], values=values) for name, values in node_exporter.VALUES.items()
    }


@cache
def all_label_renames() -> Mapping[str, Rename]:
    """By metric: the labels that were renamed while it kept its name."""
    return {
        each.old: each for product, text, retired in _LABELS for each in table(product, text, retired=retired)
    }


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
    if name.startswith(_WMI.old):
        return replace(_WMI, old=name, new=_WMI.new + name.removeprefix(_WMI.old))
    return None


def label_rename(metric: str) -> Rename | None:
    """The labels that were renamed while their metric kept its name; None when it had none of them."""
    return all_label_renames().get(metric)


def may_be_old(words: Iterable[str]) -> bool:
    """Whether one of these words is, or begins as, an old name of a metric or a label that is renamed alone."""
    old = _old_words()
    return any(word in old or word.startswith(_WMI.old) for word in words)


@cache
def products() -> tuple[str, ...]:
    """Whose metrics are known here."""
    return tuple(sorted({product for product, _, _ in (*_TABLES, *_LABELS)}))


@cache
def _old_words() -> frozenset[str]:
    words = {f"{name}{suffix}" for name, each in all_renames().items() if each.family for suffix in SERIES}
    labels = {old for each in all_label_renames().values() for old, _ in each.labels}
    return frozenset(words | labels | all_renames().keys())


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
    own = label_rename(metric)
    found = (*((own,) if own is not None else ()), *renamed_from(metric))
    return tuple(each for each in found if label in dict(each.labels))


@cache
def _by_new() -> Mapping[str, tuple[Rename, ...]]:
    found: dict[str, tuple[Rename, ...]] = {}
    for each in all_renames().values():
        if each.new:
            found[each.new] = (*found.get(each.new, ()), each)
    return found
