"""Where Grafana finds the data."""

from __future__ import annotations

from provision.author import Datasource, env

prometheus = Datasource(
    name="Prometheus",
    uid="prometheus",
    url=env.get("prometheus_url", "http://prometheus:9090"),
    default=True,
    json_data={
        # $__rate_interval is made of this: four scrapes, so that every rate has enough samples.
        "timeInterval": env.get("scrape_interval", "15s"),
        "httpMethod": "POST",
    },
)
