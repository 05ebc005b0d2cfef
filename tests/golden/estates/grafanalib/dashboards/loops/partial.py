"""Panels of a table of numbers, made by partial functions; the dashboards are unpacked from a tuple."""

from functools import partial
from itertools import count

from grafanalib.core import BarGauge, Dashboard, GaugePanel, GridPos, Target

_rows = count(step=5)
_gauge = partial(GaugePanel, format="percentunit", max=1)
_bars = partial(BarGauge, format="bytes", displayMode="lcd")

_TABLE = [
    ("CPU", _gauge, "avg(cpu_busy:ratio)"),
    ("Memory", _bars, "sum by (instance) (memory_used_bytes)"),
    ("Disk", _gauge, "max(disk_used:ratio)"),
]


def _panel(title, make, expr):
    y = next(_rows)
    return make(title=title, targets=[Target(expr=expr)], gridPos=GridPos(h=5, w=24, x=0, y=y))


capacity, mirrored = (
    Dashboard(title="Capacity", panels=[_panel(*line) for line in _TABLE]),
    Dashboard(title="Capacity, mirrored", panels=[_panel(*line) for line in reversed(_TABLE)]),
)
