"""Subclasses of dashboards, panels and targets, from a package beside the source."""

from common.classes import HouseDashboard, HouseSeries, PromTarget
from grafanalib.core import GridPos

dashboard = HouseDashboard(
    title="House",
    uid="house",
    panels=[
        HouseSeries(
            title="Ink",
            unit="percentunit",
            gridPos=GridPos(h=8, w=12, x=0, y=0),
            targets=[PromTarget(expr="printer_ink_level / printer_ink_capacity", legendFormat="{{printer}}")],
        ),
        HouseSeries(
            title="Pages",
            team="office",
            gridPos=GridPos(h=8, w=12, x=12, y=0),
            targets=[PromTarget(expr="increase(printer_pages_total[1d])", legendFormat="__auto")],
        ),
    ],
).auto_panel_ids()
