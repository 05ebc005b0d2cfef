"""What a lab shows: readings as lines of text, and as screens when a terminal is too small for all of them; how it
is; and both as values for JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from provision.lab import faults
from provision.lab.client import record
from provision.lab.lifecycle import Status
from provision.lab.readings import Reading, Value
from provision.lab.sla import Promise
from provision.lab.state import Grafana, Lab
from provision.lab.telling import lab_command

SERIES = 6
"""How many series of a panel are written; the others are counted."""


def lines(readings: Sequence[Reading]) -> list[str]:
    """One line a panel: its dashboard, its title, and what it shows now."""
    titles = [f"{reading.dashboard}  ·  {reading.panel}" for reading in readings]
    width = max(map(len, titles), default=0)
    return [f"{title:<{width}}   {shown(reading)}" for title, reading in zip(titles, readings, strict=True)]


def shown(reading: Reading) -> str:
    """What a panel shows: its values, or why it has none."""
    if reading.error:
        return f"query failed: {reading.error}"
    why = f" ({reading.why})" if reading.why else ""
    if not reading.values:
        return f"no data{why}"
    texts = [_named(value) for value in reading.values[:SERIES]]
    left = len(reading.values) - SERIES
    if left > 0:
        texts.append(f"and {left} more")
    if reading.empty:
        texts.append(f"{', '.join(reading.empty)} no data{why}")
    return "  ·  ".join(texts)


def sla_lines(promises: Sequence[Promise], requests: int, seconds: float) -> list[str]:
    """What came of each promise since the lab's start."""
    rows = [(promise.what, *promise.texts, "kept" if promise.kept else "broken") for promise in promises]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        f"SLA over {seconds:.0f} s, {requests:,} requests",
        *(
            f"  {what:<{widths[0]}}  {measured:>{widths[1]}}, promised {promised}: {verdict}"
            for what, measured, promised, verdict in rows
        ),
    ]


def seen_lines(seen: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What each kind of clients saw."""
    lines = []
    for called, sums in seen.items():
        first, *more = record.text(dict(sums)).splitlines()
        lines += ["", f"What {called} saw: {first}", *(f"  {line}" for line in more)]
    return lines


def promise_value(promise: Promise) -> dict[str, Any]:
    """A promise for JSON."""
    return {
        "what": promise.what,
        "measured": promise.measured,
        "promised": promise.promised,
        "unit": promise.unit,
        "kept": promise.kept,
    }


def screens(lines: Sequence[str], height: int, width: int) -> list[list[str]]:
    """The lines cut to the terminal's width, in screens of at most `height` lines; at least one screen."""
    cut = [line if len(line) <= width else f"{line[: width - 1]}…" for line in lines]
    return [cut[start : start + height] for start in range(0, len(cut), max(height, 1))] or [[]]


def reading_value(reading: Reading) -> dict[str, Any]:
    """A reading for JSON; a value that is no number becomes null there."""
    return {
        "dashboard": reading.dashboard,
        "panel": reading.panel,
        "values": [
            {"name": value.name, "value": value.value, "text": value.text} for value in reading.values
        ],
        "empty": list(reading.empty),
        "why": reading.why or None,
        "error": reading.error or None,
    }


def urls(lab: Lab) -> dict[str, str]:
    """Where everything of a lab is: what a person calls it → its URL."""
    grafana = {} if lab.grafana is None else {"Grafana": lab.grafana.url, **lab.grafana.dashboards}
    return {**grafana, **lab.urls}


def status_text(found: Status, folder: Path) -> str:
    """How the lab in that state folder is, and where its parts are."""
    lab = found.lab
    if lab is None:
        return f"No lab runs in {folder}."
    token = faults.token_file(folder)
    return "\n".join(
        [
            f"The lab in {folder} is {found.condition} (environment {lab.environment}).",
            *(f"  {name:<20} {url}" for name, url in lab.urls.items()),
            *([f"  {'admin token, a file':<20} {token}"] if token.exists() else ()),
            *grafana_lines(lab.grafana),
            *(["  its start was cut short"] if found.condition == "incomplete" and not lab.ready else ()),
            *(_ended(name, found) for name, alive in found.alive.items() if not alive),
            f"Stop it with: {lab_command('down', folder)}",
        ]
    )


def status_value(found: Status, folder: Path) -> dict[str, Any]:
    """The same for JSON."""
    value: dict[str, Any] = {"state": found.condition, "folder": str(folder)}
    lab = found.lab
    token = faults.token_file(folder)
    if token.exists():
        value["admin_token_file"] = str(token)
    if lab is not None:
        value |= {"project": lab.project, "environment": lab.environment, "urls": dict(lab.urls)}
        value |= {"seconds": lab.seconds, "grafana": lab.grafana and asdict(lab.grafana)}
        value["processes"] = [
            {
                "name": entry.name,
                "service": entry.service,
                "pid": entry.pid,
                "url": entry.url or None,
                "alive": found.alive[entry.name],
                "last_line": found.last_lines.get(entry.name),
            }
            for entry in lab.processes
        ]
    return value


def _ended(name: str, found: Status) -> str:
    said = found.last_lines.get(name)
    return f"  {name} has ended; " + (f"its log ends with: {said}" if said else "its log is empty")


def grafana_lines(grafana: Grafana | None) -> list[str]:
    """Where Grafana and each dashboard is; nothing without one."""
    if grafana is None:
        return []
    way_in = f" (user {grafana.user}, password in {grafana.password_file})" if grafana.user else ""
    pages = [f"    {title:<18} {url}" for title, url in sorted(grafana.dashboards.items())]
    return [f"  {'Grafana':<20} {grafana.url}{way_in}", *pages]


def _named(value: Value) -> str:
    return f"{value.name} {value.text}" if value.name else value.text
