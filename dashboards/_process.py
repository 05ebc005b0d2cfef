"""What a process itself takes of the machine, as every Prometheus client tells of it."""

from __future__ import annotations

from grafanalib import formatunits as units
from grafanalib.core import TimeSeries

from dashboards._panels import timeseries
from dashboards._requests import rate


def memory_and_processor(selector: str, whose: str = "the process") -> tuple[TimeSeries, TimeSeries]:
    """Memory and processor of each instance.

    Args:
        selector: the matchers of the processes.
        whose: memory it is, in words.
    """
    return (
        timeseries(
            "Memory",
            f"Resident memory of {whose}.",
            units.BYTES_IEC,
            {"{{instance}}": f"process_resident_memory_bytes{{{selector}}}"},
        ),
        timeseries(
            "Processor",
            "Processor seconds used a second: 1 is one whole core.",
            units.SHORT,
            {"{{instance}}": rate(f"process_cpu_seconds_total{{{selector}}}", "instance")},
        ),
    )
