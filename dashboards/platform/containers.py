"""What the containers use, by cAdvisor; on Swarm by service."""

from __future__ import annotations

from grafanalib import formatunits as units
from grafanalib.core import Dashboard

from dashboards._page import firing, page, variable
from dashboards._panels import at_most, bars, grid, line, section, stat, table, timeseries

SWARM_SERVICE = "container_label_com_docker_swarm_service_name"

# cAdvisor also reports the machine and its control groups; those have no name.
CHOSEN = f'job=~"$job", name!="", {SWARM_SERVICE}=~"$service"'
LAST_SEEN = f"container_last_seen{{{CHOSEN}}}"
STARTED = f"container_start_time_seconds{{{CHOSEN}}}"
MEMORY = f"container_memory_working_set_bytes{{{CHOSEN}}}"
MEMORY_LIMIT = f"container_spec_memory_limit_bytes{{{CHOSEN}}}"
CPU = f"container_cpu_usage_seconds_total{{{CHOSEN}}}"
RECEIVED = f"container_network_receive_bytes_total{{{CHOSEN}}}"
SENT = f"container_network_transmit_bytes_total{{{CHOSEN}}}"
OUT_OF_MEMORY = f"container_oom_events_total{{{CHOSEN}}}"


def rate(counter: str, by: str = "name") -> str:
    return f"sum by ({by}) (rate({counter}[$__rate_interval]))"


now = line(
    4,
    stat(
        "Containers",
        "Running containers that cAdvisor sees.",
        units.SHORT,
        {"containers": f"count ({LAST_SEEN})"},
    ),
    stat(
        "Processor",
        "Processor seconds used a second: 1 is one whole core.",
        units.SHORT,
        {"cores": f"sum (rate({CPU}[$__rate_interval]))"},
        decimals=2,
    ),
    stat(
        "Memory",
        "The working set: what the kernel can't give away; it is what a limit is held against.",
        units.BYTES_IEC,
        {"memory": f"sum ({MEMORY})"},
    ),
    stat(
        "Came and went",
        "Containers that stopped within the last quarter of an hour, on machines that still answer.",
        units.SHORT,
        {
            "gone": f"count (last_over_time({LAST_SEEN}[15m]) unless {LAST_SEEN} "
            "and on (job, instance) up == 1) or vector(0)"
        },
        thresholds=at_most(1),
    ),
    stat(
        "Out of memory",
        "How often the kernel ended a process for lack of memory, in the chosen time range; unknown on a Swarm.",
        units.SHORT,
        {"times": f"sum (increase({OUT_OF_MEMORY}[$__range]))"},
        thresholds=at_most(1),
        instant=True,
    ),
    stat(
        "Youngest container",
        "How long ago the last one was started.",
        units.SECONDS,
        {"ago": f"time() - max ({STARTED})"},
    ),
)

processor_and_memory = line(
    8,
    timeseries(
        "Processor by container",
        "Processor seconds used a second: 1 is one whole core.",
        units.SHORT,
        {"{{name}}": rate(CPU)},
        stacked=True,
    ),
    timeseries(
        "Memory by container",
        "The working set.",
        units.BYTES_IEC,
        {"{{name}}": f"sum by (name) ({MEMORY})"},
        stacked=True,
    ),
    bars(
        "Memory, share of the limit",
        "Only containers with a limit have this. At 100 % the kernel ends the container.",
        units.PERCENT_UNIT,
        {"{{name}}": f"max by (name) ({MEMORY} / ({MEMORY_LIMIT} > 0))"},
        thresholds=at_most(0.9),
    ),
)

network = line(
    8,
    timeseries(
        "Network, received",
        "By container.",
        units.BYTES_SEC,
        {"{{name}}": rate(RECEIVED)},
    ),
    timeseries(
        "Network, sent",
        "By container.",
        units.BYTES_SEC,
        {"{{name}}": rate(SENT)},
    ),
)

services = line(
    8,
    timeseries(
        "Containers by service",
        "How many of each Swarm service run.",
        units.SHORT,
        {f"{{{{{SWARM_SERVICE}}}}}": f"count by ({SWARM_SERVICE}) ({LAST_SEEN})"},
    ),
    timeseries(
        "Starts",
        "Containers started within the last quarter of an hour, by service.",
        units.SHORT,
        {
            f"{{{{{SWARM_SERVICE}}}}}": f"count by ({SWARM_SERVICE}) (time() - {STARTED} < 900) "
            f"or 0 * count by ({SWARM_SERVICE}) ({STARTED})"
        },
    ),
    table(
        "Containers, the youngest first",
        "How long each has been running.",
        units.SECONDS,
        f"time() - {STARTED}",
        {"name": "Container", "image": "Image", "Value": "Running for"},
    ),
)

dashboard = Dashboard(
    title="Containers",
    description="Processor, memory, network and restarts of containers.",
    panels=grid(
        section("Now"),
        now,
        section("Use"),
        processor_and_memory,
        network,
        section("Services"),
        services,
        line(6, firing("containers", 'job=~"$job"')),
    ),
    **page(
        "platform",
        [
            variable("job", "Job", "container_last_seen"),
            variable(
                "service", "Service", 'container_last_seen{job=~"$job"}', by=SWARM_SERVICE, everything=".*"
            ),
        ],
    ),
)
