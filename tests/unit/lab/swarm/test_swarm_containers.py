from __future__ import annotations

from email.message import Message
from typing import Any

import pytest

from provision.lab.serving import Request
from provision.lab.swarm import containers, engine_api

CONTAINER = {
    "Id": "c1", "Names": ["/shop_web.1.x"], "Image": "web:1", "Created": 100,
    "Labels": {"com.docker.swarm.service.name": "shop_web", "com.docker.swarm.task.name": "shop_web.1.x", "other": "y"},
}  # fmt: skip
STATS = {
    "memory_stats": {"usage": 1000, "limit": 5000, "stats": {"total_inactive_file": 300}},
    "cpu_stats": {"cpu_usage": {"total_usage": 2_500_000_000}},
    "networks": {"eth0": {"rx_bytes": 1, "tx_bytes": 2}},
}


def test_a_container_has_cadvisors_series() -> None:
    found = {sample.metric: sample for sample in containers.samples([CONTAINER], [STATS], 200.0)}
    labels = found["container_last_seen"].labels
    assert labels["container_label_com_docker_swarm_service_name"] == "shop_web"
    assert labels["name"] == "shop_web.1.x"
    assert not any("other" in name for name in labels)
    assert {metric: sample.value for metric, sample in found.items()} == {
        "container_last_seen": 200.0,
        "container_start_time_seconds": 100.0,
        "container_memory_working_set_bytes": 700,
        "container_spec_memory_limit_bytes": 5000,
        "container_cpu_usage_seconds_total": 2.5,
        "container_network_receive_bytes_total": 1,
        "container_network_transmit_bytes_total": 2,
    }
    assert found["container_network_receive_bytes_total"].labels["interface"] == "eth0"


def test_a_container_that_has_just_gone_and_one_without_a_limit() -> None:
    gone = list(containers.samples([CONTAINER], [{}], 1.0))
    assert {sample.metric: sample.value for sample in gone}["container_memory_working_set_bytes"] == 0
    free = list(containers.samples([CONTAINER], [{"memory_stats": {"limit": 1 << 62}}], 1.0))
    assert {sample.metric: sample.value for sample in free}["container_spec_memory_limit_bytes"] == 0


def test_a_container_that_goes_between_list_and_statistics_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def get(at: str, path: str, seconds: float) -> Any:
        if path == "/containers/json":
            return [CONTAINER, {**CONTAINER, "Id": "c2", "Names": ["/gone"]}]
        if "c2" in path:
            raise FileNotFoundError
        return STATS

    monkeypatch.setattr(engine_api, "get", get)
    reply = containers.answer(Request("GET", "/metrics", Message(), b""), 0.0)
    assert reply.status == 200
    assert "shop_web.1.x" in reply.text
    assert "gone" not in reply.text
