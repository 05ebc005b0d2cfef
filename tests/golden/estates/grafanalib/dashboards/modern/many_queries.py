"""More queries than letters, some with names of their own and one name twice."""

from grafanalib.core import Dashboard, Target, TimeSeries

dashboard = Dashboard(
    title="Many queries",
    panels=[
        TimeSeries(
            title="Quantiles",
            targets=[
                Target(expr=f"quantile(0.{n:02}, latency_seconds)", legendFormat=f"0.{n:02}")
                for n in range(1, 41)
            ],
        ),
        TimeSeries(
            title="Named",
            targets=[
                Target(expr="a", refId="total"),
                Target(expr="b", refId="B"),
                Target(expr="c", refId="B"),
                Target(expr="d"),
            ],
        ),
    ],
).auto_panel_ids()
