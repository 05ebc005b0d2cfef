"""Drills as JSON: the format `provision.drill/1`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from provision.lab.drill.comparing import Row, values
from provision.lab.drill.values import Clause, Outcome

FORMAT = "provision.drill/1"


def document(
    outcomes: Sequence[Outcome], compared: Mapping[str, Sequence[Row]] = MappingProxyType({})
) -> dict[str, Any]:
    """What came of some drills, and of comparisons by their names, for machines. Moments are Unix seconds."""
    drills = [_outcome(outcome) for outcome in outcomes]
    return {
        "format": FORMAT,
        "drills": drills,
        "compared": {name: values(rows) for name, rows in compared.items()},
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
