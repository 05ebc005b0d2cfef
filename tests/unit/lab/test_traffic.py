import ssl
import threading
from collections import Counter
from pathlib import Path

import pytest

from provision.errors import MissingTool
from provision.lab import traffic
from provision.lab.serving import Reply, Request, Server
from provision.lab.traffic import Traffic, mix
from provision.tools import openssl


class Site:
    """Answers like the application, at once, and counts."""

    def __init__(self, enough: int) -> None:
        self.seen: Counter[str] = Counter()
        self.reached = threading.Event()
        self._enough = enough
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Reply:
        with self._lock:
            self.seen[f"{request.method} {request.path}"] += 1
            if sum(self.seen.values()) >= self._enough:
                self.reached.set()
            number = self.seen.total()
        if request.method == "POST":
            made = Reply(201, f'{{"url": "/album/{number}"}}')
            return made if request.path == "/album" else Reply(204, "")
        return Reply({"/error": 500, "/missing": 404}.get(request.path, 200), "answer")


def test_the_mix_holds_its_proportions_in_any_stretch() -> None:
    visits = mix()
    assert len(visits) == 200
    kinds = Counter(visit.path if not visit.path.startswith("/album/") else "/album/N" for visit in visits)
    assert (kinds["/error"], kinds["/slow"], kinds["/missing"]) == (1, 1, 10)
    twice = visits * 2
    for start in range(0, 200, 7):
        stretch = [visit.path for visit in twice[start : start + 40]]
        assert stretch.count("/missing") in (1, 2, 3)
        assert stretch.count("/error") <= 1
    assert sum(visit.tls for visit in visits) == 8
    assert sum(visit.method == "POST" for visit in visits) == 20


def test_requests_go_out_and_answers_are_counted() -> None:
    site = Site(enough=200)
    server = Server(0, site.answer)
    server.start()
    clients = Traffic(f"http://127.0.0.1:{server.server_port}", rate=2000)
    clients.start()
    assert site.reached.wait(30)
    clients.stop()
    server.stop()
    assert sum(clients.counts.values()) == sum(site.seen.values())
    assert clients.counts["500"] == site.seen["GET /error"] >= 1
    assert clients.counts["201"] == site.seen["POST /album"]
    assert clients.counts["404"] >= 10
    gone = [path for path in site.seen if path.endswith("/delete")]
    assert clients.counts["204"] == len(gone) >= 5
    assert {site.seen[path] for path in gone} == {1}  # what was made is deleted, and only once
    assert "no answer" not in clients.counts


def test_the_rate_is_never_exceeded(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(traffic.time, "monotonic", lambda: now[0])
    clients = Traffic("http://127.0.0.1:1", rate=10)
    waits: list[float] = []
    clients._stopped.wait = lambda seconds: waits.append(seconds) or False  # type: ignore[method-assign]
    for _ in range(3):
        clients._next()
    now[0] += 5  # slow answers held everybody up
    clients._next()
    clients._next()
    assert waits == pytest.approx([0.1, 0.2, 0.3, 0, 0.1])


def test_nobody_there_is_counted_and_is_no_end() -> None:
    server = Server(0, Site(1).answer)
    port = server.server_port
    server.server_close()
    clients = Traffic(f"http://127.0.0.1:{port}", rate=1000)
    clients.start()
    while clients.counts["no answer"] < 20:
        assert all(thread.is_alive() for thread in clients._threads)
    clients.stop()
    assert set(clients.counts) == {"no answer"}


def test_some_visits_go_over_tls_and_expect_the_given_certificate(tmp_path: Path) -> None:
    try:
        certificate, key = openssl.self_signed(tmp_path, "lab", 1)
    except MissingTool as error:
        pytest.skip(str(error))
    plain, secure = Site(1), Site(enough=8)
    servers = [Server(0, plain.answer), Server(0, secure.answer)]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    servers[1].socket = context.wrap_socket(servers[1].socket, server_side=True)
    for server in servers:
        server.start()
    urls = [f"http://127.0.0.1:{servers[0].server_port}", f"https://127.0.0.1:{servers[1].server_port}"]
    clients = Traffic(urls[0], 1000, urls[1], certificate)
    clients.start()
    assert secure.reached.wait(30)
    clients.stop()
    for server in servers:
        server.stop()
    assert set(secure.seen) == {"GET /"}
    assert "no answer" not in clients.counts


def test_main_prints_what_the_answers_were(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site = Site(enough=50)
    server = Server(0, site.answer)
    server.start()
    monkeypatch.setattr(traffic, "wait_for_stop", lambda: site.reached.wait(30))
    assert traffic.main(["--url", f"http://127.0.0.1:{server.server_port}", "--rate", "2000"]) == 0
    server.stop()
    lines = dict(line.split(": ") for line in capsys.readouterr().out.splitlines())
    pages = [
        path for path in site.seen if path.startswith("GET") and path not in ("GET /error", "GET /missing")
    ]
    assert int(lines["200"]) == sum(site.seen[path] for path in pages)
