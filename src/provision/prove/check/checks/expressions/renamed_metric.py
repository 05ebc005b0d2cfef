"""An expression reads metrics and labels by the names that they have today."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from provision.catalogue.rename import Rename
from provision.catalogue.renames import label_rename, may_be_old, products, renamed
from provision.compile.kinds import PROMETHEUS, SCRAPE_CONFIG
from provision.model import Finding
from provision.promql.nodes import Aggregation, Call, Operation, Text, VectorSelector, above
from provision.promql.renaming import corrected
from provision.prove.check.bodies import suggestion
from provision.prove.check.estate import Estate
from provision.prove.check.expressed import facts_of, said
from provision.prove.check.parts import Expression

ID = "renamed-metric"

_WORD: Final = re.compile(r"[A-Za-z_]\w{3,}", re.ASCII)
_LONGEST_SHOWN: Final = 300
"""Characters of an expression that is shown as it would have to be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Which versions run.

    Attributes:
        versions: by product, such as `Traefik`; what was renamed later is no old name yet.
    """

    versions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for product, version in self.versions.items():
            if product not in products():
                hint = suggestion(product, products()) or f"there are {', '.join(products())}"
                raise ValueError(f"versions: no product {product!r} is known; {hint}")
            if not re.fullmatch(r"v?\d+(\.\d+)*", version):
                raise ValueError(f"versions.{product} must be a version such as 2.11, not {version!r:.60}")


def check(estate: Estate, expression: Expression) -> Iterator[Finding]:
    """Names that were replaced in a version that is told by the settings, or else in any."""
    if not may_be_old(_WORD.findall(expression.plain)):
        return
    found = facts_of(expression)
    versions = estate.settings(ID, Settings).versions
    renames: dict[str, Rename] = {}
    for selector in found.selectors if found else ():
        for rename in _old(selector, versions):
            if not _is_made_here(estate, rename.old):
                renames.setdefault(rename.old, rename)
    if renames:
        message = "; ".join(_sentence(each) for each in renames.values())
        yield said(
            estate, ID, "warning", expression, message, _remedy(expression.text, list(renames.values()))
        )


def _old(selector: VectorSelector, versions: Mapping[str, str]) -> Iterator[Rename]:
    """What became of the metric, or else of labels that its matchers name."""
    name = selector.name or ""
    known = [each for each in renamed(name) if each.retired and _is_past(each, versions)]
    if known:
        yield known[-1]
        return
    labels = label_rename(name)
    if labels is not None and labels.retired and _is_past(labels, versions):
        used = {*(matcher.label for matcher in selector.matchers), *_grouped(selector)}
        old = tuple(pair for pair in labels.labels if pair[0] in used)
        if old:
            yield replace(labels, labels=old)


def _grouped(selector: VectorSelector) -> Iterator[str]:
    """The labels by which what the selector finds is aggregated and matched, but for those that are made on the way."""
    made: set[str] = set()
    for node in above(selector):
        if isinstance(node, Call) and node.function in ("label_replace", "label_join"):
            made.update(argument.value for argument in node.arguments[1:2] if isinstance(argument, Text))
        elif isinstance(node, Aggregation | Operation):
            yield from (label for label in node.labels if label not in made)


def _is_past(rename: Rename, versions: Mapping[str, str]) -> bool:
    running = versions.get(rename.product)
    return running is None or _number(running) >= _number(rename.version)


def _number(version: str) -> tuple[int, ...]:
    parts = [int(part) for part in version.removeprefix("v").split(".")]
    while parts and not parts[-1]:
        parts.pop()  # 3 is 3.0
    return tuple(parts)


def _is_made_here(estate: Estate, name: str) -> bool:
    """Whether a rule of the project records a metric of that name, or its scraping gives it one."""
    return name in estate.records or any(
        name.encode() in definition.body
        for kind in (SCRAPE_CONFIG, PROMETHEUS)
        for definition, _ in estate.of(kind)
    )


def _sentence(rename: Rename) -> str:
    since = f"since {rename.product} {rename.version}"
    if not rename.new:
        return f"{rename.old} is gone {since}"
    if rename.new == rename.old:
        told = ", and ".join(f"the label {old} of {rename.old} is called {new}" for old, new in rename.labels)
        return f"{told} {since}"
    return f"{rename.old} is called {rename.new} {since}"


def _remedy(text: str, renames: list[Rename]) -> str:
    notes = list(dict.fromkeys(each.note for each in renames if each.note))
    now = corrected(text, renames)
    if now is not None and "\n" not in now.text.strip() and len(now.text) <= _LONGEST_SHOWN:
        notes.insert(0, f"write {now.text.strip()}")
    return "; ".join(notes)
