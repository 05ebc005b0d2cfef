"""Labels that an expression groups by, or takes over from its other side, and that no series has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from provision.catalogue.advice import label_advice
from provision.promql.facts import Facts, facts
from provision.promql.nodes import Aggregation, Node, Operation
from provision.promql.origins import origins
from provision.promql.spans import span
from provision.promql.tokens import Token, tokens
from provision.prove.verify.culprits import ONLY_IN_TROUBLE, listed
from provision.prove.verify.knowledge import Knowledge
from provision.prove.verify.meant import renames_of, sentence
from provision.prove.verify.verdicts import Asked, Culprit, Verdict

_LEFT_ASIDE: Final = frozenset({"le", "__name__"})
"""Labels that may be missing: a native histogram has no `le`, and is summed by it all the same."""


_MOST: Final = 20
"""Missing labels of one grouping that are looked at: a person names a few, a machine thousands."""


class _Grouping(NamedTuple):
    """Labels that a node names of what stands below another one."""

    node: Aggregation | Operation
    word: str
    labels: tuple[str, ...]
    below: Node


def ungrouped(asked: Asked, known: Knowledge) -> Verdict | None:
    """That no series of what is aggregated has one of the labels after `by`, or none of the side with one series each
    has one of those after `group_left`; None when all are there, or nobody can say.

    A label or a metric that a Grafana variable stands for isn't looked at, as another value may be right.
    """
    if not _GROUPED.search(asked.expr):
        return None
    found = facts(asked.expr)
    if found is None:
        return None
    first = None
    for grouping in _groupings(found):
        for verdict in _lacking(grouping, found, asked, known):
            if verdict.grave:
                return verdict
            first = first or verdict
    return first


_GROUPED: Final = re.compile(r"\b(?:by|group_left|group_right)\b", re.IGNORECASE)


def _groupings(found: Facts) -> Iterator[_Grouping]:
    for each in found.aggregations:
        if each.grouping == "by":
            yield _Grouping(each, "by", each.labels, each.operand)
    for operation in found.operations:
        if operation.group and operation.included:
            one = operation.right if operation.group == "left" else operation.left
            yield _Grouping(operation, f"group_{operation.group}", operation.included, one)


def _lacking(grouping: _Grouping, found: Facts, asked: Asked, known: Knowledge) -> Iterator[Verdict]:
    """What is to be said of each label that isn't there, of the first of very many."""
    without = {label: _without(grouping.below, label, asked, known) for label in grouping.labels}
    others = any(not metrics for label, metrics in without.items() if label not in _LEFT_ASIDE)
    for label, metrics in islice(((each, of) for each, of in without.items() if of), _MOST):
        if not _stands_in(label, asked.text) or _is_external(label, known):
            continue
        advice = [label_advice(each, label, known.labels(each) - {"__name__"}) for each in metrics]
        meant = [renames_of(each) for each in advice]
        live = sorted(known.labels(metrics[0]) - {"__name__"})
        is_sure = all(sure for _, sure in meant)
        yield Verdict(
            "unknown-label",
            message=f"no series of {' or '.join(metrics)} has a label {label}",
            remedy=sentence(advice[0]) or f"its labels are {listed(live)}",
            culprit=_culprit(grouping, label, found, asked.expr, metrics[0]),
            renames=tuple(rename for renames, _ in meant for rename in renames),
            is_sure=is_sure,
            grave=is_sure or not others,  # else what is shown is right, with a label that stays empty
        )


def _without(below: Node, label: str, asked: Asked, known: Knowledge) -> tuple[str, ...]:
    """The metrics that a label would come from, when none of them has it; empty when one has, or nobody can say."""
    if label in _LEFT_ASIDE:
        return ()
    found = origins(below, label) or ()
    names = tuple(dict.fromkeys(each.name for each in found if each.name))
    for name in names:
        if name in ONLY_IN_TROUBLE or name not in asked.text or (known.pending and name in known.expected):
            return ()
        labels = known.labels_told(name)
        if not labels or label in labels:
            return ()
    return names


def _stands_in(label: str, text: str) -> bool:
    """Whether a label was written so, rather than put there by a variable."""
    return re.search(rf"(?<=[(,\s\"']){re.escape(label)}(?=[),\s\"'])", text) is not None


def _is_external(label: str, known: Knowledge) -> bool:
    """Whether the server puts it on what leaves it, so that it is there for whoever gathers from several servers."""
    told = known.configuration
    return told is not None and label in told.external_labels


def _culprit(grouping: _Grouping, label: str, found: Facts, expr: str, metric: str) -> Culprit | None:
    where = span(expr, found, grouping.node)
    if where is None:
        return None
    words = tokens(expr)
    inner = [at for at, each in enumerate(words) if where[0] <= each.start]
    if isinstance(grouping.node, Aggregation):
        inner = [at for at in inner if words[at].end <= where[1]]
        is_before = words[inner[1]].text.lower() == grouping.word
        begins = [at for at in inner if words[at].text.lower() == grouping.word]
        begin = begins[0] if is_before else begins[-1]
    else:
        begin = next(at for at in inner if words[at].text.lower() == grouping.word)
    token = next((each for each in words[begin + 1 :] if _names(each, label)), None)
    return None if token is None else Culprit(token.start, token.end, metric=metric, label=label)


def _names(token: Token, label: str) -> bool:
    return (token.text[1:-1] if token.kind == "string" else token.text) == label
