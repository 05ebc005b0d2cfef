"""How Prometheus' API is asked: in a URL or, where a query is too long for one, by a form; how large the answer may be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from provision.client.answer import Answer
from provision.client.prometheus_answers import data
from provision.client.session import Session

_LONGEST_GET = 4000
"""Characters of a query that still go into a URL; longer ones are posted, which reads just as well."""

_MOST_BYTES = 64 << 20
"""How large any answer may be."""

_MOST_SAMPLED_BYTES = 16 << 20
"""How large the answer to a query may be of which nobody knows how many series it has."""

_REFUSALS = frozenset({400, 413, 414, 422, 500, 503, 504})
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def get(session: Session, path: str, params: Mapping[str, Any] | None = None) -> Any:
    """The data of the answer to a GET.

    Raises:
        Unreachable, NotAllowed, ServerRefused: as the server answers.
    """
    answer = session.request("GET", path, params=params, most_bytes=_MOST_BYTES)
    return data(answer.json(), session.endpoint.url)


def read(session: Session, path: str, params: Mapping[str, Any]) -> Any:
    """The data of the answer to a query.

    Raises:
        Unreachable, NotAllowed, ServerRefused: as the server answers.
    """
    form, given = _form(params)
    if len(form) <= _LONGEST_GET:
        return get(session, path, given)
    answer = session.request("POST", path, body=form, headers=_FORM, most_bytes=_MOST_BYTES)
    return data(answer.json(), session.endpoint.url)


def ask_once(session: Session, path: str, params: Mapping[str, Any], timeout_seconds: float) -> Answer:
    """What is answered to a query that isn't repeated, a refusal too.

    Raises:
        Unreachable, NotAllowed, ServerRefused: it isn't about the query. Late: no answer within the time.
        TooLarge: the answer is larger than it may be.
    """
    form, given = _form(params)
    if len(form) <= _LONGEST_GET:
        return session.request(
            "GET", path, params=given, allow=_REFUSALS, timeout_seconds=timeout_seconds,
            most_bytes=_MOST_SAMPLED_BYTES, once=True,
        )  # fmt: skip
    return session.request(
        "POST", path, body=form, headers=_FORM, allow=_REFUSALS, timeout_seconds=timeout_seconds,
        most_bytes=_MOST_SAMPLED_BYTES, once=True,
    )  # fmt: skip


def label_in_path(label: str) -> str:
    """The name of a label in a URL; one with other characters than letters, digits and `_` in Prometheus 3's own
    escaping (`U__`, each such character as `_HEX_`)."""
    if re.fullmatch(r"[a-zA-Z_]\w*", label, re.ASCII):
        return label
    escaped = "".join(
        "__" if c == "_" else c if c.isascii() and c.isalnum() else f"_{ord(c):x}_" for c in label
    )
    return quote(f"U__{escaped}", safe="")


def _form(params: Mapping[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """The parameters as a form, and those of them that are set."""
    given = {name: value for name, value in params.items() if value is not None}
    return urlencode(given, doseq=True).encode(), given
