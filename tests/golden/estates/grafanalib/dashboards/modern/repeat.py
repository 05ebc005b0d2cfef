from grafanalib.core import (
    Dashboard,
    GridPos,
    Repeat,
    RowPanel,
    Stat,
    Target,
    Template,
    Templating,
    TimeSeries,
)

dashboard = Dashboard(
    title="Repeated",
    templating=Templating(
        [
            Template(
                "job",
                "label_values(up, job)",
                dataSource="Prometheus",
                multi=True,
                includeAll=True,
                default="All",
            ),
            Template(
                "node",
                'label_values(up{job="$job"}, instance)',
                dataSource="Prometheus",
                multi=True,
                default=["a", "b"],
            ),
        ]
    ),
    panels=[
        RowPanel(title="$job", repeat=Repeat("v", "job"), gridPos=GridPos(h=1, w=24, x=0, y=0)),
        Stat(
            title="$node",
            repeat=Repeat("h", "node", 4),
            targets=[Target(expr='up{job="$job",instance="$node"}')],
            gridPos=GridPos(h=3, w=6, x=0, y=1),
        ),
        TimeSeries(
            title="Each",
            repeat=Repeat("v", "node"),
            targets=[Target(expr='rate(x_total{instance=~"${node:regex}"}[$__rate_interval])')],
            gridPos=GridPos(h=8, w=24, x=0, y=4),
        ),
    ],
)
