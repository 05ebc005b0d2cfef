"""What became of stacks, and how they are, for people as tables and for machines as JSON (docs/json.md)."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import orjson

from provision.ship.swarm.converge import ServiceState
from provision.ship.swarm.deploy import Deployed
from provision.ship.swarm.status import ServiceStatus
from provision.show.style import faint, mark, strong

_WIDTH: Final = 110
"""Of a line that names configs, in characters; a line has no more than one when its name is longer."""

DEPLOY_FORMAT: Final = "provision.stack-deploy/1"
STATUS_FORMAT: Final = "provision.stack-status/1"
"""Name the JSON formats; a change that would break their readers raises the number."""


def deployed_text(done: Sequence[Deployed]) -> str:
    """One line for each service, and for each stack what became of it."""
    lines: list[str] = []
    for stack in done:
        lines.append(strong(f"stack {stack.stack}: {_outcome(stack)}"))
        lines += _table([_service_row(state) for state in stack.states])
        lines += [f"  {mark('fail')} {failure}" for failure in stack.failures]
    return "\n".join(lines)


def deployed_json(done: Sequence[Deployed]) -> str:
    """The same as one JSON document."""
    stacks = [
        {
            "name": stack.stack,
            "outcome": "deployed" if stack.succeeded else "undone" if stack.undone else "failed",
            "services": [_state_value(state) for state in stack.states],
            "failures": list(stack.failures),
        }
        for stack in done
    ]
    return _json({"format": DEPLOY_FORMAT, "stacks": stacks})


def status_text(found: Mapping[str, Sequence[ServiceStatus]]) -> str:
    """One line for each service: tasks, nodes and image, and below it in what it isn't as the sources ask."""
    lines: list[str] = []
    for stack, services in found.items():
        well = all(not service.differs and service.state and service.state.settled for service in services)
        lines.append(
            strong(f"stack {stack}: " + ("as the sources ask" if well else "not as the sources ask"))
        )
        rows = _table([_status_row(service) for service in services])
        for service, row in zip(services, rows, strict=True):
            lines.append(row)
            lines += [f"      {difference}" for difference in _told(service)]
    return "\n".join(lines)


def status_json(found: Mapping[str, Sequence[ServiceStatus]]) -> str:
    """The same as one JSON document."""
    stacks = [
        {"name": stack, "services": [_status_value(service) for service in services]}
        for stack, services in found.items()
    ]
    return _json({"format": STATUS_FORMAT, "stacks": stacks})


def _outcome(stack: Deployed) -> str:
    if stack.succeeded:
        return "deployed"
    return "failed, and is as it was before" if stack.undone and not stack.failures else "failed"


def _service_row(state: ServiceState) -> tuple[str, ...]:
    sign = mark("done" if state.settled else "fail")
    why = "" if state.settled else " · ".join(part for part in (state.failed, state.error) if part)
    return sign, state.name, f"{state.running}/{state.wanted}", why


def _status_row(service: ServiceStatus) -> tuple[str, ...]:
    state = service.state
    well = not service.differs and state is not None and state.settled
    tasks = f"{state.running}/{state.wanted}" if state else "–"
    count = Counter(service.nodes)
    nodes = ", ".join(node if count[node] == 1 else f"{node} ×{count[node]}" for node in sorted(count))
    return (
        mark("done" if well else "fail"),
        service.name,
        tasks,
        nodes,
        faint(service.image) if service.image else "",
    )


def _told(service: ServiceStatus) -> Iterator[str]:
    yield from service.differs
    if service.state and not service.state.settled:
        yield from (part for part in (service.state.failed, service.state.error) if part)
    yield from (f"{node}, and it may run there" for node in service.absent)
    if service.configs:
        named = f"configs: {', '.join(service.configs)}"
        wrapped = textwrap.wrap(
            named, _WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
        )
        yield from map(faint, wrapped)


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    return [
        "  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _state_value(state: ServiceState) -> dict[str, Any]:
    return {
        "name": state.name,
        "running": state.running,
        "wanted": state.wanted,
        "settled": state.settled,
        "failed": state.failed or None,
        "error": state.error or None,
    }


def _status_value(service: ServiceStatus) -> dict[str, Any]:
    state = service.state
    return {
        "name": service.name,
        "image": service.image or None,
        "running": state.running if state else 0,
        "wanted": state.wanted if state else None,
        "settled": bool(state and state.settled),
        "error": (state.failed or state.error or None) if state else None,
        "nodes": list(service.nodes),
        "configs": list(service.configs),
        "differs": list(service.differs),
        "absent": list(service.absent),
        "tasks": [asdict(task) for task in state.tasks] if state else [],
    }


def _json(document: Any) -> str:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()
