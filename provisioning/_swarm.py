"""What both stacks and the scrape jobs know of the Swarm they run on.

| variable | meaning |
| --- | --- |
| `swarm_without_ipvs` | true where nodes' kernels have no IPVS: services have no virtual address, and ports are those of the nodes that a task runs on |
| `publish_monitoring` | true: Prometheus, Alertmanager and the receiver `webhook`, which ask for no password, are reached from outside, too |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provision.author import Bind, Healthcheck, Network, Placement, Port, Resources, Service, env

WITHOUT_IPVS = bool(env.get("swarm_without_ipvs", False))

SOCKET = "/var/run/docker.sock"
ENGINE = {SOCKET: Bind(SOCKET, every_node=True)}
"""The engine's own socket. Who has that of a manager can do all with the Swarm and its nodes, however it is mounted."""

ENGINE_URL = "tcp://engine:2375"
"""Where `monitor` asks the engine: what lists tasks, services, nodes and networks, and nothing else."""

MANAGERS = "node.role == manager"

edge = Network("edge", of="app")
"""Between Traefik and what it leads to; Prometheus is in it as well."""

inner = Network("inner", of="app")
"""Between the gallery and its data."""

watch = Network("watch", of="monitor")
"""Between what watches."""

asking = Network("asking", of="monitor", internal=True)
"""Between Prometheus and what it may ask of the engine; nobody else is in it."""

NETWORK_OF = {"app": edge, "monitor": watch}


def data_of(name: str) -> str:
    """The constraint that keeps data where they are, a stack's or a service's: a volume lies on one node, and a task that
    moves to another starts empty."""
    return f"node.labels.{name}-data == true"


def port(target: int, published: int, *, of_node: bool = False) -> Port:
    """A published port: at every node, or at those that a task runs on, when that is meant or nothing else can be had."""
    return Port(target, published, mode="host" if of_node or WITHOUT_IPVS else "ingress")


def image(name: str, default: str) -> str:
    """The image of a service: the variable `NAME_image`, or the version that this was written for."""
    return str(env.get(f"{name}_image", default))


def service(
    name: str, *args: Any, memory: str, keeps: str = "", on: tuple[str, ...] = (), **fields: Any
) -> Service:
    """A service within the limits of a small node.

    Args:
        memory: what a task may use at most; a quarter of it is kept free.
        keeps: the data that it keeps in volumes, by the name in their node's label; empty: none.
        on: further constraints.
    """
    constraints = [*on, *([data_of(keeps)] if keeps else [])]
    resources = Resources(memory=memory, reserved_memory=f"{int(memory.removesuffix('M')) // 4}M")
    return Service(
        name,
        *args,
        **{
            "placement": Placement(constraints),
            "resources": resources,
            "endpoint_mode": "dnsrr" if WITHOUT_IPVS else "vip",
            "init": True,
            **fields,
        },
    )


def answers(url: str, start_period: str = "60s") -> Healthcheck:
    """A health check that asks a page of the task itself; `wget` is in the images of Prometheus, Alertmanager, Grafana."""
    return Healthcheck(["wget", "-q", "-O", "/dev/null", url], start_period=start_period)


def discovery(stack: str, name: str, port_number: int) -> Mapping[str, Any]:
    """Every running task of a service as a scrape target, which a manager is asked for. `instance` is where it runs, the
    node and the task's number, and stays when a task is replaced: an address wouldn't."""
    return {
        "dockerswarm_sd_configs": [{"host": ENGINE_URL, "role": "tasks", "refresh_interval": "5s"}],
        "relabel_configs": [
            _keep("__meta_dockerswarm_task_desired_state", "running"),
            _keep("__meta_dockerswarm_service_name", f"{stack}_{name}"),
            _keep("__meta_dockerswarm_network_name", f"{stack}_{NETWORK_OF[stack].name}"),
            {
                "source_labels": ["__address__"],
                "regex": r"([^:]+)(?::\d+)?",
                "replacement": f"$1:{port_number}",
                "target_label": "__address__",
            },
            {"source_labels": ["__meta_dockerswarm_node_hostname"], "target_label": "node"},
            {
                "source_labels": ["__meta_dockerswarm_node_hostname", "__meta_dockerswarm_task_slot"],
                "separator": "/",
                "target_label": "instance",
            },
            # The task of a global service has no number: it is the node's.
            {"source_labels": ["instance"], "regex": "(.+)/0", "target_label": "instance"},
        ],
    }


def _keep(label: str, value: str) -> dict[str, Any]:
    return {"source_labels": [label], "regex": value, "action": "keep"}
