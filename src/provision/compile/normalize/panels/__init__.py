"""What each panel type of grafanalib's becomes: one converter a type, in `CONVERTERS`.

A converter changes the panel in place: `type`, `options` and `fieldConfig` are then as Grafana 12.4 has them.
What an author laid over a removed panel with `extraJson` in the present form wins. `MODERN` are the types that
are part of Grafana; `REFUSED` those of plug-ins that no longer run and have no successor of the same look.
"""

from __future__ import annotations

from collections.abc import Callable

from provision.compile.normalize.panels.geomap import worldmap
from provision.compile.normalize.panels.graph import graph
from provision.compile.normalize.panels.heatmap import heatmap
from provision.compile.normalize.panels.lists import alert_list, dashboard_list, news, text
from provision.compile.normalize.panels.piechart import piechart
from provision.compile.normalize.panels.single import bar_gauge, gauge, single_stat, stat
from provision.compile.normalize.panels.table import table
from provision.compile.normalize.panels.timelines import discrete, status_map
from provision.compile.normalize.panels.timeseries import bar_chart, time_series
from provision.compile.normalize.plain import Json

CONVERTERS: dict[str, Callable[[Json], None]] = {
    "alertlist": alert_list,
    "barchart": bar_chart,
    "bargauge": bar_gauge,
    "dashlist": dashboard_list,
    "flant-statusmap-panel": status_map,
    "gauge": gauge,
    "grafana-piechart-panel": piechart,
    "grafana-singlestat-panel": single_stat,
    "grafana-worldmap-panel": worldmap,
    "graph": graph,
    "heatmap": heatmap,
    "natel-discrete-panel": discrete,
    "news": news,
    "singlestat": single_stat,
    "stat": stat,
    "table": table,
    "table-old": table,
    "text": text,
    "timeseries": time_series,
}

REFUSED = {
    "marcuscalidus-svg-panel": "use a canvas panel, or one of an SVG plug-in that runs on Grafana 12",
}
"""Panel type → what to do instead. The plug-in is built on AngularJS, which Grafana 12 no longer has."""

MODERN = frozenset({
    "alertlist", "annolist", "barchart", "bargauge", "candlestick", "canvas", "dashlist", "datagrid", "debug",
    "flamegraph", "gauge", "geomap", "gettingstarted", "heatmap", "histogram", "live", "logs", "logstable",
    "news", "nodeGraph", "piechart", "stat", "state-timeline", "status-history", "table", "text", "timeseries",
    "traces", "trend", "welcome", "xychart",
})  # fmt: skip
"""The panel types that Grafana 12.4 brings along. Source: its public/app/plugins/panel."""
