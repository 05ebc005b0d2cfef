from provision.author import Datasource

prometheus = Datasource("Prometheus", uid="prometheus", url="http://prometheus:9090", default=True)
loki = Datasource("Loki", uid="loki", url="http://loki:3100", type="loki")
