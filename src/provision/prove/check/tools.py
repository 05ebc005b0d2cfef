"""promtool and amtool: which are there, and which of them decide what their servers accept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from provision.compile.dialect.alertmanager import AlertmanagerDialect
from provision.compile.dialect.prometheus import PrometheusDialect
from provision.compile.dialect.versions import Version, show_version
from provision.errors import MissingTool
from provision.project import Project
from provision.tools import amtool, promtool


@dataclass(frozen=True, slots=True)
class Tools:
    """The tools that decide. One that is older than the environment's server refuses what is valid there,
    so it isn't asked.

    Attributes:
        promtool, amtool: their paths; None when ours decides.
        promql: who decides what is PromQL, and why, as part of a sentence.
        routing: who decides what is a configuration of Alertmanager, in the same way.
    """

    promtool: Path | None = None
    amtool: Path | None = None
    promql: str = "the built-in parser"
    routing: str = "the built-in checks"


def available(project: Project) -> Tools:
    """The tools on the PATH or in the project's `.tools/`, as far as they may decide.

    Raises:
        UsageError: the settings `prometheus_version` or `alertmanager_version` aren't versions.
    """
    folder = project.root / ".tools"
    prometheus = PrometheusDialect.of(project).version
    alertmanager = AlertmanagerDialect.of(project).version
    rules, promql = _decides("promtool", promtool.find(folder), "Prometheus", prometheus)
    routes, routing = _decides("amtool", amtool.find(folder), "Alertmanager", alertmanager)
    return Tools(
        rules,
        routes,
        promql if rules else f"the built-in parser ({promql})",
        routing if routes else f"the built-in checks ({routing})",
    )


def _decides(name: str, tool: Path | None, server: str, wanted: Version) -> tuple[Path | None, str]:
    """The tool when it decides, and its name and version or else why it doesn't."""
    if tool is None:
        return None, f"no {name} on the PATH or in .tools"
    try:
        version = promtool.version(tool) if name == "promtool" else amtool.version(tool)
    except MissingTool as error:
        return None, str(error)
    if version is None:
        return tool, f"{name} of a version it doesn't tell"
    if version[:2] < wanted[:2]:
        return None, f"{name} {show_version(version)} is older than {server} {show_version(wanted)}"
    return tool, f"{name} {show_version(version)}"
