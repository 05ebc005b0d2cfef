"""Why a server refuses a query: it is wrong, too large or too slow, as Prometheus, Mimir and VictoriaMetrics say it."""

from __future__ import annotations

import re

import orjson

from provision.client import failures
from provision.client.answer import Answer
from provision.client.endpoint import Endpoint
from provision.client.prometheus_answers import Refusal
from provision.model import JSON

_LARGE = re.compile(r"too many|too large|exceed|maximum number|more than|\blimit\b", re.IGNORECASE)
_SLOW = re.compile(r"tim(?:ed |e)out|deadline exceeded|context canceled", re.IGNORECASE)
_PREAMBLE = re.compile(r'^(?:invalid parameter "?query"?: )?')


def refusal(answer: Answer, endpoint: Endpoint, path: str) -> Refusal:
    """What a refused query was refused for.

    Args:
        path: what was asked.

    Raises:
        ServerRefused: the server doesn't say.
    """
    said = failures.message_of(answer.headers, answer.body, endpoint.secrets)
    value = _json_or_none(answer.body)
    kind = str(value.get("errorType") or "") if isinstance(value, dict) else ""
    if answer.status == 504 or kind in ("timeout", "canceled") or (kind and _SLOW.search(said)):
        return Refusal("slow", said or "no answer in time")
    if not kind:
        raise failures.refused("GET", path, answer.status, answer.headers, answer.body, endpoint)
    large = answer.status in (413, 422, 503) and _LARGE.search(said)
    return Refusal("large" if large else "wrong", _PREAMBLE.sub("", said) or f"status {answer.status}")


def _json_or_none(body: bytes) -> JSON:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
