"""What is measured, and by how much larger or smaller a number is than in the base unit: of Grafana's units and of
metrics by their names."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from provision.catalogue.conventions import unit_of


class Measure(NamedTuple):
    """What a number measures.

    Attributes:
        seconds, bytes, things: their exponents: bytes a second are (-1, 1, 0), a share is (0, 0, 0).
        factor: the number for one of the base unit: 1000 for milliseconds, 100 for a share in percent.
    """

    seconds: int
    bytes: int
    things: int
    factor: float = 1.0

    @property
    def base(self) -> tuple[int, int, int]:
        """What is measured, whatever the factor. Of things that something else is counted for nothing is left: bytes
        for each request are bytes."""
        things = self.things if self.bytes == 0 and self.seconds != 1 else 0
        return self.seconds, self.bytes, things


SHARE: Final = (0, 0, 0)
SECONDS: Final = (1, 0, 0)
THINGS: Final = (0, 0, 1)
NAMES: Final = {
    SECONDS: "seconds",
    (0, 1, 0): "bytes",
    (-1, 1, 0): "bytes a second",
    SHARE: "a share",
    THINGS: "a count",
    (-1, 0, 1): "a count a second",
}
"""What people call what is measured; of anything else nothing is said."""

_BYTES: Final = {"": 1.0} | {
    f"{dec}{letter}": (1000.0 if dec else 1024.0) ** -power
    for power, letter in enumerate("kmgtp", 1)
    for dec in ("", "dec")
}
_RATES: Final = {
    f"{letter}{i}{unit}": (8.0 if unit.startswith("bit") or unit == "bits" else 1.0)
    * (1024.0 if i else 1000.0) ** -power
    for power, letter in enumerate("KMGTP", 1)
    for i, unit in (("i", "Bs"), ("i", "bits"), ("", "Bs"), ("", "bits"))
}

UNITS: Final[dict[str, Measure]] = {
    **{unit: Measure(1, 0, 0) for unit in ("s", "dtdurations", "clocks", "dthms", "dtdhms")},
    **{unit: Measure(1, 0, 0, 1e3) for unit in ("ms", "dtdurationms", "clockms")},
    **{
        f"dateTime{form}": Measure(1, 0, 0, 1e3)
        for form in ("AsIso", "AsIsoNoDateIfToday", "AsUS", "AsUSNoDateIfToday", "AsLocal", "AsLocalNoDateIfToday",
                     "AsSystem", "FromNow")
    },
    "µs": Measure(1, 0, 0, 1e6),
    "ns": Measure(1, 0, 0, 1e9),
    "m": Measure(1, 0, 0, 1 / 60),
    "h": Measure(1, 0, 0, 1 / 3600),
    "d": Measure(1, 0, 0, 1 / 86400),
    **{f"{prefix}bytes": Measure(0, 1, 0, factor) for prefix, factor in _BYTES.items()},
    "decbytes": Measure(0, 1, 0),
    **{unit: Measure(0, 1, 0, 8.0) for unit in ("bits", "decbits")},
    **{unit: Measure(-1, 1, 0) for unit in ("Bps", "binBps")},
    **{unit: Measure(-1, 1, 0, 8.0) for unit in ("bps", "binbps")},
    **{unit: Measure(-1, 1, 0, factor) for unit, factor in _RATES.items()},
    "percentunit": Measure(0, 0, 0),
    "percent": Measure(0, 0, 0, 100.0),
    **{
        unit: Measure(-1, 0, 1)
        for unit in ("reqps", "ops", "cps", "rps", "wps", "iops", "eps", "mps", "recps", "rowsps", "pps", "hertz")
    },
    **{
        unit: Measure(-1, 0, 1, 60.0)
        for unit in ("cpm", "opm", "reqpm", "rpm", "wpm", "epm", "mpm", "recpm", "rowspm")
    },
}  # fmt: skip
"""Grafana's units of time, data, shares and rates. Those that are left out, such as `short`, contradict nothing."""

_UNSURE: Final = re.compile(
    r"byte|octet|bits?(?:_|$)|second|time|duration|latency|cpu|usage|joule|watt|milli|micro|nano|traffic|size|memory|percent"
    r"|ratio|load|age(?:_|$)|cost|price|_ms(?:_|$)|_us(?:_|$)|_ns(?:_|$)"
)
"""Words in the name of a counter that may say what it counts, where its last word isn't a unit."""


def of_metric(name: str) -> Measure | None:
    """What a metric measures by its name; None when that isn't certain."""
    unit = unit_of(name)
    if unit:
        return UNITS.get(unit)
    if ":" in name:
        return None
    if name.endswith("_info"):
        return Measure(0, 0, 0)
    for ending in ("_total", "_count", "_bucket"):
        stem = name.removesuffix(ending)
        if stem != name and (ending != "_total" or (stem.endswith("s") and not _UNSURE.search(stem))):
            # Anything may be called a count; that of a histogram stands beside a unit.
            return Measure(0, 0, 1) if ending == "_total" or unit_of(stem) else None
    return None
