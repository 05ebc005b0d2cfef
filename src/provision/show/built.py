"""What a build made, for people as a table, and for machines as JSON (docs/json.md)."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from provision.compile import kinds
from provision.diff.words import counted
from provision.model import Definition, Outcome, Plan, Verb, decode
from provision.show.style import faint, mark, strong

FORMAT: Final = "provision.build/1"
"""Names the JSON format; a change that would break its readers raises the number."""

_LISTED: Final = 12
_NO_FOLDER: Final = "General"
_OTHERS: Final = (
    (kinds.DATASOURCE, "data source"),
    (kinds.SCRAPE_CONFIG, "scrape job"),
    (kinds.ROUTE, "route"),
    (kinds.RECEIVER, "receiver"),
    (kinds.INHIBIT, "inhibition"),
    (kinds.TIME_INTERVAL, "time interval"),
    (kinds.STACK, "stack"),
)
_STATES: Final = {
    Verb.CREATE: "created",
    Verb.UPDATE: "updated",
    Verb.DELETE: "removed",
    Verb.KEEP: "unchanged",
}
_SUMMED: Final = ("created", "updated", "removed", "unchanged", "failed")


def built_text(plan: Plan, outcomes: Sequence[Outcome], definitions: Sequence[Definition], root: Path) -> str:
    """The dashboards by folder with their uids and panels, the rules, and the files that were written, left as
    they were, or removed.

    Args:
        plan, outcomes: of the folder that was built into.
        definitions: what was compiled.
        root: the folder.
    """
    states = _states(plan, outcomes)
    lines = [*_dashboard_lines(definitions), *_other_lines(definitions)]
    changed = [(key, state) for key, state in states.items() if state != "unchanged"]
    lines.append(strong(f"{root}: {_summary(states.values())}"))
    signs = {"created": "add", "updated": "change", "removed": "remove"}
    lines.extend(f"  {mark(signs.get(state, 'fail'))} {key}" for key, state in changed[:_LISTED])
    if len(changed) > _LISTED:
        lines.append(faint(f"  … and {len(changed) - _LISTED} more"))
    return "\n".join(lines)


def built_json(plan: Plan, outcomes: Sequence[Outcome], definitions: Sequence[Definition], root: Path) -> str:
    """The same as one JSON document."""
    rules = _rules(definitions)
    states = _states(plan, outcomes)
    count = Counter(states.values())
    document = {
        "format": FORMAT,
        "root": os.fsencode(root).decode("utf-8", "replace"),
        "dashboards": [
            {"folder": folder or None, "title": title, "uid": uid, "panels": panels, "place": place}
            for folder, found in _dashboards(definitions).items()
            for title, uid, panels, place in found
        ],
        "rules": {"groups": rules["groups"], "records": rules["record"], "alerts": rules["alert"]},
        "definitions": dict(sorted(Counter(definition.kind for definition in definitions).items())),
        "files": [{"path": key, "state": state} for key, state in states.items()],
        "summary": {state: count[state] for state in _SUMMED},
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def _states(plan: Plan, outcomes: Sequence[Outcome]) -> dict[str, str]:
    """What became of each file, in the order of their paths: `created`, `updated`, `unchanged`, `removed`, `failed`."""
    done = {outcome.action.key for outcome in outcomes if outcome.status == "done"}
    states = {
        action.key: _STATES.get(action.verb, "failed")
        if action.verb is Verb.KEEP or action.key in done
        else "failed"
        for action in plan.actions
    }
    return dict(sorted(states.items()))


def _summary(states: Iterable[str]) -> str:
    """Such as `2 files created, 9 unchanged`."""
    count = Counter(states)
    said = [(count[state], state) for state in _SUMMED if count[state]]
    if not said:
        return "no files"
    first, *rest = said
    return ", ".join(
        [f"{counted(first[0], 'file')} {first[1]}", *(f"{number} {state}" for number, state in rest)]
    )


def _dashboards(definitions: Sequence[Definition]) -> dict[str, list[tuple[str, str, int, str]]]:
    """By folder: title, uid, number of panels and place of each dashboard."""
    titles = {found.key: decode(found.body)["title"] for found in definitions if found.kind == kinds.FOLDER}
    folders: dict[str, list[tuple[str, str, int, str]]] = defaultdict(list)
    for definition in definitions:
        if definition.kind == kinds.DASHBOARD:
            body = decode(definition.body)
            folder = " / ".join(titles[path] for path in _parents(body["folder"]) if path in titles)
            title = str(body["spec"].get("title", ""))
            folders[folder].append((title, definition.key, _panels(body["spec"]), str(definition.place)))
    return {folder: sorted(folders[folder]) for folder in sorted(folders)}


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


def _panels(spec: dict[str, Any]) -> int:
    """How many panels there are, rows not counted."""
    if isinstance(spec.get("elements"), dict) and "layout" in spec:
        return len(spec["elements"])
    panels = [panel for panel in spec.get("panels") or () if isinstance(panel, dict)]
    inside = sum(len(panel.get("panels") or ()) for panel in panels)
    return inside + sum(1 for panel in panels if panel.get("type") != "row")


def _dashboard_lines(definitions: Sequence[Definition]) -> Iterator[str]:
    folders = _dashboards(definitions)
    rows = [row for found in folders.values() for row in found]
    title_width = max((len(row[0]) for row in rows), default=0)
    uid_width = max((len(row[1]) for row in rows), default=0)
    for folder, found in folders.items():
        yield strong(folder or _NO_FOLDER)
        for title, uid, panels, _ in found:
            yield f"  {title:<{title_width}}  {faint(f'{uid:<{uid_width}}')}  {counted(panels, 'panel')}"


def _other_lines(definitions: Sequence[Definition]) -> Iterator[str]:
    rules = _rules(definitions)
    if rules["groups"]:
        parts = (
            counted(rules["record"], "record"),
            counted(rules["alert"], "alert"),
            counted(rules["groups"], "group"),
        )
        yield strong("Rules: ") + f"{parts[0]} and {parts[1]} in {parts[2]}"
    count = Counter(definition.kind for definition in definitions)
    others = [counted(count[kind], noun) for kind, noun in _OTHERS if count[kind]]
    if others:
        yield strong("Also: ") + ", ".join(others)


def _rules(definitions: Sequence[Definition]) -> Counter[str]:
    count: Counter[str] = Counter()
    for definition in definitions:
        if definition.kind == kinds.RULE_GROUP:
            count["groups"] += 1
            for rule in decode(definition.body)["group"].get("rules") or ():
                count["record" if "record" in rule else "alert"] += 1
    return count
