"""How long something takes, in the unit that suits it: `215 ms`, `2 hours`."""

from __future__ import annotations

import math

from provision.show.numerals import fixed

# Each unit: (below this absolute value, divide by, word); years as Grafana divides them.
Steps = tuple[tuple[float, float, str], ...]
TIMES: dict[str, Steps] = {
    "ns": ((1e3, 1, "ns"), (1e6, 1e3, "µs"), (1e9, 1e6, "ms"), (6e10, 1e9, "s"), (3.6e12, 6e10, "min"),
           (8.64e13, 3.6e12, "hour"), (math.inf, 8.64e13, "day")),
    "µs": ((1e3, 1, "µs"), (1e6, 1e3, "ms"), (math.inf, 1e6, "s")),
    "ms": ((1e3, 1, "ms"), (6e4, 1e3, "s"), (3.6e6, 6e4, "min"), (8.64e7, 3.6e6, "hour"),
           (3.1536e10, 8.64e7, "day"), (math.inf, 3.1536e10, "year")),
    "s": ((1e-6, 1e-9, "ns"), (1e-3, 1e-6, "µs"), (1, 1e-3, "ms"), (60, 1, "s"), (3600, 60, "min"),
          (86400, 3600, "hour"), (604800, 86400, "day"), (31536000, 604800, "week"), (math.inf, 3.15569e7, "year")),
    "m": ((60, 1, "min"), (1440, 60, "hour"), (10080, 1440, "day"), (604800, 10080, "week"),
          (math.inf, 5.25948e5, "year")),
    "h": ((24, 1, "hour"), (168, 24, "day"), (8760, 168, "week"), (math.inf, 8760, "year")),
    "d": ((7, 1, "day"), (365, 7, "week"), (math.inf, 365, "year")),
}  # fmt: skip
_PLURAL = {"min", "hour", "day", "week", "year"}


def time_text(value: float, steps: Steps, decimals: int | None) -> str:
    """A time such as `215 ms`; `steps` are those of its unit."""
    if value == 0 and steps is TIMES["s"]:
        return "0 s"
    _, divisor, word = next(step for step in steps if abs(value) < step[0])
    # 1e-9 has no exact float: dividing by it is less exact than multiplying by its inverse.
    scaled = value / divisor if divisor >= 1 else value * round(1 / divisor)
    plural = "s" if word in _PLURAL and abs(scaled) > 1 and (divisor > 1 or word == "day") else ""
    return f"{fixed(scaled, decimals)} {word}{plural}"
