"""One dashboard for each panel class of grafanalib, and a few for what stands around panels.

`PANELS` maps the class's name to a function that builds a panel of it, with most of its options in use;
`DASHBOARDS` maps a name to a function that builds a whole dashboard.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grafanalib import core as G
from grafanalib import elasticsearch as ES
from grafanalib import zabbix as Z
from grafanalib.azuredataexplorer import AzureDataExplorerTarget
from grafanalib.azuremonitor import AzureLogsTarget, AzureMonitorMetricsTarget, AzureResourceGraphTarget
from grafanalib.cloudwatch import CloudwatchLogsInsightsTarget, CloudwatchMetricsTarget
from grafanalib.humio import HumioTarget
from grafanalib.influxdb import InfluxDBTarget
from grafanalib.opentsdb import OpenTSDBFilter, OpenTSDBTarget
from grafanalib.weave import QPSGraph

PROM = "prometheus"


def query(expr: str = "up", **options: Any) -> G.Target:
    return G.Target(expr=expr, **options)


def graph() -> G.Graph:
    return G.Graph(
        title="Requests",
        description="By service",
        dataSource=PROM,
        targets=[query("sum by (service) (rate(requests_total[5m]))", legendFormat="{{service}}"), query("b")],
        aliasColors={"api": "#ff0000"},
        dataLinks=[G.DataLink(title="Logs", linkUrl="/explore", isNewTab=True)],
        fill=3,
        legend=G.Legend(
            avg=True, current=True, max=True, alignAsTable=True, rightSide=True, sideWidth=300,
            sort="current", sortDesc=True, hideZero=True, hideEmpty=True,
        ),
        lineWidth=1,
        nullPointMode=G.NULL_AS_ZERO,
        percentage=True,
        pointRadius=3,
        points=True,
        seriesOverrides=[
            G.SeriesOverride(alias="/errors.*/", yaxis=2, color="red", fill=0, dashes=True, dashLength=5),
            G.SeriesOverride(alias="limit", lines=False, fillBelowTo="used", fill=3),
            G.SeriesOverride(alias="deployments", bars=True, fill=3),
            G.SeriesOverride(alias="same as the panel", fill=3),
        ],
        stack=True,
        steppedLine=True,
        thresholds=[
            G.GraphThreshold(value=10.0, colorMode="warning"),
            G.GraphThreshold(value=90.0, colorMode="custom", fillColor=G.RED, lineColor=G.ORANGE, fill=False),
            G.GraphThreshold(value=1.0, op=G.EVAL_LT),
        ],
        tooltip=G.Tooltip(sort=2),
        xAxis=G.XAxis(show=False),
        yAxes=G.YAxes(
            left=G.YAxis(format="reqps", label="requests", min=0, max="100"),
            right=G.YAxis(format="s", logBase=10, decimals=2, label="time"),
        ),
    )  # fmt: skip


def single_stat() -> G.SingleStat:
    return G.SingleStat(
        title="Uptime",
        dataSource=PROM,
        targets=[query("time() - process_start_time_seconds")],
        colorBackground=True,
        colors=[G.GREEN, G.ORANGE, G.RED],
        decimals=1,
        format="s",
        nullText="down",
        sparkline=G.SparkLine(show=True),
        thresholds="60,3600",
        valueName="current",
        valueMaps=[G.ValueMap(text="none", value="0"), G.ValueMap(text="n/a", value="null")],
        prefix="for ",
    )


def single_stat_gauge() -> G.SingleStat:
    return G.SingleStat(
        title="Disk",
        dataSource=PROM,
        targets=[query("disk_used_ratio")],
        format="percentunit",
        gauge=G.Gauge(show=True, minValue=0, maxValue=1, thresholdLabels=True),
        mappingType=G.MAPPING_TYPE_RANGE_TO_TEXT,
        rangeMaps=[
            G.RangeMap(start=0, end=0.1, text="empty"),
            G.RangeMap(start="null", end="null", text="?"),
        ],
        nullPointMode=G.NULL_AS_ZERO,
        thresholds="0.8,0.9",
    )


def time_series() -> G.TimeSeries:
    return G.TimeSeries(
        title="Latency",
        dataSource="${datasource}",
        targets=[query("histogram_quantile(0.95, x)", legendFormat="p95"), query("avg(x)", instant=True)],
        axisLabel="seconds",
        fillOpacity=10,
        interval="1m",
        legendCalcs=["mean", "max"],
        legendDisplayMode="hidden",
        links=[G.DataLink(title="Runbook", linkUrl="https://example.org/runbook")],
        overrides=[
            {
                "matcher": {"id": "byName", "options": "p95"},
                "properties": [
                    {"id": "custom.hideFrom", "value": {"viz": True, "tooltip": False, "legend": False}},
                    {"id": "thresholds", "value": {"mode": "absolute", "steps": [{"color": "blue", "value": None}]}},
                    {"id": "mappings", "value": [{"type": 1, "value": "1", "text": "one"}]},
                ],
            }
        ],
        repeat=G.Repeat(direction="h", variable="service", maxPerRow=4),
        scaleDistributionType="log",
        stacking={"mode": "normal", "group": "A"},
        thresholds=[G.Threshold("green", 0, 0.0), G.Threshold("red", 1, 0.2)],
        thresholdsStyleMode="line",
        timeFrom="6h",
        transformations=[{"id": "labelsToFields", "options": {}}, {"id": "timeSeriesTable", "options": {"refIdToStat": {"A": "mean"}}}],
        transparent=True,
        unit="s",
        valueMin=0,
    )  # fmt: skip


def stat() -> G.Stat:
    return G.Stat(
        title="Errors",
        dataSource=PROM,
        targets=[query("sum(errors)", instant=True)],
        alignment="centre",
        color="red",
        decimals=2,
        format="percentunit",
        mappings=[
            G.StatValueMappings(
                G.StatValueMappingItem("down", "0", "red"), G.StatValueMappingItem("up", "1")
            ),
            G.StatRangeMappings("many", 2, 10, color="orange"),
            G.StatValueMapping("five", "5"),
            G.StatRangeMapping("beyond", startValue="11", endValue="99"),
            G.StatMapping("no number", mapValue="null"),
        ],
        reduceCalc="total",
        thresholds=[{"color": "green", "value": None}, {"color": "red", "value": 0.01}],
    )


def table() -> G.Table:
    return G.Table(
        title="Targets",
        dataSource=PROM,
        targets=[query("up", format="table", instant=True)],
        colorMode="palette-classic",
        columns=[G.Column("Avg", "avg"), G.Column("Now", "current")],
        displayMode="color-background",
        filterable=True,
        mappings=[G.StatValueMappings(G.StatValueMappingItem("down", "0", "red"))],
        overrides=[
            {
                "matcher": {"id": "byName", "options": "Value"},
                "properties": [
                    {"id": "custom.displayMode", "value": "lcd-gauge"},
                    {"id": "custom.hidden", "value": True},
                ],
            }
        ],
        sortBy=[G.TableSortByField(displayName="job", desc=True)],
        unit="short",
    )


def table_with_styles() -> G.Table:
    return G.Table(
        title="Old table",
        dataSource=PROM,
        targets=[query("up")],
        extraJson={
            "transform": G.ROWS_TRANSFORM,
            "styles": [
                G.ColumnStyle(pattern="/.*/", type=G.NumberColumnStyleType(unit="bytes", decimals=1)),
                G.ColumnStyle(alias="Time", pattern="Time", type=G.DateColumnStyleType()),
                G.ColumnStyle(pattern="instance", type=G.HiddenColumnStyleType()),
                G.ColumnStyle(
                    alias="State", pattern="/state.*/", align="right",
                    link=True, linkUrl="/d/x", linkTooltip="Open", linkOpenInNewTab=True,
                    type=G.StringColumnStyleType(
                        colorMode="row", thresholds=["1", "2"], valueMaps=[G.ValueMap("up", "1")],
                    ),
                ),
            ],
        },
    )  # fmt: skip


def bar_gauge() -> G.BarGauge:
    return G.BarGauge(
        title="Memory",
        dataSource=PROM,
        targets=[query("memory")],
        calc="last",
        dataLinks=[G.DataLink(title="Host", linkUrl="/d/host")],
        decimals=1,
        format="bytes",
        label="$__field_name",
        limit=5,
        max=1000,
        thresholdType="percentage",
        valueMaps=[G.ValueMap(text="none", value="0")],
    )


def gauge() -> G.GaugePanel:
    return G.GaugePanel(
        title="Load",
        dataSource=PROM,
        targets=[query("node_load1")],
        calc="mean",
        format="short",
        label="load",
        max=8,
        thresholdLabels=True,
        thresholds=[G.Threshold("red", 1, 4.0)],
        valueMaps=[G.ValueMap(text="idle", value="0")],
    )


def heatmap() -> G.Heatmap:
    return G.Heatmap(
        title="Durations",
        dataSource=PROM,
        targets=[query("sum by (le) (rate(x_bucket[5m]))", format="heatmap", legendFormat="{{le}}")],
        dataFormat="tsbuckets",
        color=G.HeatmapColor(colorScheme="interpolateYlOrRd", min=100, max=0),
        hideZeroBuckets=True,
        legend={"show": True},
        reverseYBuckets=True,
        yAxis=G.YAxis(format="s", decimals=2, min="0", label="took"),
        yBucketBound="upper",
        cards={"cardPadding": 3, "cardRound": 2},
    )


def heatmap_of_series() -> G.Heatmap:
    return G.Heatmap(
        title="Temperatures",
        dataSource=PROM,
        targets=[query("temperature")],
        color=G.HeatmapColor(mode="opacity", colorScale="linear", cardColor="#ff0000"),
        xBucketSize="1h",
        yBucketNumber=10,
        yAxis=G.YAxis(logBase=2, show=False),
    )


def worldmap() -> G.Worldmap:
    return G.Worldmap(
        title="Visitors",
        dataSource=PROM,
        targets=[query("sum by (country) (visits)", legendFormat="{{country}}")],
        aggregation="current",
        decimals=1,
        mapCenter="custom",
        mapCenterLatitude=48,
        mapCenterLongitude=11,
        mouseWheelZoom=True,
        unitPlural="visitors",
    )


def discrete() -> G.Discrete:
    return G.Discrete(
        title="States",
        dataSource=PROM,
        targets=[query("state")],
        units="short",
        colorMaps=[G.DiscreteColorMappingItem("up", "green"), G.DiscreteColorMappingItem("3", "red")],
        rangeMaps=[G.RangeMap(start=1, end=2, text="up")],
        valueMaps=[G.ValueMap(text="down", value="0")],
        showLegend=False,
        writeAllValues=True,
    )


def status_map() -> G.Statusmap:
    return G.Statusmap(
        title="Hosts",
        dataSource=PROM,
        targets=[query("host_state")],
        color=G.StatusmapColor(
            mode="discrete",
            thresholds=[{"color": "green", "tooltip": "up", "value": 1}, {"color": "red", "value": 0}],
        ),
    )


def alert_list() -> G.AlertList:
    return G.AlertList(
        title="Firing",
        limit=20,
        nameFilter="Traefik",
        onlyAlertsOnDashboard=False,
        sortOrder=G.SORT_IMPORTANCE,
        stateFilter=[G.ALERTLIST_STATE_ALERTING, G.ALERTLIST_STATE_PENDING],
    )


def zabbix_triggers() -> Z.ZabbixTriggersPanel:
    return Z.ZabbixTriggersPanel(
        dataSource="Zabbix",
        title="Triggers",
        triggers=Z.ZabbixTrigger(group="hosts"),
        links=[G.DashboardLink(title="All", type="link", uri="/d/all")],
    )


def bar_chart() -> G.BarChart:
    return G.BarChart(
        title="By code", dataSource=PROM, targets=[query("sum by (code) (x)")], stacking="normal",
        showLegend=False, orientation="horizontal",
    )  # fmt: skip


PANELS: dict[str, Callable[[], Any]] = {
    "Ae3ePlotly": lambda: G.Ae3ePlotly(
        title="Plot", dataSource=PROM, targets=[query()], layout={"title": "x"}, configuration={"displayModeBar": False}
    ),
    "AlertList": alert_list,
    "BarChart": bar_chart,
    "BarGauge": bar_gauge,
    "DashboardList": lambda: G.DashboardList(
        title="Others", showSearch=True, searchTags=["traefik"], searchQuery="sla", maxItems=5
    ),
    "Discrete": discrete,
    "GaugePanel": gauge,
    "Graph": graph,
    "Heatmap": heatmap,
    "Histogram": lambda: G.Histogram(
        title="Spread", dataSource=PROM, targets=[query()], bucketSize=5, combine=True, legendDisplayMode="table"
    ),
    "Logs": lambda: G.Logs(
        title="Logs", dataSource={"type": "loki", "uid": "loki"}, targets=[query('{job="x"}')], showTime=True
    ),
    "News": lambda: G.News(title="News", feedUrl="https://example.org/feed", useProxy=True),
    "Panel": lambda: _Plain(title="A panel of one's own", dataSource=PROM, targets=[query()]),
    "PieChart": lambda: G.PieChart(
        title="Shares", dataSource=PROM, targets=[query()], aliasColors={"a": "red"}, format="short",
        legendType="Under graph", pieType="donut", showLegendPercentage=True,
    ),
    "PieChartv2": lambda: G.PieChartv2(
        title="Shares", dataSource=PROM, targets=[query()], legendValues=["percent"], pieType="donut", unit="s"
    ),
    "RowPanel": lambda: G.RowPanel(title="A row", collapsed=True, panels=[text()], repeat=G.Repeat(variable="service")),
    "SingleStat": single_stat,
    "Stat": stat,
    "StateTimeline": lambda: G.StateTimeline(title="States", dataSource=PROM, targets=[query()], showValue="never"),
    "Statusmap": status_map,
    "Table": table,
    "Text": lambda: text(),
    "TimeSeries": time_series,
    "Worldmap": worldmap,
    "ZabbixTriggersPanel": zabbix_triggers,
    "ePict": lambda: G.ePict(
        title="Plan", dataSource=PROM, targets=[query()], bgURL="https://example.org/plan.png",
        boxes=[G.ePictBox(xpos=10, ypos=20, thresholds="1,2")],
    ),
}  # fmt: skip
"""grafanalib's panel classes but `Svg`, which is refused."""


def text(content: str = "Hello", **options: Any) -> G.Text:
    return G.Text(title="Notes", content=content, mode=G.TEXT_MODE_TEXT, **options)


class _Plain(G.Panel):
    """A panel class as authors write them: for a plug-in that grafanalib doesn't know."""

    def to_json_data(self) -> Any:
        return self.panel_json({"type": "acme-funnel-panel", "options": {"depth": 3}, "own": 1})


def old_rows() -> G.Dashboard:
    """Rows of 12 columns: heights in pixels, spans, one collapsed, one repeated."""
    return G.Dashboard(
        title="Rows",
        rows=[
            G.Row(panels=[stat(), graph()]),
            G.Row(
                title="Second",
                height=G.Pixels(300),
                panels=[G.Stat(title=f"s{i}", span=3, dataSource=PROM, targets=[query()]) for i in range(6)],
            ),
            G.Row(title="Folded", collapse=True, panels=[G.Text(title="folded", content="x", height="100px")]),
            G.Row(title="$service", repeat="service", showTitle=True, panels=[G.Text(title="wide", content="x", span=12)]),
        ],
    ).auto_panel_ids()  # fmt: skip


def settings() -> G.Dashboard:
    """What stands around panels: variables, annotations, links, times."""
    return G.Dashboard(
        title="Settings",
        uid="settings",
        description="What stands around panels",
        annotations=G.Annotations(
            list=[
                {"name": "Deployments", "datasource": PROM, "enable": True, "expr": "changes(x[1m]) > 0"},
                {"name": "Own", "datasource": "-- Grafana --", "enable": True, "filter": {"exclude": False, "ids": [2]}},
            ]
        ),
        hideControls=True,
        inputs=[G.DataSourceInput(name="DS_PROM", label="Prometheus", pluginId="prometheus", pluginName="Prometheus")],
        links=[
            G.DashboardLink(title="Others", tags=["a"], asDropdown=True, keepTime=True),
            G.ExternalLink(uri="https://example.org", title="Home"),
        ],
        panels=[
            time_series(),
            G.TimeSeries(title="One", dataSource="${datasource}", targets=[query()]),
            G.Stat(
                title="Shared",
                dataSource="-- Dashboard --",
                targets=[{"refId": "A", "panelId": 2, "datasource": "-- Dashboard --"}],
            ),
            G.TimeSeries(title="Mixed", targets=[query(datasource="a"), query("x", datasource="b")]),
            G.Text(title="Nothing to ask", content="x"),
        ],
        refresh=None,
        sharedCrosshair=True,
        tags=["x"],
        templating=G.Templating(
            list=[
                G.Template(name="datasource", type="datasource", query="prometheus", default="Prometheus"),
                G.Template(
                    name="service", query="label_values(up, service)", dataSource="${datasource}",
                    includeAll=True, multi=True, default="All", refresh=G.REFRESH_NEVER, label="Service",
                ),
                G.Template(name="interval", type="interval", query="1m,5m", default="1m"),
                G.Template(name="auto", type="interval", query="1m,5m", default="1m", auto=True),
                G.Template(name="colour", type="custom", query="red,green", default="green", hide=G.HIDE_LABEL),
                G.Template(name="limit", type="constant", query="5"),
                G.Template(name="words", type="textbox", query="x", default="x"),
                G.Template(name="filters", type="adhoc", query="", dataSource=PROM),
            ]
        ),
        time=G.Time("now-6h", "now"),
        timePicker=G.TimePicker(refreshIntervals=["1m"], timeOptions=["1h"], nowDelay="1m"),
        timezone="browser",
    ).auto_panel_ids()  # fmt: skip


def targets() -> G.Dashboard:
    """Queries of every plug-in that grafanalib has a class for."""
    by_plugin: dict[str, list[Any]] = {
        "CloudWatch": [
            CloudwatchMetricsTarget(
                namespace="AWS/EC2", metricName="CPU", dimensions={"id": "x"}, statistics=["Sum", "Maximum"], refId="A"
            ),
            CloudwatchLogsInsightsTarget(expression="fields @message", logGroupNames=["x"]),
        ],
        "Elasticsearch": [
            ES.ElasticsearchTarget(
                query="*", metricAggs=[ES.AverageMetricAgg(field="took", inline="_value*2")],
                bucketAggs=[ES.TermsGroupBy(field="host", id=1), ES.DateHistogramGroupBy(id=2)],
            )
        ],
        "InfluxDB": [InfluxDBTarget(query="SELECT 1", alias="x")],
        "OpenTSDB": [OpenTSDBTarget(metric="cpu", filters=[OpenTSDBFilter(value="*", tag="host")])],
        "Azure": [AzureMonitorMetricsTarget(metricName="x"), AzureLogsTarget(query="x"), AzureResourceGraphTarget(query="x")],
        "ADX": [AzureDataExplorerTarget(database="d", query="q")],
        "Humio": [HumioTarget(humioQuery="count()")],
        "Zabbix": [Z.zabbixMetricTarget("app", "group", "host", "item", functions=[Z.ZabbixSetAliasFunction("x")])],
        "MySQL": [G.SqlTarget(rawSql="SELECT 1", format="table")],
        "Graphite": [G.Target(target="a.b.c")],
        "-- Grafana --": [{"queryType": "randomWalk"}],
    }  # fmt: skip
    return G.Dashboard(
        title="Targets",
        panels=[
            G.TimeSeries(title=name, dataSource=name, targets=wanted) for name, wanted in by_plugin.items()
        ],
    )


def flow() -> G.Dashboard:
    """Panels with and without positions, under rows, one of them collapsed, one wrongly expanded."""
    return G.Dashboard(
        title="Flow",
        panels=[
            G.Stat(title="a", gridPos=G.GridPos(h=4, w=6, x=0, y=0)),
            G.Stat(title="b", span=4),
            G.Stat(title="c", height="400px"),
            G.RowPanel(title="Expanded", panels=[G.Stat(title="d"), G.Stat(title="e"), G.Stat(title="f")]),
            G.RowPanel(title="Folded", collapsed=True, panels=[G.Stat(title="g"), G.Stat(title="h")]),
            G.RowPanel(title="Last"),
            G.Stat(title="d"),
        ],
    )


def weave() -> G.Dashboard:
    """grafanalib's own helper for request rates."""
    return G.Dashboard(title="Weave", panels=[QPSGraph("prom", "QPS", ["a", "b", "c", "d", "e"])])


def series_axis() -> G.Dashboard:
    """Graphs whose x axis is series."""
    axis = G.XAxis(mode="series", values=["current"])
    return G.Dashboard(
        title="Series",
        panels=[
            G.Graph(title="chart", dataSource=PROM, targets=[query()], xAxis=axis),
            G.Graph(title="gauge", dataSource=PROM, targets=[query()], xAxis=axis, legend=G.Legend(avg=True)),
        ],
    )


DASHBOARDS: dict[str, Callable[[], G.Dashboard]] = {
    "flow": flow,
    "old_rows": old_rows,
    "series_axis": series_axis,
    "settings": settings,
    "targets": targets,
    "variants": lambda: G.Dashboard(
        title="Variants", panels=[single_stat_gauge(), table_with_styles(), heatmap_of_series()]
    ),
    "weave": weave,
    **{
        name: lambda build=build, name=name: G.Dashboard(title=name, uid=name, panels=[build()])  # type: ignore[misc]
        for name, build in PANELS.items()
    },
}
