"""Panels beyond graphs, with the options that people set."""

from grafanalib.core import (
    AlertList,
    BarChart,
    BarGauge,
    Dashboard,
    DashboardList,
    Discrete,
    DiscreteColorMappingItem,
    GaugePanel,
    Heatmap,
    HeatmapColor,
    Histogram,
    News,
    PieChart,
    PieChartv2,
    RangeMap,
    Stat,
    StateTimeline,
    StatRangeMappings,
    StatValueMappingItem,
    StatValueMappings,
    Target,
    Text,
    Threshold,
    ValueMap,
    Worldmap,
)

T = [Target(expr="x", legendFormat="{{name}}")]

dashboard = Dashboard(
    title="Gallery",
    panels=[
        Stat(
            title="State",
            targets=T,
            reduceCalc="lastNotNull",
            colorMode="background",
            graphMode="none",
            textMode="value_and_name",
            mappings=[
                StatValueMappings(
                    StatValueMappingItem("Up", "1", "green"), StatValueMappingItem("Down", "0", "red")
                ),
                StatRangeMappings("Many", 2, 9, "blue"),
            ],
        ),
        Stat(
            title="Thresholds",
            targets=T,
            thresholds=[Threshold("red", 0, 0.0), Threshold("orange", 1, 90.0), Threshold("green", 2, 99.5)],
            format="percent",
            decimals=1,
        ),
        GaugePanel(title="Gauge", targets=T, min=0, max=100, thresholdLabels=True, calc="max"),
        BarGauge(
            title="Bars",
            targets=T,
            orientation="vertical",
            displayMode="gradient",
            rangeMaps=[{"from": 0, "to": 1, "text": "low", "type": 2, "id": 0}],
        ),
        Heatmap(
            title="Heat",
            targets=[
                Target(expr="sum by (le) (rate(x_bucket[1m]))", format="heatmap", legendFormat="{{le}}")
            ],
            dataFormat="tsbuckets",
            color=HeatmapColor(),
            hideZeroBuckets=True,
        ),
        Histogram(title="Histogram", targets=T, bucketSize=5),
        PieChart(title="Old pie", targets=T, pieType="donut", format="bytes"),
        PieChartv2(title="Pie", targets=T, legendPlacement="right", legendValues=["percent"]),
        BarChart(title="Bar chart", targets=T, orientation="horizontal"),
        StateTimeline(
            title="Timeline",
            targets=T,
            mappings=[{"type": "value", "options": {"0": {"text": "off", "color": "red"}}}],
        ),
        Discrete(
            title="Discrete",
            targets=T,
            colorMaps=[DiscreteColorMappingItem("on", "green")],
            valueMaps=[ValueMap(text="on", value="1", op="=")],
            rangeMaps=[RangeMap(start="0", end="1", text="low")],
        ),
        Worldmap(title="Map", targets=T, locationData="countries"),
        Text(title="Text", content="plain <text>", mode="text"),
        News(title="News", feedUrl="https://example.org/feed.xml"),
        DashboardList(title="List", showStarred=False, showSearch=True, searchQuery="fleet", maxItems=5),
        AlertList(title="Alerts", limit=20, stateFilter=["alerting"]),
    ],
).auto_panel_ids()
