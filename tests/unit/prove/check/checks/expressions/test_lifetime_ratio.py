from __future__ import annotations

from support.checking import dashboard, found, group, panel

SEED = "sum(traefik_service_request_duration_seconds_sum) / sum(traefik_service_requests_total) > 0.2"


def test_an_alert_that_divides_what_was_ever_counted() -> None:
    (finding,) = found(group({"alert": "average_response_time", "expr": SEED}), ids={"lifetime-ratio"})
    assert finding.severity == "warning"
    assert finding.message.startswith(
        "traefik_service_request_duration_seconds_sum / traefik_service_requests_total is the mean since"
    )
    assert finding.remedy.endswith("/ rate(traefik_service_requests_total[5m])")


def test_a_panel_that_does() -> None:
    (finding,) = found(dashboard(panel("a_sum{b='$b'} / a_count{b='$b'}")), ids={"lifetime-ratio"})
    assert finding.remedy == "divide rates: rate(a_sum[$__rate_interval]) / rate(a_count[$__rate_interval])"


def test_rates_are_divided_as_they_should_be() -> None:
    expr = "sum(rate(a_sum[5m])) / sum(rate(a_count[5m])) > 0.2"
    assert found(group({"alert": "A", "expr": expr}), ids={"lifetime-ratio"}) == ()
