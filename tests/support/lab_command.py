"""`provision lab` as it is run in a test, and a lab as values."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from provision.commands import lab as lab_command
from provision.lab.processes import Process
from provision.lab.readings import Reading, Value
from provision.lab.sla import Promise
from provision.lab.state import Lab, Running

RUNNING = Lab(
    id="a1",
    boot="b",
    ready=True,
    starter=Process(1, 1),
    project="/project",
    environment="demo",
    urls={"Prometheus": "http://127.0.0.1:9090"},
    processes=(Running("app-1", "app", 5, 50, "http://127.0.0.1:1"), Running("traffic", "traffic", 6, 60)),
)
READINGS = (
    Reading("One", "Fine", (Value("", 1.0, "1 s"),)),
    Reading("One", "Wrong", error="parse error"),
)
PROMISE = Promise("answered within 200 ms", 0.985, 0.99, "percentunit")


def run(project: Path, *arguments: str) -> Result:
    runner = CliRunner()
    return runner.invoke(
        lab_command.command,
        [*arguments, "--project", str(project)],
        standalone_mode=False,
        catch_exceptions=False,
    )
