"""Prometheus' HTTP API: what it is, what it holds, what its rules and targets are doing, and its reload."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from provision.client.probe import expect
from provision.client.prometheus_answers import (
    Labels,
    LoadedGroup,
    LoadedRule,
    Metadata,
    Refusal,
    Sample,
    ScrapeTarget,
    Series,
    Statistics,
    data,
    expected,
    loaded_group,
    samples,
    scrape_target,
    series_of,
    statistics,
)
from provision.client.prometheus_refusals import refusal
from provision.client.prometheus_requests import ask_once, get, label_in_path, read
from provision.client.session import Session
from provision.errors import NotAllowed, ServerRefused, TooLarge

__all__ = [
    "Labels",
    "LoadedGroup",
    "LoadedRule",
    "Metadata",
    "Prometheus",
    "Refusal",
    "Sample",
    "ScrapeTarget",
    "Series",
    "Statistics",
]

_RELOAD_SECONDS = 300.0


class Prometheus:
    """One Prometheus, or what speaks its API.

    Attributes:
        slack_seconds: how much longer than the server may take over a query its answer is waited for; at most as long
            again.
    """

    def __init__(self, session: Session, slack_seconds: float = 5.0) -> None:
        self.session = session
        self.slack_seconds = slack_seconds

    @property
    def url(self) -> str:
        """Its address, without credentials."""
        return self.session.endpoint.url

    def version(self) -> str:
        """The version it says it is, such as `2.42.0+ds`; empty for a build that doesn't know.

        Raises:
            Unreachable: it doesn't answer, or isn't a Prometheus.
        """
        return str(expect(self.session, "Prometheus")["data"]["version"])

    def ready(self) -> bool:
        """Whether it has started and answers queries."""
        return self.session.request("GET", "/-/ready", allow={404, 503}).status == 200

    def query(self, expr: str, at: float | None = None) -> tuple[Sample, ...]:
        """The value of an expression at a moment (Unix seconds; none: now). A scalar is one sample without labels;
        of a range, each series gives its last sample.

        Raises:
            ServerRefused: the expression is wrong or can't be evaluated.
        """
        result = read(self.session, "/api/v1/query", {"query": expr, "time": at})
        with expected(self.url):
            kind = result["resultType"]
        if kind == "string":
            raise ServerRefused(f"{expr!r} is text, not a number", status=400, where=self.url)
        with expected(self.url):
            return samples(result)

    def attempt(
        self, expr: str, *, at: float | None = None, timeout_seconds: float
    ) -> tuple[Sample, ...] | Refusal:
        """As `query`, but it is asked once, for so long at most, and that it is refused is an answer.

        Raises:
            Unreachable, NotAllowed, ServerRefused: it isn't about the query. Late: no answer at all.
        """
        found = self._attempted("/api/v1/query", {"query": expr, "time": at}, timeout_seconds)
        if isinstance(found, Refusal):
            return found
        with expected(self.url):
            return samples(found)

    def attempt_measured(
        self, expr: str, *, at: float | None = None, timeout_seconds: float
    ) -> tuple[tuple[Sample, ...], Statistics | None] | Refusal:
        """As `attempt`, and what the query cost; None where the server doesn't tell (Prometheus does since 2.37)."""
        # "all" asks for the samples of each step too, which Mimir refuses.
        params = {"query": expr, "time": at, "stats": "true"}
        found = self._attempted("/api/v1/query", params, timeout_seconds)
        if isinstance(found, Refusal):
            return found
        with expected(self.url):
            return samples(found), statistics(found)

    def _attempted(self, path: str, params: Mapping[str, Any], timeout_seconds: float) -> Any:
        """The data of the answer to a query that is asked once, or the Refusal."""
        try:
            # A number counts seconds; of durations, Thanos takes whole ones only.
            answer = ask_once(
                self.session,
                path,
                {**params, "timeout": f"{timeout_seconds:g}"},
                timeout_seconds + min(self.slack_seconds, timeout_seconds),
            )
        except TooLarge as error:
            return Refusal("large", error.what)
        if answer.status >= 300:
            return refusal(answer, self.session.endpoint, path)
        return data(answer.json(), self.url)

    def query_range(self, expr: str, start: float, end: float, step: float) -> tuple[Series, ...]:
        """The values of an expression from `start` to `end` (Unix seconds), `step` seconds apart. Native histograms
        have no points.

        Raises:
            ServerRefused: the expression is wrong or can't be evaluated.
        """
        result = read(
            self.session, "/api/v1/query_range", {"query": expr, "start": start, "end": end, "step": step}
        )
        with expected(self.url):
            return series_of(result)

    def attempt_range(
        self, expr: str, start: float, end: float, step: float, *, timeout_seconds: float
    ) -> tuple[Series, ...] | Refusal:
        """As `query_range`, but it is asked once, for so long at most, and that it is refused is an answer.

        Raises:
            Unreachable, NotAllowed, ServerRefused: it isn't about the query. Late: no answer at all.
        """
        params = {"query": expr, "start": start, "end": end, "step": step}
        found = self._attempted("/api/v1/query_range", params, timeout_seconds)
        if isinstance(found, Refusal):
            return found
        with expected(self.url):
            return series_of(found)

    def series(
        self,
        matchers: Iterable[str],
        start: float | None = None,
        end: float | None = None,
        limit: int | None = None,
    ) -> tuple[Labels, ...]:
        """The labels of every series that one of the matchers selects, between two moments (Unix seconds); of so many
        at most, where the server knows that limit (Prometheus since 2.53)."""
        params = {"match[]": list(matchers), "start": start, "end": end, "limit": limit}
        found = read(self.session, "/api/v1/series", params)
        with expected(self.url):
            return tuple(dict(each.items()) for each in found)

    def label_values(
        self,
        label: str,
        matchers: Iterable[str] = (),
        start: float | None = None,
        end: float | None = None,
    ) -> tuple[str, ...]:
        """The values that a label has, sorted; with matchers, in the series that one of them selects, between two
        moments (Unix seconds; none: as far back as the server looks unasked)."""
        path = f"/api/v1/label/{label_in_path(label)}/values"
        return self._texts(path, {"match[]": list(matchers) or None, "start": start, "end": end})

    def label_names(
        self, matchers: Iterable[str] = (), start: float | None = None, end: float | None = None
    ) -> tuple[str, ...]:
        """The names of the labels there are, or of the series that one of the matchers selects; as `label_values`."""
        return self._texts("/api/v1/labels", {"match[]": list(matchers) or None, "start": start, "end": end})

    def metadata(self, metric: str | None = None) -> dict[str, tuple[Metadata, ...]]:
        """What targets say of metrics: name → what was said; several when targets disagree."""
        found = get(self.session, "/api/v1/metadata", {"metric": metric})
        with expected(self.url):
            return {
                name: tuple(Metadata(one["type"], one["help"], one.get("unit", "")) for one in said)
                for name, said in found.items()
            }

    def rules(self) -> tuple[LoadedGroup, ...]:
        """The rule groups in force."""
        found = get(self.session, "/api/v1/rules")
        with expected(self.url):
            return tuple(loaded_group(each) for each in found["groups"])

    def targets(self) -> tuple[ScrapeTarget, ...]:
        """What it scrapes."""
        found = get(self.session, "/api/v1/targets", {"state": "active"})
        with expected(self.url):
            return tuple(scrape_target(each) for each in found["activeTargets"])

    def config(self) -> str:
        """The configuration in force, as YAML; the server hides its secrets."""
        found = get(self.session, "/api/v1/status/config")
        with expected(self.url):
            return str(found["yaml"])

    def flags(self) -> dict[str, str]:
        """What it was started with, flag → value; empty when it doesn't say."""
        answer = self.session.request("GET", "/api/v1/status/flags", allow={404})
        if answer.status != 200:
            return {}
        with expected(self.url):
            return {str(flag): str(value) for flag, value in data(answer.json(), self.url).items()}

    def formatted(self, expr: str) -> str | None:
        """The expression as the server writes it; None when it is too old to say (before 2.38).

        Raises:
            ServerRefused: the server can't parse it.
        """
        answer = self.session.request("GET", "/api/v1/format_query", params={"query": expr}, allow={404})
        return str(data(answer.json(), self.url)) if answer.status == 200 else None

    def reload(self) -> None:
        """Have it read its configuration and rule files again; returns when it has.

        Raises:
            NotAllowed: its reload is turned off.
            ServerRefused: it can't load them; what was in force stays in force.
        """
        answer = self.session.request(
            "POST", "/-/reload", allow={403, 404, 405, 500}, timeout_seconds=_RELOAD_SECONDS
        )
        if answer.status < 300:
            return
        said = answer.body.decode(errors="replace").strip()
        if answer.status == 500:
            raise ServerRefused(f"it could not reload: {said[:500]}", status=500, where=self.url)
        if "ifecycle" in said or answer.status != 403:
            raise NotAllowed(
                "its reload is turned off",
                status=answer.status,
                where=self.url,
                remedy="start Prometheus with --web.enable-lifecycle",
            )
        raise NotAllowed(
            "POST /-/reload isn't allowed", status=403, where=self.url, remedy="allow it to the account"
        )

    def _texts(self, path: str, params: Mapping[str, Any]) -> tuple[str, ...]:
        found = get(self.session, path, params)
        with expected(self.url):
            if not all(isinstance(each, str) for each in found or ()):
                raise TypeError
            return tuple(found or ())
