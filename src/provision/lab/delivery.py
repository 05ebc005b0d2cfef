"""Rules, routes and dashboards to the lab's servers, by the same plan and the same targets as to any other server; and the
wait until there is something to see."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from provision.client.prometheus import Prometheus
from provision.client.session import Endpoint, open_session
from provision.compile.dialect import grafana as grafana_dialect
from provision.compile.dialect import prometheus as prometheus_dialect
from provision.compile.kinds import DASHBOARD
from provision.diff import title_of_action
from provision.errors import ProvisionError
from provision.model import Definition, Plan, Resource, decode
from provision.ship.apply import apply
from provision.ship.plan import make_plan
from provision.ship.target import Target, alertmanager, grafana, prometheus

SCRAPES = 6
"""How many samples of each target are waited for: what `$__rate_interval` covers, and one more."""

SETTLE_SECONDS = 60.0
_PAUSE_SECONDS = 0.25


def push_rules(
    url: str, rules_dir: Path, definitions: Sequence[Definition], owner: str, tools_dir: Path
) -> int:
    """Give the project's rules to the Prometheus at `url`, which reads them from `rules_dir`; how many files.

    Raises:
        ProvisionError: one can't be written, or the server refuses it.
    """
    target = prometheus.connect(Endpoint(url), rules_dir, tools_dir=tools_dir)
    desired = prometheus_dialect.shape_rules(definitions, target.dialect)
    _push(target, desired, owner)
    return len(desired)


def push_routes(url: str, config_file: Path, routing: Resource, owner: str, tools_dir: Path) -> None:
    """Give the project's routes to the Alertmanager at `url`, which reads them from `config_file`.

    Raises:
        ProvisionError: the file can't be written, or the server refuses it.
    """
    _push(alertmanager.connect(Endpoint(url), config_file, tools_dir=tools_dir), (routing,), owner)


def require_grafana(endpoint: Endpoint) -> None:
    """Ask the Grafana at `endpoint` who it is, before anything is started for it.

    Raises:
        Unreachable: it doesn't answer, or isn't one.
        NotAllowed: it wants other credentials.
    """
    grafana.connect(endpoint).close()


def push_dashboards(endpoint: Endpoint, definitions: Sequence[Definition], owner: str) -> dict[str, str]:
    """Give these definitions to the Grafana at `endpoint`; each dashboard's title → its URL.

    Raises:
        ProvisionError: it doesn't answer, refuses something, or something there is somebody else's, and nothing was
            written then.
        SourceErrors: it could not hold them.
    """
    target = grafana.connect(endpoint, owner=owner)
    try:
        plan = _push(target, grafana_dialect.shape(definitions, target.dialect), owner)
        boards = [action for action in plan.actions if action.kind == DASHBOARD]
        return {decode(each.after or b"{}")["spec"]["title"]: target.page(each) for each in boards}
    finally:
        target.close()


def settle(url: str) -> None:
    """Wait until the Prometheus at `url` has scraped every target a few times and evaluated every rule.

    Raises:
        ProvisionError: that takes longer than a minute; says what is waited for.
    """
    limit = time.monotonic() + SETTLE_SECONDS
    with open_session(Endpoint(url)) as session:
        while missing := _missing(Prometheus(session)):
            if time.monotonic() > limit:
                raise ProvisionError(f"{missing} after {SETTLE_SECONDS:.0f} s", where=url)
            time.sleep(_PAUSE_SECONDS)


def _missing(client: Prometheus) -> str:
    unscraped = [target.url for target in client.targets() if target.health == "unknown"]
    if unscraped:
        return f"{', '.join(unscraped)} isn't scraped"
    counts = client.query("min(count_over_time(up[5m]))")
    if not counts or counts[0].value < SCRAPES:
        return "not every target is scraped a few times"
    waiting = [rule.name for group in client.rules() for rule in group.rules if rule.health == "unknown"]
    return f"{', '.join(waiting)} isn't evaluated" if waiting else ""


def _push(target: Target, desired: Sequence[Resource], owner: str) -> Plan:
    plan = make_plan(desired, target, owner)
    if plan.stops:
        said = "\n".join(f"{title_of_action(action)}: {action.reason}" for action in plan.stops)
        raise ProvisionError(said, where=plan.target)
    failed = [outcome for outcome in apply(plan, target) if outcome.status != "done"]
    if failed:
        said = "; ".join(f"{outcome.action.key}: {outcome.message}" for outcome in failed)
        raise ProvisionError(said, where=plan.target)
    return plan
