"""Watching: every change becomes an event of its source, and a server that doesn't answer is one too."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace

import pytest

from provision.lab import processes, state
from provision.lab.drill import watch as watch_module
from provision.lab.drill.stage import Stage
from provision.lab.drill.watch import Watch
from provision.lab.serving import Reply, Server
from provision.lab.state import Lab, Running

pytestmark = pytest.mark.alone  # what it says of times it says of a machine that isn't busy

LABELS = {"alertname": "Down", "severity": "page"}


class World:
    """What the servers of a lab say; a part that is None doesn't answer."""

    def __init__(self):
        self.alerts, self.held, self.notifications = [], [], []
        self.asked = Counter()

    def answer(self, request):
        parts = {"/api/v1/query": self.alerts, "/api/v2/alerts": self.held, "/alerts": self.notifications}
        self.asked[request.path] += 1
        part = parts[request.path]
        if part is None:
            return Reply(503, "not now")
        said = {"data": {"result": part}} if request.path == "/api/v1/query" else part
        return Reply(200, json.dumps(said))

    def pending(self, at):
        return {"metric": {**LABELS, "alertstate": "pending"}, "value": [0, str(at)]}

    def firing(self, at):
        return {"metric": {**LABELS, "alertstate": "firing"}, "value": [0, str(at)]}

    def notified(self, at, status):
        return {"received": at, "receiver": "pages", "alerts": [{"status": status, "labels": LABELS}]}


class Looked(Stage):
    """A lab that counts how often it was looked at; or that can't be looked at, in a way that nobody expects."""

    looks = 0
    broken = False

    def conditions(self):
        type(self).looks += 1
        if self.broken:
            raise TypeError("it is broken")
        return super().conditions()


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setattr(watch_module, "POLL_SECONDS", 0.01)
    return World()


@pytest.fixture
def stage(tmp_path, world, monkeypatch):
    server = Server(0, world.answer)
    server.start()
    url = f"http://127.0.0.1:{server.server_port}"
    urls = {"Prometheus": url, "Alertmanager": url, "notifications": f"{url}/alerts"}
    lab = Lab("x", state.this_boot(), True, processes.identify(os.getpid()), "", "", urls)
    state.write(tmp_path, lab)
    monkeypatch.setattr(Looked, "looks", 0)
    monkeypatch.setattr(Looked, "broken", False)
    yield Looked(tmp_path, ())
    server.stop()


@pytest.fixture
def watch(stage, world):
    watch = Watch(stage)
    watch.start()
    # What is so from the start is no news: all of it was seen once when it is looked at for the second time.
    limit = time.monotonic() + 30
    while Looked.looks < 2 or len(world.asked) < 3 or min(world.asked.values()) < 2:
        assert time.monotonic() < limit
        time.sleep(0.01)
    yield watch
    watch.stop()


def seen(watch, what):
    """The event that says so, once it was seen."""
    said = [event for event in watch.events() if event.what == what]
    found = watch.wait(lambda: what in {event.what for event in watch.events()}, time.time() + 20)
    assert found, watch.events()
    said = [event for event in watch.events() if event.what == what]
    assert len(said) == 1
    return said[0]


def test_alerts_from_pending_to_over(watch, world):
    world.alerts = [world.pending(1.5)]
    event = seen(watch, "Down (page) is pending")
    assert (event.at, event.source, event.alert, event.severity, event.state) == (
        1.5, "Prometheus", "Down", "page", "pending",
    )  # fmt: skip
    world.alerts = [world.firing(3.5)]
    assert seen(watch, "Down (page) is firing").at == 3.5
    world.alerts = []
    over = seen(watch, "no longer: Down (page) is firing")
    assert (over.state, over.at > 1000) == ("", True)
    assert "no longer: Down (page) is pending" not in {event.what for event in watch.events()}


def test_deliveries_are_told_once(watch, world):
    world.notifications = [world.notified(10.0, "firing")]
    assert seen(watch, "pages is told of Down (page): firing").at == 10.0
    world.notifications = [
        *world.notifications,
        world.notified(11.0, "firing"),
        world.notified(12.0, "resolved"),
    ]
    event = seen(watch, "pages is told of Down (page): resolved")
    assert (event.at, event.state, event.source) == (12.0, "resolved", "webhook")
    assert len([each for each in watch.events() if each.source == "webhook"]) == 2


def test_a_receiver_that_forgets_the_older_half_loses_nothing_of_the_newer(watch, world):
    world.notifications = [world.notified(float(at), ("firing", "resolved")[at % 2]) for at in range(8)]
    assert seen_of(watch, 8)
    world.notifications = [*world.notifications[5:], world.notified(8.0, "firing")]
    assert seen_of(watch, 9)[-1].at == 8.0
    assert watch.unseen() == ()
    # All that was read of it is gone: what else came meanwhile, nobody knows.
    world.notifications = [world.notified(12.0, "resolved")]
    assert watch.wait(lambda: watch.unseen() == ("webhook",), time.time() + 20)
    assert seen(watch, "has forgotten what was read of it last").source == "webhook"


def test_what_was_told_before_is_no_news_when_its_group_is_told_again(stage, world):
    world.notifications = [world.notified(1.0, "firing")]
    watch = Watch(stage)
    watch.start()
    try:
        limit = time.monotonic() + 30
        while world.asked["/alerts"] < 2:
            assert time.monotonic() < limit
            time.sleep(0.01)
        world.notifications = [
            *world.notifications,
            world.notified(2.0, "firing"),
            world.notified(3.0, "resolved"),
        ]
        assert [event.at for event in seen_of(watch, 1)] == [3.0]
    finally:
        watch.stop()


def seen_of(watch, count):
    """What the webhook was told of, once it was so much."""

    def found():
        return [event for event in watch.events() if event.alert and event.source == "webhook"]

    assert watch.wait(lambda: len(found()) >= count, time.time() + 20), watch.events()
    return found()


def test_what_alertmanager_holds(watch, world):
    world.held = [
        {"labels": LABELS, "updatedAt": "2026-01-02T03:04:05.5Z", "status": {"state": "suppressed"}}
    ]
    event = seen(watch, "holds Down (page), suppressed")
    assert (event.at, event.source) == (1767323045.5, "Alertmanager")


def test_a_server_that_is_away_for_a_while_has_said_nothing(watch, world):
    world.alerts = [world.firing(1.0)]
    seen(watch, "Down (page) is firing")
    world.alerts = None
    seen(watch, "doesn't answer")
    world.alerts = [world.firing(5.0)]
    assert seen(watch, "answers again").source == "Prometheus"
    assert len([event for event in watch.events() if "is firing" in event.what]) == 1


def test_processes_that_end_or_stand_still(watch, stage):
    waits = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    known = processes.identify(waits.pid)
    entry = Running("app-1", "app", known.pid, known.started)
    state.write(stage.folder, replace(stage.lab, processes=(entry,)))
    name = f"app-1 (pid {waits.pid})"
    seen(watch, f"{name} runs")
    waits.send_signal(19)
    seen(watch, f"{name} is stopped")
    waits.kill()
    waits.wait()
    assert seen(watch, f"{name} has ended").source == "processes"


def test_a_side_that_cant_be_looked_at_any_more_is_told(watch, monkeypatch):
    monkeypatch.setattr(Looked, "broken", True)
    assert seen(watch, "is watched no longer: TypeError: it is broken").source == "processes"
    assert watch.unseen() == ("processes",)


def test_deliveries_that_may_be_missing_are_told(watch, world):
    """Nobody breaks the lab's own receiver: what it holds can't be seen, and that nobody is told can't be said."""
    world.notifications = None
    limit = time.time() + 20
    assert watch.wait(lambda: watch.unseen() == ("webhook",), limit)
    world.notifications = []
    world.alerts = None
    seen(watch, "doesn't answer")
    assert watch.unseen() == ("webhook",)  # that Prometheus doesn't answer is what some drills are about
    assert len([event for event in watch.events() if event.source == "webhook"]) == 1


def test_waiting_ends_in_time(watch):
    assert not watch.wait(lambda: False, time.time() + 0.05)
    assert watch.wait(lambda: True, 0)
