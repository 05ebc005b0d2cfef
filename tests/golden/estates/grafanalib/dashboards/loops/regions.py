# ruff: noqa: UP031  # as people write it
"""A function and a loop: one dashboard a region, in one list."""

from grafanalib.core import Dashboard, GridPos, Stat, Target, TimeSeries

REGIONS = ["eu-west", "us-east", "ap-south"]


def region_dashboard(region, replicas=3):
    panels = []
    for index in range(replicas):
        panels.append(
            TimeSeries(
                title="Replica %d" % index,
                targets=[Target(expr='up{region="%s", replica="%d"}' % (region, index))],
                gridPos=GridPos(h=6, w=8, x=8 * index, y=4),
            )
        )
    panels.append(
        Stat(title="Up", targets=[Target(expr='sum(up{region="%s"})' % region)], gridPos=GridPos(4, 24, 0, 0))
    )
    return Dashboard(title="Region " + region, panels=panels, tags=["region", region]).auto_panel_ids()


dashboards = [region_dashboard(region) for region in REGIONS]
