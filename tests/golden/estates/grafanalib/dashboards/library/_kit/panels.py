from grafanalib.core import Target, TimeSeries

from ._defaults import DEFAULTS


def requests(job, **options):
    expr = f'sum by (code) (rate(requests_total{{job="{job}"}}[$__rate_interval]))'
    return TimeSeries(
        title=f"Requests of {job}",
        unit="reqps",
        targets=[Target(expr=expr, legendFormat="{{code}}")],
        **{**DEFAULTS, **options},
    )


def latency(job, limit=0.5):
    expr = f'histogram_quantile(0.95, sum by (le) (rate(request_seconds_bucket{{job="{job}"}}[$__rate_interval])))'
    return TimeSeries(
        title=f"Latency of {job}",
        unit="s",
        thresholdsStyleMode="line",
        thresholds=[{"color": "green", "value": None}, {"color": "red", "value": limit}],
        targets=[Target(expr=expr)],
        **DEFAULTS,
    )
