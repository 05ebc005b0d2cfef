"""Rule files of Prometheus' relatives: what Thanos, Mimir, Cortex and vmalert add to a rule group, and Prometheus refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from provision.compile.kinds import RULE_GROUP
from provision.model import Definition, decode, encode

GROUP_FIELDS: Final = frozenset({
    "partial_response_strategy",  # Thanos Rule, and the PrometheusRule of the operator
    "source_tenants", "evaluation_delay", "align_evaluation_time_on_interval", "remote_write",  # Mimir, Cortex
    "concurrency", "params", "headers", "notifier_headers", "eval_offset", "eval_delay", "eval_alignment", "tenant",
    "debug",  # vmalert
})  # fmt: skip
RULE_FIELDS: Final = frozenset({"debug", "update_entries_limit"})
"""Of vmalert."""


def as_prometheus(definition: Definition) -> Definition:
    """A rule group without what only a relative of Prometheus reads; anything else as it is. A group of another language
    (vmalert's `type`) stays, as Prometheus could do nothing with it."""
    if definition.kind != RULE_GROUP:
        return definition
    body = decode(definition.body)
    group = body["group"]
    listed = group.get("rules")
    rules = [rule for rule in listed if isinstance(rule, dict)] if isinstance(listed, list) else []
    foreign = GROUP_FIELDS & group.keys() | ({"type"} if group.get("type") == "prometheus" else set())
    if not foreign and not any(RULE_FIELDS & rule.keys() for rule in rules):
        return definition
    for name in foreign:
        del group[name]
    for rule in rules:
        for name in RULE_FIELDS & rule.keys():
            del rule[name]
    return replace(definition, body=encode(body))
