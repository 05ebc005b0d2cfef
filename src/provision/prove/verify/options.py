"""What the query of a variable gives: Grafana's functions for Prometheus, then the variable's regex and sorting."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from provision.client.prometheus import Prometheus, Sample
from provision.errors import ProvisionError
from provision.prove.check.patterns import Found, Unanswered, matches

Ask = Callable[[str, str], Sequence[str]]
"""The query of a variable, its own variables replaced, and the uid or name of the data source, to the texts that it
gives."""

_LABEL_VALUES: Final = re.compile(
    r"label_values\((?:(?P<filter>.+),)?\s*(?P<label>[^,(){}\s]+)\s*\)", re.DOTALL
)
_LABEL_NAMES: Final = re.compile(r"label_names\((?P<pattern>.*)\)", re.DOTALL)
_METRICS: Final = re.compile(r"metrics\(\s*(?P<pattern>.*?)\s*\)", re.DOTALL)
_QUERY_RESULT: Final = re.compile(r"query_result\(\s*(?P<expr>.+?)\s*\)", re.DOTALL)
_LONGEST_OPTION: Final = 2000
_MOST_OPTIONS: Final = 10_000
_DIGITS: Final = re.compile(r"\d+")
_SORTS: Final = {
    "alphabeticalAsc": 1, "alphabeticalDesc": 2, "numericalAsc": 3, "numericalDesc": 4,
    "alphabeticalCaseInsensitiveAsc": 5, "alphabeticalCaseInsensitiveDesc": 6, "naturalAsc": 7, "naturalDesc": 8,
}  # fmt: skip
"""What the second generation calls the ways of sorting."""


def asked(
    query: str, client: Prometheus, start: float | None = None, end: float | None = None
) -> Sequence[str]:
    """The texts that a query gives, between two moments (Unix seconds).

    Raises:
        Unreachable, ServerRefused: as the server answers.
    """
    query = query.strip()
    if match := _LABEL_VALUES.fullmatch(query):
        selector = (match["filter"] or "").strip()
        matchers = [selector] if selector and selector.replace(" ", "") != "{}" else []
        return client.label_values(match["label"], matchers, start, end)
    if match := _LABEL_NAMES.fullmatch(query):
        pattern = match["pattern"].strip()
        matchers = [f'{{__name__=~".*{pattern}.*"}}'] if pattern else []
        return [name for name in client.label_names(matchers, start, end) if name != "__name__"]
    if match := _METRICS.fullmatch(query):
        return client.label_values("__name__", [f'{{__name__=~"{match["pattern"]}"}}'], start, end)
    if match := _QUERY_RESULT.fullmatch(query):
        return [_result(sample) for sample in client.query(match["expr"], end)]
    return [_series(labels) for labels in client.series([query], start, end, _MOST_OPTIONS)] if query else []


def _result(sample: Sample) -> str:
    value = f"{sample.value:.0f}" if sample.value.is_integer() else f"{sample.value!r}"
    return f"{_series(sample.labels)} {value} {sample.time * 1000:.0f}"


def _series(labels: Mapping[str, str]) -> str:
    written = ",".join(f'{name}="{value}"' for name, value in labels.items() if name != "__name__")
    return f"{labels.get('__name__', '')}{{{written}}}"


def matching(pattern: str, options: Sequence[str]) -> list[str]:
    """The options that match a variable's regex, `/…/` or plain; a group's text when it has one, each once.

    Raises:
        ProvisionError: it can't be read, or might take for ever.
    """
    if not pattern:
        return list(dict.fromkeys(options))
    body = re.fullmatch(r"/(.*)/(\w*)", pattern, re.DOTALL)
    text, flags = (body[1], body[2]) if body else (pattern, "")
    try:
        found = matches(
            _python_groups(text), [option[:_LONGEST_OPTION] for option in options], ignore_case="i" in flags
        )
    except Unanswered as error:
        raise ProvisionError(f"the regex {pattern!r} {error}") from None
    taken = (
        _taken(option, each if "g" in flags else each[:1])
        for option, each in zip(options, found, strict=True)
    )
    return list(dict.fromkeys(value for values in taken for value in values))


def _taken(option: str, matches: Sequence[Found]) -> list[str]:
    if not matches:
        return []
    for match in matches:
        if value := match.named.get("value") or match.named.get("text"):
            return [value]
    if not matches[0].groups:
        return [option]
    return [match.groups[0] or "" for match in matches]


def _python_groups(pattern: str) -> str:
    """JavaScript writes a named group `(?<name>…)`."""
    return re.sub(r"\(\?<(?=\w)", "(?P<", pattern)


def ordered(options: Sequence[str], sort: Any) -> list[str]:
    """The options as the variable's `sort` says: a number, or its name in the second generation."""
    number = _SORTS.get(sort, 0) if isinstance(sort, str) else sort if isinstance(sort, int) else 0
    keys: dict[int, Callable[[str], Any]] = {
        1: lambda text: text,
        2: lambda text: int(found[0]) if (found := _DIGITS.search(text)) else -1,
        3: str.lower,
        4: _natural,
    }
    key = keys.get((number + 1) // 2)
    if key is None:
        return list(options)
    listed = sorted(options, key=key)
    return listed[::-1] if number % 2 == 0 else listed


def _natural(text: str) -> list[tuple[int, int, str]]:
    """Numbers within texts by their size."""
    return [
        (0, int(part), "") if part.isdigit() else (1, 0, part.lower())
        for part in re.split(r"(\d+)", text)
        if part
    ]
