from grafanalib.core import Dashboard, DashboardLink, DataLink, Target, Threshold, Time, TimeSeries

dashboard = Dashboard(
    title="Links",
    time=Time("now-7d", "now-1h"),
    links=[
        DashboardLink(
            title="Others",
            type="dashboards",
            asDropdown=True,
            includeVars=True,
            keepTime=True,
            tags=["fleet"],
            targetBlank=True,
        ),
        DashboardLink(title="Fleet", uri="d/fleet", type="link"),
    ],
    panels=[
        TimeSeries(
            title="With links",
            links=[
                DataLink("Runbook", linkUrl="https://example.org/run?x=${__field.labels.job}", isNewTab=True)
            ],
            targets=[Target(expr="up", interval="1m", intervalFactor=1, step=30)],
            thresholds=[Threshold("green", 0, 0.0), Threshold("red", 1, 1.0)],
            thresholdType="percentage",
            thresholdsStyleMode="area",
            overrides=[
                {
                    "matcher": {"id": "byName", "options": "web"},
                    "properties": [{"id": "color", "value": {"mode": "fixed", "fixedColor": "purple"}}],
                }
            ],
            stacking={"mode": "normal", "group": "A"},
            scaleDistributionType="log",
            scaleDistributionLog=10,
            tooltipMode="multi",
            legendDisplayMode="table",
            legendPlacement="right",
            legendCalcs=["mean", "lastNotNull", "max"],
            valueMin=0,
            valueMax=1,
            valueDecimals=2,
        ),
    ],
)
