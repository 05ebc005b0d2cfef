"""What is judged on a Swarm besides what users see and who is told."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

from provision.client.prometheus import Prometheus
from provision.client.session import Endpoint, open_session
from provision.errors import ProvisionError
from provision.lab.asking import ask
from provision.lab.drill import judging
from provision.lab.drill.swarm.breaks import REPLICAS
from provision.lab.drill.swarm.stage import GALLERY, SwarmStage
from provision.lab.drill.values import Clause, Visit
from provision.tools import docker

MOVED_SECONDS: Final = 45.0
"""Until the tasks of a node that is gone run elsewhere: the managers miss three heartbeats, 5 s apart (docs.docker.com,
`docker swarm init --dispatcher-heartbeat`), and start others, which are to be healthy first."""

REFRESH_SECONDS: Final = 5.0
"""How often Traefik asks the managers for tasks, and Prometheus for targets (`provisioning/stacks.py`, `_swarm.py`)."""

SPREAD_SECONDS: Final = 90.0
"""Until all tasks are replaced, one after the other: each is started, healthy, and watched for 5 s before it is the next
one's turn (`provisioning/_swarm.py`)."""

NOTICED_SECONDS: Final = 45.0
"""Until a leader that hears of too few others has stepped down (10 to 20 s), has had no leader for 11 s more, and the
questions are over that waited for one meanwhile (10 s each). Source: moby/swarmkit, manager/state/raft."""

RESTARTED_SECONDS: Final = 90.0
"""Until an engine that was killed has started its tasks again and they are healthy."""

_KNOWN: Final = ("Leader", "Reachable")
"""What `docker node ls` says of managers that take part in decisions."""

_PAUSE_SECONDS: Final = 0.5


def moved(stage: SwarmStage, since: float, *gone: str) -> Clause:
    """That all tasks of the gallery run, and none on these nodes, soon after that moment (Unix seconds); waits for it."""

    def elsewhere(places: Counter[str]) -> bool:
        return places.total() == REPLICAS and not any(places[name] for name in gone)

    what = f"{REPLICAS} tasks run, none on {' or '.join(gone)}"
    return _awaited(what, stage.places, elsewhere, MOVED_SECONDS, since)


def stay_away(stage: SwarmStage, name: str) -> Clause:
    """That a node which is back gets no tasks that run elsewhere; waits until it is back."""
    status = _awaited("", lambda: _status(stage, name), lambda text: text == "Ready", MOVED_SECONDS)
    places = stage.places()
    measured = f"{places[name]} on {name}, {places.total()} in all" if status.holds else f"{name} isn't back"
    held = status.holds and places[name] == 0 and places.total() == REPLICAS
    return Clause(
        f"tasks of the gallery on {name} once it is back",
        "0: tasks don't move back by themselves",
        measured,
        held,
    )


def spread_again(stage: SwarmStage, name: str) -> Clause:
    """That tasks run on that node, too, once somebody has asked for it; asks, and waits for it."""
    since = time.time()
    stage.docker("service", "update", "--force", "--detach", GALLERY)

    def spread(places: Counter[str]) -> bool:
        return places.total() == REPLICAS and places[name] > 0 and not stage.is_updating()

    what = f"tasks on {name} after docker service update --force"
    return _awaited(what, stage.places, spread, SPREAD_SECONDS, since)


def quorum(stage: SwarmStage, *, kept: bool) -> Clause:
    """Whether the managers that are left can decide anything, as they say themselves. Waited for, since the leader of too few
    doesn't know it at once, and others have to find one; that they don't answer says neither."""
    managers = [node for node in stage.cluster.nodes if node.role == "manager"]
    need = len(managers) // 2 + 1
    found, measured = _decides(stage, kept, NOTICED_SECONDS)
    expected = f"{'yes' if kept else 'no'}: {need} of {len(managers)} are needed"
    return Clause("the managers can decide", expected, measured, found is kept)


def _decides(stage: SwarmStage, awaited: bool, seconds: float) -> tuple[bool | None, str]:
    """Whether the managers can decide anything, None where nobody can say; and that in words. What is awaited is waited
    for so long."""
    limit = time.monotonic() + seconds
    while True:
        found: bool | None = None
        try:
            found = stage.has_quorum()
            measured = "yes" if found else "no"
        except ProvisionError as error:
            measured = f"they can't be asked: {error.what}"
        if found is awaited or time.monotonic() >= limit:
            return found, measured
        time.sleep(_PAUSE_SECONDS)


def goes_on(stage: SwarmStage, *names: str) -> Clause:
    """That tasks of the gallery run on each of these nodes, as their own engines say, whatever managers there are."""
    filters = ("--filter", f"label=com.docker.swarm.service.name={GALLERY}", "--filter", "status=running")
    running = {name: len(docker.listed(stage.engine(name), "ps", "--quiet", *filters)) for name in names}
    return Clause(
        f"tasks of the gallery that run on {' and '.join(names)}",
        "at least 1 on each" if len(names) > 1 else "at least 1",
        ", ".join(f"{count} on {name}" for name, count in running.items()),
        all(running.values()),
    )


def managers_up(stage: SwarmStage, fewer_than: int, *, told: bool) -> Clause:
    """Whether `(count(up == 1) or vector(0)) < N` tells that one of N Traefiks, one on each manager, is gone."""
    expr = f'(count(up{{job="traefik"}} == 1) or vector(0)) < {fewer_than}'
    with open_session(Endpoint(stage.url("Prometheus"))) as session:
        found = Prometheus(session).query(expr)
    measured = f"{found[0].value:g} of {fewer_than}" if found else f"{fewer_than} of {fewer_than}"
    return Clause(expr, "true" if told else "false", measured, bool(found) is told)


def managers(stage: SwarmStage, count: int, since: float) -> Clause:
    """That there are so many managers that know each other, soon after that moment (Unix seconds); waits for it."""

    def known() -> int:
        states = stage.docker(
            "node", "ls", "--filter", "role=manager", "--format", "{{.ManagerStatus}}"
        ).split()
        return sum(state in _KNOWN for state in states)

    return _awaited(f"{count} managers", known, lambda found: found == count, MOVED_SECONDS, since)


def running(stage: SwarmStage, service: str, count: int, since: float) -> Clause:
    """That so many tasks of a service run, soon after that moment (Unix seconds); waits for it."""

    def there() -> int:
        # Those that are to end stay listed, and one on a node that is gone as what it was when it was last heard of.
        filters = ("--filter", "desired-state=running")
        lines = stage.docker("service", "ps", service, *filters, "--format", "{{.CurrentState}}").splitlines()
        return sum(line.startswith("Running") for line in lines)

    return _awaited(
        f"{count} tasks of {service} run", there, lambda found: found == count, MOVED_SECONDS, since
    )


def served_again(stage: SwarmStage, healed: float, visits: Sequence[Visit]) -> Clause:
    """That users are served again, counted from the healing (Unix seconds): as their requests say, and where they had ended
    before, by asking; waits for it then."""
    seen = judging.served_again(visits, healed, RESTARTED_SECONDS)
    if seen.value is not None:
        return seen
    return _awaited(
        "users are served again after the healing", lambda: answers(stage), bool, RESTARTED_SECONDS, healed
    )


def decides_again(stage: SwarmStage) -> Clause:
    """That the managers can decide again once they are a majority; waits for it. How long that took nobody has looked: they
    have been back since the healing, and the end of the alert was waited for first."""
    found, measured = _decides(stage, True, MOVED_SECONDS)
    return Clause("the managers can decide again", "yes", measured, found is True)


def answers(stage: SwarmStage) -> bool:
    """Whether the first page is there."""
    try:
        return ask(f"http://{stage.entries[0]}/", headers={"Host": stage.host}).status == 200
    except OSError:
        return False


def _status(stage: SwarmStage, name: str) -> str:
    try:
        return stage.docker("node", "ls", "--filter", f"name={name}", "--format", "{{.Status}}").strip()
    except ProvisionError:
        return "unknown"


def _awaited(
    what: str,
    look: Callable[[], Any],
    holds: Callable[[Any], bool],
    seconds: float,
    since: float | None = None,
) -> Clause:
    """That what is looked at comes to be so, within so many seconds from now or from a moment (Unix seconds). What is so at
    the first look may have come before it; when that look is too late, nobody can say."""
    word = "after" if since is None else "at the latest after"
    since = time.time() if since is None else since
    seen: Any = "nothing"
    if (late := time.time() - since) >= seconds:
        return Clause(what, f"at most {seconds:g} s", f"nobody looked before {late:.1f} s", False, seconds)
    while time.time() - since < seconds:
        try:
            seen = look()
        except ProvisionError as error:
            seen = error.what
        else:
            if holds(seen):
                took = time.time() - since
                return Clause(
                    what, f"at most {seconds:g} s", f"{word} {took:.1f} s", took <= seconds, seconds, took
                )
            word = "after"
        time.sleep(_PAUSE_SECONDS)
    said = (
        ", ".join(f"{count} on {name}" for name, count in seen.items())
        if isinstance(seen, Counter)
        else str(seen)
    )
    return Clause(what, f"at most {seconds:g} s", f"not at all: {said}", False, seconds)
