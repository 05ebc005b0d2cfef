"""Which selector of an expression finds nothing, and which part of it is to blame."""

from __future__ import annotations

import re
from typing import Final

from provision.catalogue.advice import Advice, label_advice, metric_advice, value_advice
from provision.client.prometheus import Refusal
from provision.promql.located import Located, located
from provision.promql.names import Matcher
from provision.prove.check.patterns import Unanswered, fits
from provision.prove.verify.durations import length
from provision.prove.verify.knowledge import Knowledge
from provision.prove.verify.meant import renames_of, sentence, use_of
from provision.prove.verify.verdicts import Asked, Culprit, Verdict

_PARTS: Final = ("_bucket", "_count", "_sum")
"""What a histogram's series are called behind its name."""

ONLY_IN_TROUBLE: Final = frozenset({"ALERTS", "ALERTS_FOR_STATE", "GRAFANA_ALERTS"})
"""Metrics that are empty as long as all is well."""

_PUSH: Final = "push the rules and wait for their evaluation, or name the environment they were pushed for with --env NAME (a lab's scrapes are those of --env lab)"
"""What to do where a record of the project's isn't on the server: its name may depend on the environment."""

_ONCE_PUSHED: Final = "it is there once the rules are pushed and evaluated"

_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
"""A character that a pattern takes as it is."""

_NAMED: Final = 6
"""So many values of a label are named in a message."""


def unknown(found: Located, expr: str, known: Knowledge) -> Verdict | None:
    """That the server has never had a metric of the selector's name; None when it has, or none is named."""
    name = found.selector.name
    if name is None or name in ONLY_IN_TROUBLE or known.has(name):
        return None
    culprit = Culprit(found.start, found.start + len(name), metric=name)
    if (place := known.expected.get(name)) is not None:
        return Verdict(
            "unknown-metric",
            message=f"the server has no metric {name} yet: {place} records it",
            remedy=_ONCE_PUSHED if known.pending else _PUSH,
            culprit=culprit,
            grave=not known.pending,
        )
    places = [each.start for each in located(expr)]
    advice = metric_advice(name, known.live, use_of(expr, places.index(found.start)))
    renames, is_sure = renames_of(advice)
    parts = [f"{name}{part}" for part in _PARTS if known.has(f"{name}{part}")]
    if len(parts) > 1 and parts[0].endswith("_bucket"):
        return Verdict(
            "type-misuse",
            message=f"{name} is a histogram, and there are no series of that name",
            remedy=f"its series are {', '.join(parts[:-1])} and {parts[-1]}",
            culprit=culprit,
            renames=renames,
            is_sure=is_sure,
        )
    return Verdict(
        "unknown-metric",
        message=f"the server has never had a metric {name}",
        remedy=sentence(advice),
        culprit=culprit,
        renames=renames,
        is_sure=is_sure,
    )


def wanting(found: Located, asked: Asked, known: Knowledge) -> Verdict | None:
    """Why a selector finds nothing, now or within the time range of what holds it; None when it does find something."""
    text = asked.expr[found.start : found.whole_end]
    count = known.count(text)
    if isinstance(count, Refusal) or count.series:
        return None
    name, matchers = found.selector.name or "", found.selector.matchers
    if name in ONLY_IN_TROUBLE:
        return Verdict("data", message=f"{name} has series only while an alert is pending or fires")
    if known.ever(name, *matchers):
        return _not_now(found, asked, known)
    if not name:
        return _nameless(found, asked, known)
    if (verdict := unlabelled(found, known)) is not None:
        return verdict
    for matcher in matchers:
        if not known.ever(name, matcher):
            return _unknown_value(found, matcher, known)
    return Verdict(
        "empty",
        message=f"no series of {name} has all of these labels at once; each of them alone has some",
        culprit=Culprit(found.start, found.end, metric=name),
    )


def _nameless(found: Located, asked: Asked, known: Knowledge) -> Verdict:
    """What is to blame where a selector names no metric: the pattern for the name, or one of the others."""
    named = [each for each in found.selector.matchers if each.label == "__name__"]
    others = [each for each in found.selector.matchers if each.label != "__name__"]
    if named and others and known.ever("", *named):
        start, end = found.start, found.end
        for matcher in others:
            if not known.ever("", *named, matcher):
                start, end = found.matchers.get(matcher.label, (start, end))
                return Verdict(
                    "unknown-value",
                    message=f"no series of those names has had {asked.expr[start:end]}",
                    culprit=Culprit(start, end, label=matcher.label, value=matcher.value),
                )
        return Verdict(
            "empty",
            message="no series of those names has all of these labels at once; each of them alone has some",
            culprit=Culprit(start, end),
        )
    start, end = found.matchers.get("__name__", (found.start, found.end))
    return Verdict(
        "unknown-metric",
        message=f"no metric that the server has matches {asked.expr[start:end]}",
        culprit=Culprit(start, end),
    )


def unlabelled(found: Located, known: Knowledge) -> Verdict | None:
    """That no series of the metric has one of the labels that the selector asks for; None when all are there."""
    name = found.selector.name
    if name in ONLY_IN_TROUBLE:  # what labels it has is up to the alerts that fire now
        return None
    for matcher in found.selector.matchers if name and known.has(name) else ():
        if not _matches_nothing(matcher) and matcher.label not in known.labels(name or ""):
            return _unknown_label(found, matcher, known)
    return None


def _not_now(found: Located, asked: Asked, known: Knowledge) -> Verdict:
    instant = asked.expr[found.start : found.end]
    if found.ranged and asked.expr[found.end :][:1] == "[" and _has_data(instant, known):
        return Verdict(
            "empty",
            message=f"{instant} has data, and has none within the range that it is asked over",
            remedy="make the range at least four times the scrape interval",
            culprit=Culprit(found.start, found.whole_end, metric=found.selector.name or ""),
        )
    if asked.expr[found.end : found.whole_end].strip() and _has_data(instant, known):
        return Verdict(
            "empty",
            message=f"{instant} has data, and has none at the time that {asked.expr[found.start : found.whole_end]} reaches back to",
            remedy="wait until it is that old, or reach less far back",
            culprit=Culprit(found.start, found.whole_end, metric=found.selector.name or ""),
        )
    over = f"within the last {length(asked.window_seconds)}" if asked.window_seconds else "now"
    return Verdict(
        "empty",
        message=f"{instant} has had data, and has none {over}",
        remedy="look whether what exposes it is still scraped",
        culprit=Culprit(found.start, found.end, metric=found.selector.name or ""),
    )


def _has_data(selector: str, known: Knowledge) -> bool:
    count = known.count(selector)
    return not isinstance(count, Refusal) and count.series > 0


def _unknown_label(found: Located, matcher: Matcher, known: Knowledge) -> Verdict:
    name = found.selector.name or ""
    start, end = found.matchers.get(matcher.label, (found.start, found.end))
    labels = sorted(known.labels(name) - {"__name__"})
    advice = label_advice(name, matcher.label, labels)
    renames, is_sure = renames_of(advice)
    return Verdict(
        "unknown-label",
        message=f"no series of {name} has a label {matcher.label}",
        remedy=sentence(advice) or f"its labels are {listed(labels)}",
        culprit=Culprit(start, end, metric=name, label=matcher.label),
        renames=renames,
        is_sure=is_sure,
    )


def _unknown_value(found: Located, matcher: Matcher, known: Knowledge) -> Verdict:
    name, label = found.selector.name or "", matcher.label
    start, end = found.matchers.get(label, (found.start, found.end))
    values = known.values(name, label)
    remedy, advice = "", Advice()
    if matcher.op in ("!=", "!~"):
        message = f"every series of {name} has a label {label} that this leaves out"
    elif matcher.op == "=":
        message = f'no series of {name} has had {label}="{matcher.value}"'
        advice = value_advice(name, label, matcher.value, values)
        remedy = sentence(advice)
        if matcher.value.startswith("(") and "|" in matcher.value:
            remedy = f"several values need =~: {label}=~"
        elif (plain := _ESCAPED.sub(r"\1", matcher.value)) != matcher.value and plain in values:
            # Grafana escapes the values of a variable that may have several, also when it has one.
            advice, remedy = Advice(), f"a pattern needs =~: {label}=~"
    else:
        message = f"no {label} of {name} has matched {matcher.value!r}"
    renames, is_sure = renames_of(advice)
    return Verdict(
        "unknown-value",
        message=message,
        remedy=remedy or f"there are {listed(values)}",
        culprit=Culprit(start, end, metric=name, label=label, value=matcher.value),
        renames=renames,
        is_sure=is_sure,
    )


def _matches_nothing(matcher: Matcher) -> bool:
    """Whether a series without the label fits."""
    if matcher.op in ("=", "!="):
        return (matcher.value == "") == (matcher.op == "=")
    try:
        empty = fits(matcher.value, "")
    except Unanswered:  # written for RE2, which knows what Python doesn't
        empty = False
    return empty == (matcher.op == "=~")


def listed(names: tuple[str, ...] | list[str]) -> str:
    """The first of some names as a message has them; `none` when there are none."""
    shown = [name or '""' for name in names[:_NAMED]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "") if shown else "none"
