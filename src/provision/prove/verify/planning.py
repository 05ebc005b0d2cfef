"""What there is to ask: every expression of an estate with its variables replaced, as Grafana would."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from provision.compile.kinds import DATASOURCE
from provision.errors import NotAllowed, ProvisionError, Unreachable
from provision.model import JSON, Part, Place
from provision.promql.variables import names, substitute
from provision.prove.check.bodies import text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard, Expression, Group
from provision.prove.verify.choices import Chosen, chosen
from provision.prove.verify.classic import variables_of
from provision.prove.verify.durations import length_of
from provision.prove.verify.intervals import built_in, range_seconds
from provision.prove.verify.repeats import one_of_each, repeated
from provision.prove.verify.servers import Known, asked_of, datasource_of
from provision.prove.verify.verdicts import Asked

DEFAULT_SCRAPE_SECONDS: Final = 15.0
"""What Grafana takes for the time between two scrapes, where the data source doesn't say."""

_VARIABLE: Final = "variable $"


@dataclass(frozen=True, slots=True)
class Source:
    """The data source of the project's own definitions.

    Attributes:
        uid: as dashboards refer to it.
        scrape_seconds: the time between two scrapes, as it or the user says; None when nobody does.
    """

    uid: str
    scrape_seconds: float | None


def source_of(estate: Estate, scrape_seconds: float | None) -> Source:
    """The default data source of the project's own definitions, or else the first Prometheus.

    Args:
        scrape_seconds: what the user says of the time between two scrapes.
    """
    found = [body for _, body in estate.of(DATASOURCE) if body.get("type") == "prometheus"]
    body = next((each for each in found if each.get("isDefault")), found[0] if found else {})
    said = scrape_seconds or length_of(text_of(body.get("jsonData"), "timeInterval"))
    return Source(text_of(body, "uid") or "prometheus", said)


@dataclass(frozen=True, slots=True)
class Opened:
    """A dashboard as it is when it is opened: what its variables stand for.

    Attributes:
        window_seconds: how far back it looks.
        chosen: what its variables stand for.
        repeats: the variables that panels are repeated for, by their pointers.
        scrape_seconds: the uid or name of a data source, to the time between two scrapes.
    """

    dashboard: Dashboard
    window_seconds: float
    chosen: Chosen
    repeats: Mapping[str, frozenset[str]]
    scrape_seconds: Callable[[str], float]

    def asked(
        self, text: str, pointer: str, panel: Mapping[str, Any], target: Mapping[str, Any]
    ) -> tuple[str, str, tuple[str, ...]]:
        """An expression of it with its variables replaced, the data source that it is asked of, and those of the
        variables that offer no value.

        Args:
            pointer: to the panel that holds it.
            panel: the JSON of that panel; empty for what isn't in one.
            target: the JSON of the query.
        """
        values = one_of_each(self.chosen.values, self.chosen.options, self.repeats.get(pointer, frozenset()))
        source = asked_of(datasource_of(target, panel), values)
        values |= built_in(self.dashboard.spec, panel, self.scrape_seconds(source), target)
        hollow = tuple(sorted(name for name in names(text) if not self.chosen.options.get(name, True)))
        return substitute(text, values), source, hollow


def opened(dashboard: Dashboard, known: Known, source: Source) -> Opened:
    """The dashboard with its variables chosen as Grafana would.

    Raises:
        Unreachable, NotAllowed: the one server, which has the values of variables, can't be asked.
    """
    window = range_seconds(dashboard.spec)

    def ask(query: str, name: str) -> Sequence[str]:
        server = known.of(name)
        if server is None:
            raise ProvisionError(f"there is no data source {name!r} that can be asked")
        try:
            return server[1].options(query, window)
        except (Unreachable, NotAllowed) as error:
            if len(known.pairs) == 1:
                raise
            raise ProvisionError(f"{server[0].called}: {error.what}") from None

    def scrape_seconds(name: str) -> float:
        server = known.of(name)
        said = server[0].scrape_seconds if server else None
        return said or source.scrape_seconds or DEFAULT_SCRAPE_SECONDS

    built_ins = built_in(dashboard.spec, {}, scrape_seconds(""))
    found = chosen(
        variables_of(dashboard), ask, built_ins, lambda variable: known.chosen(variable, source.uid)
    )
    return Opened(dashboard, window, found, repeated(dashboard), scrape_seconds)


def planned(
    owner: Dashboard | Group,
    expressions: Sequence[Expression],
    estate: Estate,
    known: Known,
    source: Source,
) -> list[Asked]:
    """The expressions of one dashboard or rule group, ready to be asked.

    Raises:
        Unreachable, NotAllowed: the one server, which has the values of variables, can't be asked.
    """
    if isinstance(owner, Dashboard):
        now = opened(owner, known, source)
        return [_of_dashboard(each, now, estate) for each in expressions]
    return [
        Asked(owner.subject, each.what, *_places(each, estate), each.text, each.text) for each in expressions
    ]


def _of_dashboard(expression: Expression, now: Opened, estate: Estate) -> Asked:
    expr, source, hollow = now.asked(expression.text, *_held(expression, now.dashboard))
    return Asked(
        now.dashboard.subject,
        expression.what,
        *_places(expression, estate),
        expression.text,
        expr,
        now.window_seconds,
        source,
        expression.what.startswith(_VARIABLE),
        hollow,
        _complaint(expression, now.chosen),
    )


def _places(expression: Expression, estate: Estate) -> tuple[Place, Part]:
    """Where an expression was written, and where it stands in its definition."""
    definition, pointer = expression.owner.definition, expression.pointer
    place = estate.place(definition, pointer, 1)
    return place, Part(definition.kind, definition.key, pointer, definition.place.path)


def _complaint(expression: Expression, found: Chosen) -> str:
    """What is wrong with a variable whose query has data."""
    if not expression.what.startswith(_VARIABLE):
        return ""
    name = expression.what.removeprefix(_VARIABLE)
    if name in found.faults:
        return found.faults[name]
    return "" if found.options.get(name, True) else "no value comes of it, so the variable offers none"


def _held(expression: Expression, dashboard: Dashboard) -> tuple[str, Mapping[str, Any], Mapping[str, Any]]:
    """The panel that holds an expression, by its pointer and JSON (of the second generation its options of queries),
    and the JSON of the query; empty for what isn't in one."""
    pointer = expression.pointer
    target = _at(dashboard.spec, pointer.rpartition("/")[0])
    if dashboard.is_v2:
        panel, queries, _ = pointer.partition("/spec/data/spec/queries/")
        query = _at(dashboard.spec, pointer.rsplit("/", 2)[0])  # holds the data source, beside its own words
        target = {**target, "datasource": query.get("datasource")}
        options = _at(dashboard.spec, f"{panel}/spec/data/spec/queryOptions")
        return (panel, options, target) if queries else ("", {}, target)
    panel, targets, _ = pointer.partition("/targets/")
    if targets:
        return panel, _at(dashboard.spec, panel), target
    # A variable or an annotation, whose target may lie within it.
    return "", {}, target if "datasource" in target else _at(dashboard.spec, pointer.rsplit("/", 2)[0])


def _at(spec: JSON, pointer: str) -> Mapping[str, Any]:
    """The object at a pointer into a dashboard's definition; empty when there is none."""
    body = spec
    for key in pointer.split("/")[2:]:
        plain = key.replace("~1", "/").replace("~0", "~")
        try:
            body = body[int(plain)] if isinstance(body, list) else body[plain]
        except (KeyError, IndexError, TypeError, ValueError):
            return {}
    return body if isinstance(body, dict) else {}
