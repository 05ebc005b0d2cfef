"""The verdict on one expression, made of what the server knows."""

from __future__ import annotations

from dataclasses import replace

from provision.client.prometheus import Refusal
from provision.errors import Late, NotAllowed, ServerRefused, TooLarge
from provision.promql.located import located
from provision.promql.names import selectors
from provision.promql.parse import parse
from provision.promql.variables import placeholder
from provision.prove.verify.choices import OFFERS_NOTHING
from provision.prove.verify.culprits import unknown, unlabelled, wanting
from provision.prove.verify.grouping import ungrouped
from provision.prove.verify.knowledge import Count, Knowledge
from provision.prove.verify.misuse import misused
from provision.prove.verify.relaxing import hides, relaxed
from provision.prove.verify.structure import nothing_because
from provision.prove.verify.verdicts import Asked, Status, Verdict

_STATUS: dict[str, Status] = {"wrong": "error", "slow": "too-slow", "large": "too-many-series"}


def judged(asked: Asked, known: Knowledge, *, most_series: int) -> Verdict:
    """What there is to say of an expression.

    Args:
        most_series: how many series are too many for anyone to read.

    Raises:
        Unreachable, NotAllowed: the server can't be asked any more.
    """
    try:
        verdict = _judged(asked, known, most_series)
    except Late as error:
        return Verdict("too-slow", message=error.what)
    except TooLarge as error:
        return Verdict("too-many-series", message=error.what)
    except NotAllowed:
        raise
    except ServerRefused as error:
        return Verdict("error", message=error.what)
    if verdict.fine and asked.complaint:
        return replace(verdict, status="empty", message=asked.complaint)
    if asked.hollow and (verdict.status in ("empty", "unknown-value") or _is_of_nothing(asked, verdict)):
        named = " and ".join(f"${name}" for name in asked.hollow)
        return replace(
            verdict,
            status="empty",
            message=f"{named} offer{'s' if len(asked.hollow) == 1 else ''} no value: {verdict.message}",
            remedy="see what is said of the variable",
        )
    return verdict


def _is_of_nothing(asked: Asked, verdict: Verdict) -> bool:
    """Whether what is wrong is only that a metric's name has a variable in it that offers no value."""
    if verdict.status == "error":  # a name such as `a_.*_total`, and nothing else, keeps it from being PromQL
        return parse(asked.expr) is not None and parse(placeholder(asked.text)) is None
    return (
        verdict.status == "unknown-metric"
        and verdict.culprit is not None
        and OFFERS_NOTHING in verdict.culprit.metric
    )


def _judged(asked: Asked, known: Knowledge, most_series: int) -> Verdict:
    expr = asked.expr
    loose = relaxed(expr)
    count = known.count(loose)
    if isinstance(count, Refusal) and count.kind == "wrong" and loose != expr:
        # `{__name__=~"…"} > 0` keeps the names that `{__name__=~"…"} > bool 0` takes away from series alike but for them.
        loose, count = expr, known.count(expr)
        if not isinstance(count, Refusal) and not count.series:
            return _counted(_as_it_is(asked, known), count)
    if isinstance(count, Refusal):
        return _refused(count, expr, known)
    if not count.series:
        return _counted(_without_data(asked, loose, known), count)
    verdict = _counted(Verdict("data"), count)
    if hides(expr) and (hidden := _hidden(expr, known)) is not None:
        return _counted(hidden, count)
    if (wrong := _wrong(asked, known)) is not None:
        return _counted(wrong, count)
    if asked.is_selection:
        return verdict
    if count.series > most_series:
        shown = count if loose == expr else known.count(expr)
        if not isinstance(shown, Refusal) and shown.series > most_series:
            return replace(
                verdict,
                status="too-many-series",
                series=shown.series,
                grave=False,
                message=f"it returns {shown.series} series; more than {most_series} are too many",
                remedy="sum them, or take the largest with topk",
            )
    return verdict


def _wrong(asked: Asked, known: Knowledge) -> Verdict | None:
    """What is wrong with an expression that has data: the worse of the labels that it groups by, and of what it takes
    its metrics for."""
    grouped = ungrouped(asked, known)
    if asked.is_selection or (grouped is not None and grouped.grave):
        return grouped
    taken = misused(asked.expr, known.types)
    return taken if taken is not None and (taken.grave or grouped is None) else grouped


def _counted(verdict: Verdict, count: Count) -> Verdict:
    """The same verdict with what the expression has and costs."""
    return replace(verdict, series=count.series, seconds=count.seconds, statistics=count.statistics)


def _hidden(expr: str, known: Knowledge) -> Verdict | None:
    """What is wrong with a part of an expression that has data all the same, as in `rate(wrong_name[5m]) or vector(0)`.
    Where another part is as it should be, such as the newer one of two names, that may be meant."""
    found = located(expr)
    said = [unknown(each, expr, known) or unlabelled(each, known) for each in found]
    first = next((each for each in said if each is not None), None)
    return first and replace(first, grave=all(said))


def _refused(refusal: Refusal, expr: str, known: Knowledge) -> Verdict:
    verdict = Verdict(_STATUS[refusal.kind], message=refusal.message)
    if refusal.kind != "wrong":
        return verdict
    # What is wrong may be what an unknown name leads to.
    said = (unknown(found, expr, known) for found in located(expr))
    return next((each for each in said if each is not None), verdict)


def _as_it_is(asked: Asked, known: Knowledge) -> Verdict:
    """The verdict on an expression that has no data and whose conditions can't be left aside: on what it reads."""
    found = located(asked.expr)
    said = [unknown(each, asked.expr, known) or wanting(each, asked, known) for each in found]
    fine = Verdict("data", message="what it reads has data, and its conditions hold for none of it just now")
    return next((each for each in said if each is not None), fine)


def _without_data(asked: Asked, loose: str, known: Knowledge) -> Verdict:
    """Why an expression has no data: what it reads isn't there, or what it makes of that is nothing."""
    found = located(asked.expr)
    unknowns = [said for each in found if (said := unknown(each, asked.expr, known)) is not None]
    if unknowns:  # all of them are corrected at once, or the expression is none
        renames = dict.fromkeys(rename for each in unknowns for rename in each.renames)
        return replace(unknowns[0], renames=tuple(renames), is_sure=all(each.is_sure for each in unknowns))
    if not found and (names := [each.name for each in selectors(asked.expr) if each.name]):
        missing = [name for name in names if not known.has(name)]
        if missing:
            return Verdict("unknown-metric", message=f"the server has never had a metric {missing[0]}")
    if asked.window_seconds and known.within(loose, asked.window_seconds):
        return Verdict("data", message="it has data within its time range, and none just now")
    for each in found:
        if (verdict := wanting(each, asked, known)) is not None:
            return verdict
    return nothing_because(loose, known)
