"""An alert's texts print only external labels that the project's Prometheus has."""

from __future__ import annotations

from collections.abc import Iterator

from provision.compile.kinds import PROMETHEUS
from provision.gotemplate.tokens import Broken
from provision.model import Finding
from provision.prove.check.alerttexts import alert_texts
from provision.prove.check.bodies import suggestion
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Group, Rule
from provision.prove.check.rulefields import external_labels

ID = "alerts-external-labels"


def check(estate: Estate, group: Group, rule: Rule) -> Iterator[Finding]:
    """External labels that are printed and that the server doesn't have, where the project says which it has."""
    if rule.kind != "alert" or not estate.of(PROMETHEUS) or estate.is_guest(group.definition):
        return
    known = external_labels(estate, group)
    for text in alert_texts(group, rule):
        if isinstance(text.found, Broken):
            continue
        for use in text.found.external:
            if use.name not in known:
                yield estate.finding(
                    ID, "warning", group.definition, text.pointer, group.about(rule),
                    f"{text.name} prints $externalLabels.{use.name} ({text.at(use.start)}), and Prometheus has no external "
                    f"label {use.name}: it stays empty",
                    suggestion(use.name, known) or f"set it: PrometheusGlobal(external_labels={{{use.name!r}: …}})",
                    line_within=text.line_at(use.start), span=text.span(use.start),
                )  # fmt: skip
