"""Drills as JSON: the format `provision.drill/1`."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from provision.lab.drill.comparing import values
from provision.lab.drill.series import Findings
from provision.lab.drill.values import Clause, Outcome

FORMAT = "provision.drill/1"


def document(findings: Findings) -> dict[str, Any]:
    """What came of some drills, and of comparisons by their names, for machines. Moments are Unix seconds."""
    return {
        "format": FORMAT,
        "drills": [_outcome(outcome) for outcome in findings.outcomes],
        "compared": {name: values(rows) for name, rows in findings.compared.items()},
        "not_run": findings.reasons(),
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    signal = outcome.hypothesis.signal
    return {
        "name": outcome.drill.name,
        "summary": outcome.drill.summary,
        "hypothesis": outcome.hypothesis.text,
        "alert": signal and signal.alert,
        "passed": outcome.passed,
        "verdict": outcome.verdict,
        "unseen": list(outcome.unseen),
        "clauses": [_clause(clause) for clause in outcome.clauses],
        "moments": dict(outcome.marks),
        "bounds": dict(outcome.bounds),
        "events": [{"at": event.at, "source": event.source, "what": event.what} for event in outcome.events],
        "visits": [asdict(visit) for visit in outcome.visits],
    }


def _clause(clause: Clause) -> dict[str, Any]:
    """An infinite bound is null: JSON has no such number."""
    found = asdict(clause)
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in found.items()
    }
