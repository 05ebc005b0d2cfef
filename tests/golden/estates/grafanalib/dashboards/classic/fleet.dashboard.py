"""Every kind of template variable, annotations, links and a time picker of its own."""

import grafanalib.core as G

dashboard = G.Dashboard(
    title="Fleet",
    uid="fleet",
    timezone="utc",
    timePicker=G.TimePicker(refreshIntervals=["30s", "5m"], timeOptions=["1h", "24h"], nowDelay="1m"),
    annotations=G.Annotations(
        list=[
            {
                "name": "Deployments",
                "datasource": "Prometheus",
                "expr": 'changes(deployed_timestamp_seconds{cluster=~"$cluster"}[1m]) > 0',
                "step": "60s",
                "iconColor": "purple",
                "enable": True,
                "titleFormat": "{{version}}",
                "tagKeys": "cluster",
            },
            {
                "name": "Tagged",
                "datasource": "-- Grafana --",
                "type": "tags",
                "tags": ["release"],
                "enable": False,
            },
        ]
    ),
    links=[
        G.DashboardLink(uri="db/frontend", keepTime=True, title="Frontend", type="link"),
        G.ExternalLink(uri="https://example.org/runbook", title="Runbook", keepTime=False),
    ],
    templating=G.Templating(
        list=[
            G.Template(
                name="datasource", type="datasource", query="prometheus", default="Prometheus", label="Source"
            ),
            G.Template(
                name="cluster",
                dataSource="$datasource",
                query="label_values(up, cluster)",
                multi=True,
                includeAll=True,
                allValue=".*",
                default="All",
                refresh=G.REFRESH_ON_TIME_RANGE_CHANGE,
                sort=G.SORT_ALPHA_ASC,
            ),
            G.Template(
                name="node",
                dataSource="$datasource",
                query='label_values(up{cluster=~"$cluster"}, instance)',
                regex="/([^:]+):.*/",
                default="n1",
            ),
            G.Template(name="quantile", type="custom", query="0.5 : median, 0.95, 0.99", default="0.95"),
            G.Template(name="window", type="interval", query="1m,5m,1h", default="5m", auto=True),
            G.Template(name="search", type="textbox", query="", label="Search"),
            G.Template(name="limit", type="constant", query="100", hide=G.HIDE_VARIABLE),
            G.Template(name="filter", type="adhoc", dataSource="$datasource", query=""),
        ]
    ),
    rows=[
        G.Row(
            repeat=G.Repeat("h", "cluster"),
            title="Cluster $cluster",
            showTitle=True,
            panels=[
                G.Graph(
                    title="CPU",
                    dataSource="$datasource",
                    targets=[
                        G.Target(
                            expr='sum by (instance) (rate(cpu_seconds_total{cluster="$cluster",instance=~"$node.*"}[$window]))',
                            legendFormat="{{instance}}",
                        )
                    ],
                    yAxes=G.single_y_axis(format=G.PERCENT_UNIT_FORMAT, max=1),
                ),
                G.Graph(
                    title="Latency, quantile $quantile",
                    dataSource="${datasource}",
                    targets=[
                        G.Target(
                            expr='topk($limit, histogram_quantile($quantile, sum by (le, path) (rate(request_seconds_bucket{cluster="$cluster",path=~".*$search.*"}[$window]))))'
                        )
                    ],
                    nullPointMode="connected",
                ),
            ],
        ),
        G.Row(
            title="Details",
            collapse=True,
            panels=[G.Text(title="Read me", content="# Fleet\nAll of it.", mode="markdown")],
        ),
    ],
)
