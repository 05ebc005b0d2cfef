"""What one server knows: names, labels, types, and whether expressions have data."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from provision.catalogue.advice import Live
from provision.client.prometheus import Prometheus, Refusal, Sample, Series, Statistics
from provision.errors import Late, NotAllowed, ProvisionError, ServerRefused, TooLarge, Unreachable
from provision.promql.names import Matcher
from provision.prove.verify.asking import Asking
from provision.prove.verify.configuration import Configuration, configuration
from provision.prove.verify.options import asked
from provision.prove.verify.relaxing import counting

_EVER: Final = 0.0
"""The beginning of all that a server keeps. Some look back a day only, unless they are asked for more."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many series an expression has, how long the server took over it, and, where it was asked for that and
    tells, what it cost."""

    series: int
    seconds: float
    statistics: Statistics | None = None


class Knowledge:
    """What a server knows. Threads may share it.

    Args:
        now: the moment that everything is asked of (Unix seconds).
        timeout_seconds: how long the server may take over one question.
        asking: asks the questions.
        expected: names of metrics that will be there once the project's rules run, each with the place of its rule.
        pending: whether they may be missing.
        with_statistics: whether it is asked what queries cost.
    """

    def __init__(
        self,
        client: Prometheus,
        *,
        now: float,
        timeout_seconds: float,
        asking: Asking,
        expected: Mapping[str, str] | None = None,
        pending: bool = False,
        with_statistics: bool = False,
    ) -> None:
        self.client = client
        self.now = now
        self.expected = expected or {}
        self.pending = pending
        self.notes: dict[str, None] = {}
        self.asking = asking
        self._timeout_seconds = timeout_seconds
        self._with_statistics = with_statistics
        self._preparing = threading.Lock()

    @cached_property
    def names(self) -> frozenset[str] | None:
        """The names of all metrics that the server has, or has had as long as it remembers; None where it can't tell all
        of them at once."""

        def ask() -> frozenset[str] | None:
            try:
                return frozenset(self.client.label_values("__name__", start=_EVER, end=self.now))
            except NotAllowed:
                raise
            except (Late, ServerRefused, TooLarge) as error:
                self.notes[
                    f"it doesn't tell the names of all metrics, so that none is suggested: {error.what}"
                ] = None
                return None

        return self.asking.once("names", ask)

    def has(self, metric: str) -> bool:
        """Whether the server has, or has had as long as it remembers, a metric of that name."""
        return self.ever(metric) if self.names is None else metric in self.names

    @cached_property
    def types(self) -> Mapping[str, str]:
        """Name → type of the metrics that targets tell of; empty where the server doesn't keep that."""

        def ask() -> dict[str, str]:
            try:
                said = self.client.metadata()
            except NotAllowed:
                raise
            except (ServerRefused, TooLarge, Unreachable):
                self.notes["it tells no types of metrics, so that their misuse isn't found"] = None
                return {}
            return {
                name: kinds.pop()
                for name, each in said.items()
                if len(kinds := {one.type for one in each}) == 1
            }

        return self.asking.once("types", ask)

    @cached_property
    def configuration(self) -> Configuration | None:
        """How it is configured; None where it doesn't tell."""

        def ask() -> Configuration | None:
            return configuration(self.client.config())

        try:
            return self.asking.once("configuration", ask)
        except (ServerRefused, Unreachable, TooLarge):  # not there, or for administrators alone
            return None

    @property
    def live(self) -> Live:
        """The same names, so prepared that what was meant by another one is found."""
        with self._preparing:
            return self._live

    @cached_property
    def _live(self) -> Live:
        return Live.of(self.names or (), self.types)

    def count(self, expr: str) -> Count | Refusal:
        """How many series an expression has now, or why that can't be said."""
        question = counting(expr)

        def ask() -> Count | Refusal:
            began = time.perf_counter()
            found, statistics = self._attempted(question)
            took = time.perf_counter() - began
            if isinstance(found, Refusal):
                return found
            series = int(sum(one.value for one in found)) if question is not expr else len(found)
            return Count(series, took, statistics)

        return self.asking.once(("count", expr), ask)

    def _attempted(self, question: str) -> tuple[tuple[Sample, ...] | Refusal, Statistics | None]:
        if not self._with_statistics:
            found = self.client.attempt(question, at=self.now, timeout_seconds=self._timeout_seconds)
            return found, None
        measured = self.client.attempt_measured(question, at=self.now, timeout_seconds=self._timeout_seconds)
        if isinstance(measured, Refusal):
            return measured, None
        if measured[1] is None:
            self.notes["it doesn't tell how many samples a query reads, so that no limit of them is kept"] = (
                None
            )
        return measured

    def within(self, expr: str, seconds: float) -> bool:
        """Whether an expression had data at some moment within the last so many seconds; looked at at thirty of them."""

        def ask() -> bool:
            try:
                found = self.client.query_range(
                    counting(expr), self.now - seconds, self.now, max(1.0, seconds / 30)
                )
            except NotAllowed:
                raise
            except ServerRefused:
                return False
            return bool(found)

        return self.asking.once(("within", expr, seconds), ask)

    def over(self, expr: str, start: float, end: float, step: float) -> tuple[Series, ...] | Refusal:
        """The values of an expression over time, as `Prometheus.query_range` has them. They are not kept."""
        return self.asking.anew(
            lambda: self.client.attempt_range(expr, start, end, step, timeout_seconds=self._timeout_seconds)
        )

    def sample(self, expr: str) -> Sample | None:
        """One of the series of an expression."""

        def ask() -> Sample | None:
            found = self.client.attempt(
                f"topk(1, {expr}\n)", at=self.now, timeout_seconds=self._timeout_seconds
            )
            return None if isinstance(found, Refusal) or not found else found[0]

        return self.asking.once(("sample", expr), ask)

    def ever(self, metric: str, *matchers: Matcher) -> bool:
        """Whether the server has, or has had as long as it remembers, a series of that name with these labels."""
        selector = written(metric, matchers)
        return self.asking.once(
            ("ever", selector),
            lambda: bool(self.client.label_values("__name__", [selector], start=_EVER, end=self.now)),
        )

    def labels(self, metric: str) -> frozenset[str]:
        """The names of the labels that a metric's series have."""
        selector = written(metric, ())
        return self.asking.once(
            ("labels", metric),
            lambda: frozenset(self.client.label_names([selector], start=_EVER, end=self.now)),
        )

    def labels_told(self, metric: str) -> frozenset[str]:
        """The same; empty where the server doesn't tell."""
        try:
            return self.labels(metric)
        except NotAllowed:
            raise
        except (Late, ServerRefused, TooLarge) as error:
            self.notes[
                f"it doesn't tell the labels of all metrics, so that not all groupings are looked at: {error.what}"
            ] = None
            return frozenset()

    def values(self, metric: str, label: str) -> tuple[str, ...]:
        """The values that a label has in a metric's series."""
        selector = written(metric, ())
        return self.asking.once(
            ("values", metric, label),
            lambda: self.client.label_values(label, [selector], start=_EVER, end=self.now),
        )

    def options(self, query: str, seconds: float) -> Sequence[str]:
        """What the query of a variable gives within the last so many seconds.

        Raises:
            ProvisionError: it gives nothing; Unreachable and NotAllowed: the server can't be asked any more.
        """
        try:
            return self.asking.once(
                ("options", query, seconds), lambda: asked(query, self.client, self.now - seconds, self.now)
            )
        except Late as error:
            raise ProvisionError(error.what, where=error.where) from None


def written(metric: str, matchers: tuple[Matcher, ...]) -> str:
    """The selector of a name (or, of an empty one, of any) with these matchers, as every server reads it."""
    named = (Matcher("__name__", "=", metric), *matchers) if metric else matchers
    return f"{{{', '.join(f'{_label(each.label)}{each.op}{quoted(each.value)}' for each in named)}}}"


def quoted(text: str) -> str:
    """A string in PromQL's quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def _label(name: str) -> str:
    return name if name.isidentifier() and name.isascii() else quoted(name)
