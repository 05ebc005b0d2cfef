"""What the server's own configuration says against what is written for it: how often it scrapes, and the labels that
it puts on whatever leaves it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import yaml

from provision.model import JSON
from provision.prove.check.bodies import objects, text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Rule
from provision.prove.check.rulefields import USUAL_SECONDS
from provision.prove.verify.durations import length, length_of

_EXTERNAL: Final = re.compile(r"(?:\$externalLabels|\.ExternalLabels)\.(\w+)")


@dataclass(frozen=True, slots=True)
class Configuration:
    """What matters of a server's configuration.

    Attributes:
        shortest_seconds: the shortest time between two scrapes of any job.
        evaluation_seconds: between two evaluations of a group that doesn't say.
        external_labels: what it puts on alerts, and on samples that it sends elsewhere.
    """

    shortest_seconds: float
    external_labels: Mapping[str, str] = field(default_factory=dict)
    evaluation_seconds: float = USUAL_SECONDS


def configuration(text: str) -> Configuration | None:
    """The configuration that a server tells as YAML; None when it isn't a Prometheus'."""
    try:
        body = yaml.load(text, yaml.CSafeLoader)  # a safe one
    except yaml.YAMLError:
        return None
    if not isinstance(body, dict):
        return None
    whole = body.get("global")
    usual = length_of(text_of(whole, "scrape_interval")) or USUAL_SECONDS
    jobs = [
        length_of(text_of(job, "scrape_interval")) or usual for _, job in objects(body.get("scrape_configs"))
    ]
    labels = whole.get("external_labels") if isinstance(whole, dict) else None
    external = {str(name): str(value) for name, value in labels.items()} if isinstance(labels, dict) else {}
    evaluated = length_of(text_of(whole, "evaluation_interval")) or USUAL_SECONDS
    return Configuration(min(jobs, default=usual), external, evaluated)


def remarks(estate: Estate, found: Configuration, scrape_seconds: float) -> Iterator[str]:
    """What there is to say of the project's definitions, one sentence each.

    Args:
        scrape_seconds: what dashboards take for the time between two scrapes.
    """
    if any(True for _ in estate.dashboards) and scrape_seconds < found.shortest_seconds:
        yield (
            f"dashboards take it that targets are scraped every {length(scrape_seconds)}, and the server scrapes every "
            f"{length(found.shortest_seconds)}: set the data source's scrape interval, or $__rate_interval is too short"
        )
    for group in estate.groups:
        for rule in group.rules:
            for said in _of_rule(rule, found.external_labels):
                yield f"{estate.place(group.definition, rule.pointer, 1)}: {group.about(rule)}: {said}"


def _of_rule(rule: Rule, external: Mapping[str, str]) -> Iterator[str]:
    labels: JSON = rule.body.get("labels")
    for name in sorted(labels) if isinstance(labels, dict) else ():
        if name in external:
            yield f"its label {name} takes the place of the server's external label {name}={external[name]!r}"
    texts = f"{rule.body.get('labels')} {rule.body.get('annotations')}"
    for name in sorted(set(_EXTERNAL.findall(texts)) - set(external)):
        yield f"it names the external label {name}, and the server has none of that name"
