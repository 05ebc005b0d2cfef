"""All expressions of a project, of files of any origin, or of a Grafana, asked of one server or of several."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import groupby, islice
from typing import Final

from provision.compile.kinds import LIBRARY_PANEL
from provision.model import Definition, Part
from provision.project import Project
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard, Expression, Group
from provision.prove.check.reading import estate_of
from provision.prove.check.references import ASKED_AS_PROMETHEUS
from provision.prove.check.settings import Configured
from provision.prove.check.tools import Tools
from provision.prove.verify import alerts_count, cost
from provision.prove.verify.alerts import alerts_of
from provision.prove.verify.asking import Asking
from provision.prove.verify.configuration import remarks
from provision.prove.verify.elsewhere import asked_elsewhere
from provision.prove.verify.grafana_rules import of_grafana_rules
from provision.prove.verify.judging import fired_of, key_of, verdicts_of
from provision.prove.verify.knowledge import Knowledge
from provision.prove.verify.library import of_library_panels
from provision.prove.verify.load import Load
from provision.prove.verify.planning import DEFAULT_SCRAPE_SECONDS, Source, planned, source_of
from provision.prove.verify.servers import Known, Server
from provision.prove.verify.settling import settings_of, settled
from provision.prove.verify.verdicts import Asked, Remark, Report

_PLANNED_AT_ONCE: Final = 64
"""So many dashboards are held decoded; of thousands, that takes less memory than all."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server is spared, and what is too much for a reader.

    Attributes:
        timeout_seconds: how long it may take over one query.
        at_once: how many queries it is asked at the same time at most.
        most_series: how many series of one expression are too many.
        allow_empty: whether what has merely no data is fine.
        pending: whether what the project's own rules record may be missing, as they are pushed along with it.
        alerts_seconds: over how long it is counted how often alerts would have fired; None: as the settings say.
    """

    timeout_seconds: float = 10.0
    at_once: int = 8
    most_series: int = 1000
    allow_empty: bool = False
    pending: bool = False
    alerts_seconds: float | None = None


def verify(
    definitions: Sequence[Definition],
    project: Project,
    servers: Sequence[Server],
    limits: Limits,
    *,
    guests: frozenset[str] = frozenset(),
    concerns: Callable[[Asked], bool] = lambda _: True,
    scrape_seconds: float | None = None,
    today: date | None = None,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> Report:
    """What the servers' data says of every expression of these definitions.

    Args:
        servers: one that is asked for everything, or those that the data sources of a Grafana ask.
        guests: paths of files among them that aren't the project's.
        concerns: which of the expressions are meant.
        scrape_seconds: the time between two scrapes; None: as the data source says.
        today: of waivers' last days; None: as the clock says.
        advance: is told how many expressions are done, and of how many.

    Raises:
        Unreachable, NotAllowed, ServerRefused, TooLarge: the one server can't be asked. Of several, the expressions
            that ask that one are told as errors.
        UsageError: the settings of checks or waivers are wrong.
    """
    began = time.perf_counter()
    settings = settings_of(project)
    estate = estate_of(definitions, project, Tools(), guests, settings.parameters, ASKED_AS_PROMETHEUS)
    costs = estate.settings(cost.ID, cost.Settings)
    known = _known(servers, limits, _recorded(estate), with_statistics=costs.needs_statistics)
    source = source_of(estate, scrape_seconds)
    owned = _by_owner(estate)
    with ThreadPoolExecutor(limits.at_once, thread_name_prefix="verify") as pool:
        asked: list[Asked] = []
        while some := list(islice(owned, _PLANNED_AT_ONCE)):
            plans = pool.map(lambda each: planned(each[0], each[1], estate, known, source), some)
            asked.extend(each for plan in plans for each in plan if concerns(each))
        if estate.of(LIBRARY_PANEL):
            panels = pool.map(lambda each: of_library_panels(each, estate, known, source), estate.dashboards)
            asked.extend(each for found in panels for each in found if concerns(each))
            asked = _together(asked)
        rules = of_grafana_rules(estate, source.scrape_seconds or DEFAULT_SCRAPE_SECONDS)
        asked.extend(each for each in rules if concerns(each))
        verdicts = verdicts_of(asked, known, pool, advance, most_series=limits.most_series)
        paired = [(each, verdicts[key_of(each)]) for each in asked]
        fired: dict[Part, tuple[Remark, ...]] = {}
        allowed = estate.settings(alerts_count.ID, alerts_count.Settings)
        if over := _counted_over(allowed, limits, settings):
            alerts = alerts_of(estate, known)
            fired = fired_of(paired, alerts, known, pool, advance, over=over, most=allowed.max)
    notes = (*_notes(known), *_remarks(estate, known, source), *asked_elsewhere(estate, concerns))
    return Report(
        servers=tuple(server.called for server in servers),
        results=settled(
            (
                (each, verdict, (*fired.get(each.part, ()), *cost.remarks(verdict, costs)))
                for each, verdict in paired
            ),
            definitions,
            project,
            settings,
            allow_empty=limits.allow_empty,
            today=today or date.today(),
        ),
        notes=notes,
        questions=sum(knowledge.asking.questions for _, knowledge in known.pairs),
        seconds=time.perf_counter() - began,
    )


def _known(
    servers: Sequence[Server], limits: Limits, recorded: Mapping[str, str], *, with_statistics: bool
) -> Known:
    now = time.time()

    def knowledge(server: Server) -> Knowledge:
        load = Load(limits.at_once, lambda: server.client.query("vector(1)"))
        asking = Asking(load, fault=server.fault)
        return Knowledge(
            server.client,
            now=now,
            timeout_seconds=limits.timeout_seconds,
            asking=asking,
            expected=recorded,
            pending=limits.pending,
            with_statistics=with_statistics,
        )

    return Known([(server, knowledge(server)) for server in servers])


def _counted_over(allowed: alerts_count.Settings, limits: Limits, settings: Configured) -> float | None:
    """Over how many seconds it is counted how often alerts would have fired; None: it isn't."""
    if limits.pending or alerts_count.ID in settings.off:
        return None
    return limits.alerts_seconds or allowed.range_seconds


def _notes(known: Known) -> tuple[str, ...]:
    if len(known.pairs) == 1:
        return tuple(known.pairs[0][1].notes)
    return tuple(
        f"{server.called}: {note}"
        for server, each in known.pairs
        for note in (*([server.fault.what] if server.fault and server.names else []), *each.notes)
    )


def _remarks(estate: Estate, known: Known, source: Source) -> Iterator[str]:
    """What the configuration of each server says against what is written for it."""
    for server, knowledge in known.pairs:
        if (found := knowledge.configuration) is not None:
            scrape_seconds = server.scrape_seconds or source.scrape_seconds or DEFAULT_SCRAPE_SECONDS
            yield from remarks(estate, found, scrape_seconds)


def _recorded(estate: Estate) -> dict[str, str]:
    """Each metric that a rule records, and where that rule was written."""
    return {
        rule.name: str(estate.place(group.definition, rule.pointer, 1))
        for group in estate.groups
        for rule in group.rules
        if rule.kind == "record"
    }


def _by_owner(estate: Estate) -> Iterator[tuple[Dashboard | Group, list[Expression]]]:
    """Each dashboard and rule group with its expressions, in their order."""
    for _, found in groupby(estate.expressions, key=lambda each: id(each.owner)):
        expressions = list(found)
        yield expressions[0].owner, expressions


def _together(asked: Sequence[Asked]) -> list[Asked]:
    """The expressions of each dashboard beside one another, in the order of their first."""
    order: dict[str, int] = {}
    for each in asked:
        order.setdefault(each.owner, len(order))
    return sorted(asked, key=lambda each: order[each.owner])
