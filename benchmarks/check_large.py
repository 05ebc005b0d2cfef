"""What `provision check` takes for a large project: JSON dashboards in which no two expressions are alike, and alerts with
a quotient, a quantile or a plain comparison, a summary and a link. Beside it stands what promtool takes to parse the same
rules."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DASHBOARDS, PANELS = 1_000, 20
GROUPS, ALERTS = 500, 20
RUNS = 5

_PANELS = (
    'sum by (code) (rate(traefik_entrypoint_requests_total{entrypoint=~"$entrypoint", job="NAME"}[$__rate_interval]))',
    'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{job="NAME", handler!~"/a|/b"}[5m])))',
    'sum(rate(http_requests_total{job="NAME", code=~"5.."}[5m])) / sum(rate(http_requests_total{job="NAME"}[5m]))',
    'avg by (instance) (process_resident_memory_bytes{job="NAME"})',
    '1 - avg(up{job="NAME", instance=~"$instance"})',
)
_ALERTS = (
    'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{job="NAME"}[5m]))) > 0.2',
    'up{job="NAME"} == 0',
    'sum by (job) (rate(http_requests_total{job="NAME", code=~"5.."}[5m]))'
    ' / sum by (job) (rate(http_requests_total{job="NAME"}[5m])) > 0.01',
)


def rows() -> list[tuple[str, ...]]:
    """A header and a row for each measurement: the least of 5 runs, after one that isn't counted."""
    found = [("what", "wall", "CPU", "target", "")]
    with tempfile.TemporaryDirectory(prefix="provision-benchmark-") as folder:
        dashboards, rules = Path(folder, "dashboards"), Path(folder, "rules")
        write_dashboards(dashboards)
        write_rules(rules)
        command = [sys.executable, "-m", "provision", "check", "--quiet"]
        for label, root, seconds in (
            (f"{DASHBOARDS:,} dashboards of {PANELS} panels", dashboards, 2.0),
            (f"{GROUPS * ALERTS:,} alerts", rules, 2.5),
        ):
            wall, cpu = least(command, root)
            found.append(
                (
                    label,
                    f"{wall:.2f} s",
                    f"{cpu:.2f} s",
                    f"< {seconds} s",
                    "within" if wall < seconds else "ABOVE",
                )
            )
        promtool = shutil.which("promtool") or next(Path(".tools").glob("**/promtool"), None)
        if promtool:
            wall, cpu = least([str(Path(promtool).absolute()), "check", "rules", "rules/all.yml"], rules)
            found.append(("the same alerts: promtool check rules", f"{wall:.2f} s", f"{cpu:.2f} s", "", ""))
    return found


def least(command: list[str], root: Path) -> tuple[float, float]:
    """Wall and CPU seconds; what is found is written nowhere."""
    takes = [taken(command, root) for _ in range(RUNS + 1)][1:]
    return min(wall for wall, _ in takes), min(cpu for _, cpu in takes)


def taken(command: list[str], root: Path) -> tuple[float, float]:
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):  # 1: something is found
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return time.perf_counter() - began, used.ru_utime + used.ru_stime


def write_dashboards(root: Path) -> None:
    (root / "dashboards").mkdir(parents=True)
    (root / "pyproject.toml").write_text('[tool.provision]\nname = "large"\n')
    for number in range(DASHBOARDS):
        (root / "dashboards" / f"service_{number}.json").write_text(json.dumps(dashboard(number), indent=2))


def dashboard(number: int) -> dict[str, object]:
    source = {"type": "prometheus", "uid": "${ds}"}
    panels = [
        {
            "id": panel + 1,
            "type": "timeseries",
            "title": f"Panel {panel}",
            "description": "What it shows",
            "gridPos": {"h": 8, "w": 12, "x": panel % 2 * 12, "y": panel // 2 * 8},
            "datasource": source,
            "fieldConfig": {"defaults": {"unit": "short"}, "overrides": []},
            "options": {},
            "targets": [{"refId": "A", "expr": _PANELS[panel % len(_PANELS)].replace("NAME", f"{number}-{panel}")}],
        }
        for panel in range(PANELS)
    ]  # fmt: skip
    variables = [
        {"name": name, "type": "query", "query": query, "datasource": source, "refresh": 2, "multi": True, "includeAll": True}
        for name, query in (
            ("entrypoint", "label_values(traefik_entrypoint_requests_total, entrypoint)"),
            ("instance", "label_values(up, instance)"),
        )
    ]  # fmt: skip
    return {
        "uid": f"service-{number}", "title": f"Service {number}", "schemaVersion": 39, "editable": False, "tags": [],
        "time": {"from": "now-1h", "to": "now"}, "panels": panels,
        "templating": {"list": [{"name": "ds", "type": "datasource", "query": "prometheus"}, *variables]},
    }  # fmt: skip


def write_rules(root: Path) -> None:
    (root / "rules").mkdir(parents=True)
    (root / "pyproject.toml").write_text('[tool.provision]\nname = "large"\n')
    lines = ["groups:"]
    for group in range(GROUPS):
        lines += [f"- name: g{group}", "  rules:"]
        for alert in range(ALERTS):
            number = group * ALERTS + alert
            lines += [
                f"  - alert: Alert{number}",
                f"    expr: '{_ALERTS[number % len(_ALERTS)].replace('NAME', f'service-{number}')}'",
                "    for: 5m",
                "    labels: {severity: page}",
                "    annotations:",
                '      summary: "Something is wrong with {{ $labels.job }}"',
                "      runbook_url: https://runbooks.example.org/a",
            ]
    (root / "rules" / "all.yml").write_text("\n".join(lines) + "\n")
