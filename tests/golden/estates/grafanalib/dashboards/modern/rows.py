"""Rows that are panels: open, collapsed, with panels inside, and a row in a row."""

from grafanalib.core import Dashboard, GridPos, RowPanel, Stat, Target, Text, TimeSeries


def _series(title, **options):
    return TimeSeries(title=title, targets=[Target(expr=f"{title.lower()}_total")], **options)


dashboard = Dashboard(
    title="Rows",
    panels=[
        Text(content="Above all rows"),
        RowPanel(title="Open"),
        _series("One", gridPos=GridPos(h=8, w=12, x=0, y=10)),
        _series("Two", gridPos=GridPos(h=8, w=12, x=12, y=10)),
        RowPanel(title="Open, with panels inside", panels=[_series("Three"), _series("Four")]),
        RowPanel(
            title="Collapsed",
            collapsed=True,
            panels=[_series("Five"), Stat(title="Six", targets=[Target(expr="six")])],
        ),
        RowPanel(title="Empty", collapsed=True),
    ],
).auto_panel_ids()
