"""Data sources as names, dictionaries, variables, nothing and a mixture."""

from grafanalib.core import Dashboard, DataSourceInput, SqlTarget, Target, Template, Templating, TimeSeries

PROM = {"type": "prometheus", "uid": "prometheus"}

dashboard = Dashboard(
    title="Sources",
    inputs=[
        DataSourceInput(name="DS_METRICS", label="Metrics", pluginId="prometheus", pluginName="Prometheus")
    ],
    templating=Templating(
        list=[
            Template(name="ds", type="datasource", query="prometheus"),
            Template(name="x", query="up", dataSource=PROM),
        ]
    ),
    panels=[
        TimeSeries(title="By name", dataSource="Prometheus", targets=[Target(expr="up")]),
        TimeSeries(title="By reference", dataSource=PROM, targets=[Target(expr="up")]),
        TimeSeries(
            title="By variable",
            dataSource="${ds}",
            targets=[Target(expr="up"), Target(expr="down", datasource="$ds")],
        ),
        TimeSeries(title="Nothing said", targets=[Target(expr="up")]),
        TimeSeries(title="Said default", dataSource="default", targets=[Target(expr="up")]),
        TimeSeries(title="Input", dataSource="${DS_METRICS}", targets=[Target(expr="up")]),
        TimeSeries(
            title="Mixed",
            dataSource="-- Mixed --",
            targets=[
                Target(expr="up", datasource="Prometheus"),
                Target(expr='{job="x"}', datasource={"type": "loki", "uid": "loki"}),
            ],
        ),
        TimeSeries(
            title="On the query only",
            targets=[Target(expr="up", datasource=PROM), Target(expr="up == 0", datasource=PROM)],
        ),
        TimeSeries(
            title="Another's result",
            dataSource="-- Dashboard --",
            extraJson={"targets": [{"panelId": 1, "refId": "A"}]},
        ),
        TimeSeries(
            title="SQL",
            dataSource="Warehouse",
            targets=[
                SqlTarget(
                    rawSql="SELECT $__time(at), total FROM orders WHERE $__timeFilter(at)",
                    format="time_series",
                )
            ],
        ),
    ],
).auto_panel_ids()
