from provision.author import Datasource, Inhibit, PrometheusGlobal, Receiver, Route, ScrapeConfig, Webhook

prometheus = Datasource(name="Prometheus", uid="prom", url="http://prometheus:9090")
thanos = Datasource(name="Prometheus", uid="thanos", url="http://thanos:9090")

pages = Receiver(name="pages", webhooks=[Webhook(url="http://pager:8080/")])
root = Route(routes=[Route(receiver="page", matchers=['severity="page"'])])
quiet = Inhibit(source=['severity="page"'], target=["severity"])

shop = ScrapeConfig(job="shop", targets=["shop:8080"], extra={"scrape_protocol": "x", "keep_dropped_targets": 5})
settings = PrometheusGlobal(extra={"scrape_configs": [{"job_name": "shop"}]})
