"""The words a name is made of, and how many letters two names differ in."""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+")

UNITS: Final = frozenset({"seconds", "milliseconds", "microseconds", "ms", "us", "bytes", "ratio", "percent"})
SUFFIXES: Final = UNITS | {"total", "bucket", "sum", "count", "created", "info"}
"""Words that say how something is measured rather than what."""

TELLING: Final = frozenset(
    [
        "active",
        "available",
        "created",
        "current",
        "denied",
        "discarded",
        "drop",
        "drops",
        "dropped",
        "errors",
        "error",
        "errs",
        "evicted",
        "expired",
        "fail",
        "failed",
        "failure",
        "failures",
        "free",
        "hits",
        "idle",
        "in",
        "limit",
        "limits",
        "max",
        "mean",
        "min",
        "misses",
        "missed",
        "out",
        "pending",
        "received",
        "receive",
        "rejected",
        "retries",
        "sent",
        "success",
        "successful",
        "timeout",
        "timeouts",
        "transmit",
        "transmitted",
        "unused",
        "usage",
        "used",
        "waiting",
    ]
)
"""Words that make what is counted another thing."""

_SAME: Final = (
    ("latency", "duration"),
    ("mem", "memory"),
    ("req", "reqs", "request", "requests"),
    ("resp", "response", "responses"),
    ("conn", "conns", "connection", "connections"),
    ("msg", "msgs", "message", "messages"),
    ("error", "errors", "errs", "failed", "failure", "failures"),
    ("recv", "rx", "receive", "received"),
    ("sent", "tx", "transmit", "transmitted"),
    ("avg", "mean", "average"),
    ("fs", "filesystem"),
    ("net", "network"),
    ("avail", "available"),
)
SYNONYMS: Final = {word: frozenset(group) - {word} for group in _SAME for word in group}
"""Words that name the same."""


def words(name: str) -> list[str]:
    """The words of a name in lower case: of `node_memory_MemFree_bytes` node, memory, mem, free, bytes."""
    return [word.lower() for word in _WORD.findall(name)]


def distance(left: str, right: str, most: int) -> int:
    """How many letters to insert, remove, change or swap with their neighbour make one text of the other; `most` + 1
    when it takes more. (Optimal string alignment.)"""
    if abs(len(left) - len(right)) > most:
        return most + 1
    start = 0
    shorter = min(len(left), len(right))
    while start < shorter and left[start] == right[start]:
        start += 1
    end = 0
    while end < shorter - start and left[-1 - end] == right[-1 - end]:
        end += 1
    left, right = left[start : len(left) - end], right[start : len(right) - end]
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, letter in enumerate(left, 1):
        before2, before, row = before, row, [i]
        for j, other in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                cost = min(cost, before2[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
