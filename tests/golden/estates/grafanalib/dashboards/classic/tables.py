from grafanalib.core import (
    Column,
    ColumnSort,
    ColumnStyle,
    Dashboard,
    DateColumnStyleType,
    HiddenColumnStyleType,
    NumberColumnStyleType,
    StringColumnStyleType,
    Table,
    Target,
)

_EXTRA = {
    "styles": [
        ColumnStyle(alias="Seen", pattern="Time", type=DateColumnStyleType()),
        ColumnStyle(pattern="__name__", type=HiddenColumnStyleType()),
        ColumnStyle(
            alias="Share",
            pattern="Value #A",
            type=NumberColumnStyleType(
                unit="percentunit",
                decimals=1,
                colorMode="cell",
                thresholds=["0.8", "0.9"],
                colors=["green", "orange", "red"],
            ),
        ),
        ColumnStyle(alias="Host", pattern="instance", type=StringColumnStyleType()),
        ColumnStyle(pattern="/.*/", type=NumberColumnStyleType(unit="short", decimals=2)),
    ],
    "columns": [Column("Avg", "avg"), Column("Current", "current")],
    "sort": ColumnSort(col=1, desc=True),
    "transform": "timeseries_aggregations",
}

dashboard = Dashboard(
    title="Tables",
    panels=[
        Table(
            title="Disks",
            dataSource="Prometheus",
            targets=[Target(expr="1 - disk_free_bytes / disk_size_bytes", format="table", instant=True)],
            extraJson=_EXTRA,
        ),
        Table(
            title="Hosts",
            targets=[
                Target(expr='up{job="node"}', format="table", instant=True, legendFormat="{{instance}}")
            ],
            displayMode="color-background",
            filterable=True,
            fontSize="80%",
            showHeader=True,
        ),
    ],
)
