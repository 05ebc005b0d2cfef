# ruff: noqa: PTH123  # as people write it
"""Dataclasses for the configuration, read from JSON and YAML files beside the source."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from grafanalib.core import Dashboard, Stat, Target, Threshold

HERE = Path(__file__).parent


@dataclass
class Service:
    name: str
    limit: float = 0.5
    labels: dict = field(default_factory=dict)

    def selector(self):
        pairs = {"job": self.name, **self.labels}
        return "{" + ",".join(f'{key}="{value}"' for key, value in pairs.items()) + "}"

    def panel(self):
        return Stat(
            title=self.name,
            targets=[Target(expr=f"latency_seconds{self.selector()}")],
            format="s",
            thresholds=[Threshold("green", 0, 0.0), Threshold("red", 1, float(self.limit))],
        )


with open(HERE / "_services.json") as _file:
    SERVICES = [Service(**entry) for entry in json.load(_file)]
LIMITS = yaml.safe_load((HERE / "limits.yaml").read_text())

dashboard = Dashboard(
    title="Services",
    panels=[Service(one.name, LIMITS.get(one.name, one.limit), one.labels).panel() for one in SERVICES],
)
