# ruff: noqa: UP031, UP032  # as people write it
"""PromQL in f-strings, `%`, `format`, templates and concatenation: braces survive all of them."""

from string import Template

from grafanalib.core import Dashboard, Target, TimeSeries

job, codes = "api", "5.."

dashboard = Dashboard(
    title="Braces",
    panels=[
        TimeSeries(
            title="Errors",
            targets=[
                Target(
                    expr=f'sum(rate(requests_total{{job="{job}", code=~"{codes}"}}[5m])) by (path)',
                    legendFormat="{{path}}",
                    refId="A",
                ),
                Target(
                    expr='rate(requests_total{job="%s"}[%s])' % (job, "5m"),
                    legendFormat="{{ path }} – total",
                    refId="B",
                ),
                Target(expr='rate(requests_total{{job="{}"}}[5m])'.format(job), refId="C"),
                Target(
                    expr=Template('up{job="$$job", instance=~"${instances}"}').substitute(
                        instances=r"web\\d+"
                    ),
                    refId="D",
                ),
                Target(
                    expr="""
                    sum(
                      rate(requests_total{code!~"2..|3.."}[5m])  # everything odd
                    )
                    /
                    sum(rate(requests_total[5m]))
                    """,
                    refId="E",
                ),
            ],
        )
    ],
)
