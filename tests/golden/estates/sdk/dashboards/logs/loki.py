"""Logs and metrics in one dashboard, of several data sources, one of them only of a panel."""

from grafana_foundation_sdk.builders import dashboard, logs, loki, prometheus, timeseries
from grafana_foundation_sdk.models.dashboard import DataSourceRef

_LOKI = DataSourceRef(type_val="loki", uid="loki")

dashboard = (
    dashboard.Dashboard("Logs")
    .with_panel(
        logs.Panel()
        .title("Errors")
        .datasource(_LOKI)
        .show_time(True)
        .wrap_log_message(True)
        .with_target(loki.Dataquery().expr('{app="web"} |= "error"'))
    )
    .with_panel(
        timeseries.Panel()
        .title("Rate")
        .with_target(loki.Dataquery().datasource(_LOKI).expr('sum(rate({app="web"}[1m]))'))
        .with_target(prometheus.Dataquery().expr("up"))
    )
    .with_panel(
        timeseries.Panel()
        .title("Rate")
        .repeat("app")
        .max_per_row(3)
        .with_target(loki.Dataquery().expr('rate({app="$app"}[1m])'))
    )
)
