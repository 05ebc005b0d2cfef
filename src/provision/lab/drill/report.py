"""Drills as one page of HTML that needs nothing else: no script, no style sheet, no picture from elsewhere."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from types import MappingProxyType

from provision.lab.drill import picture
from provision.lab.drill.comparing import HEADINGS, Row, cells, incomplete
from provision.lab.drill.series import END, Findings
from provision.lab.drill.timeline import offset, sentence, telling
from provision.lab.drill.values import Outcome, Verdict

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1f2328; max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0 }
th, td { border-bottom: 1px solid #d0d7de; padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
img { max-width: 100%; height: auto }
td.verdict { white-space: nowrap }
section { margin-top: 3rem }
.failed { font-weight: bold }
"""


def page(findings: Findings, titles: Mapping[str, str] = MappingProxyType({})) -> str:
    """The page.

    Args:
        titles: of comparisons, by their names.

    Raises:
        MissingTool: pictures can't be made.
    """
    outcomes, reasons = findings.outcomes, findings.reasons()
    began = min((outcome.marks["began"] for outcome in outcomes), default=time.time())
    when = datetime.fromtimestamp(began).astimezone()
    held = sum(outcome.passed for outcome in outcomes)
    rows = "".join(_row(outcome) for outcome in outcomes)
    sections = "".join(_section(outcome) for outcome in outcomes)
    sections += "".join(
        _comparison(titles.get(name, name), found) for name, found in findings.compared.items()
    )
    # What is asked for and has no verdict is no success: a comparison has no hypothesis.
    asked = len(outcomes) + sum(name not in titles and name != END for name in reasons)
    rows += "".join(_not_run(name, why) for name, why in reasons.items())
    left = f", {len(reasons)} not run to the end" if reasons else ""
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>Drills</title>\n'
        f"<style>{_STYLE}</style>\n<h1>Drills</h1>\n"
        f"<p>{escape(f'{when:%Y-%m-%d %H:%M %z}')}: of {asked} hypotheses {held} held{left}.</p>\n"
        "<table><thead><tr><th>Drill<th>Hypothesis<th>Alert<th>Fires<th>At most<th>Users' requests that succeed"
        f"</thead><tbody>{rows}</tbody></table>\n{sections}</html>\n"
    )


def _not_run(name: str, why: str) -> str:
    return (
        f"<tr><td>{escape(name)}<td class='verdict'><span class='failed'>✗ not run to its end</span>"
        f"<td colspan='4'>{escape(why)}</tr>"
    )


def _row(outcome: Outcome) -> str:
    signal = outcome.hypothesis.signal
    fires = outcome.marks.get("firing")
    broken = outcome.marks["broken"]
    cells = (
        signal.alert if signal else "none",
        f"{fires - broken:.1f} s" if fires else "",
        f"{outcome.bounds['firing'] - broken:.1f} s" if "firing" in outcome.bounds else "",
        outcome.clauses[0].measured,
    )
    name = escape(outcome.drill.name)
    texts = "".join(f"<td>{escape(cell)}" for cell in cells)
    return f'<tr><td><a href="#{name}">{name}</a><td class="verdict">{_verdict(outcome.verdict)}{texts}</tr>'


def _section(outcome: Outcome) -> str:
    drill, name = outcome.drill, escape(outcome.drill.name)
    image = base64.b64encode(picture.svg(outcome).encode()).decode()
    clauses = "".join(
        f"<tr><td class='verdict'>{_verdict('held' if each.holds else 'failed')}<td>{escape(each.what)}<td>{escape(each.measured)}"
        f"<td>{escape(each.expected)}</tr>"
        for each in outcome.clauses
    )
    signal = outcome.hypothesis.signal
    why = f"<p>{escape(signal.why)}</p>" if signal else ""
    return (
        f'<section id="{name}"><h2>{name}</h2>\n<p>{escape(drill.summary)}</p>\n'
        f"<p><strong>Supposed:</strong> {escape(outcome.hypothesis.text)}</p>{why}\n"
        f'<img alt="{escape(_alt(outcome))}" src="data:image/svg+xml;base64,{image}">\n'
        f"<table><thead><tr><th><th>Clause<th>Measured<th>Supposed</thead><tbody>{clauses}</tbody></table>\n"
        f"<p>{escape(sentence(outcome))}</p>\n<p><strong>Lesson:</strong> {escape(drill.lesson)}</p>\n<details><summary>Timeline, in seconds from the "
        f"break</summary><table>{''.join(_events(outcome))}</table></details></section>\n"
    )


def _comparison(title: str, rows: Sequence[Row]) -> str:
    head = "".join(f"<th>{escape(heading)}" for heading in HEADINGS)
    body = "".join(
        "<tr>" + "".join(f'<td class="number">{escape(cell)}' for cell in cells(each)) + "</tr>"
        for each in rows
    )
    table = f"<table><thead><tr>{head}</thead><tbody>{body}</tbody></table>"
    notes = "".join(
        f"<p>{escape(each.what)}: {escape(told)}</p>" for each in rows if (told := incomplete(each))
    )
    return f"<section><h2>{escape(title)}</h2>\n{table}{notes}</section>\n"


def _events(outcome: Outcome) -> Iterator[str]:
    for event in telling(outcome):
        cells = f"<td>{escape(event.source)}<td>{escape(event.what)}"
        yield f'<tr><td class="number">{escape(offset(outcome, event.at))}{cells}</tr>'


def _alt(outcome: Outcome) -> str:
    moments = (
        f"{name} {offset(outcome, at)}" for name, at in sorted(outcome.marks.items(), key=lambda one: one[1])
    )
    return f"{outcome.drill.name}: {', '.join(moments)}"


def _verdict(verdict: Verdict) -> str:
    words = {"held": "✓ held", "failed": "✗ failed", "unknown": "? unknown"}[verdict]
    return words if verdict == "held" else f'<span class="failed">{words}</span>'
