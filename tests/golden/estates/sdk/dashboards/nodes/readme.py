"""The shape of the library's own first example: a function, a built dashboard, and a guard that prints it."""

from grafana_foundation_sdk.builders.dashboard import Dashboard, Row
from grafana_foundation_sdk.builders.prometheus import Dataquery as PrometheusQuery
from grafana_foundation_sdk.builders.timeseries import Panel as Timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder


def build_dashboard() -> Dashboard:
    return (
        Dashboard("First steps")
        .with_row(Row("Traffic"))
        .with_panel(
            Timeseries()
            .title("Received")
            .unit("bps")
            .with_target(
                PrometheusQuery().expr("rate(node_network_receive_bytes_total[$__rate_interval]) * 8")
            )
        )
    )


builder = build_dashboard()
dashboard = builder.build()

if __name__ == "__main__":
    print(JSONEncoder(sort_keys=True, indent=2).encode(dashboard))
