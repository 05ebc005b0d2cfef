"""What the rules that a Grafana evaluates itself ask of its data sources."""

from __future__ import annotations

from collections.abc import Iterator

from provision.compile.kinds import GRAFANA_RULE_GROUP
from provision.model import Part
from provision.promql.variables import substitute
from provision.prove.check.bodies import objects, subject_of, text_of
from provision.prove.check.estate import Estate
from provision.prove.check.references import speaks_promql
from provision.prove.verify.intervals import built_in
from provision.prove.verify.verdicts import Asked

_EXPRESSIONS = "__expr__"
"""What Grafana calls itself as the data source of a rule's own expressions."""


def of_grafana_rules(estate: Estate, scrape_seconds: float) -> Iterator[Asked]:
    """Every PromQL expression of such rules, ready to be asked.

    Args:
        scrape_seconds: the time between two scrapes.
    """
    values = built_in({}, {}, scrape_seconds)
    for definition, body in estate.of(GRAFANA_RULE_GROUP):
        for at, rule in objects(body.get("rules"), "/rules"):
            for pointer, query in objects(rule.get("data"), f"{at}/data"):
                model = query.get("model")
                expr = text_of(model, "expr")
                uid = text_of(query, "datasourceUid")
                held = {
                    "uid": uid,
                    "type": text_of(model.get("datasource"), "type") if isinstance(model, dict) else "",
                }
                if (
                    not expr.strip()
                    or uid == _EXPRESSIONS
                    or not speaks_promql(held, expr, {}, estate.sources)
                ):
                    continue
                yield Asked(
                    subject_of(definition),
                    f'rule "{text_of(rule, "title")}", query {text_of(query, "refId") or "?"}',
                    estate.place(definition, f"{pointer}/model/expr", 1),
                    Part(definition.kind, definition.key, f"{pointer}/model/expr", definition.place.path),
                    expr,
                    substitute(expr, values),
                    source=uid,
                )
