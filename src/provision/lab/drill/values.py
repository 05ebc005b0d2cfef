"""The nouns of a drill: what it supposes, what was seen, and how that was judged. Values only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from provision.lab.drill.scene import Scene

S = TypeVar("S", bound=Scene)

LEAST_SECONDS = 12.0

PATIENCE_SECONDS = 12.0
"""Longer than Traefik waits for a server, so that it is Traefik's answer that is seen."""

Verdict = Literal["held", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Signal:
    """The alert that a drill must set off, and what the fault does to the value that it compares.

    Attributes:
        alert: its name.
        severity: of the rule, where several have that name; empty: any.
        job: the scrape job whose samples it is about.
        before, after: the value's levels without and with the fault.
        exposure: seconds until the first sample could show the fault.
        recovery: the same for the healing.
        why: in words, where these numbers come from.
        reloads: whether the healing has Prometheus reload.
    """

    alert: str
    severity: str
    job: str
    before: float
    after: float
    exposure: float
    recovery: float
    why: str
    reloads: bool = False


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What is supposed to happen, before it is tried.

    Attributes:
        text: in one sentence.
        success_ratio: the share of the users' requests that succeed at least, from the break to the healing.
        slow_ratio: the share of them that may take longer than the objective's latency; 1: nothing is supposed of it.
        slowest_seconds: what no request takes longer than; infinite: nothing is supposed of it.
        budget_seconds: how much of the month's error budget it may cost: so many seconds in which nothing works.
        signal: the alert that must be told of; None: nobody is told of anything.
        may_fire: other alerts that follow from the fault, so that they surprise nobody; where nobody is to be told, as tickets
            alone.
        most_succeed: the share of the users' requests that succeed at most, where the fault is supposed to hurt them; it
            stands in the place of `success_ratio`.
    """

    text: str
    success_ratio: float
    slow_ratio: float
    slowest_seconds: float
    budget_seconds: float
    signal: Signal | None
    may_fire: frozenset[str] = frozenset()
    most_succeed: float | None = None


@dataclass(frozen=True, slots=True)
class Drill(Generic[S]):
    """A failure on purpose.

    Attributes:
        name: as it is typed.
        summary: what is broken, in one sentence.
        lesson: what it shows, in a few sentences.
        supposes: the hypothesis, of the stage that it is tried on.
        prepare: what is changed before, such as a cable to be cut; healed with the rest.
        breaks: breaks it; what must be undone is written down before it is done.
        checks: what else is judged while it is broken, which it has been since that moment (Unix seconds), in the
            drill's own words.
        judges: the same afterwards, by what was seen, by the marks, and by the users' requests.
        least_seconds: for how long it stays broken at least.
        patience_seconds: how long a user waits for an answer.
    """

    name: str
    summary: str
    lesson: str
    supposes: Callable[[S], Hypothesis]
    breaks: Callable[[S], None]
    prepare: Callable[[S], None] | None = None
    checks: Callable[[S, float], tuple[Clause, ...]] | None = None
    judges: (
        Callable[[S, Sequence[Event], Mapping[str, float], Sequence[Visit]], tuple[Clause, ...]] | None
    ) = None
    least_seconds: Callable[[S], float] = lambda _: LEAST_SECONDS
    patience_seconds: float = PATIENCE_SECONDS


@dataclass(frozen=True, slots=True)
class Visit:
    """A request as its user saw it.

    Attributes:
        due: when it was to be sent; Unix seconds. A client that is held up by slow answers is no excuse.
        seconds: from then until the answer was whole.
        status: the code, 0 when there was no answer.
        why: what went wrong when there was none.
    """

    due: float
    seconds: float
    status: int
    why: str = ""

    @property
    def failed(self) -> bool:
        """Whether the user got no answer, or one that says that the server failed."""
        return self.status == 0 or self.status >= 500


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """Something that was seen.

    Attributes:
        at: Unix seconds.
        source: who says so: `drill`, `client`, `Traefik`, `Prometheus`, `Alertmanager`, `webhook`, `processes`, `engine`.
        what: in words.
        alert, severity: the alert that it is about; empty when it is about none.
        state: of that alert: `pending` or `firing`, for the webhook `firing` or `resolved`; empty once it is over.
    """

    at: float
    source: str
    what: str
    alert: str = ""
    severity: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of the hypothesis, judged.

    Attributes:
        what: what it is about, such as `TraefikBackendDown fires`.
        expected: the bound, in words.
        measured: what was seen, in words.
        holds: whether it is within the bound.
        bound, value: both as numbers, where they are some.
    """

    what: str
    expected: str
    measured: str
    holds: bool
    bound: float | None = None
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A drill that was run.

    Attributes:
        marks: when it `began`, was `broken` and `healed`, and `ended`; when its alert was `pending`, `firing`,
            `delivered` and `resolved`, as far as it was. Unix seconds.
        bounds: until when `firing`, `delivered` and `resolved` were to come; Unix seconds.
        events: all that was seen, in order.
        visits: the users' requests, in the order they were due.
        unseen: the sources of which not all was seen; where there are any, nobody can say whether the hypothesis held.
    """

    drill: Drill[Any]
    hypothesis: Hypothesis
    marks: Mapping[str, float]
    bounds: Mapping[str, float]
    events: tuple[Event, ...]
    visits: tuple[Visit, ...]
    clauses: tuple[Clause, ...]
    unseen: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Whether all of the hypothesis held, as far as that was seen."""
        if self.unseen:
            return "unknown"
        return "held" if all(clause.holds for clause in self.clauses) else "failed"

    @property
    def passed(self) -> bool:
        """Whether all of the hypothesis was seen to hold."""
        return self.verdict == "held"
