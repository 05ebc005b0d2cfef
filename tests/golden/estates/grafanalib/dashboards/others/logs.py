"""Other data sources: Loki, CloudWatch, InfluxDB, Elasticsearch, OpenTSDB, Azure, Zabbix and SQL."""

from grafanalib import azuremonitor, cloudwatch, elasticsearch, influxdb, opentsdb, zabbix
from grafanalib.core import Dashboard, Graph, Logs, SqlTarget, Stat, Table, Target, TimeSeries

loki = {"type": "loki", "uid": "loki"}

logs = Dashboard(
    title="Logs",
    panels=[
        Logs(
            title="Errors",
            dataSource=loki,
            targets=[Target(expr='{app="web"} |= "error" | json', datasource=loki)],
            wrapLogMessages=True,
            showTime=True,
        ),
        TimeSeries(
            title="Rate",
            dataSource=loki,
            targets=[
                Target(
                    expr='sum by (level) (rate({app="web"}[1m]))', datasource=loki, legendFormat="{{level}}"
                )
            ],
        ),
        Stat(
            title="Now",
            dataSource="loki",
            targets=[Target(expr='count_over_time({app="web"}[5m])', datasource=loki, instant=True)],
        ),
    ],
)

cloud = Dashboard(
    title="Cloud",
    panels=[
        TimeSeries(
            title="Lambda",
            dataSource="CloudWatch",
            targets=[
                cloudwatch.CloudwatchMetricsTarget(
                    namespace="AWS/Lambda",
                    metricName="Errors",
                    statistics=["Sum", "Maximum"],
                    dimensions={"FunctionName": "mail"},
                    refId="A",
                    region="eu-west-1",
                ),
                cloudwatch.CloudwatchMetricsTarget(
                    namespace="AWS/Lambda",
                    metricName="Invocations",
                    statistics=["Sum"],
                    period="60",
                    refId="B",
                ),
            ],
        ),
        Logs(
            title="Lambda's log",
            dataSource="CloudWatch",
            targets=[
                cloudwatch.CloudwatchLogsInsightsTarget(
                    expression="fields @message | limit 20", logGroupNames=["/aws/lambda/mail"]
                )
            ],
        ),
        TimeSeries(
            title="Azure",
            dataSource="Azure",
            targets=[
                azuremonitor.AzureMonitorMetricsTarget(
                    aggregation="Total",
                    metricDefinition="Microsoft.Web/sites",
                    metricName="Requests",
                    resourceName="web",
                    refId="A",
                )
            ],
        ),
    ],
)

stores = Dashboard(
    title="Stores",
    panels=[
        TimeSeries(
            title="Influx",
            dataSource="Influx",
            targets=[
                influxdb.InfluxDBTarget(
                    query='SELECT mean("value") FROM "cpu" WHERE $timeFilter GROUP BY time($__interval)',
                    alias="$tag_host",
                )
            ],
        ),
        Graph(
            title="Elastic",
            dataSource="Elastic",
            targets=[
                elasticsearch.ElasticsearchTarget(
                    query="status:500",
                    alias="{{term host}}",
                    bucketAggs=[
                        elasticsearch.TermsGroupBy(field="host", size=5),
                        elasticsearch.DateHistogramGroupBy(interval="1m"),
                    ],
                    metricAggs=[
                        elasticsearch.CountMetricAgg(),
                        elasticsearch.PercentilesMetricAgg(field="took", percents=[95, 99]),
                    ],
                ).auto_bucket_agg_ids()
            ],
        ),
        Graph(
            title="OpenTSDB",
            dataSource="TSDB",
            targets=[opentsdb.OpenTSDBTarget(metric="cpu", filters=[opentsdb.OpenTSDBFilter("host", "web")])],
        ),
        Graph(
            title="Zabbix",
            dataSource="Zabbix",
            targets=[
                zabbix.zabbixMetricTarget(
                    "app", "group", "host", "item", functions=[zabbix.ZabbixDeltaFunction()]
                )
            ],
        ),
        Graph(
            title="Graphite", dataSource="Graphite", targets=[Target(target="aliasByNode(servers.*.cpu, 1)")]
        ),
        Table(
            title="Orders",
            dataSource="Postgres",
            targets=[SqlTarget(rawSql="SELECT id, total FROM orders", format="table", refId="A")],
        ),
    ],
)
