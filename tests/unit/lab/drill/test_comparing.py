"""What users see, side by side."""

import pytest

from provision.lab.client.load import Load
from provision.lab.client.results import RequestResult
from provision.lab.drill import comparing
from provision.lab.drill.comparing import Row, cells, clients, lines, row, values
from provision.lab.drill.objectives import Objectives
from provision.lab.serving import Reply, Server

GOALS = Objectives(error_ratio=0.25, latency_seconds=0.2)


def seen(at, seconds, failure=""):
    return RequestResult(at, "/", "GET", "/", seconds, 200, failure)


def test_sums_by_hand():
    outcomes = [seen(10, 0.1), seen(11, 0.1), seen(12, 0.1), seen(13, 0.5, "5xx")]
    assert row("x", outcomes, GOALS) == Row("x", 4, 4 / 3.5, pytest.approx(0.2), 0.5, 0.5, 0.25, 0.25, True)
    assert not row("x", [*outcomes, seen(14, 0.1, "reset")], GOALS).kept
    assert not row("x", [*outcomes, seen(13, 0.21)], GOALS).kept


def test_an_average_that_is_too_long_misses_them_too():
    assert not row("x", [seen(10, 0.1), seen(10, 0.1), seen(10, 0.1), seen(10, 9)], GOALS).kept


def test_nothing_seen_is_nothing_kept():
    assert (row("x", [], GOALS).failed, row("x", [], GOALS).kept) == (1, False)


def test_a_table():
    found = [
        Row("1 client", 450, 30, 0.0123, 0.02, 0.31, 0.005, 0.0049, True),
        Row("3 clients", 1, 1, 1, 1, 1, 1, 0, False),
    ]
    assert cells(found[0]) == ("1 client", "30.0", "12.3 ms", "20.0 ms", "310 ms", "0.50%", "0.49%", "kept")
    text = lines("Clients", found)
    assert text[0] == "Clients"
    assert text[2].split("  ")[-1] == "  kept".strip()
    assert {len(line) for line in text[1:]} == {len(text[1])}
    assert values(found)[1]["what"] == "3 clients"


@pytest.fixture
def server():
    """A server, and how many requests it had."""
    asked = []
    server = Server(0, lambda request: asked.append(request.path) or Reply(200, "hello"))
    server.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.stop()


def test_all_that_clients_ask_is_in_a_row(monkeypatch, server):
    monkeypatch.setattr(comparing, "PER_SECOND", 20.0)
    url, asked = server
    one, three = clients(url, GOALS, seconds=1.0)
    assert (one.what, three.what) == ("1 client", "3 clients")
    # How many they come to ask within a second is the machine's to say; never more than they may.
    assert one.count + three.count == len(asked)
    assert one.count <= 21
    assert three.count <= 63


def test_three_clients_are_three_loads(monkeypatch):
    loads = []

    class Made(Load):
        def __init__(self, plan, record):
            super().__init__(plan, record)
            loads.append(self)

        def start(self):
            self._record.add(seen(10 + len(loads), 0.1))

        def join(self):
            if len(loads) == 4 and self is loads[-1]:
                self.faults.append("visitor 1 ended: KeyError()")

    monkeypatch.setattr(comparing, "Load", Made)
    one, three = clients("http://127.0.0.1:1", GOALS, seconds=1.0)
    assert (one.count, three.count, len(loads)) == (1, 3, 4)
    assert (one.kept, one.faults) == (True, ())
    # What one that ended early would have seen is missing: nobody knows whether the objectives were kept.
    assert (three.kept, cells(three)[-1]) == (False, "unknown")
    told = "3 clients: 1 clients ended before their time, such as visitor 1 ended: KeyError()"
    assert lines("Clients", [one, three])[-1].strip() == told
