# ruff: noqa: F403, F405  # a star import, as people write it
"""The oldest style: rows, graphs, single stats, a star import and numbered panels."""

from grafanalib.core import *

dashboard = Dashboard(
    title="Frontend",
    description="Requests of the frontend, as seen by the proxy",
    tags=["frontend", "proxy"],
    refresh="1m",
    sharedCrosshair=True,
    time=Time("now-3h", "now"),
    rows=[
        Row(
            title="Now",
            height=Pixels(120),
            panels=[
                SingleStat(
                    title="Requests",
                    dataSource="Prometheus",
                    targets=[Target(expr='sum(rate(requests_total{job="frontend"}[5m]))', refId="A")],
                    valueName="current",
                    format=OPS_FORMAT,
                    sparkline=SparkLine(show=True),
                    span=4,
                ),
                SingleStat(
                    title="Errors",
                    dataSource="Prometheus",
                    targets=[
                        Target(
                            expr='sum(rate(requests_total{job="frontend",code=~"5.."}[5m]))'
                            ' / sum(rate(requests_total{job="frontend"}[5m]))'
                        )
                    ],
                    format=PERCENT_UNIT_FORMAT,
                    thresholds="0.01,0.05",
                    colorBackground=True,
                    colors=[GREEN, ORANGE, RED],
                    valueMaps=[ValueMap(text="no traffic", value="null", op="=")],
                    span=4,
                ),
                SingleStat(
                    title="Up",
                    dataSource="Prometheus",
                    targets=[Target(expr='min(up{job="frontend"})')],
                    gauge=Gauge(show=True, maxValue=1),
                    postfix=" of 1",
                    span=4,
                ),
            ],
        ),
        Row(
            title="Over time",
            showTitle=True,
            panels=[
                Graph(
                    title="Requests by code",
                    dataSource="Prometheus",
                    targets=[
                        Target(
                            expr='sum by (code) (rate(requests_total{job="frontend"}[5m]))',
                            legendFormat="{{code}}",
                            refId="A",
                        ),
                        Target(expr='sum(requests_open{job="frontend"})', legendFormat="open", refId="B"),
                    ],
                    stack=True,
                    fill=4,
                    nullPointMode=NULL_AS_ZERO,
                    aliasColors={"200": GREEN, "500": RED},
                    seriesOverrides=[SeriesOverride(alias="open", yaxis=2, color="#1F60C4")],
                    yAxes=YAxes(YAxis(format=OPS_FORMAT, min=0), YAxis(format=SHORT_FORMAT)),
                    legend=Legend(alignAsTable=True, rightSide=True, values=True, current=True, avg=True),
                    tooltip=Tooltip(sort=SORT_DESC, valueType=INDIVIDUAL),
                    span=8,
                ),
                Graph(
                    title="Latency",
                    dataSource="Prometheus",
                    targets=[
                        Target(
                            expr=f'histogram_quantile(0.{q}, sum by (le) (rate(request_seconds_bucket{{job="frontend"}}[5m])))',
                            legendFormat=f"p{q}",
                        )
                        for q in (50, 95, 99)
                    ],
                    yAxes=single_y_axis(format=SECONDS_FORMAT, logBase=10),
                    thresholds=[GraphThreshold(value=0.5, op=EVAL_GT, colorMode="critical", line=True)],
                    lineWidth=2,
                    span=4,
                ),
            ],
        ),
    ],
).auto_panel_ids()
