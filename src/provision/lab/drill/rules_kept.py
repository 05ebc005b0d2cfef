"""Whether Prometheus still runs the rules that the project defines."""

from __future__ import annotations

from provision.client.prometheus import Prometheus
from provision.client.session import Endpoint, open_session
from provision.compile.kinds import RULE_GROUP
from provision.lab.drill.scene import Scene
from provision.lab.drill.values import Clause
from provision.model import decode


def clauses(stage: Scene, _: float) -> tuple[Clause, ...]:
    """One clause: that the rules in force are those that were compiled, no more and no less."""
    groups = [decode(item.body)["group"] for item in stage.definitions if item.kind == RULE_GROUP]
    compiled = sorted(rule.get("alert") or rule["record"] for group in groups for rule in group["rules"])
    with open_session(Endpoint(stage.url("Prometheus"))) as session:
        loaded = sorted(rule.name for group in Prometheus(session).rules() for rule in group.rules)
    kept = loaded == compiled
    measured = f"{len(loaded)} rules" if kept else f"{len(loaded)} rules, others than before"
    return (Clause("rules in force", f"the project's {len(compiled)} rules", measured, kept),)
