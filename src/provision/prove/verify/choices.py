"""What a dashboard's variables stand for when it is opened: what Grafana would choose and put into the queries."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from provision.author.durations import seconds
from provision.client.prometheus import Prometheus, Sample
from provision.errors import ProvisionError
from provision.promql.variables import Value, substitute

_ALL = "$__all"
_WIDTH = 1000
"""Points in a panel that doesn't say how many; about what a screen has room for."""

_LABEL_VALUES = re.compile(r"label_values\(\s*(?:(?P<selector>.+),)?\s*(?P<label>\w+)\s*\)\s*")
_METRICS = re.compile(r"metrics\(\s*(?P<pattern>.*?)\s*\)\s*")
_QUERY_RESULT = re.compile(r"query_result\(\s*(?P<expr>.*?)\s*\)\s*", re.DOTALL)
_CUSTOM = re.compile(r"(?:[^,\\]|\\.)+")


def built_in(dashboard: Mapping[str, Any], panel: Mapping[str, Any], scrape_seconds: float) -> dict[str, str]:
    """The variables that Grafana itself sets for a panel's queries.

    Args:
        dashboard: its JSON.
        panel: its JSON.
        scrape_seconds: the time between two scrapes, as the data source says.
    """
    over = range_seconds(dashboard)
    points = panel.get("maxDataPoints") or _WIDTH
    least = _plain_seconds(str(panel.get("interval") or "").lstrip(">"), scrape_seconds)
    interval = max(_rounded(over / points), least)
    # Grafana's own formula: at least four scrapes, and one more than a step.
    rate_interval = max(interval + least, 4 * least)
    return {
        "__interval": _duration(interval),
        "__interval_ms": f"{interval * 1000:.0f}",
        "__rate_interval": _duration(rate_interval),
        "__rate_interval_ms": f"{rate_interval * 1000:.0f}",
        "__range": f"{over:.0f}s",
        "__range_s": f"{over:.0f}",
        "__range_ms": f"{over * 1000:.0f}",
        "__dashboard": str(dashboard.get("title", "")),
    }


def range_seconds(dashboard: Mapping[str, Any]) -> float:
    """How far back the dashboard looks when it is opened, in seconds; an hour when it says something unusual."""
    time = dashboard.get("time") or {}
    since = str(time.get("from", "now-1h"))
    return _plain_seconds(since.removeprefix("now-"), 3600) if time.get("to", "now") == "now" else 3600


def chosen(
    variables: Sequence[Mapping[str, Any]], client: Prometheus, built_ins: Mapping[str, str], source: str
) -> dict[str, Value]:
    """What each variable of a dashboard stands for: a value, or the list of those chosen.

    Args:
        variables: `templating.list` of the dashboard; a query may use those before it.
        built_ins: what Grafana itself sets.
        source: the uid of the data source.

    Raises:
        ServerRefused: Prometheus refuses a variable's query.
        Unreachable: it doesn't answer.
        ProvisionError: a variable's regex can't be read.
    """
    values: dict[str, Value] = dict(built_ins)
    for variable in variables:
        values[variable["name"]] = _value(variable, client, values, source)
    return values


def _value(variable: Mapping[str, Any], client: Prometheus, known: Mapping[str, Value], source: str) -> Value:
    kind = variable.get("type", "query")
    current = (variable.get("current") or {}).get("value")
    if kind == "datasource":
        return source
    if kind in ("constant", "textbox"):
        return str(current or variable.get("query") or "")
    options = _options(kind, variable, client, known)
    wanted = [str(value) for value in current] if isinstance(current, list) else [str(current or "")]
    every = bool(variable.get("includeAll"))
    picked = [value for value in wanted if value in options]
    if every and (_ALL in wanted or not picked):
        if variable.get("allValue"):
            return str(variable["allValue"])
        return options or ".*"
    if not picked:
        picked = options[:1]
    if variable.get("multi") or every:
        return picked
    return picked[0] if picked else ""


def _options(
    kind: str, variable: Mapping[str, Any], client: Prometheus, known: Mapping[str, Value]
) -> list[str]:
    query = variable.get("query") or variable.get("definition") or ""
    text = str(query.get("query", "") if isinstance(query, dict) else query)
    if kind in ("custom", "interval"):
        return [_custom_value(option) for option in _CUSTOM.findall(text)]
    if kind != "query":
        return []
    return _matching(str(variable.get("regex") or ""), _asked(substitute(text, known), client))


def _custom_value(option: str) -> str:
    """`text : value`, or just the value."""
    name, colon, value = option.replace("\\,", ",").partition(" : ")
    return (value if colon else name).strip()


def _asked(query: str, client: Prometheus) -> Sequence[str]:
    """What a query of a variable gives: Grafana's functions for Prometheus, or a plain expression."""
    query = query.strip()
    if match := _LABEL_VALUES.fullmatch(query):
        return client.label_values(match["label"], [match["selector"]] if match["selector"] else ())
    if match := _METRICS.fullmatch(query):
        return tuple(name for name in client.label_values("__name__") if re.search(match["pattern"], name))
    match = _QUERY_RESULT.fullmatch(query)
    found = client.query(match["expr"] if match else query) if query else ()
    return [_written(sample) for sample in found]


def _written(sample: Sample) -> str:
    labels = ",".join(f'{name}="{value}"' for name, value in sample.labels.items() if name != "__name__")
    return f"{sample.labels.get('__name__', '')}{{{labels}}} {sample.value:g}"


def _matching(pattern: str, options: Sequence[str]) -> list[str]:
    """The options that match a variable's regex, `/…/` or plain; a group's text when it has one."""
    if not pattern:
        return list(options)
    body = re.fullmatch(r"/(.*)/\w*", pattern, re.DOTALL)
    try:
        compiled = re.compile(_python_groups(body[1] if body else pattern))
    except re.error as error:
        raise ProvisionError(f"the regex {pattern!r} can't be read: {error}") from None
    found = []
    for option in options:
        if match := compiled.search(option):
            groups = match.groupdict()
            found.append(
                groups.get("value") or groups.get("text") or (match[1] if match.groups() else option)
            )
    return list(dict.fromkeys(found))


def _python_groups(pattern: str) -> str:
    """JavaScript writes a named group `(?<name>…)`."""
    return re.sub(r"\(\?<(?=\w)", "(?P<", pattern)


def _plain_seconds(duration: str, otherwise: float) -> float:
    try:
        return seconds(duration)
    except ValueError:
        return otherwise


def _rounded(length: float) -> float:
    """Up to whole seconds; Grafana rounds to steps of its own, which are about as long."""
    return float(max(1, round(length)))


def _duration(length: float) -> str:
    return f"{length:.0f}s" if length == int(length) else f"{length * 1000:.0f}ms"
