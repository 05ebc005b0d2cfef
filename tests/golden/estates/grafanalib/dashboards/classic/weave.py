"""grafanalib's own helpers for Prometheus."""

from grafanalib import prometheus, weave
from grafanalib.core import Dashboard, Row, YAxes, YAxis

dashboard = Dashboard(
    title="Weave",
    rows=[
        Row(
            panels=[
                weave.QPSGraph(
                    "Prometheus",
                    "Requests",
                    [
                        f'sum(rate(request_duration_seconds_count{{status_code=~"{n}.."}}[1m]))'
                        for n in range(1, 6)
                    ]
                    + ["1", "0"],
                ),
                prometheus.PromGraph(
                    data_source="Prometheus",
                    title="Latency",
                    expressions=[("p99", "job:latency:99quantile"), ("mean", "job:latency:mean")],
                    yAxes=YAxes(YAxis(format="ms"), YAxis(show=False)),
                ),
                prometheus.PromGraph(
                    data_source=None,
                    title="Load",
                    expressions=[{"expr": "node_load1", "legendFormat": "{{instance}}", "interval": "1m"}],
                ),
                weave.stacked(
                    prometheus.PromGraph("Prometheus", "Memory", [("", "process_resident_memory_bytes")])
                ),
            ]
        )
    ],
).auto_panel_ids()
