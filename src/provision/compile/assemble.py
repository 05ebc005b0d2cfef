"""What only all sources together show: the folders that directories become, and keys that are taken twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provision.compile.dashboards import folders_for
from provision.compile.keys import inside, rule_file_of
from provision.compile.kinds import (
    ALERTMANAGER,
    CONTACT_POINT,
    DASHBOARD,
    DATASOURCE,
    FOLDER,
    GRAFANA_RULE_GROUP,
    LIBRARY_PANEL,
    MUTE_TIMING,
    POLICY,
    PROMETHEUS,
    RECEIVER,
    ROUTE,
    RULE_GROUP,
    SCRAPE_CONFIG,
    STACK,
    TEMPLATE,
    TIME_INTERVAL,
)
from provision.compile.stacks import unknown_networks
from provision.errors import Problem
from provision.model import Definition, decode

_TAKEN = {
    DASHBOARD: "two dashboards have the uid {key!r}",
    DATASOURCE: "two data sources have the uid {key!r}",
    FOLDER: "two Folders describe dashboards/{key}",
    LIBRARY_PANEL: "two library panels have the uid {key!r}",
    TEMPLATE: "two message templates are called {key!r}",
    MUTE_TIMING: "two mute timings are called {key!r}",
    CONTACT_POINT: "two contact points are called {key!r}",
    POLICY: "a project has one file of Grafana's notification policies",
    GRAFANA_RULE_GROUP: "two rule groups of Grafana would be {key!r} (folder and title)",
    RULE_GROUP: "two rule groups would be {key!r} (rule file and group name)",
    SCRAPE_CONFIG: "two scrape jobs are called {key!r}",
    PROMETHEUS: "a project has one PrometheusGlobal",
    ALERTMANAGER: "a project has one AlertmanagerGlobal",
    RECEIVER: "two receivers are called {key!r}",
    TIME_INTERVAL: "two time intervals are called {key!r}",
    ROUTE: "a project has one root route, one without matchers",
    STACK: "two stacks are called {key!r}",
}
_REMEDY = {
    DASHBOARD: "give one of them a uid of its own, or take it out",
    RULE_GROUP: "give one of them another name, or put the rules together",
}


def assemble(
    definitions: Iterable[Definition], sources: Iterable[str] = (), folders: Iterable[str] = ()
) -> tuple[tuple[Definition, ...], tuple[Problem, ...]]:
    """All definitions with the folders that no source describes, and a problem for each key, folder uid or rule
    file that is taken twice; the problem stands at the second place and names the first.

    Args:
        definitions: of all sources, in their order.
        sources: the sources' paths, relative to the project's root.
        folders: the paths of folders that are needed besides, as under dashboards/.
    """
    given = list(definitions)
    given.extend(folders_for(given, folders))
    first: dict[tuple[str, str], Definition] = {}
    kept: list[Definition] = []
    problems: list[Problem] = []
    for definition in given:
        earlier = first.setdefault((definition.kind, definition.key), definition)
        if earlier is definition:
            kept.append(definition)
            continue
        what = _TAKEN[definition.kind].format(key=definition.key)
        problems.append(_problem(definition, earlier, what, _REMEDY.get(definition.kind)))
    uids: dict[str, Definition] = {}
    for definition in kept:
        if definition.kind == FOLDER:
            uid = decode(definition.body)["uid"]
            earlier = uids.setdefault(uid, definition)
            if earlier is not definition:
                problems.append(_problem(definition, earlier, f"two folders have the uid {uid!r}"))
    problems.extend(unknown_networks(kept))
    problems.extend(_rule_files(sources))
    return tuple(kept), tuple(problems)


def _rule_files(sources: Iterable[str]) -> Iterator[Problem]:
    """`rules/a/b.py` and `rules/a-b.py` would both be `a-b.yml`; `rules/a.py` and `rules/a.yml` are one on purpose,
    for an estate that is rewritten bit by bit."""
    first: dict[str, str] = {}
    for path in sources:
        if path.startswith("rules/"):
            earlier = first.setdefault(rule_file_of(path), path)
            if inside(earlier) != inside(path):
                what = (
                    f"it would be the rule file {rule_file_of(path)!r}, as {earlier} is; rename one of them"
                )
                yield Problem(path, None, what)


def _problem(second: Definition, first: Definition, what: str, remedy: str | None = None) -> Problem:
    other = "both are made here" if first.place == second.place else f"the other is in {first.place}"
    message = f"{what}; {other}" + (f"; {remedy}" if remedy else "")
    return Problem(second.place.path, second.place.line, message)
