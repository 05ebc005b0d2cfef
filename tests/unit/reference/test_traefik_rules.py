"""The SLA's rules over what Traefik would have shown: each fires on what it names, and on nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

SCRAPE_SECONDS = 60
Judge = Callable[..., None]
Phase = tuple[float, float]
"""(minutes, growth a second)"""

LATENCY_BURNS = {
    "average_response_time page",
    "TraefikLatencyBudgetBurn page",
    "TraefikLatencyBudgetBurn ticket",
}
FOREVER = 2000


def growing(*phases: Phase, start: float = 0, after: float = 0) -> str:
    """The samples of a counter, which is absent for `after` minutes and is born with the value `start`."""
    value = start
    samples = [f"_x{steps(after)}"] if after else []
    samples.append(repr(value))
    for minutes, a_second in phases:
        growth = a_second * SCRAPE_SECONDS
        samples.append(f"{value + growth!r}+{growth!r}x{steps(minutes) - 1}")
        value += growth * steps(minutes)
    return " ".join(samples)


def steps(minutes: float) -> int:
    return round(minutes * 60 / SCRAPE_SECONDS)


def up(job: str = "traefik", instance: str = "a", minutes: float = FOREVER) -> dict[str, str]:
    return {f'up{{job="{job}", instance="{instance}"}}': f"1x{steps(minutes)} stale"}


def traffic(
    *phases: tuple[float, float, float],
    code: str = "200",
    instance: str = "a",
    start: float = 0,
    after: float = 0,
    slow_from: float = 0.2,
    le: str = "0.2",
    ends: str = "",
) -> dict[str, str]:
    """All that Traefik shows of requests with one code; phases are (minutes, requests a second, seconds each)."""
    labels = f'code="{code}", entrypoint="web", method="GET", protocol="http", job="traefik", instance="{instance}"'
    histogram = "traefik_entrypoint_request_duration_seconds"
    count = [(minutes, rate) for minutes, rate, _ in phases]
    spent = [(minutes, rate * seconds) for minutes, rate, seconds in phases]
    fast = [(minutes, rate if seconds <= slow_from else 0) for minutes, rate, seconds in phases]
    shapes = {
        f"traefik_entrypoint_requests_total{{{labels}}}": growing(*count, start=start, after=after),
        f"{histogram}_count{{{labels}}}": growing(*count, start=start, after=after),
        f"{histogram}_sum{{{labels}}}": growing(*spent, start=start * phases[0][2], after=after),
        f'{histogram}_bucket{{{labels}, le="{le}"}}': growing(*fast, start=start, after=after),
        f'{histogram}_bucket{{{labels}, le="+Inf"}}': growing(*count, start=start, after=after),
    }
    return {name: f"{samples} {ends}".strip() for name, samples in shapes.items()}


def test_a_healthy_proxy_is_quiet(judge: Judge) -> None:
    series = up() | traffic((180, 10, 0.005)) | traffic((180, 0.05, 0.005), code="500")
    judge("traefik", series, {moment: set() for moment in ("2m", "10m", "1h", "3h")})


class TestAverageResponseTime:
    def test_half_an_hour_of_slowness_after_a_healthy_day(self, judge: Judge) -> None:
        """The lab's alert divided the counters: silent now, and firing for half a day after it had fired."""
        day = 24 * 60
        series = up() | traffic((day, 10, 0.005), (30, 10, 1), (60, 10, 0.005))
        lifetime = "traefik_entrypoint_request_duration_seconds_sum / traefik_entrypoint_request_duration_seconds_count"
        judge(
            "traefik",
            series,
            {
                "1440m": set(),
                "1444m": {"average_response_time page"},
                "1469m": {
                    "average_response_time page",
                    "TraefikLatencyBudgetBurn page",
                    "TraefikLatencyBudgetBurn ticket",
                },
                "1478m": {"TraefikLatencyBudgetBurn page", "TraefikLatencyBudgetBurn ticket"},
                "1520m": {"TraefikLatencyBudgetBurn ticket"},
            },
            {
                ("1470m", lifetime): 0.0253,
                ("1470m", "job_entrypoint:traefik_entrypoint_request_duration_seconds:mean5m"): 1,
            },
        )

    def test_its_words(self, judge: Judge, groups: Any) -> None:
        (alert,) = [
            rule
            for group in groups("traefik")
            for rule in group["rules"]
            if rule.get("alert") == "average_response_time"
        ]
        assert alert["annotations"]["description"].endswith("over 5m is above 200 ms.")
        assert alert["annotations"]["dashboard_url"].endswith(
            "/d/traefik-sla?var-entrypoint={{ $labels.entrypoint }}"
        )

    def test_too_few_requests_prove_nothing(self, judge: Judge) -> None:
        series = up() | traffic((60, 1 / 60, 3))
        judge("traefik", series, {"4m": set(), "30m": LATENCY_BURNS - {"average_response_time page"}})

    def test_instances_weigh_by_their_requests(self, judge: Judge) -> None:
        busy = traffic((30, 100, 0.3), instance="busy")
        quiet = traffic((30, 1, 0.001), instance="quiet")
        judge(
            "traefik",
            up(instance="busy") | up(instance="quiet") | busy | quiet,
            {"15m": LATENCY_BURNS},
            {("15m", "job_entrypoint:traefik_entrypoint_request_duration_seconds:mean5m"): 0.297},
        )

    def test_the_demonstration_fires_on_a_healthy_laptop(self, judge: Judge) -> None:
        judge("traefik", up() | traffic((30, 10, 0.0083)), {"15m": set()})
        series = up() | traffic((30, 10, 0.0083), le="0.0056", slow_from=0.0056)
        judge("traefik", series, {"15m": LATENCY_BURNS}, environment="demo")


class TestErrorRatio:
    RATIO = "job_entrypoint:traefik_entrypoint_errors_per_requests:ratio5m"

    def test_it_is_zero_and_not_missing_without_errors(self, judge: Judge) -> None:
        judge("traefik", up() | traffic((30, 10, 0.005)), {"20m": set()}, {("20m", self.RATIO): 0})

    def test_errors_above_the_limit(self, judge: Judge) -> None:
        series = up() | traffic((60, 98, 0.005)) | traffic((30, 0, 0.005), (30, 2, 0.005), code="500")
        judge(
            "traefik",
            series,
            {"29m": set(), "40m": {"TraefikErrorRatioHigh ticket"}},
            {("40m", self.RATIO): 0.02},
        )

    def test_uneven_instances(self, judge: Judge) -> None:
        """An average of averages would show 5 %."""
        series = (
            up(instance="busy")
            | up(instance="quiet")
            | traffic((60, 90, 0.005), instance="busy")
            | traffic((60, 10, 0.005), code="502", instance="busy")
            | traffic((60, 1, 0.005), instance="quiet")
        )
        judge("traefik", series, values={("20m", self.RATIO): 0.099})

    def test_a_series_born_with_its_first_errors(self, judge: Judge) -> None:
        """increase() of it is 0: it appears with 60 and stays there."""
        series = up() | traffic((60, 10, 0.005)) | traffic((60, 0, 0.005), code="503", start=60, after=30)
        births = 'increase(traefik_entrypoint_requests_total{code="503"}[5m])'
        judge(
            "traefik",
            series,
            {"29m": set(), "33m": {"TraefikErrorRatioHigh ticket"}, "37m": set()},
            {("33m", births): 0, ("33m", self.RATIO): 0.0196, ("36m", self.RATIO): 0},
        )

    def test_a_new_prometheus_doesnt_count_what_was_before(self, judge: Judge) -> None:
        series = up() | traffic((60, 10, 0.005), start=1e6) | traffic((60, 0, 0.005), code="500", start=1e6)
        judge("traefik", series, {f"{minutes}m": set() for minutes in range(1, 20)})

    def test_a_restarted_traefik_counts_from_zero(self, judge: Judge) -> None:
        series = up() | traffic((30, 10, 0.005))
        again = traffic((30, 10, 0.005))
        joined = {name: f"{samples} {again.get(name, '')}".strip() for name, samples in series.items()}
        judge("traefik", joined, {f"{minutes}m": set() for minutes in (29, 31, 33, 36, 40)})

    def test_one_error_at_night(self, judge: Judge) -> None:
        series = up() | traffic((600, 1, 0.005), (300, 1 / 300, 0.005))
        series |= traffic((100, 0, 0.005), code="500", start=1, after=800)
        judge("traefik", series, {f"{minutes}m": set() for minutes in range(798, 812)})


class TestBurnRates:
    def test_a_tenth_of_the_requests_for_hours(self, judge: Judge) -> None:
        series = up() | traffic((600, 90, 0.005)) | traffic((200, 0, 0.005), (400, 10, 0.005), code="500")
        judge(
            "traefik",
            series,
            {
                "199m": set(),
                "230m": {"TraefikErrorRatioHigh ticket", "TraefikErrorBudgetBurn ticket"},
                "500m": {
                    "TraefikErrorRatioHigh ticket",
                    "TraefikErrorBudgetBurn ticket",
                    "TraefikErrorBudgetBurn page",
                },
            },
        )

    def test_an_outage_pages_within_minutes_and_ends_soon_after(self, judge: Judge) -> None:
        series = (
            up()
            | traffic((120, 100, 0.005), (15, 10, 0.005), (60, 100, 0.005))
            | traffic((120, 0, 0.005), (15, 90, 0.005), (60, 0, 0.005), code="503")
        )
        judge(
            "traefik",
            series,
            {
                "119m": set(),
                "134m": {
                    "TraefikErrorRatioHigh ticket",
                    "TraefikErrorBudgetBurn ticket",
                    "TraefikErrorBudgetBurn page",
                },
            },
        )
        judge(
            "traefik",
            series,
            values={("145m", 'ALERTS{alertname="TraefikErrorBudgetBurn", burn="1h"}'): None},
        )

    @pytest.mark.parametrize(
        ("error_ratio", "windows"),
        [(0.01, ["1h", "6h", "1d", "3d"]), (0.1, ["6h", "1d", "3d"]), (0.5, ["3d"])],
    )
    def test_what_could_never_fire_is_left_out(
        self, groups: Any, error_ratio: float, windows: list[str]
    ) -> None:
        rules = [rule for group in groups("traefik", sla_error_ratio=error_ratio) for rule in group["rules"]]
        for name in ("TraefikErrorBudgetBurn", "TraefikLatencyBudgetBurn"):
            assert [rule["labels"]["burn"] for rule in rules if rule.get("alert") == name] == windows

    def test_an_objective_without_any_is_refused(self, compiled: Any) -> None:
        problems = compiled("rules", sla_error_ratio=1, faulty=True).problems
        assert any("no burn-rate alert that could ever fire" in problem.message for problem in problems)


class TestLatencyObjective:
    SLOW = "job_entrypoint:traefik_entrypoint_slow_per_requests:ratio5m"

    @pytest.mark.parametrize("le", ["1", "1.0"])
    def test_both_ways_of_writing_a_whole_bucket(self, judge: Judge, le: str) -> None:
        series = (
            up()
            | traffic((60, 9, 0.5), le=le, slow_from=1)
            | traffic((60, 1, 4), code="201", le=le, slow_from=1)
        )
        judge("traefik", series, values={("20m", self.SLOW): 0.1}, sla_latency_seconds=1)

    def test_no_bucket_at_the_threshold_is_told_and_not_guessed(self, judge: Judge) -> None:
        series = up() | traffic((60, 10, 0.005), le="0.1")
        judge("traefik", series, {"20m": {"TraefikSlaBucketMissing ticket"}}, {("20m", self.SLOW): None})


class TestTraffic:
    def test_it_vanishes_and_returns(self, judge: Judge) -> None:
        series = up() | traffic((120, 10, 0.005), (180, 0, 0.005), (60, 10, 0.005))
        judge(
            "traefik",
            series,
            {
                "119m": set(),
                "124m": set(),
                "127m": {"TraefikTrafficVanished page"},
                "299m": {"TraefikTrafficVanished page"},
                "303m": set(),
            },
            {
                ("200m", "job_entrypoint:traefik_entrypoint_request_duration_seconds:mean5m"): None,
                ("200m", "job_entrypoint:traefik_entrypoint_errors_per_requests:ratio5m"): None,
            },
        )

    def test_it_vanishes_with_its_series(self, judge: Judge) -> None:
        series = up(minutes=120) | traffic((120, 10, 0.005), ends="stale")
        judge("traefik", series, {"119m": set(), "130m": {"TraefikTrafficVanished page"}})

    def test_a_quiet_entry_point_isnt_missed(self, judge: Judge) -> None:
        series = up() | traffic((120, 1 / 60, 0.005), (120, 0, 0.005))
        judge("traefik", series, {"118m": set(), "130m": set(), "200m": set()})

    def test_an_entry_point_that_is_gone_for_good_is_given_up_after_a_day(self, judge: Judge) -> None:
        series = up() | traffic((120, 10, 0.005), (1700, 0, 0.005))
        judge("traefik", series, {"1500m": {"TraefikTrafficVanished page"}, "1600m": set()})


def servers(**states: str) -> dict[str, str]:
    return {
        f'traefik_service_server_up{{job="traefik", instance="a", service="web@swarm", url="http://10.0.0.{name[1:]}"}}': samples
        for name, samples in states.items()
    }


class TestBackends:
    def test_one_of_three_is_down(self, judge: Judge) -> None:
        series = up() | servers(s1="1x100", s2="1x10 0x10 1x80", s3="1x100")
        judge("traefik", series, {"9m": set(), "15m": {"TraefikBackendDown ticket"}, "25m": set()})

    def test_all_are_down(self, judge: Judge) -> None:
        series = up() | servers(s1="1x10 0x100", s2="1x10 0x100")
        both = {"TraefikBackendDown ticket", "TraefikServiceDown page"}
        judge("traefik", series, {"9m": set(), "15m": both, "100m": both})

    def test_all_are_gone(self, judge: Judge) -> None:
        """Nothing is left that could be 0: the trap of `count(up == 1) < 3`."""
        series = up() | servers(s1="1x10 stale", s2="1x10 stale")
        judge(
            "traefik",
            series,
            {"9m": set(), "15m": {"TraefikServiceDown page"}, "60m": {"TraefikServiceDown page"}},
        )

    def test_a_traefik_that_cant_be_scraped_doesnt_accuse_its_backends(self, judge: Judge) -> None:
        series = {'up{job="traefik", instance="a"}': "1x10 0x100"} | servers(s1="1x10 stale")
        judge("traefik", series, {"15m": set()})

    def test_one_traefik_that_cant_reach_a_server_is_enough(self, judge: Judge) -> None:
        series = up() | up(instance="b") | servers(s1="1x100")
        series |= {name.replace('instance="a"', 'instance="b"'): "0x100" for name in servers(s1="")}
        judge("traefik", series, {"15m": {"TraefikBackendDown ticket"}})


def certificate(serial: str, days_left: float, samples: int = 100) -> dict[str, str]:
    labels = f'job="traefik", instance="a", cn="example.org", sans="example.org", serial="{serial}"'
    return {f"traefik_tls_certs_not_after{{{labels}}}": f"{days_left * 86400}x{samples}"}


class TestCertificates:
    @pytest.mark.parametrize(
        ("days_left", "firing"),
        [
            (30, set()),
            (10, {"TraefikCertificateExpiresSoon ticket"}),
            (1, {"TraefikCertificateExpiresSoon ticket", "TraefikCertificateExpiresSoon page"}),
        ],
    )
    def test_it_is_told_before_it_ends(self, judge: Judge, days_left: float, firing: set[str]) -> None:
        judge("traefik", up() | certificate("1", days_left), {"10m": firing})

    def test_after_a_renewal_the_old_one_doesnt_count(self, judge: Judge) -> None:
        judge("traefik", up() | certificate("1", 1) | certificate("2", 90), {"10m": set()})
