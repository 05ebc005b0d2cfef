"""The client that measures: each request from when it was due, whatever it gets. And the crowd."""

import threading
import time
from itertools import pairwise

import pytest

from provision.lab.drill import client as client_module
from provision.lab.drill.client import Client
from provision.lab.drill.crowd import ALL_THERE, Crowd, main
from provision.lab.serving import Reply, Server
from support.servers import free_port


@pytest.fixture
def serving():
    """Serves what a function answers."""
    servers = []

    def serve(answer):
        server = Server(0, answer)
        server.start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.stop()


def await_(holds):
    limit = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.01)


def visited(url, count, rate=200.0, **given):
    client = Client([url.removeprefix("http://")], rate, **given)
    client.start()
    await_(lambda: len(client.visits()) >= count)
    client.stop()
    assert client.failures() == ()
    return client.visits()


def test_requests_are_due_evenly_and_end_with_a_status(serving):
    codes = iter([200, 500, 404] * 1000)
    visits = visited(serving(lambda _: Reply(next(codes), "")), 30)
    assert {visit.status for visit in visits} == {200, 500, 404}
    assert {visit.failed for visit in visits if visit.status == 500} == {True}
    assert not any(visit.failed for visit in visits if visit.status in (200, 404))
    # One that is still under way has left a gap of a whole number of pauses.
    gaps = [(later.due - earlier.due) / 0.005 for earlier, later in pairwise(visits)]
    assert all(gap > 0.5 and abs(gap - round(gap)) < 0.01 for gap in gaps)
    assert all(visit.seconds >= 0 for visit in visits)


def test_a_server_that_isnt_there(serving):
    visits = visited(f"http://127.0.0.1:{free_port()}", 5)
    assert {(visit.status, visit.failed) for visit in visits} == {(0, True)}
    assert {visit.why for visit in visits} == {"[Errno 111] Connection refused"}


def test_one_that_hangs_makes_all_others_late_by_their_own_clock(serving, monkeypatch):
    """Every visitor waits: those that can't be sent in time are late, too."""
    monkeypatch.setattr(client_module, "_WORKERS", 2)
    go = threading.Event()

    def held(_):
        go.wait(30)
        return Reply(200, "")

    client = Client([serving(held).removeprefix("http://")], 100.0)
    began = time.time()
    client.start()
    await_(lambda: time.time() > began + 0.3)  # for that long nothing is answered
    go.set()
    await_(lambda: len(client.visits()) >= 10)
    client.stop()
    # Two were sent; the others were due meanwhile, and waited for one of the two.
    late = [visit for visit in client.visits() if visit.due < began + 0.15]
    assert len(late) > 2
    assert all(visit.due + visit.seconds >= began + 0.3 for visit in late)


def test_no_answer_in_time(serving):
    go = threading.Event()

    def held(_):
        go.wait(30)
        return Reply(200, "")

    visits = visited(serving(held), 2, patience_seconds=0.2)
    go.set()
    assert (visits[0].status, visits[0].why) == (0, "no answer in time")


def test_the_next_address_where_one_doesnt_answer_and_the_name_it_is_called_by(serving):
    called = set()

    def answer(request):
        called.add(request.headers["Host"])
        return Reply(200, "")

    there = serving(answer).removeprefix("http://")
    client = Client([f"127.0.0.1:{free_port()}", there], 50.0, host="shop.example")
    client.start()
    await_(lambda: len(client.visits()) >= 3)
    client.stop()
    assert {visit.status for visit in client.visits()} == {200}
    assert called == {"shop.example"}


def test_a_thread_that_ends_is_told(monkeypatch):
    """Or the requests that it would have sent would be missed by nobody."""

    def broken(*_):
        raise ValueError("it is broken")

    monkeypatch.setattr(client_module, "_ask", broken)
    client = Client(["127.0.0.1:1"], 1000.0)
    client.start()
    await_(lambda: client.failures())
    client.stop()
    assert client.failures()[0] == "ValueError: it is broken"


def test_whoever_waits_longer_is_waited_for_by_more():
    def count(seconds):
        return len(Client(["127.0.0.1:1"], patience_seconds=seconds)._threads)

    assert (count(12), count(36)) == (64, 180)


def test_the_crowd_asks_all_at_once_and_then_again(serving):
    counts = {"now": 0, "most": 0, "all": 0}
    lock = threading.Lock()

    def busy(_):
        with lock:
            counts["now"] += 1
            counts["all"] += 1
            counts["most"] = max(counts["most"], counts["now"])
        time.sleep(0.2)
        with lock:
            counts["now"] -= 1
        return Reply(200, "x" * 1000)

    crowd = Crowd(serving(busy), 30, pause_seconds=0.05)
    limit = time.monotonic() + 30
    while crowd.answered <= 30:
        assert time.monotonic() < limit
        crowd.run(time.monotonic() + 0.5)
    assert counts["most"] == 30
    assert counts["all"] >= crowd.answered


def test_the_crowd_comes_back_to_a_server_that_refuses():
    crowd = Crowd(f"http://127.0.0.1:{free_port()}", 3, pause_seconds=0.05)
    crowd.run(time.monotonic() + 0.5)
    assert crowd.answered == 0


def test_the_crowd_as_a_program(serving):
    asked = threading.Event()

    def answer(_):
        asked.set()
        return Reply(200, "")

    assert main(["--url", serving(answer), "--count", "2", "--seconds", "0.5"]) == 0
    assert asked.is_set()


def test_the_crowd_says_when_all_are_there(serving, capsys):
    crowd = Crowd(serving(lambda _: Reply(200, "hello")), 5)
    limit = time.monotonic() + 30
    while ALL_THERE not in capsys.readouterr().out:
        assert time.monotonic() < limit
        crowd.run(time.monotonic() + 0.2)
