"""The node that keeps what watches is lost: Prometheus, Alertmanager and Grafana can be started elsewhere, and know nothing
there of what was before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from provision.client.prometheus import Prometheus
from provision.client.session import Endpoint, open_session
from provision.errors import ProvisionError
from provision.lab.asking import ask
from provision.lab.drill.swarm import breaks
from provision.lab.drill.swarm.stage import FIRST, SwarmStage
from provision.lab.drill.values import Clause, Event, Visit
from provision.tools import docker

SPARE: Final = "manager-2"
"""Where it is started then: a manager, which alone can be asked for tasks to scrape."""

_LABEL: Final = "monitor-data"
_VOLUMES: Final = {"Prometheus": "prometheus", "Alertmanager": "alertmanager", "Grafana": "grafana"}
_SILENCED: Final = "NobodyIsToldOfThis"
_SILENCE_MINUTES: Final = 30
_MOVED_SECONDS: Final = 120.0
"""Until they run elsewhere: a node that is noticed to be gone, a start, and a health check."""

_BEFORE: Final = "30s"
"""How much of the time before the break is asked for."""


def put_up_silence(stage: SwarmStage) -> None:
    """Silence an alert that never fires, and see that the silence is there; and have nothing of an earlier drill lie where
    things are started later.

    Raises:
        ProvisionError: Alertmanager doesn't take it, or can't be asked.
    """
    spare = stage.engine(SPARE)
    left = docker.listed(spare, "volume", "ls", "--quiet", "--filter", "name=monitor_")
    if left:
        docker.call(spare, "volume", "rm", "--force", *left)
    now = datetime.now(UTC)
    silence = {
        "matchers": [{"name": "alertname", "value": _SILENCED, "isRegex": False, "isEqual": True}],
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(minutes=_SILENCE_MINUTES)).isoformat(),
        "createdBy": "drill",
        "comment": "A drill looks whether this is lost.",
    }
    _asked(f"{stage.url('Alertmanager')}/api/v2/silences", json.dumps(silence))
    breaks.await_("the silence", lambda: _silences(stage.url("Alertmanager")) > 0, _MOVED_SECONDS)


def start_elsewhere(stage: SwarmStage, broken: float) -> tuple[Clause, ...]:
    """Let another node keep the data, and wait until they run there; what they know of the time before the break, a
    moment in Unix seconds.

    Raises:
        ProvisionError: they don't come to run there.
    """
    breaks.await_("another leader", stage.has_quorum, _MOVED_SECONDS)
    breaks.let_keep(stage, _LABEL, SPARE, keep=True, stays=False)
    prometheus, alertmanager = _urls(stage)
    for url in (prometheus, alertmanager):
        breaks.await_(f"{url}/-/ready", lambda url=url: _is_ready(url), _MOVED_SECONDS)  # type: ignore[misc]
    samples, silences = _samples(prometheus, broken), _silences(alertmanager)
    return (
        _gone(f"samples of the {_BEFORE} before the break, as Prometheus says on {SPARE}", samples),
        _gone(f"silences, as Alertmanager says on {SPARE}", silences),
        *(_anew(stage, name, volume, broken) for name, volume in _VOLUMES.items()),
    )


def there_again(
    stage: SwarmStage, _: Sequence[Event], marks: Mapping[str, float], __: Sequence[Visit]
) -> tuple[Clause, ...]:
    """That the history is there again with its node, since its volume was never away from it; and that the silence isn't:
    Alertmanager keeps those in memory, and writes them to its volume every 15 minutes and when it ends well."""
    prometheus, alertmanager = stage.url("Prometheus"), stage.url("Alertmanager")
    for url in (prometheus, alertmanager):
        breaks.await_(f"{url}/-/ready", lambda url=url: _is_ready(url), _MOVED_SECONDS)  # type: ignore[misc]
    samples, silences = _samples(prometheus, marks["broken"]), _silences(alertmanager)
    return (
        Clause(
            f"the same once {FIRST} is back",
            "at least 1: the volume was never away from its node",
            f"{samples:g}",
            samples >= 1,
        ),
        Clause(
            f"silences once {FIRST} is back",
            "0: they are written to the volume every 15 minutes, and when Alertmanager ends well",
            str(silences),
            silences == 0,
        ),
    )


def _urls(stage: SwarmStage) -> tuple[str, str]:
    address = stage.cluster.node(SPARE).address
    return f"http://{address}:9090", f"http://{address}:9093"


def _gone(what: str, count: float) -> Clause:
    return Clause(what, "0: a volume lies on one node", f"{count:g}", count == 0)


def _anew(stage: SwarmStage, name: str, volume: str, broken: float) -> Clause:
    """That the volume is a new one."""
    form = ("--format", "{{.CreatedAt}}")
    made = stage.docker("volume", "inspect", f"monitor_{volume}", *form, node=SPARE).strip()
    seconds = datetime.fromisoformat(made).timestamp() - broken
    return Clause(
        f"{name}'s volume on {SPARE}",
        "made after the break, and so empty",
        f"made {abs(seconds):.0f} s {'after' if seconds >= 0 else 'before'} it",
        # The engine tells whole seconds.
        seconds > -1,
    )


def _samples(url: str, moment: float) -> float:
    """How many samples there are of whether targets were up just before that moment."""
    with open_session(Endpoint(url)) as session:
        found = Prometheus(session).query(f"sum(count_over_time(up[{_BEFORE}] @ {moment:.3f}))")
    return found[0].value if found else 0.0


def _silences(url: str) -> int:
    """How many of this drill's silences are in force."""
    found = _asked(f"{url}/api/v2/silences")
    return sum(
        each["status"]["state"] == "active"
        and any(one["value"] == _SILENCED for one in each["matchers"])
        for each in found
    )  # fmt: skip


def _is_ready(url: str) -> bool:
    try:
        return ask(f"{url}/-/ready").status == 200
    except OSError:
        return False


def _asked(url: str, body: str | None = None) -> Any:
    """What Alertmanager answers, as JSON.

    Raises:
        ProvisionError: it doesn't, or refuses.
    """
    headers = {"Content-Type": "application/json"} if body is not None else None
    try:
        answer = ask(url, body, headers)
    except OSError as error:
        raise ProvisionError(f"doesn't answer: {error}", where=url) from None
    if answer.status != 200:
        raise ProvisionError(f"answers {answer.status} {answer.reason}", where=url)
    return json.loads(answer.body)
