DEFAULTS = {"dataSource": "Prometheus", "showPoints": "never", "fillOpacity": 10}
