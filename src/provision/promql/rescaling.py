"""What is multiplied when a metric is counted in another unit than before, so that the result stays as it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from provision.promql.outline import Part
from provision.promql.unsaid import Unsaid

_LINEAR: Final = frozenset({
    "rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear", "sum_over_time", "avg_over_time",
    "min_over_time", "max_over_time", "last_over_time", "first_over_time", "quantile_over_time", "stddev_over_time",
    "holt_winters", "double_exponential_smoothing",
})  # fmt: skip
"""Functions of a range that give twice the value for twice the values."""

_LINEAR_AGGREGATIONS: Final = frozenset({"sum", "avg", "min", "max", "quantile", "stddev", "topk", "bottomk"})

_INDIFFERENT: Final = frozenset({
    "changes", "resets", "count_over_time", "present_over_time", "absent_over_time", "absent", "count", "group",
    "timestamp",
})  # fmt: skip
"""Functions and aggregations that don't look at values, or only at whether they change."""


def rescaled(
    part: Part, around: Sequence[Part], factor: float, bounds: float
) -> Iterator[tuple[int, int, str]]:
    """Start, end and words of what is to be written so that the result stays as it was: 1000 times a metric that is
    now in seconds and was in milliseconds.

    Args:
        part: a selector of the metric.
        around: what it stands in, from the outside in.
        factor: the old values are so many times the new ones.
        bounds: of buckets, the same of their bounds.

    Raises:
        Unsaid: it can't be done by a multiplication.
    """
    if bounds != 1:
        at = _quantile(part, around)
        yield from _multiplied(around[at], around[:at], bounds)
    if factor != 1:
        chain = (*around, part)
        carrier = _carrier(chain)
        if carrier is not None:
            yield from _multiplied(chain[carrier], chain[:carrier], factor)


def _carrier(chain: Sequence[Part]) -> int | None:
    """The position, in a selector and what it stands in before it, of what is to be multiplied: the outermost that is
    twice as much for values twice as high. None when nothing around depends on how high they are."""
    at = len(chain) - 1
    while at and chain[at - 1].kind in ("call", "aggregation", "enclosed"):
        parent = chain[at - 1]
        name = parent.name.text.lower() if parent.name is not None else ""
        if name in _INDIFFERENT:
            return None
        linear = name in (_LINEAR if chain[at].ranged else _LINEAR_AGGREGATIONS) or parent.kind == "enclosed"
        if not linear or (parent.ranged and not _within_linear(chain[: at - 1])):
            break
        at -= 1
    if chain[at].ranged:
        raise Unsaid
    return at


def _within_linear(around: Sequence[Part]) -> bool:
    """Whether what stands in these parts is an argument of a function of a range that is linear or looks away."""
    name = around[-1].name if around else None
    return name is not None and name.text.lower() in _LINEAR | _INDIFFERENT


def _quantile(part: Part, around: Sequence[Part]) -> int:
    """The position of the histogram_quantile() that a selector of buckets stands in, with nothing between but sums of
    rates."""
    if any(matcher.label.text == "le" for matcher in part.matchers):
        raise Unsaid
    for at in range(len(around) - 1, -1, -1):
        name = around[at].name
        if around[at].kind == "call" and name is not None and name.text == "histogram_quantile":
            return at
        if around[at].kind not in ("call", "aggregation"):
            raise Unsaid
    raise Unsaid


def _multiplied(part: Part, around: Sequence[Part], factor: float) -> Iterator[tuple[int, int, str]]:
    """The part times the factor; where it is divided by that factor already, it isn't any more."""
    parent = around[-1] if around else None
    if parent is not None and parent.kind == "operation" and parent.parts[0] is part:
        assert parent.name is not None
        if (parent.name.text, _value(parent.parts[1])) in (("/", factor), ("*", 1 / factor)):
            yield part.end, parent.end, ""
            return
    words = f" * {factor:.15g}" if factor >= 1 else f" / {1 / factor:.15g}"
    if _stands_alone(part, parent):
        yield part.end, part.end, words
    else:
        yield part.start, part.start, "("
        yield part.end, part.end, f"{words})"


def _stands_alone(part: Part, parent: Part | None) -> bool:
    """Whether a product in the place of a part needs no parentheses."""
    if parent is None or parent.kind != "operation" or parent.name is None:
        return True
    operator = parent.name.text.lower()
    return operator not in ("/", "%", "^", "atan2") or (operator == "/" and parent.parts[0] is part)


def _value(part: Part) -> float | None:
    if part.kind != "literal" or part.name is None or part.name.kind != "number":
        return None
    try:
        return float(part.name.text)
    except ValueError:
        return None
