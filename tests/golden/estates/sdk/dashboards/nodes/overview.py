"""Rows, variables, annotations and links, with helpers from a package; a builder that is never built."""

from _common.panels import DATASOURCE, line, number, query
from grafana_foundation_sdk.builders.dashboard import (
    AnnotationQuery,
    Dashboard,
    DashboardLink,
    DatasourceVariable,
    IntervalVariable,
    QueryVariable,
    Row,
    TimePicker,
)
from grafana_foundation_sdk.models.common import TimeZoneBrowser
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    VariableHide,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

builder = (
    Dashboard("Nodes")
    .uid("nodes")
    .description("Machines of one cluster")
    .tags(["generated", "nodes"])
    .refresh("30s")
    .time("now-30m", "now")
    .timezone(TimeZoneBrowser)
    .timepicker(TimePicker().refresh_intervals(["30s", "1m"]))
    .tooltip(DashboardCursorSync.CROSSHAIR)
    .link(DashboardLink("Others").type(DashboardLinkType.DASHBOARDS).tags(["nodes"]).as_dropdown(True))
    .annotation(
        AnnotationQuery()
        .name("Reboots")
        .datasource(DATASOURCE)
        .expr("changes(node_boot_time_seconds[1m]) > 0")
        .icon_color("red")
        .enable(True)
    )
    .with_variable(DatasourceVariable("datasource").type("prometheus").label("Source"))
    .with_variable(
        QueryVariable("instance")
        .datasource(DATASOURCE)
        .query('label_values(up{job="node"}, instance)')
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
        .multi(True)
        .include_all(True)
        .current(VariableOption(selected=True, text="All", value="$__all"))
    )
    .with_variable(
        IntervalVariable("window")
        .values("1m,5m,1h")
        .current(VariableOption(text="5m", value="5m"))
        .hide(VariableHide.HIDE_LABEL)
    )
    .with_row(Row("Now"))
    .with_panel(number("Up").with_target(query('sum(up{job="node",instance=~"$instance"})')))
    .with_panel(number("Load").with_target(query('avg(node_load1{instance=~"$instance"})')))
    .with_row(Row("Processors"))
    .with_panel(
        line("Busy", "percentunit")
        .min(0)
        .max(1)
        .with_target(
            query(
                '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle",instance=~"$instance"}[$window]))',
                "{{instance}}",
            )
        )
    )
    .with_panel(
        line("Load")
        .with_target(query('node_load1{instance=~"$instance"}', "{{instance}}"))
        .with_target(query("count(node_load1)", "nodes"))
    )
    .with_row(
        Row("Disks")
        .collapsed(True)
        .with_panel(
            line("Reads", "Bps").with_target(
                query(
                    'rate(node_disk_read_bytes_total{instance=~"$instance"}[$__rate_interval])', "{{device}}"
                )
            )
        )
    )
)
