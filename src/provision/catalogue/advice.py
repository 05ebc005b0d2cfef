"""What was meant by a metric, label or value that a server doesn't have."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from provision.catalogue.conventions import Kind, kind_of
from provision.catalogue.likeness import Likeness, alike
from provision.catalogue.rename import Rename
from provision.catalogue.renames import SERIES, renamed, renamed_from, renamed_label
from provision.catalogue.vocabulary import Vocabulary

_SHOWN: Final = 3
_A_COUNTER: Final = "it has _total"
_CLOSE: Final = 0.04
"""Two names whose likeness differs by less can't be told apart."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may have been meant.

    Attributes:
        reason: why, such as `renamed in Traefik 2.0` or `one letter differs`.
        rename: what is to be called otherwise; of no product when the catalogue doesn't know it.
        sure: whether nothing else can have been meant.
    """

    name: str
    reason: str
    score: float
    rename: Rename
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Advice:
    """What may have been meant, the best first, and what is to be known beside; a sentence, or empty."""

    candidates: tuple[Candidate, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Live:
    """The metrics that a server has.

    Attributes:
        types: as its metadata says, by the name of the metric (not of a histogram's series).
    """

    vocabulary: Vocabulary
    known: frozenset[str]
    types: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, names: Iterable[str], types: Mapping[str, str] | None = None) -> Live:
        """The metrics with these names; built once for many questions."""
        vocabulary = Vocabulary.of(names)
        return cls(vocabulary, frozenset(vocabulary.names), types or {})

    def kind(self, name: str) -> Kind:
        """What can be done with a metric; empty when neither its metadata nor its name says."""
        said = self.types.get(name)
        if said in ("counter", "gauge"):
            return "counter" if said == "counter" else "gauge"
        return kind_of(name)


def metric_advice(name: str, live: Live, use: Kind = "") -> Advice:
    """What was meant by a metric that isn't among the live ones.

    Args:
        use: what is done with it: `counter` under rate() and the like, `buckets` under histogram_quantile().
    """
    later = renamed(name)
    for rename in reversed(later):
        present = tuple(series for series in _series(rename, use) if series.new in live.known)
        if present:
            reason = f"renamed in {rename.product} {rename.version}"
            sure = rename.same and len(present) == 1
            candidates = (Candidate(series.new, reason, 2.0, series, sure) for series in present)
            return Advice(tuple(candidates), rename.note)
    for rename in renamed_from(name):
        if rename.old in live.known:
            reason = f"its name before {rename.product} {rename.version}"
            return Advice((Candidate(rename.old, reason, 1.5, Rename(name, rename.old)),))
    note = _without(later) or _series_note(name, live)
    found = [_fitting(each, live, use) for each in alike(name, live.vocabulary)]
    if later and not later[-1].new:
        found = []
    return Advice(_ranked(found, lambda new: Rename(name, new)), note)


def label_advice(metric: str, label: str, live: Collection[str]) -> Advice:
    """What was meant by a label that a metric doesn't have.

    Args:
        live: the labels that it has.
    """

    def called(new: str) -> Rename:
        return Rename(metric, metric, labels=((label, new),))

    for rename in renamed_label(metric, label):
        new = dict(rename.labels)[label]
        if new in live:
            reason = f"renamed in {rename.product} {rename.version}"
            return Advice((Candidate(new, reason, 2.0, called(new), sure=True),))
    return Advice(_ranked(alike(label, Vocabulary.of(live)), called))


def value_advice(metric: str, label: str, value: str, live: Collection[str]) -> Advice:
    """What was meant by a label's value that no series has.

    Args:
        live: the values that the label has.
    """

    def written(new: str) -> Rename:
        return Rename(metric, metric, values=((label, rf"\A{re.escape(value)}\Z", new.replace("\\", r"\\")),))

    same = [other for other in live if other != value and _number(other) == _number(value) is not None]
    if same:
        reason = (
            "the same number, as Prometheus 3 writes a bucket's bound" if label == "le" else "the same number"
        )
        return Advice((Candidate(same[0], reason, 2.0, written(same[0]), sure=len(same) == 1),))
    provided = sorted(other for other in live if "@" in other and other.partition("@")[0] == value)
    if provided:
        reason = "with the provider behind @, as Traefik 2 and later name it"
        return Advice(
            tuple(
                Candidate(other, reason, 1.9, written(other), sure=len(provided) == 1)
                for other in provided[:_SHOWN]
            )
        )
    if label in ("le", "quantile") and _number(value) is not None:
        bounds = sorted((number, other) for other in live if (number := _number(other)) is not None)
        return Advice((), f"{label} is one of {', '.join(other for _, other in bounds)}" if bounds else "")
    return Advice(_ranked(alike(value, Vocabulary.of(live)), written))


def _series(rename: Rename, use: Kind) -> tuple[Rename, ...]:
    """The rename; and of a histogram those of its series, when its bare name was asked for."""
    if not rename.family:
        return (rename,)
    suffixes = SERIES if use != "buckets" else SERIES[:1]
    return (rename, *(replace(rename.of_series(suffix), old=rename.old) for suffix in suffixes))


def _fitting(like: Likeness, live: Live, use: Kind) -> Likeness:
    """The likeness, less where the metric is of another kind than what is done with it."""
    kind = live.kind(like.name)
    if use and kind and use != kind:
        return replace(like, score=like.score - 0.1, slip=False)
    if like.reason == _A_COUNTER and use != "counter":
        return replace(like, slip=False)  # a gauge of that name may be meant
    return like


def _ranked(found: Iterable[Likeness], called: Callable[[str], Rename]) -> tuple[Candidate, ...]:
    best = sorted(found, key=lambda like: (-like.score, like.name))[: _SHOWN + 1]
    if not best:
        return ()
    close = [like for like in best if like.score > best[0].score - 2 * _CLOSE]
    alone = len(best) == 1 or best[0].score - best[1].score > _CLOSE
    return tuple(
        Candidate(
            like.name,
            like.reason,
            like.score,
            called(like.name),
            sure=like is best[0] and alone and like.slip,
        )
        for like in (close if best[0].slip else best)[:_SHOWN]
    )


def _without(later: tuple[Rename, ...]) -> str:
    if not later:
        return ""
    last = later[-1]
    if not last.new:
        return (
            f"gone since {last.product} {last.version}: {last.note}"
            if last.note
            else (f"gone since {last.product} {last.version}")
        )
    return f"called {last.new} since {last.product} {last.version}, which isn't there either"


def _series_note(name: str, live: Live) -> str:
    """What a histogram or summary of that name lacks."""
    if name.endswith("_bucket"):
        base = name.removesuffix("_bucket")
        if f"{base}_count" in live.known:
            return f"{base} is a summary, or its buckets are dropped: it has _sum and _count only"
    elif any(f"{name}{suffix}" in live.known for suffix in SERIES):
        listed = " and ".join(suffix for suffix in SERIES if f"{name}{suffix}" in live.known)
        return f"{name} is a histogram or a summary: its series end in {listed}"
    return ""


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
