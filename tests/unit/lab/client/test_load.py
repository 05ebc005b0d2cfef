import json
import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from provision.errors import MissingTool, ProvisionError
from provision.lab.client import load as load_module
from provision.lab.client.load import Load, Plan, expecting
from provision.lab.client.record import Record
from provision.lab.serving import Reply, Request, Server
from provision.tools import openssl
from support.servers import free_port


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
            number = self.seen.total()
            if number >= self._enough:
                self.reached.set()
        if request.method == "POST":
            made = Reply(201, f'{{"url": "/album/{number}"}}')
            return made if not request.path.endswith("/delete") else Reply(204, "")
        return Reply({"/error": 500, "/missing": 404}.get(request.path, 200), "answer")


@pytest.fixture
def site() -> Site:
    return Site(enough=200)


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    server = Server(0, site.answer)
    server.start()
    yield f"127.0.0.1:{server.server_port}"
    server.stop()


def test_requests_go_out_and_what_came_of_them_is_kept(site: Site, address: str, tmp_path: Path) -> None:
    record = Record(tmp_path / "log")
    load = Load(Plan(address, per_second=1000, visitors=4), record)
    load.start()
    assert site.reached.wait(30)
    load.stop()
    record.close()
    sums = record.value()
    assert sums["count"] == site.seen.total() == len((tmp_path / "log").read_text().splitlines())
    assert sums["statuses"]["500"] == site.seen["GET /error"] == sums["failed"] >= 1
    assert sums["failures"] == {"5xx": sums["failed"]}
    assert sums["pages"]["/missing"]["count"] == sums["statuses"]["404"] >= 10
    gone = [path for path in site.seen if path.endswith("/delete")]
    assert sums["pages"]["POST /delete"]["count"] == sums["statuses"]["204"] == len(gone) >= 4
    assert {site.seen[path] for path in gone} == {1}  # what was made is deleted, and only once
    assert sum(count for path, count in site.seen.items() if path.endswith("/picture")) >= 3
    first = json.loads((tmp_path / "log").read_text().splitlines()[0])
    assert first.keys() == {"time", "page", "method", "path", "seconds", "status", "failure", "client"}


def test_it_ends_by_its_number_of_requests(site: Site, address: str) -> None:
    record = Record()
    load = Load(Plan(address, per_second=1000, requests=37, visitors=8), record)
    load.start()
    load.join()
    assert record.value()["count"] == site.seen.total() == 37


def test_it_ends_by_its_time_and_keeps_its_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(load_module.time, "monotonic", lambda: now[0])
    load = Load(Plan("127.0.0.1:1", per_second=10, seconds=5.25), Record())
    waits: list[float] = []
    load._stopped.wait = lambda seconds: waits.append(seconds) or False  # type: ignore[method-assign]
    for _ in range(3):
        assert load._next() is not None
    now[0] += 5  # slow answers held everybody up
    assert [load._next() is None for _ in range(4)] == [False, False, False, True]
    assert waits == pytest.approx([0.1, 0.2, 0.3, 0, 0.1, 0.2])


def test_nobody_there_is_a_failure_of_its_kind_and_no_end() -> None:
    record = Record()
    load = Load(Plan(f"127.0.0.1:{free_port()}", per_second=1000, requests=50), record)
    load.start()
    load.join()
    sums = record.value()
    assert (sums["count"], sums["failures"], sums["statuses"]) == (50, {"refused": 50}, {"no answer": 50})


def test_some_visits_go_over_tls_and_expect_the_given_certificate(
    site: Site, address: str, tmp_path: Path
) -> None:
    try:
        certificate, key = openssl.self_signed(tmp_path, "lab", 1)
    except MissingTool as error:
        pytest.skip(str(error))
    secure = Site(enough=1)
    server = Server(0, secure.answer)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.start()
    tls_address = f"127.0.0.1:{server.server_port}"
    record = Record()
    load = Load(
        Plan(address, 1000, requests=200, tls_address=tls_address, context=expecting(certificate)), record
    )
    load.start()
    load.join()
    strangers = Record()
    (tmp_path / "other").mkdir()
    other, _ = openssl.self_signed(tmp_path / "other", "lab", 1)
    load = Load(
        Plan(address, 1000, requests=200, tls_address=tls_address, context=expecting(other)), strangers
    )
    load.start()
    load.join()
    server.stop()
    assert secure.seen == {"GET /": 8}
    assert record.value()["failures"] == {"5xx": 1}
    assert strangers.value()["failures"] == {"5xx": 1, "tls": 8}


@pytest.mark.parametrize(
    "body", ["<p>Made.</p>", "[]", "{}", '{"url": 1}', '{"url": "/a b"}', '{"url": "http://x"}']
)
def test_an_answer_that_says_not_where_the_album_is_is_a_failure_and_no_end(body: str) -> None:
    def answer(request: Request) -> Reply:
        return Reply(201 if request.method == "POST" else 200, body)

    server = Server(0, answer)
    server.start()
    record = Record()
    load = Load(Plan(f"127.0.0.1:{server.server_port}", per_second=1000, requests=200, visitors=2), record)
    load.start()
    load.join()
    server.stop()
    sums = record.value()
    assert (sums["count"], sums["statuses"]["201"]) == (200, 8)
    assert sums["failures"] == {"unexpected": 8}
    assert load.faults == []


def test_a_visitor_that_ends_by_a_fault_of_ours_is_told(address: str) -> None:
    record = Record()
    record.also = lambda outcome: 1 / 0  # type: ignore[assignment, return-value]
    load = Load(Plan(address, per_second=1000, requests=9, visitors=1), record)
    load.start()
    load.join()
    assert load.faults == ["visitor 1 ended: ZeroDivisionError('division by zero')"]


def test_a_certificate_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("nonsense")
    with pytest.raises(ProvisionError, match="file: holds no certificate"):
        expecting(tmp_path / "file")
    with pytest.raises(ProvisionError, match="none: can't be read: No such file or directory"):
        expecting(tmp_path / "none")
