"""`provision verify` and servers that don't answer as they should: a sentence, in bounded time and memory."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import orjson
import pytest

from provision.client import prometheus_requests
from support.commands import DASHBOARD, write

VECTOR = {"resultType": "vector", "result": [{"metric": {}, "value": [1, "1"]}]}


@contextmanager
def answering(answers):
    """A server that answers paths: (status, body, type), JSON data, or `hang`; its URL, and what it was asked."""
    asked = []
    release = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            path = self.path.partition("?")[0]
            asked.append(self.path)
            found = answers(self.path)
            if found == "hang":
                release.wait(20)
                self.close_connection = True
                return
            status, body, kind = (
                found if isinstance(found, tuple) else (200, success(found), "application/json")
            )
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if status == 302:
                self.send_header("Location", "/login?next=" + path)
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:  # who has heard enough hangs up
                self.close_connection = True

        do_POST = do_GET

        def log_message(self, *_):
            pass

    server = Quiet(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        release.set()
        server.shutdown()
        server.server_close()
        thread.join()


class Quiet(ThreadingHTTPServer):
    """Says nothing of who hangs up."""

    def handle_error(self, *_):
        pass


def success(data):
    return orjson.dumps({"status": "success", "data": data})


def healthy(path):
    if path.startswith("/api/v1/query"):
        return VECTOR
    if path.startswith("/api/v1/label/__name__"):
        return ["up"]
    return (404, b"404 page not found", "text/plain")


def hanging_query(path):
    return "hang" if "count" in path else healthy(path)


def many_names(path, missing):
    if path.startswith("/api/v1/label/__name__"):
        return (
            [] if missing in path else ["up"] if "match" in path else [f"a_{n:07d}" for n in range(100_000)]
        )
    if missing in path:
        return {"resultType": "vector", "result": []}
    return healthy(path)


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        (lambda _: "hang", "no answer within 0.3 s; check the server"),
        (lambda _: (200, b"<html>please log in", "text/html"), "a login page answered instead of the API; set PROMETHEUS_TOKEN"),
        (lambda _: (302, b"", "text/plain"), "it asks to log in (redirects to "),
        (lambda _: (200, b"<html>Welcome", "text/html"), "a web page answered instead of the API; check the URL"),
        (lambda _: (200, b'{"status":', "application/json"), "an answer was cut short or isn't JSON"),
        (lambda _: {"resultType": "vector", "result": [{"metric": 5, "value": ["a", None]}]}, "what answers there isn't a Prometheus"),
        (lambda _: (422, b"no", "text/plain"), "GET /api/v1/query was answered with 422: no"),
    ],
)  # fmt: skip
def test_a_server_that_cannot_be_asked(provision, shop, monkeypatch, answers, sentence):
    monkeypatch.setattr(prometheus_requests, "_MOST_BYTES", 1 << 20)
    with answering(answers) as (url, _):
        ran = provision("verify", "--prometheus", url, "--timeout", "100ms")
    assert (ran.code, sentence in ran.sentence) == (1, True), ran


def test_a_server_that_stops_answering_is_left_alone(provision, shop):
    rules = ", ".join(f"{{record: 'a:b:c{number}', expr: 'up + {number}'}}" for number in range(200))
    write(shop, {"rules/shop.yml": f"groups: [{{name: shop, rules: [{rules}]}}]\n"})
    with answering(hanging_query) as (url, asked):
        ran = provision("verify", "--prometheus", url, "--timeout", "100ms", "--max-load", "2")
    assert ran.code == 1
    assert "questions one after the other had no answer: no answer within 0.2 s" in ran.sentence
    assert len([path for path in asked if "count" in path]) < 20


def test_an_answer_that_never_ends(provision, shop, monkeypatch):
    monkeypatch.setattr(prometheus_requests, "_MOST_SAMPLED_BYTES", 1 << 20)
    one = {"metric": {"__name__": "up", "pod": "x" * 100}, "value": [1, "1"]}
    series = {"resultType": "vector", "result": [one] * 20_000}
    write(shop, {"dashboards/sales/orders.json": DASHBOARD % ("Orders", "WITH (x = up) x")})
    with answering(lambda path: series if "WITH" in path else healthy(path)) as (url, _):
        ran = provision("verify", "--prometheus", url, "dashboards")
    assert ran.code == 1
    assert 'error: panel "Rate", query A: an answer has more than 1 MiB [verify-too-many-series]' in ran.out


def test_more_names_than_are_read_at_once(provision, shop, monkeypatch):
    monkeypatch.setattr(prometheus_requests, "_MOST_BYTES", 1 << 20)
    write(shop, {"dashboards/sales/orders.json": DASHBOARD % ("Orders", "gone")})
    with answering(lambda path: many_names(path, "gone")) as (url, _):
        ran = provision("verify", "--prometheus", url)
    assert ran.code == 1
    assert "the server has never had a metric gone [verify-unknown-metric]" in ran.out
    assert (
        "note: it doesn't tell the names of all metrics, so that none is suggested: an answer has more than 1 MiB"
        in ran.out
    )
