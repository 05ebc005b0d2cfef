"""What clients ask for: a steady mix of pages, albums made and deleted, pictures, a missing page, an error and a slow
answer, some of it over TLS.

The mix isn't left to chance: every 200 requests hold one error and one slow answer, evenly spread, so that a healthy
lab stays well inside its objective in any window.
"""

from __future__ import annotations

from dataclasses import dataclass

from provision.lab.gallery.collection import SAMPLES

_WEIGHTS = {
    "/": 60,
    "/album": 100,
    "POST /album": 8,
    "POST /picture": 4,
    "POST /delete": 8,
    "/missing": 10,
    "tls /": 8,
    "/slow": 1,
    "/error": 1,
}
"""How many of 200. `/album` is one of the samples; a picture goes into an album that the clients have made, and what
they have made they delete."""

_LAST = "POST /delete"
"""Comes at the end of its part of the 200, so that a picture can be added between an album's beginning and its end."""


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """One request.

    Attributes:
        method: `GET` or `POST`.
        page: one of the mix, such as `/album`.
        path: what is asked for; for what is done to an album that the clients have made, only its end.
        tls: whether it goes over TLS.
    """

    method: str
    page: str
    path: str
    tls: bool = False


def mix() -> tuple[PlannedRequest, ...]:
    """200 requests in the proportions of the mix, each kind evenly spread."""
    slots = sorted(
        ((number + (1 if kind == _LAST else 0.5)) / weight, order, kind, number)
        for order, (kind, weight) in enumerate(_WEIGHTS.items())
        for number in range(weight)
    )
    return tuple(_planned(kind, number) for _, _, kind, number in slots)


def _planned(kind: str, number: int) -> PlannedRequest:
    words = kind.split()
    page = words[-1]
    path = f"/album/{number % SAMPLES + 1}" if kind == "/album" else page
    return PlannedRequest("POST" if "POST" in words else "GET", page, path, "tls" in words)
