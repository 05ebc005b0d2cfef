"""How Grafana writes the values of a variable: `${job:pipe}` and the other formats, and plain `$job` in PromQL."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from urllib.parse import quote, urlencode


def for_prometheus(value: str | Sequence[str]) -> str:
    """A value, or the values of a variable that allows several, as Grafana puts them into PromQL (its
    `prometheusRegularEscape` and `prometheusSpecialRegexEscape`)."""
    if isinstance(value, str):
        return value.replace("\\", "\\\\").replace("'", "\\\\'")
    escaped = [re.sub(r"[$^*{}\[\]+?.()|]", r"\\\\\g<0>", one.replace("\\", "\\\\\\\\")) for one in value]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


def _regex(_: str, values: Sequence[str]) -> str:
    escaped = [re.sub(r"[\\^$*+?.()|\[\]{}/]", r"\\\g<0>", value) for value in values]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


def glob(_: str, values: Sequence[str]) -> str:
    """One value as it is, several as `{a,b}`."""
    return values[0] if len(values) == 1 else f"{{{','.join(values)}}}"


def _quoted(mark: str, escaped: str) -> Callable[[str, Sequence[str]], str]:
    return lambda _, values: ",".join(f"{mark}{value.replace(mark, escaped)}{mark}" for value in values)


FORMATS: dict[str, Callable[[str, Sequence[str]], str]] = {
    "csv": lambda _, values: ",".join(values),
    "distributed": lambda name, values: f",{name}=".join(values),
    "doublequote": _quoted('"', '\\"'),
    "glob": glob,
    "json": lambda _, values: json.dumps(values[0] if len(values) == 1 else list(values), ensure_ascii=False),
    "percentencode": lambda name, values: quote(glob(name, values), safe=""),
    "pipe": lambda _, values: "|".join(values),
    "queryparam": lambda name, values: urlencode(
        [(f"var-{name}", value) for value in values], quote_via=quote
    ),
    "raw": lambda _, values: ",".join(values),
    "regex": _regex,
    "singlequote": _quoted("'", "\\'"),
    "sqlstring": _quoted("'", "''"),
    "text": lambda _, values: " + ".join(values),
}
"""Grafana's formats by name; one that it doesn't know is written as `glob`."""
