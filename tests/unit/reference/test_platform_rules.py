"""The platform's rules: each fires on what it names, and all are silent while everything works."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Judge = Callable[..., None]

JOBS = {"traefik": 8080, "gallery": 8080, "cadvisor": 8080, "prometheus": 9090, "alertmanager": 9093}
PROMETHEUS = 'job="prometheus", instance="prometheus:9090"'
ALERTMANAGER = 'job="alertmanager", instance="alertmanager:9093"'
CADVISOR = 'job="cadvisor", instance="cadvisor:8080"'
SWARM = "container_label_com_docker_swarm_service_name"
CONTAINER = f'{CADVISOR}, name="shop.1.x", id="/docker/1", image="shop", {SWARM}="shop"'
MIB = 1024 * 1024

# What is scraped every minute for 100 minutes while all is well.
HEALTHY = {
    **{f'up{{job="{job}", instance="{job}:{port}"}}': "1x100" for job, port in JOBS.items()},
    f"prometheus_config_last_reload_successful{{{PROMETHEUS}}}": "1x100",
    f'prometheus_rule_evaluation_failures_total{{{PROMETHEUS}, rule_group="a"}}': "0x100",
    f'prometheus_rule_group_iterations_missed_total{{{PROMETHEUS}, rule_group="a"}}': "0x100",
    f'prometheus_tsdb_head_samples_appended_total{{{PROMETHEUS}, type="float"}}': "0+1000x100",
    f'prometheus_tsdb_head_samples_appended_total{{{PROMETHEUS}, type="histogram"}}': "0x100",
    f"prometheus_tsdb_compactions_failed_total{{{PROMETHEUS}}}": "0x100",
    f"prometheus_tsdb_reloads_failures_total{{{PROMETHEUS}}}": "0x100",
    f"prometheus_tsdb_wal_corruptions_total{{{PROMETHEUS}}}": "0x100",
    f'prometheus_notifications_sent_total{{{PROMETHEUS}, alertmanager="am"}}': "0+10x100",
    f'prometheus_notifications_errors_total{{{PROMETHEUS}, alertmanager="am"}}': "0x100",
    f"prometheus_notifications_alertmanagers_discovered{{{PROMETHEUS}}}": "1x100",
    f"alertmanager_config_last_reload_successful{{{ALERTMANAGER}}}": "1x100",
    f'alertmanager_notifications_total{{{ALERTMANAGER}, integration="webhook"}}': "0+2x100",
    f'alertmanager_notifications_failed_total{{{ALERTMANAGER}, integration="webhook"}}': "0x100",
    f'alertmanager_notifications_total{{{ALERTMANAGER}, integration="email"}}': "0x100",
    f'alertmanager_notifications_failed_total{{{ALERTMANAGER}, integration="email"}}': "0x100",
    f"container_start_time_seconds{{{CONTAINER}}}": "-100000x100",
    f"container_last_seen{{{CONTAINER}}}": "0+60x100",
    f"container_oom_events_total{{{CONTAINER}}}": "0x100",
    f"container_memory_working_set_bytes{{{CONTAINER}}}": f"{50 * MIB}x100",
    f"container_spec_memory_limit_bytes{{{CONTAINER}}}": f"{100 * MIB}x100",
    f'container_memory_working_set_bytes{{{CADVISOR}, name="unlimited"}}': f"{900 * MIB}x100",
    f'container_spec_memory_limit_bytes{{{CADVISOR}, name="unlimited"}}': "0x100",
    f'container_oom_events_total{{{CADVISOR}, id="/"}}': "0+1x100",
}

# From minute 20 on; before it everything is well.
FAULTS = {
    "TargetDown ticket, JobDown page": {'up{job="traefik", instance="traefik:8080"}': "1x19 0x80"},
    "JobDown page": {'up{job="traefik", instance="traefik:8080"}': "1x19 stale"},
    "JobDown ticket": {'up{job="cadvisor", instance="cadvisor:8080"}': "1x19 stale"},
    "TargetDown ticket": {'up{job="traefik", instance="second:8080"}': "1x19 0x80"},
    "PrometheusConfigReloadFailed ticket": {
        f"prometheus_config_last_reload_successful{{{PROMETHEUS}}}": "1x14 0x85"
    },
    "PrometheusRuleEvaluationFailures ticket": {
        f'prometheus_rule_evaluation_failures_total{{{PROMETHEUS}, rule_group="a"}}': "0x19 1+1x80"
    },
    "PrometheusRuleEvaluationsMissed ticket": {
        f'prometheus_rule_group_iterations_missed_total{{{PROMETHEUS}, rule_group="a"}}': "0x19 1+1x80"
    },
    "PrometheusNotIngesting page": {
        f'prometheus_tsdb_head_samples_appended_total{{{PROMETHEUS}, type="float"}}': "0+1000x14 15000x85"
    },
    "PrometheusStorageFailing ticket": {
        f"prometheus_tsdb_wal_corruptions_total{{{PROMETHEUS}}}": "0x19 1x80"
    },
    "PrometheusNotificationsFailing page": {
        f'prometheus_notifications_errors_total{{{PROMETHEUS}, alertmanager="am"}}': "0x19 1+5x80"
    },
    "PrometheusNoAlertmanager page": {
        f"prometheus_notifications_alertmanagers_discovered{{{PROMETHEUS}}}": "1x19 0x80"
    },
    "AlertmanagerConfigReloadFailed ticket": {
        f"alertmanager_config_last_reload_successful{{{ALERTMANAGER}}}": "1x14 0x85"
    },
    "AlertmanagerNotificationsFailing page": {
        f'alertmanager_notifications_failed_total{{{ALERTMANAGER}, integration="webhook"}}': "0x19 1+1x80"
    },
    "ContainerRestarting ticket": {
        f"container_start_time_seconds{{{CONTAINER}}}": "-100000x16 1000 1000 1200 1200 1320 1320x80"
    },
    "SwarmTasksFailing ticket": {
        f'container_start_time_seconds{{{CADVISOR}, name="shop.1.a", {SWARM}="shop"}}': "_x15 900x2 stale",
        f'container_start_time_seconds{{{CADVISOR}, name="shop.1.b", {SWARM}="shop"}}': "_x18 1080x2 stale",
    },
    "ContainerOutOfMemory ticket": {f"container_oom_events_total{{{CONTAINER}}}": "0x19 1x80"},
    "ContainerOutOfMemory ticket, CadvisorSeesNoTasks ticket": {
        f"container_last_seen{{{CONTAINER}}}": "0+60x18 stale",
        f"container_memory_working_set_bytes{{{CONTAINER}}}": f"{50 * MIB}x17 {95 * MIB} stale",
        f"container_oom_events_total{{{CONTAINER}}}": "_x100",
    },
    "CadvisorSeesNoTasks ticket": {f"container_last_seen{{{CONTAINER}}}": "0+60x18 stale"},
    "ContainerMemoryNearLimit ticket": {
        f"container_memory_working_set_bytes{{{CONTAINER}}}": f"{50 * MIB}x19 {95 * MIB}x80"
    },
}


def test_while_all_is_well_nothing_fires(judge: Judge) -> None:
    judge("platform", HEALTHY, {f"{minute}m": set() for minute in (2, 10, 30, 60, 99)})


def test_the_watchdog_always_fires(judge: Judge) -> None:
    firing = 'ALERTS{alertname="Watchdog", severity="none", alertstate="firing"}'
    judge("platform", {"nothing": "0x100"}, values={(f"{minute}m", firing): 1 for minute in (1, 50, 99)})


@pytest.mark.parametrize("expected", FAULTS)
def test_each_alert_fires_on_its_fault_alone(judge: Judge, expected: str) -> None:
    judge("platform", {**HEALTHY, **FAULTS[expected]}, {"13m": set(), "24m": set(expected.split(", "))})


def test_a_cadvisor_that_cant_be_scraped_doesnt_make_its_containers_fail(judge: Judge) -> None:
    started = f'container_start_time_seconds{{{CADVISOR}, name="shop.%s", {SWARM}="shop"}}'
    series = {
        **HEALTHY,
        'up{job="cadvisor", instance="cadvisor:8080"}': "1x19 0x80",
        **{started % number: "_x15 900x4 stale" for number in range(3)},
    }
    judge("platform", series, {"24m": {"TargetDown ticket", "JobDown ticket"}})


def test_nothing_sent_and_nothing_failed_isnt_a_failure(judge: Judge) -> None:
    quiet = f'alertmanager_notifications_total{{{ALERTMANAGER}, integration="webhook"}}'
    judge("platform", {**HEALTHY, quiet: "0x100"}, {"50m": set()})


def test_all_that_is_sent_fails(judge: Judge) -> None:
    """Whether or not the failed ones count as sent."""
    sent = f'prometheus_notifications_sent_total{{{PROMETHEUS}, alertmanager="am"}}'
    errors = f'prometheus_notifications_errors_total{{{PROMETHEUS}, alertmanager="am"}}'
    for total in ("0x100", "0+10x100"):
        judge(
            "platform",
            {**HEALTHY, sent: total, errors: "0+10x100"},
            {"30m": {"PrometheusNotificationsFailing page"}},
        )
