"""The labels that a rule adds take the place of none that a series, or the server, already has."""

from __future__ import annotations

from collections.abc import Iterator

from provision.model import Finding
from provision.promql.branches import branches
from provision.promql.facts import facts
from provision.prove.check.bodies import text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Group, Rule
from provision.prove.check.rulefields import external_labels, labels_of, texts

ID = "labels-conflict"


def check(estate: Estate, group: Group, rule: Rule) -> Iterator[Finding]:
    """Labels of rules that are external labels of the server, too, or that replace those of the series."""
    added = labels_of(group, rule)
    if not added:
        return
    external = external_labels(estate, group)
    for name in sorted(added.keys() & external.keys()):
        same = "the same" if added[name] == external[name] else repr(external[name])
        yield _finding(
            estate, group, rule, name,
            f"the label {name} is an external label of Prometheus, too, which sets it to {same} in what leaves the server",
            "leave it out of the rule, or call it something else",
        )  # fmt: skip
    found = facts(text_of(rule.body, "expr"))
    for branch in () if found is None else branches(found.root):
        for name in sorted(added.keys() & branch.labels.likely):
            known = branch.labels.values.get(name)
            if known is None and "{{" not in added[name]:
                what = f"the label {name} takes the place of each series' own, and several become one, which is an error"
            elif known is not None and known != added[name]:
                what = f"the label {name} takes the place of {name}={known!r}, which the expression asks for"
            else:
                continue
            yield _finding(estate, group, rule, name, what, "call it something else, or aggregate without it")


def _finding(estate: Estate, group: Group, rule: Rule, name: str, message: str, remedy: str) -> Finding:
    own = name in texts(rule.body, "labels")
    pointer = f"{rule.pointer}/labels/{name}" if own else f"/group/labels/{name}"
    return estate.finding(ID, "warning", group.definition, pointer, group.about(rule), message, remedy)
