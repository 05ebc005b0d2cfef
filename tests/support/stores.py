"""Servers beside Prometheus that speak its API, started for the length of a test where a variable names their program.

A Prometheus writes to them, or is looked at through them; their data is that of the Prometheus.

| variable | program |
| --- | --- |
| `CORTEX_PROGRAM`, `MIMIR_PROGRAM` | with the tenant `shop`, to whom the Prometheus writes |
| `VICTORIAMETRICS_PROGRAM` | to whom the Prometheus writes |
| `THANOS_PROGRAM` | a sidecar beside the Prometheus, and a querier that asks it |
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from provision.client.prometheus_address import TENANT
from provision.client.session import Endpoint
from support.servers import free_port, running

MOST_SAMPLES: Final = 3000
"""So few samples may a query read that one can ask for too many."""

Settings = dict[str, Any]


@dataclass(frozen=True)
class Store:
    """Where the data can be asked for.

    Attributes:
        endpoint: of its API, or above it.
        settings: what the Prometheus needs in its configuration.
    """

    endpoint: Endpoint
    settings: Settings


def program(name: str) -> Path:
    """The program that the variable names; skips the test where it names none."""
    variable = f"{name.upper()}_PROGRAM"
    if not (found := os.environ.get(variable)):
        pytest.skip(f"{variable} isn't set")
    return Path(found)


@contextmanager
def store(name: str, folder: Path, prometheus: str) -> Iterator[Store]:
    """The store of that name (`cortex`, `mimir`, `thanos`) for the Prometheus at that address; not ready for it before it
    has the settings."""
    with _STORES[name](program(name), folder, prometheus) as found:
        yield found


def _written(url: str, path: str) -> Store:
    remote = {
        "url": f"{url}{path}",
        "headers": {TENANT: "shop"},
        "queue_config": {"batch_send_deadline": "500ms", "min_backoff": "100ms"},
        "metadata_config": {"send": True, "send_interval": "1s"},
    }
    return Store(Endpoint(url, headers={TENANT: "shop"}), {"remote_write": [remote]})


@contextmanager
def _single_binary(
    command: Path, folder: Path, settings: Settings, push: str, *extra: str
) -> Iterator[Store]:
    """A Mimir or a Cortex in one process, whose configurations are alike in this."""
    port = free_port()
    settings["server"] = {
        "http_listen_address": "127.0.0.1", "http_listen_port": port,
        "grpc_listen_address": "127.0.0.1", "grpc_listen_port": free_port(), "log_level": "warn",
    }  # fmt: skip
    file = folder / f"{command.name}.yml"
    file.write_text(json.dumps(settings))
    url = f"http://127.0.0.1:{port}"
    with running(
        [command, f"-config.file={file}", "-target=all", *extra],
        f"{url}/ready",
        folder / f"{command.name}.log",
    ):
        yield _written(url, push)


@contextmanager
def _cortex(command: Path, folder: Path, _: str) -> Iterator[Store]:
    ring = {"kvstore": {"store": "inmemory"}}
    data = folder / "cortex"
    for name in ("rules", "alerts"):
        (data / name).mkdir(parents=True)
    settings: Settings = {
        "auth_enabled": True,
        "ingester": {"lifecycler": {
            "address": "127.0.0.1", "min_ready_duration": "0s", "final_sleep": "0s", "num_tokens": 64,
            "ring": {**ring, "replication_factor": 1},
        }},
        "querier": {"max_samples": MOST_SAMPLES, "active_query_tracker_dir": str(data / "queries")},
        "blocks_storage": {
            "backend": "filesystem", "filesystem": {"dir": str(data / "blocks")},
            "tsdb": {"dir": str(data / "tsdb")}, "bucket_store": {"sync_dir": str(data / "sync")},
        },
        "compactor": {"data_dir": str(data / "compactor"), "sharding_ring": ring},
        "ruler_storage": {"backend": "local", "local": {"directory": str(data / "rules")}},
        "alertmanager_storage": {"backend": "local", "local": {"path": str(data / "alerts")}},
        "alertmanager": {"external_url": "http://localhost/alertmanager"},
    }  # fmt: skip
    with _single_binary(command, folder, settings, "/api/v1/push") as found:
        yield found


@contextmanager
def _mimir(command: Path, folder: Path, _: str) -> Iterator[Store]:
    ring = {"kvstore": {"store": "inmemory"}, "instance_addr": "127.0.0.1"}
    data = folder / "mimir"
    settings: Settings = {
        "multitenancy_enabled": True,
        "usage_stats": {"enabled": False},
        "common": {"storage": {"backend": "filesystem", "filesystem": {"dir": str(data / "common")}}},
        "blocks_storage": {
            "storage_prefix": "blocks", "tsdb": {"dir": str(data / "tsdb")}, "bucket_store": {"sync_dir": str(data / "sync")},
        },
        "ingester": {"ring": {**ring, "replication_factor": 1, "min_ready_duration": "0s", "final_sleep": "0s"}},
        "distributor": {"ring": ring},
        "compactor": {"data_dir": str(data / "compactor"), "sharding_ring": ring},
        "store_gateway": {"sharding_ring": {**ring, "replication_factor": 1}},
        "ruler": {"rule_path": str(data / "rules"), "ring": ring},
        "ruler_storage": {"storage_prefix": "rules"},
        "querier": {"max_samples": MOST_SAMPLES},
        "frontend": {"address": "127.0.0.1"},
        "query_scheduler": {"ring": ring},
        "memberlist": {"bind_addr": ["127.0.0.1"], "bind_port": free_port(), "advertise_addr": "127.0.0.1"},
    }  # fmt: skip
    with _single_binary(command, folder, settings, "/api/v1/push", "-activity-tracker.filepath=") as found:
        yield found


@contextmanager
def _thanos(command: Path, folder: Path, prometheus: str) -> Iterator[Store]:
    data, sidecar, query, http, other = folder / "data", free_port(), free_port(), free_port(), free_port()
    with ExitStack() as open_:
        open_.enter_context(running(
            [command, "sidecar", f"--prometheus.url={prometheus}", f"--tsdb.path={data}",
             f"--grpc-address=127.0.0.1:{sidecar}", f"--http-address=127.0.0.1:{other}"],
            f"http://127.0.0.1:{other}/-/healthy", folder / "sidecar.log",
        ))  # fmt: skip
        open_.enter_context(running(
            [command, "query", f"--endpoint=127.0.0.1:{sidecar}", f"--grpc-address=127.0.0.1:{query}",
             f"--http-address=127.0.0.1:{http}"],
            f"http://127.0.0.1:{http}/-/ready", folder / "query.log",
        ))  # fmt: skip
        yield Store(Endpoint(f"http://127.0.0.1:{http}"), {})


@contextmanager
def _victoriametrics(command: Path, folder: Path, _: str) -> Iterator[Store]:
    port = free_port()
    arguments = [
        command, f"-httpListenAddr=127.0.0.1:{port}", f"-storageDataPath={folder / 'victoria'}",
        "-search.latencyOffset=1s", "-search.disableCache", "-enableMetadata",
    ]  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    with running(arguments, f"{url}/health", folder / "victoria.log"):
        yield _written(url, "/api/v1/write")


_STORES: Final = {
    "cortex": _cortex, "mimir": _mimir, "thanos": _thanos, "victoriametrics": _victoriametrics,
}  # fmt: skip
