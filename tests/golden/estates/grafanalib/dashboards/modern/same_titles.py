"""Titles that occur more than once, of panels and of dashboards, and panels without any."""

from grafanalib.core import Dashboard, RowPanel, Target, TimeSeries


def _cpu(mode=None):
    return TimeSeries(
        title="CPU", targets=[Target(expr=f'rate(cpu_seconds_total{{mode="{mode}"}}[5m])' if mode else "cpu")]
    )


def _panels():
    return [
        RowPanel(title="Nodes"),
        _cpu("user"),
        _cpu("system"),
        RowPanel(title="Nodes"),
        _cpu(),
        _cpu(),
        TimeSeries(targets=[Target(expr="one")]),
        TimeSeries(targets=[Target(expr="two")]),
    ]


left = Dashboard(title="Twin", uid="twin-left", panels=_panels())
right = Dashboard(title="Twin", uid="twin-right", panels=_panels()[::-1])
