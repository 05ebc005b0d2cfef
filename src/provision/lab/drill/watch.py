"""Watching a lab from all sides while something is broken in it: what Prometheus' alerts are, what Alertmanager holds,
what was delivered, which processes run. Every change becomes an event, and so does a side that can't be looked at.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import takewhile
from operator import ne
from typing import Any, Final
from urllib.parse import quote

from provision.errors import ProvisionError
from provision.lab.asking import ask
from provision.lab.drill.scene import Scene
from provision.lab.drill.threads import guarded, said
from provision.lab.drill.values import Event

POLL_SECONDS: Final = 0.25
_TIMEOUT_SECONDS: Final = 2.0
DELIVERED: Final = "webhook"
"""The source that says what was delivered."""

Look = Callable[[], list[Event]]
"""What is so, and since when."""


class Watch:
    """Looks at a lab four times a second, in the background."""

    def __init__(self, stage: Scene) -> None:
        self._stage = stage
        self._events: list[Event] = []
        self._told: dict[str, str] = {}
        self._unseen: dict[str, None] = {}
        self._changed = threading.Condition()
        self._stopped = threading.Event()
        looks: tuple[tuple[str, Look], ...] = (
            ("Prometheus", self._alerts),
            ("Alertmanager", self._held),
            (stage.runs_on, stage.conditions),
        )
        works: list[tuple[str, Callable[[], None]]] = [
            (source, partial(self._compare, source, look)) for source, look in looks
        ]
        self._threads = [
            guarded(work, partial(self._failed, source))
            for source, work in (*works, (DELIVERED, self._receive))
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Look no longer."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def events(self) -> tuple[Event, ...]:
        """What was seen until now, in order."""
        with self._changed:
            return tuple(sorted(self._events))

    def unseen(self) -> tuple[str, ...]:
        """The sources of which not all was seen, so that what isn't among the events may have happened all the same."""
        with self._changed:
            return tuple(self._unseen)

    def wait(self, found: Callable[[], bool], until: float) -> bool:
        """Whether `found` came true before that moment (Unix seconds)."""
        while not found():
            left = until - time.time()
            if left <= 0:
                return False
            with self._changed:
                self._changed.wait(min(left, POLL_SECONDS))
        return True

    def _compare(self, source: str, look: Look) -> None:
        before: dict[str, Event] | None = None
        answers = True
        while not self._stopped.wait(POLL_SECONDS):
            try:
                now = {event.what: event for event in look()}
            except (ProvisionError, OSError, LookupError, ValueError):
                if answers:
                    self._tell(Event(time.time(), source, "doesn't answer"))
                answers = False
                continue
            if not answers:
                self._tell(Event(time.time(), source, "answers again"))
            answers = True
            if before is not None:
                self._tell(*(event for what, event in now.items() if what not in before))
                gone = [event for what, event in before.items() if what not in now and event.state]
                # What was pending and now fires isn't over.
                self._tell(*(_over(event) for event in gone if event.state != "pending"))
            before = now

    def _receive(self) -> None:
        last: Mapping[str, Any] | None = None
        while not self._stopped.wait(POLL_SECONDS):
            try:
                found = _asked(self._stage.url("notifications"))
            except (ProvisionError, OSError, ValueError) as error:
                # No drill breaks the lab's own receiver: what it was told of meanwhile may be lost.
                if DELIVERED not in self.unseen():
                    self._lose(DELIVERED, f"doesn't answer: {said(error)}")
                continue
            if last is None:
                for notification in found:  # what is known already is no news when a group is told of again
                    self._told |= {_series(alert): alert["status"] for alert in notification["alerts"]}
            else:
                new = list(takewhile(partial(ne, last), reversed(found)))
                # By what they are, not by how many: the receiver forgets the older half of too many.
                if last and len(new) == len(found) and DELIVERED not in self.unseen():
                    self._lose(DELIVERED, "has forgotten what was read of it last")
                for notification in reversed(new):
                    self._deliver(notification)
            last = found[-1] if found else {}

    def _deliver(self, notification: Mapping[str, Any]) -> None:
        receiver = notification["receiver"]
        for alert in notification["alerts"]:
            # A group is delivered whole whenever one of its alerts changes.
            series = _series(alert)
            if self._told.get(series) == alert["status"]:
                continue
            self._told[series] = alert["status"]
            what = f"{receiver} is told of {_called(alert['labels'])}: {alert['status']}"
            self._tell(_about(alert["labels"], notification["received"], DELIVERED, what, alert["status"]))

    def _failed(self, source: str, error: Exception) -> None:
        self._lose(source, f"is watched no longer: {said(error)}")

    def _lose(self, source: str, what: str) -> None:
        with self._changed:
            self._unseen[source] = None
        self._tell(Event(time.time(), source, what))

    def _tell(self, *events: Event) -> None:
        with self._changed:
            self._events += events
            self._changed.notify_all()

    def _alerts(self) -> list[Event]:
        # The moment of its sample is that of the evaluation; without timestamp() it would be now.
        query = f"{self._stage.url('Prometheus')}/api/v1/query?query={quote('timestamp(ALERTS)')}"
        found = []
        for one in _asked(query)["data"]["result"]:
            state = one["metric"]["alertstate"]
            what = f"{_called(one['metric'])} is {state}"
            found.append(_about(one["metric"], float(one["value"][1]), "Prometheus", what, state))
        return found

    def _held(self) -> list[Event]:
        return [
            _about(
                one["labels"],
                datetime.fromisoformat(one["updatedAt"]).timestamp(),
                "Alertmanager",
                f"holds {_called(one['labels'])}, {one['status']['state']}",
                one["status"]["state"],
            )
            for one in _asked(f"{self._stage.url('Alertmanager')}/api/v2/alerts")
        ]


def _series(alert: Mapping[str, Any]) -> str:
    return json.dumps(alert["labels"], sort_keys=True)


def _about(labels: Mapping[str, str], at: float, source: str, what: str, state: str) -> Event:
    return Event(at, source, what, labels.get("alertname", ""), labels.get("severity", ""), state)


def _over(event: Event) -> Event:
    return replace(event, at=time.time(), what=f"no longer: {event.what}", state="")


def _asked(url: str) -> Any:
    """What a server of the lab answers, as JSON. Once and briefly: that it doesn't answer is something to tell."""
    return json.loads(ask(url, timeout_seconds=_TIMEOUT_SECONDS).body)


def _called(labels: Mapping[str, str]) -> str:
    """An alert's name, and what tells it from others of that name."""
    names = ("severity", "entrypoint", "url", "instance", "burn")
    told = ", ".join(labels[name] for name in names if name in labels)
    return f"{labels.get('alertname', '?')} ({told})"
