"""What users see of a drill, as events: when requests begin to fail or to be slow, and when that is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from provision.lab.drill.values import Event, Visit

SOURCE: Final = "client"
"""The source that says what users see."""

_GAP_SECONDS: Final = 3.0
"""Requests that fail no further apart are one spell of failures."""

_FEW: Final = 3
"""So many slow requests are worth a line; a single one is nobody's affair."""


def seen_by_users(visits: Sequence[Visit], broken: float, latency_seconds: float) -> list[Event]:
    """What users saw from the break on.

    Args:
        visits: their requests, in the order they were due.
        broken: the break; Unix seconds.
        latency_seconds: the objective's; what takes longer is slow.

    Returns:
        two events for each spell of requests that fail, and of those that are slow: its beginning, with how many and how, and
        the first request after it. One event that all is well when there is no spell.
    """
    since = [visit for visit in visits if visit.due >= broken]
    events = [
        *_spells(since, lambda visit: visit.failed, 1, _failing, "requests succeed again"),
        *_spells(
            since,
            lambda visit: not visit.failed and visit.seconds > latency_seconds,
            _FEW,
            _slow,
            f"requests are answered within {latency_seconds * 1000:.0f} ms again",
        ),
    ]
    if not events and since:
        slowest = max(visit.seconds for visit in since)
        what = f"all {len(since)} requests succeed, the slowest takes {slowest:.2f} s"
        events.append(Event(since[-1].due, SOURCE, what))
    return sorted(events)


def _spells(
    visits: Sequence[Visit],
    bad: Callable[[Visit], bool],
    least: int,
    said: Callable[[Sequence[Visit], int], str],
    over: str,
) -> Iterator[Event]:
    where = [place for place, visit in enumerate(visits) if bad(visit)]
    spells: list[list[int]] = []
    for place in where:
        if spells and visits[place].due - visits[spells[-1][-1]].due <= _GAP_SECONDS:
            spells[-1].append(place)
        else:
            spells.append([place])
    for spell in spells:
        if len(spell) < least:
            continue
        first, last = spell[0], spell[-1]
        what = said([visits[place] for place in spell], last - first + 1)
        yield Event(visits[first].due, SOURCE, what)
        if last + 1 < len(visits):
            yield Event(visits[last + 1].due, SOURCE, over)


def _failing(spell: Sequence[Visit], of: int) -> str:
    """`12 of 40 requests fail in 4.0 s: 9 × 502, 3 × no answer`"""
    how = Counter(str(visit.status) if visit.status else "no answer" for visit in spell)
    ways = ", ".join(f"{count} × {way}" for way, count in how.most_common())
    return f"{_share(spell, of)} fail{_lasting(spell)}: {ways}"


def _slow(spell: Sequence[Visit], of: int) -> str:
    longest = max(visit.seconds for visit in spell)
    return f"{_share(spell, of)} are slow{_lasting(spell)}, up to {longest:.2f} s"


def _share(spell: Sequence[Visit], of: int) -> str:
    return f"{len(spell)} of {of} requests"


def _lasting(spell: Sequence[Visit]) -> str:
    return f" in {spell[-1].due - spell[0].due:.1f} s" if len(spell) > 1 else ""
