"""What `provision --version` and `--help` cost before anything is done: CPU of the whole process."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys

RUNS = 15


def rows() -> list[tuple[str, ...]]:
    """A header and a row for each command; times are medians of 15 runs."""
    found = [("command", "CPU", "target", "")]
    for label, command, target in (
        ("python -c pass", ["-c", "pass"], None),
        ("provision --version", ["-m", "provision", "--version"], 80.0),
        ("provision --help", ["-m", "provision", "--help"], 150.0),
    ):
        taken = statistics.median(cpu_ms([sys.executable, *command]) for _ in range(RUNS))
        within = "" if target is None else "within" if taken < target else "ABOVE"
        found.append((label, f"{taken:.0f} ms", "" if target is None else f"< {target:.0f} ms", within))
    return found


def cpu_ms(command: list[str]) -> float:
    """CPU of one run, user and system, in milliseconds."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return (used.ru_utime + used.ru_stime) * 1000
