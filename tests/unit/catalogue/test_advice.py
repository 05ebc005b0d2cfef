"""What was meant by a name that a server doesn't have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.catalogue.advice import Advice, Live, label_advice, metric_advice, value_advice
from provision.catalogue.rename import Rename

NAMES = [
    "container_cpu_usage_seconds_total",
    "container_memory_working_set_bytes",
    "go_goroutines",
    "http_requests_total",
    "node_cpu_seconds_total",
    "node_filesystem_avail_bytes",
    "node_filesystem_free_bytes",
    "node_filesystem_size_bytes",
    "node_load1",
    "node_load15",
    "node_load5",
    "node_memory_MemAvailable_bytes",
    "node_memory_MemFree_bytes",
    "node_network_receive_bytes_total",
    "node_network_transmit_bytes_total",
    "process_cpu_seconds_total",
    "rpc_seconds_count",
    "rpc_seconds_sum",
    "traefik_config_last_reload_success",
    "traefik_config_reloads_total",
    "traefik_entrypoint_request_duration_seconds_bucket",
    "traefik_entrypoint_request_duration_seconds_count",
    "traefik_entrypoint_request_duration_seconds_sum",
    "traefik_entrypoint_requests_total",
    "traefik_open_connections",
    "traefik_service_request_duration_seconds_bucket",
    "traefik_service_request_duration_seconds_count",
    "traefik_service_request_duration_seconds_sum",
    "traefik_service_requests_bytes_total",
    "traefik_service_requests_total",
    "traefik_service_server_up",
    "up",
]
LIVE = Live.of(NAMES)


@pytest.mark.parametrize(
    ("asked", "meant", "reason", "sure"),
    [
        ("traefik_backend_requests_total", "traefik_service_requests_total", "renamed in Traefik 2.0", True),
        (
            "traefik_backend_request_duration_seconds_sum",
            "traefik_service_request_duration_seconds_sum",
            "renamed in Traefik 2.0",
            True,
        ),
        ("traefik_requests_total", "traefik_entrypoint_requests_total", "renamed in Traefik 1.5", False),
        ("traefik_service_open_connections", "traefik_open_connections", "renamed in Traefik 3.0", False),
        ("traefik_service_request_total", "traefik_service_requests_total", "one letter differs", True),
        ("trafik_service_requests_total", "traefik_service_requests_total", "one letter differs", True),
        ("node_network_recieve_bytes_total", "node_network_receive_bytes_total", "one letter differs", True),
        ("traefik_service_requests", "traefik_service_requests_total", "it has _total", False),
        ("http_requests", "http_requests_total", "it has _total", False),
        ("httpRequestsTotal", "http_requests_total", "its words are separated otherwise", True),
        ("total_http_requests", "http_requests_total", "its words stand in another order", True),
        ("Up_", "up", "its words are separated otherwise", True),
        ("UP", "up", "upper and lower case differ", True),
        ("node_memory_available_bytes", "node_memory_MemAvailable_bytes", "three letters differ", False),
        (
            "node_filesystem_available_bytes",
            "node_filesystem_avail_bytes",
            "words are spelt otherwise",
            False,
        ),
        (
            "traefik_service_request_latency_seconds_sum",
            "traefik_service_request_duration_seconds_sum",
            "words are spelt otherwise",
            False,
        ),
        ("node_fs_free_bytes", "node_filesystem_free_bytes", "words are spelt otherwise", False),
        ("process_cpu_total", "process_cpu_seconds_total", "it has _seconds", False),
    ],
)
def test_what_was_meant(asked: str, meant: str, reason: str, sure: bool) -> None:
    best = metric_advice(asked, LIVE).candidates[0]
    assert (best.name, best.reason, best.sure) == (meant, reason, sure)


@pytest.mark.parametrize(
    "asked",
    [
        "foo_bar",
        "mysql_up",
        "node_load2",
        "redis_requests_total",
        "container_memory_usage_bytes",
        "traefik_service_errors_total",
        "container_memory_rss_bytes",
        "node_memory_MemUnavailable_bytes",
        "node_network_drop_bytes_total",
        "total",
        "_",
        "",
        "42",
    ],
)
def test_nothing_is_suggested_where_nothing_is_close(asked: str) -> None:
    assert metric_advice(asked, LIVE).candidates == ()


@pytest.mark.parametrize(
    ("asked", "note"),
    [
        (
            "traefik_config_reloads_failure_total",
            "gone since Traefik 3.0: Traefik 3 counts no failed reloads.",
        ),
        (
            "rpc_seconds_bucket",
            "rpc_seconds is a summary, or its buckets are dropped: it has _sum and _count only",
        ),
        (
            "traefik_backend_retries_total",
            "called traefik_service_retries_total since Traefik 2.0, which isn't there either",
        ),
        (
            "rpc_seconds",
            "rpc_seconds is a histogram or a summary: its series end in _sum and _count",
        ),
    ],
)
def test_what_is_to_be_known_beside(asked: str, note: str) -> None:
    assert metric_advice(asked, LIVE).note == note


def test_what_is_gone_has_no_other_name() -> None:
    assert metric_advice("traefik_config_reloads_failure_total", LIVE).candidates == ()


def test_the_newest_name_that_the_server_has_is_meant() -> None:
    old = Live.of(["traefik_service_open_connections", "up"])
    (candidate,) = metric_advice("traefik_backend_open_connections", old).candidates
    assert (candidate.name, candidate.sure) == ("traefik_service_open_connections", True)
    assert candidate.rename.labels == (("backend", "service"),)


def test_an_old_server_still_has_the_old_name() -> None:
    old = Live.of(["traefik_backend_requests_total", "up"])
    (candidate,) = metric_advice("traefik_service_requests_total", old).candidates
    assert (candidate.name, candidate.reason) == (
        "traefik_backend_requests_total",
        "its name before Traefik 2.0",
    )


def test_the_bare_name_of_a_renamed_histogram_stands_for_its_series() -> None:
    advice = metric_advice("traefik_backend_request_duration_seconds", LIVE)
    assert [each.name.rpartition("_")[2] for each in advice.candidates] == ["bucket", "sum", "count"]
    (buckets,) = metric_advice("traefik_backend_request_duration_seconds", LIVE, use="buckets").candidates
    assert buckets.name == "traefik_service_request_duration_seconds_bucket"


def test_what_fits_the_use_comes_first() -> None:
    live = Live.of(
        ["shop_orders_open", "shop_orders_opened"],
        {"shop_orders_open": "gauge", "shop_orders_opened": "counter"},
    )
    assert metric_advice("shop_orders_opene", live, use="counter").candidates[0].name == "shop_orders_opened"
    assert metric_advice("shop_orders_opene", live, use="gauge").candidates[0].name == "shop_orders_open"


def test_under_rate_a_missing_total_is_no_question() -> None:
    (candidate,) = metric_advice("http_requests", LIVE, use="counter").candidates
    assert (candidate.name, candidate.sure) == ("http_requests_total", True)


@pytest.mark.parametrize(
    ("asked", "live"),
    [
        ("kube_job_owner", ["kube_pod_owner", "kube_job_failed", "kube_job_info"]),
        ("kube_deployment_status_replicas_unavailable", ["kube_deployment_status_replicas_available"]),
        ("node_netstat_Tcp_RtoMax", ["node_netstat_Tcp_RtoMin", "node_netstat_Tcp_MaxConn"]),
        (
            "kube_pod_container_resource_limits",
            ["kube_pod_container_resource_requests", "kube_pod_resource_limits_x"],
        ),
        ("prometheus_compactions_total", ["prometheus_compactions_failed_total"]),
        ("node_load5", ["node_load15", "node_load1"]),
    ],
)
def test_what_says_something_else_is_not_meant(asked: str, live: list[str]) -> None:
    assert live[0] not in [each.name for each in metric_advice(asked, Live.of(live)).candidates]


def test_two_names_that_are_equally_close_leave_it_open() -> None:
    advice = metric_advice("shop_orders_x", Live.of(["shop_orders_a", "shop_orders_b"]))
    assert [each.name for each in advice.candidates] == ["shop_orders_a", "shop_orders_b"]
    assert not any(each.sure for each in advice.candidates)


def test_a_renamed_label() -> None:
    (candidate,) = label_advice("traefik_service_requests_total", "backend", ["code", "service"]).candidates
    assert (candidate.name, candidate.reason, candidate.sure) == ("service", "renamed in Traefik 2.0", True)


def test_a_misspelt_label() -> None:
    (candidate,) = label_advice("traefik_service_requests_total", "servce", ["code", "service"]).candidates
    assert (candidate.name, candidate.reason, candidate.sure) == ("service", "one letter differs", True)
    assert label_advice("traefik_service_requests_total", "pod", ["code", "service"]).candidates == ()


@pytest.mark.parametrize(
    ("label", "asked", "live", "meant", "sure"),
    [
        ("le", "5", ["0.1", "5.0", "+Inf"], ["5.0"], True),
        ("service", "web", ["web@swarm", "api@swarm"], ["web@swarm"], True),
        ("service", "web", ["web@swarm", "web@file"], ["web@file", "web@swarm"], False),
        ("env", "Production", ["production", "staging"], ["production"], True),
        ("env", "prodution", ["production", "staging"], ["production"], True),
        ("code", "500", ["200", "503"], [], False),
        ("instance", "host1:9100", ["host2:9100"], [], False),
        ("env", "", ["production"], [], False),
    ],
)
def test_a_value_that_no_series_has(
    label: str, asked: str, live: list[str], meant: list[str], sure: bool
) -> None:
    advice = value_advice("m", label, asked, live)
    assert [each.name for each in advice.candidates] == meant
    assert any(each.sure for each in advice.candidates) == sure


def test_a_candidate_says_what_is_to_be_called_otherwise() -> None:
    def rename(advice: Advice) -> Rename:
        return advice.candidates[0].rename

    assert rename(metric_advice("http_request_total", LIVE)) == Rename(
        "http_request_total", "http_requests_total"
    )
    assert rename(label_advice("m", "servce", ["service"])) == Rename(
        "m", "m", labels=(("servce", "service"),)
    )
    assert rename(value_advice("m", "a", "x.y", ["X.y"])) == Rename(
        "m", "m", values=(("a", r"\Ax\.y\Z", "X.y"),)
    )


def test_the_bounds_of_buckets_are_told() -> None:
    advice = value_advice("m", "le", "0.2", ["+Inf", "5.0", "0.3", "0.1"])
    assert (advice.candidates, advice.note) == ((), "le is one of 0.1, 0.3, 5.0, +Inf")
    assert value_advice("m", "le", "0.2", []).note == ""


_NAME = st.lists(
    st.sampled_from([*"abc", "http", "requests", "errors", "total", "seconds", "5"]), min_size=1, max_size=6
)


@given(_NAME, st.lists(_NAME, max_size=8), st.sampled_from(["", "counter", "gauge", "buckets"]))
def test_the_advice_is_of_live_names_each_once_the_best_first(
    asked: list[str], live: list[list[str]], use: str
) -> None:
    name = "_".join(asked)
    names = ["_".join(each) for each in live if each != asked]
    candidates = metric_advice(name, Live.of(names), use).candidates  # type: ignore[arg-type]
    assert len(candidates) <= 3
    assert {each.name for each in candidates} <= set(names)
    assert len({each.name for each in candidates}) == len(candidates)
    assert [each.score for each in candidates] == sorted((each.score for each in candidates), reverse=True)
    assert sum(each.sure for each in candidates) <= 1
    assert all(each.reason for each in candidates)


@given(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=5))
def test_any_text_can_be_asked_for(asked: str, live: list[str]) -> None:
    for advice in (
        metric_advice(asked, Live.of(live)),
        value_advice("m", "x", asked, live),
        label_advice("m", asked, live),
    ):
        assert {each.name for each in advice.candidates} <= set(live)


@given(
    st.sampled_from([name for name in NAMES if len(name) > 12]), st.integers(0, 40), st.sampled_from("xyz")
)
def test_a_name_with_one_wrong_letter_is_recognised(name: str, at: int, letter: str) -> None:
    at %= len(name)
    wrong = name[:at] + letter + name[at + 1 :]
    found = metric_advice(wrong, LIVE).candidates
    assert wrong in LIVE.known or name in [each.name for each in found]
