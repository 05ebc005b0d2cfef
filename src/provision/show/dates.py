"""Points in time, as dates and by how far away they are."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_TOKENS: dict[str, Callable[[datetime], str]] = {
    "YYYY": lambda when: f"{when.year:04d}",
    "YY": lambda when: f"{when.year % 100:02d}",
    "MMMM": lambda when: f"{when:%B}",
    "MMM": lambda when: f"{when:%b}",
    "MM": lambda when: f"{when.month:02d}",
    "M": lambda when: str(when.month),
    "dddd": lambda when: f"{when:%A}",
    "ddd": lambda when: f"{when:%a}",
    "DD": lambda when: f"{when.day:02d}",
    "D": lambda when: str(when.day),
    "HH": lambda when: f"{when.hour:02d}",
    "H": lambda when: str(when.hour),
    "hh": lambda when: f"{when.hour % 12 or 12:02d}",
    "h": lambda when: str(when.hour % 12 or 12),
    "mm": lambda when: f"{when.minute:02d}",
    "m": lambda when: str(when.minute),
    "ss": lambda when: f"{when.second:02d}",
    "s": lambda when: str(when.second),
    "SSS": lambda when: f"{when.microsecond // 1000:03d}",
    "A": lambda when: "AM" if when.hour < 12 else "PM",
    "a": lambda when: "am" if when.hour < 12 else "pm",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TOKEN = re.compile(r"\[([^\]]*)\]|" + "|".join(sorted(_TOKENS, key=len, reverse=True)))


def date_text(milliseconds: float, pattern: str) -> str:
    """The time so long after 1970 in UTC, in a pattern of moment.js such as `YYYY-MM-DD HH:mm:ss`."""
    try:
        when = _EPOCH + timedelta(milliseconds=math.trunc(milliseconds))
    except OverflowError:
        return "Invalid date"

    def written(token: re.Match[str]) -> str:
        return token[1] if token[1] is not None else _TOKENS[token[0]](when)

    return _TOKEN.sub(written, pattern)


def from_now(seconds: float) -> str:
    """How far away a time is: `in 10 minutes`; rounded as Grafana rounds: 45 of one unit already count as one of the next,
    and so on."""
    distance = abs(seconds)
    minutes, hours, days = (math.floor(distance / unit + 0.5) for unit in (60, 3600, 86400))
    months, years = math.floor(days / 30.436875 + 0.5), math.floor(days / 365.2425 + 0.5)
    words = (
        (distance < 44.5, "a few seconds"),
        (minutes <= 1, "a minute"),
        (minutes < 45, f"{minutes} minutes"),
        (hours <= 1, "an hour"),
        (hours < 22, f"{hours} hours"),
        (days <= 1, "a day"),
        (days < 26, f"{days} days"),
        (months <= 1, "a month"),
        (months < 11, f"{months} months"),
        (years <= 1, "a year"),
        (True, f"{years} years"),
    )
    text = next(word for fits, word in words if fits)
    return f"in {text}" if seconds > 0 else f"{text} ago"
