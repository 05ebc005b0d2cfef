"""What was probably meant by a name that isn't there, as a sentence and as what `--fix` would write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from provision.catalogue.advice import Advice, Candidate
from provision.catalogue.conventions import Kind
from provision.catalogue.rename import Rename
from provision.promql.facts import facts
from provision.promql.nodes import Call, VectorSelector, above

_COUNTED: Final = frozenset({"rate", "irate", "increase", "resets"})


def use_of(expr: str, position: int) -> Kind:
    """What is done with the selector that is at that position among those of `expr`."""
    found = facts(expr)
    if found is None or position >= len(found.selectors):
        return ""
    return _use(found.selectors[position])


def _use(selector: VectorSelector) -> Kind:
    functions = [node.function for node in above(selector) if isinstance(node, Call)]
    if "histogram_quantile" in functions:
        return "buckets"
    return "counter" if _COUNTED & set(functions) else ""


def renames_of(advice: Advice) -> tuple[tuple[Rename, ...], bool]:
    """What would have to be called otherwise, and whether nothing else can have been meant."""
    best = advice.candidates[:1]
    return tuple(each.rename for each in best), any(each.sure for each in best)


def sentence(advice: Advice) -> str:
    """The advice as a sentence; empty when there is none."""
    parts = []
    if advice.candidates:
        parts.append(f"did you mean {_listed(advice.candidates)}?")
    if advice.note:
        parts.append(advice.note)
    return " ".join(parts)


def _listed(candidates: Sequence[Candidate]) -> str:
    first = candidates[0]
    if first.rename.product:
        return f'"{first.name}" ({first.reason})'
    return " or ".join(f'"{each.name}"' for each in candidates)
