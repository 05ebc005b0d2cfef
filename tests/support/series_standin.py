"""A Prometheus client that knows some series, for tests of what is said of expressions: it counts the series of
selectors, and is told what compound expressions have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import promql_parser as ast

from provision.client.prometheus import Metadata, Refusal, Sample, Series, Statistics
from provision.promql.names import Matcher, Selector, selectors
from provision.promql.parse import tree
from provision.prove.verify.asking import Asking
from provision.prove.verify.knowledge import Knowledge
from provision.prove.verify.load import Load

Labels = Mapping[str, str]


class KnownSeries:
    """`series` have data now, `past` have had some. An expression that isn't a selector has one series when all of its
    selectors have data, unless `answers` says how many, or why it is refused. `costs` says what expressions cost, where
    the server tells that."""

    url = "http://prometheus.example"

    def __init__(
        self,
        *series: Labels,
        past: Iterable[Labels] = (),
        answers: Mapping[str, int | Refusal] | None = None,
        types: Mapping[str, str] | None = None,
        costs: Mapping[str, Statistics] | None = None,
    ) -> None:
        self.here, self.past = series, tuple(past)
        self.answers = {_normal(expr): answer for expr, answer in (answers or {}).items()}
        self.types = types or {}
        self.costs = {_normal(expr): cost for expr, cost in (costs or {}).items()}
        self.within: set[str] = set()
        self.over: dict[str, tuple[Series, ...]] = {}
        self.asked: list[str] = []

    def attempt(self, expr: str, *, at: float | None = None, timeout_seconds: float):
        self.asked.append(expr)
        if expr.startswith("topk(1, "):
            inner = expr.removeprefix("topk(1, ").removesuffix("\n)")
            return tuple(Sample(dict(one), 1.0, 0.0) for one in self._matching(inner, self.here)[:1])
        found = self._count(expr)
        if isinstance(found, Refusal):
            return found
        return (Sample({}, float(found), 0.0),) if found else ()

    def attempt_measured(self, expr: str, *, at: float | None = None, timeout_seconds: float):
        found = self.attempt(expr, at=at, timeout_seconds=timeout_seconds)
        return found if isinstance(found, Refusal) else (found, self.costs.get(_normal(_inner(expr))))

    def query_range(self, expr: str, start: float, end: float, step: float) -> tuple[Series, ...]:
        return (Series({}, ((end, 1.0),)),) if _normal(_inner(expr)) in map(_normal, self.within) else ()

    def attempt_range(self, expr: str, start: float, end: float, step: float, *, timeout_seconds: float):
        """What `over` has of the expression between these moments; of one with `answers`, that it is refused."""
        self.asked.append(f"{expr} from {start:g} to {end:g} each {step:g}")
        refused = self.answers.get(_normal(expr))
        if isinstance(refused, Refusal):
            return refused
        found = (
            (one, tuple(point for point in one.points if start <= point[0] <= end))
            for one in self.over.get(expr, ())
        )
        return tuple(Series(one.labels, points) for one, points in found if points)

    def label_values(self, label, matchers=(), start=None, end=None) -> tuple[str, ...]:
        self.asked.append(f"values of {label} in {', '.join(matchers)}")
        found = (one for one in self._all(matchers) if label in one)
        return tuple(sorted({one[label] for one in found}))

    def label_names(self, matchers=(), start=None, end=None) -> tuple[str, ...]:
        self.asked.append(f"labels of {', '.join(matchers)}")
        return tuple(sorted({name for one in self._all(matchers) for name in one}))

    def metadata(self, metric=None):
        return {name: (Metadata(kind, "", ""),) for name, kind in self.types.items()}

    def config(self) -> str:
        return "global: {scrape_interval: 15s}"

    def series(self, matchers, start=None, end=None, limit=None) -> tuple[Labels, ...]:
        return tuple(self._all(matchers))

    def query(self, expr: str, at: float | None = None) -> tuple[Sample, ...]:
        return tuple(Sample(dict(one), 1.0, 0.0) for one in self._matching(expr, self.here))

    def _count(self, question: str) -> int | Refusal:
        expr = _normal(_inner(question))
        if expr in self.answers:
            return self.answers[expr]
        found = tree(expr)
        while isinstance(found, ast.ParenExpr):
            found = found.expr
        if isinstance(found, ast.VectorSelector | ast.MatrixSelector):
            return len(self._matching(expr, self.here))
        return int(all(any(_fits(each, one) for one in self.here) for each in selectors(expr)))

    def _all(self, matchers: Iterable[str]) -> list[Labels]:
        every = (*self.here, *self.past)
        return (
            [one for matcher in matchers for one in self._matching(matcher, every)]
            if matchers
            else list(every)
        )

    def _matching(self, expr: str, among: Iterable[Labels]) -> list[Labels]:
        wanted = selectors(expr)
        return [one for one in among if any(_fits(each, one) for each in wanted)]


def knowledge(client: object, **settings: object) -> Knowledge:
    """What a server with that client knows, asked by one thread."""
    asking = Asking(Load(1, lambda: None), sleep=lambda _: None)
    return Knowledge(client, now=1000.0, timeout_seconds=1.0, asking=asking, **settings)  # type: ignore[arg-type]


def _inner(question: str) -> str:
    for before in ("count(last_over_time(", "count("):
        if question.startswith(before) and question.endswith("\n" + ")" * before.count("(")):
            return question.removeprefix(before).rpartition("\n")[0]
    return question


def _normal(expr: str) -> str:
    found = tree(expr)
    return expr if found is None else str(found)


def _fits(selector: Selector, labels: Labels) -> bool:
    named = selector.name is None or labels.get("__name__") == selector.name
    return named and all(_matches(each, labels.get(each.label, "")) for each in selector.matchers)


def _matches(matcher: Matcher, value: str) -> bool:
    if matcher.op in ("=", "!="):
        return (value == matcher.value) == (matcher.op == "=")
    return (re.fullmatch(matcher.value, value) is not None) == (matcher.op == "=~")


@dataclass
class SeriesServer:
    """The same behind HTTP, for `support.prometheus_standin.serving`; `broken` by path: status and text."""

    known: KnownSeries
    broken: dict[str, tuple[int, object]] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def load(self) -> None:
        """There is nothing to load."""

    def answer(self, method: str, path: str, query: dict[str, list[str]]) -> tuple[int, object]:
        path = path.removeprefix("/prometheus")
        if path in self.broken:
            return self.broken[path]
        matchers = query.get("match[]", [])
        if path == "/api/v1/query":
            found = self.known.attempt(query["query"][0], timeout_seconds=1.0)
            if isinstance(found, Refusal):
                status, kind = {
                    "wrong": (400, "bad_data"),
                    "slow": (503, "timeout"),
                    "large": (422, "execution"),
                }[found.kind]
                return status, {"status": "error", "errorType": kind, "error": found.message}
            result = [{"metric": dict(one.labels), "value": [one.time, str(one.value)]} for one in found]
            return 200, _success({"resultType": "vector", "result": result})
        if path == "/api/v1/query_range":
            if query["query"][0] in self.known.over:
                start, end, step = (float(query[name][0]) for name in ("start", "end", "step"))
                several = self.known.attempt_range(query["query"][0], start, end, step, timeout_seconds=1.0)
                result = [
                    {"metric": dict(one.labels), "values": [[at, "1"] for at, _ in one.points]}
                    for one in several
                ]
                return 200, _success({"resultType": "matrix", "result": result})
            found = self.known.query_range(query["query"][0], 0.0, 0.0, 1.0)
            return 200, _success(
                {"resultType": "matrix", "result": [{"metric": {}, "values": [[0, "1"]]} for _ in found]}
            )
        if path == "/api/v1/labels":
            return 200, _success(self.known.label_names(matchers))
        if path == "/api/v1/metadata":
            return 200, _success(
                {name: [{"type": kind, "help": ""}] for name, kind in self.known.types.items()}
            )
        if path.startswith("/api/v1/label/"):
            return 200, _success(self.known.label_values(path.split("/")[4], matchers))
        return 404, "404 page not found\n"


def _success(data: object) -> dict[str, object]:
    return {"status": "success", "data": data}
