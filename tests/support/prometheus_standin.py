"""A Prometheus and an Alertmanager that answer as the real ones do, for what the targets ask of them.

Contract tests run the same scenarios against these and against the real servers, so that they can't drift apart.
A rule's health is `unknown` until `/api/v1/rules` has been asked once more after the load, as if an evaluation had
passed in between.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import promql_parser
import yaml

from provision.author.durations import seconds

_GROUP_FIELDS = {"name", "interval", "limit", "rules", "query_offset", "labels"}
_RULE_FIELDS = {"record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"}
_PATIENCE = 60.0
"""A group whose interval is longer is never evaluated while a test waits."""


class Refusal(Exception):
    """What a server can't load, or can't evaluate."""


@dataclass
class PrometheusState:
    """A Prometheus.

    Attributes:
        patterns: its `rule_files`, relative to `base`.
        evaluates: whether evaluations happen at all.
        broken: paths that answer with this status instead.
        requests: (method, path) of all that it was asked.
    """

    base: Path
    patterns: tuple[str, ...] = ("rules/*.yml",)
    version: str = "2.42.0+ds"
    lifecycle: bool = True
    interval: float = 1.0
    evaluates: bool = True
    knows_flags: bool = True
    knows_format: bool = True
    broken: dict[str, int] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    groups: list[dict] = field(default_factory=list)

    def load(self) -> None:
        """Read the rule files; what was loaded stays when one is bad."""
        found = []
        for pattern in self.patterns:
            for file in sorted(self.base.glob(pattern)):
                found += _groups_of(str(file), file.read_bytes(), self.interval)
        known = {
            json.dumps([group[key] for key in ("file", "name", "source")]): group for group in self.groups
        }
        self.groups = [
            known.get(json.dumps([group[key] for key in ("file", "name", "source")]), group)
            for group in found
        ]

    def rules(self) -> dict:
        shown = [group for group in self.groups if group["rules"] or self.version < "3"]
        answer = {
            "groups": [{key: value for key, value in group.items() if key != "source"} for group in shown]
        }
        text = json.dumps(answer)
        if self.evaluates:
            for group in self.groups:
                for rule in group["rules"] if group["interval"] <= _PATIENCE else ():
                    fault = _evaluation_fault(rule["query"])
                    rule["health"] = "err" if fault else "ok"
                    rule["lastError"] = fault
        return json.loads(text)

    def answer(self, method: str, path: str, query: dict[str, list[str]]) -> tuple[int, object]:
        if path in self.broken:
            return self.broken[path], "out of order"
        if (method, path) == ("POST", "/-/reload"):
            if not self.lifecycle:
                return 403, "Lifecycle API is not enabled.\n"
            try:
                self.load()
            except Refusal:
                return (
                    500,
                    "failed to reload config: one or more errors occurred while applying the new configuration\n",
                )
            return 200, ""
        if path == "/-/ready":
            return 200, "Prometheus Server is Ready.\n"
        if path == "/api/v1/status/buildinfo":
            return 200, _success({"version": self.version, "goVersion": "go1.19.8"})
        if path == "/api/v1/rules":
            return 200, _success(self.rules())
        if path == "/api/v1/status/config":
            return 200, _success({"yaml": yaml.safe_dump({"global": {}, "rule_files": list(self.patterns)})})
        if path == "/api/v1/status/flags" and self.knows_flags:
            return 200, _success({"web.enable-lifecycle": "true" if self.lifecycle else "false"})
        if path == "/api/v1/format_query" and self.knows_format:
            try:
                return 200, _success(_formatted(query["query"][0]))
            except ValueError as error:
                return 400, _failure("bad_data", f'invalid parameter "query": 1:1: parse error: {error}')
        if path == "/api/v1/query":
            fault = _evaluation_fault(query["query"][0])
            if fault:
                return 422, _failure("execution", fault)
            return 200, _success({"resultType": "vector", "result": []})
        return 404, "404 page not found\n"


@dataclass
class AlertmanagerState:
    """An Alertmanager that reads its configuration from `file`."""

    file: Path
    version: str = "0.25.0"
    knows_hash: bool = True
    broken: dict[str, int] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    text: bytes = b""

    def load(self) -> None:
        """Read the configuration; what was loaded stays when it is bad."""
        try:
            text = self.file.read_bytes()
            config = yaml.safe_load(text)
        except OSError as error:
            raise Refusal(f"open {self.file}: {error.strerror}") from None
        except yaml.YAMLError:
            raise Refusal("yaml: line 1: did not find expected node content") from None
        for field_name in config:
            if field_name not in (
                "global",
                "route",
                "receivers",
                "templates",
                "inhibit_rules",
                "time_intervals",
            ):
                raise Refusal(
                    f"yaml: unmarshal errors:\n  line 1: field {field_name} not found in type config.plain"
                )
        names = {receiver["name"] for receiver in config.get("receivers") or ()}
        for route in _routes(config["route"]):
            if route.get("receiver") and route["receiver"] not in names:
                raise Refusal(f'undefined receiver "{route["receiver"]}" used in route')
        self.text = text

    def answer(self, method: str, path: str, query: dict[str, list[str]]) -> tuple[int, object]:
        if path in self.broken:
            return self.broken[path], "out of order"
        if (method, path) == ("POST", "/-/reload"):
            try:
                self.load()
            except Refusal as error:
                return 500, f"failed to reload config: {error}\n"
            return 200, ""
        if path == "/-/ready":
            return 200, "OK"
        if path == "/metrics" and self.knows_hash:
            value = int.from_bytes(hashlib.md5(self.text).digest()[:6], "little")
            return 200, f"# HELP alertmanager_config_hash Hash.\nalertmanager_config_hash {float(value)!r}\n"
        if path == "/api/v2/alerts":
            return 200, []
        if path == "/api/v2/status":
            config = yaml.safe_load(self.text)
            config["global"] = {"resolve_timeout": "5m", **(config.get("global") or {})}
            return 200, {
                "cluster": {"status": "disabled", "peers": []},
                "versionInfo": {"version": self.version},
                "config": {"original": yaml.safe_dump(config)},
            }
        return 404, "404 page not found\n"


@contextmanager
def serving(state: PrometheusState | AlertmanagerState | Canned) -> Iterator[str]:
    """The state behind a free port of the loopback address; its URL."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with lock:
                state.requests.append((self.command, parts.path))
                if (headers := getattr(state, "headers", None)) is not None:
                    headers.append({name.lower(): value for name, value in self.headers.items()})
                status, said = state.answer(
                    self.command, parts.path, parse_qs(parts.query + "&" + body.decode())
                )
            plain = isinstance(said, str)
            data = said.encode() if plain else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; charset=utf-8" if plain else "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = _do

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        state.load()
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _success(data: object) -> dict:
    return {"status": "success", "data": data}


def _failure(kind: str, error: str) -> dict:
    return {"status": "error", "errorType": kind, "error": error}


def _groups_of(path: str, text: bytes, interval: float) -> list[dict]:
    try:
        document = yaml.load(text, yaml.BaseLoader) or {}
        groups = []
        for group in document.get("groups") or ():
            if set(group) - _GROUP_FIELDS or any(group["name"] == other["name"] for other in groups):
                raise Refusal(path)
            groups.append(
                {
                    "name": group["name"],
                    "file": path,
                    "interval": seconds(group["interval"]) if "interval" in group else interval,
                    "limit": int(group.get("limit", 0)),
                    "rules": [_rule_of(rule, group.get("labels") or {}) for rule in group.get("rules") or ()],
                    "source": json.dumps(group),
                }
            )
        return groups
    except (yaml.YAMLError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise Refusal(f"{path}: {error}") from None


def _rule_of(rule: dict, group_labels: dict) -> dict:
    if set(rule) - _RULE_FIELDS or ("record" in rule) == ("alert" in rule):
        raise Refusal(str(rule))
    loaded = {
        "name": rule.get("record") or rule["alert"],
        "query": _formatted(rule["expr"]),
        "labels": {**group_labels, **(rule.get("labels") or {})},
        "health": "unknown",
        "type": "recording",
    }
    if "alert" in rule:
        loaded |= {
            "type": "alerting",
            "state": "inactive",
            "duration": seconds(rule.get("for", "0")),
            "keepFiringFor": seconds(rule.get("keep_firing_for", "0")),
            "annotations": rule.get("annotations") or {},
            "alerts": [],
        }
        if "$nonsense" in str(rule.get("annotations")):  # an undefined variable of a template
            raise Refusal(str(rule))
    elif "for" in rule:
        raise Refusal(str(rule))
    return loaded


def _formatted(expr: str) -> str:
    return promql_parser.parse(expr).prettify()


def _evaluation_fault(expr: str) -> str:
    """The one error that shows only at evaluation and needs no data: a regular expression that isn't one."""
    for pattern in re.findall(r'label_replace\(.*"([^"]*)"\)', expr):
        try:
            re.compile(pattern)
        except re.error:
            return f"invalid regular expression in label_replace(): {pattern}"
    return ""


def _routes(route: dict) -> Iterator[dict]:
    yield route
    for child in route.get("routes") or ():
        yield from _routes(child)


@dataclass
class Canned:
    """A server that answers what it was told to: path → (status, JSON value or text)."""

    answers: dict[str, tuple[int, object]] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    queries: list[dict[str, list[str]]] = field(default_factory=list)

    def load(self) -> None:
        """There is nothing to load."""

    def answer(self, method: str, path: str, query: dict[str, list[str]]) -> tuple[int, object]:
        self.queries.append(query)
        return self.answers.get(path, (404, "404 page not found\n"))
