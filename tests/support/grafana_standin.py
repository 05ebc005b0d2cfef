"""A Grafana that answers as 12.4.0 and 9.0 were recorded to, and keeps what it is told.

`standin("12.4.0")` serves it on a free loopback port. `tests/contract/test_grafana_recorded.py` replays every
recorded scenario against it, so that it can't drift into fiction; what a real 12.4 showed beside the recordings
is marked "seen".
"""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

ANY = object()

EDITOR = {"folders:create", "folders:write", "folders:delete", "folders:read", "dashboards:create",
          "dashboards:write", "dashboards:delete", "dashboards:read", "datasources:read", "datasources:query",
          "alert.rules:create", "alert.rules:write", "alert.rules:delete", "alert.rules:read",
          "alert.notifications:write", "alert.notifications:read", "alert.provisioning.provenance:write",
          "library.panels:create", "library.panels:write", "library.panels:delete", "library.panels:read",
          "orgs:read"}  # fmt: skip
VIEWER = {"folders:read", "dashboards:read", "datasources:query", "alert.rules:read", "alert.notifications:read",
          "library.panels:read", "orgs:read"}  # fmt: skip


class Refused(Exception):
    """An answer that isn't the usual one."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, body)
        self.status, self.body, self.headers = status, body, headers or {}


@dataclass
class Account:
    login: str
    uid: str
    permissions: Any = None
    """None for everything, else a set of actions."""

    def may(self, *actions: str) -> bool:
        return self.permissions is None or any(action in self.permissions for action in actions)


@dataclass
class Fault:
    """What goes wrong with the next `times` requests of a method whose path matches.

    Attributes:
        status, body: answered instead; or
        late: …after the request was carried out.
        cut: the connection is closed `before` the request is carried out, or `after`.
        then: called before the request is carried out, as if somebody else came in between.
    """

    method: str
    pattern: str
    times: int = 1
    status: int = 0
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    late: bool = False
    cut: str = ""
    then: Callable[[], None] | None = None


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, list[str]]
    raw: bytes
    account: Account
    groups: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    def one(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[0]

    def number(self, name: str, default: int) -> int:
        return int(self.one(name) or default)

    @property
    def body(self) -> Any:
        try:
            return json.loads(self.raw)
        except ValueError:
            raise Refused(400, {"message": "bad request data"}) from None


class State:
    """What a Grafana holds.

    Attributes:
        flavour: `12.4.0` or `9.0`.
        requests: (method, path) of all that it was asked, without those of the tests' own `ask`.
        faults: what is to go wrong.
        ungranted: dashboards of the root folder whose creator asked for no permission on them: only administrators
            see them.
        hidden: names that lists leave out for a while, as seen with accounts that aren't administrators.
        password: the administrator's.
        keep: called after each write that was carried out, before it is answered.
        behind: what data sources ask, by uid: an object that answers (method, path, query).
    """

    def __init__(self, flavour: str) -> None:
        self.flavour = flavour
        self.modern = flavour.startswith("12")
        self.lock = threading.RLock()
        self.requests: list[tuple[str, str]] = []
        self.faults: list[Fault] = []
        self.url = ""
        self.hidden: set[str] = set()
        self.ungranted: set[str] = set()
        self.keep: Callable[[State], None] | None = None
        self.gone = False
        self.behind: dict[str, Any] = {}
        self.admin = Account("admin", "dg533o6db5z40c")
        self.password = "admin"
        self.tokens: dict[str, Account] = {}
        self.accounts: dict[int, Account] = {}
        self.folders: dict[str, Any] = {}
        self.dashboards: dict[str, Any] = {}
        self.trash: dict[str, Any] = {}
        self.datasources: dict[str, Any] = {}
        self.alerting: dict[str, Any] = {"rules": {}, "intervals": {}, "contacts": {}, "policies": None,
                                         "mutes": {}, "templates": {}, "library": {}, "annotations": []}  # fmt: skip
        self._counters: dict[str, int] = {}
        self._clock = time.time_ns() // 1000

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [(method, path) for method, path in self.requests if method not in ("GET", "HEAD")]

    def count(self, name: str, first: int = 1) -> int:
        self._counters[name] = self._counters.get(name, first - 1) + 1
        return self._counters[name]

    def identity(self) -> int:
        return self.count("object", 3347675030753280) if self.modern else self.count("object", 1)

    def version(self) -> str:
        self._clock += 1000
        return str(self._clock)

    def grant(self, token: str, permissions: set[str]) -> None:
        """Let a token in that may do just this."""
        self.tokens[token] = Account("robot", "robot1", permissions)


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def slugify(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def require(state: State, request: Request, *actions: str) -> None:
    """Refuse, as the classic API does, an account that may do none of `actions`."""
    if request.account.may(*actions):
        return
    needed = actions[0] if len(actions) == 1 else f"any of {', '.join(actions)}"
    denied(needed)


def denied(needed: str) -> None:
    raise Refused(
        403,
        {
            "accessErrorId": "ACE0000000001",
            "message": f"You'll need additional permissions to perform this action. Permissions needed: {needed}",
            "title": "Access denied",
        },
    )


def old(state: State, message: str, **more: Any) -> dict[str, Any]:
    """An error's body; Grafana 9 adds a trace id to many."""
    return {"message": message, **more} | ({} if state.modern else {"traceID": "0" * 32})


Route = tuple[str, re.Pattern[str], Callable[[State, Request], tuple[int, Any]], bool]
ROUTES: list[Route] = []


def route(method: str, pattern: str, *, modern_only: bool = False) -> Callable[[Any], Any]:
    """Register an endpoint; the pattern's groups are percent-decoded into `request.groups`."""

    def register(function: Any) -> Any:
        ROUTES.append((method, re.compile(pattern + r"\Z"), function, modern_only))
        return function

    return register


def answer(state: State, request: Request) -> tuple[int, Any]:
    """Carry out one request."""
    for method, pattern, function, modern_only in ROUTES:
        if method != request.method or (modern_only and not state.modern):
            continue
        match = pattern.match(request.path)
        if match:
            request.groups = tuple(unquote(group) for group in match.groups())
            return function(state, request)
    return 404, {"message": "Not found"}


def authenticate(state: State, header: str, organisation: str) -> Account:
    kind, _, value = header.partition(" ")
    account = None
    if kind == "Basic" and b64decode(value).decode() == f"admin:{state.password}":
        account = state.admin
    elif kind == "Bearer":
        account = state.tokens.get(value)
    if account is None:
        said, identity = {
            "Basic": ("Invalid username or password", "password-auth.failed"),
            "Bearer": ("Invalid API key", "api-key.invalid"),
        }.get(kind, ("Unauthorized", "auth.unauthorized"))
        if state.modern:
            full = {"extra": None, "message": said, "messageId": identity, "statusCode": 401, "traceID": ""}
            raise Refused(401, full)
        if kind not in ("Basic", "Bearer"):
            raise Refused(401, {"message": said})
        raise Refused(401, old(state, said[0].lower() + said[1:]))
    if organisation not in ("", "1"):
        return Account(account.login, account.uid, set())
    return account


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    state: State

    def log_message(self, *_: Any) -> None:
        pass

    def _serve(self) -> None:
        state = self.state
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        own = self.headers.get("X-Test") == "yes"
        if state.gone:
            return self._cut()
        with state.lock:
            if not own:
                state.requests.append((self.command, self.path))
            fault = None if own else self._fault()
        if fault is not None and fault.then is not None:
            fault.then()
            fault = None
        if fault is not None and fault.cut == "before":
            return self._cut()
        if fault is not None and fault.status and not fault.late:
            return self._send(fault.status, fault.body, fault.headers)
        parts = urlsplit(self.path)
        headers: dict[str, str] = {}
        # What is behind a data source takes its own time.
        alone = nullcontext() if "/datasources/proxy/" in parts.path else state.lock
        try:
            with alone:
                account = Account("", "")
                if parts.path not in ("/api/health", "/login"):
                    account = authenticate(
                        state, self.headers.get("Authorization", ""), self.headers.get("X-Grafana-Org-Id", "")
                    )
                query = parse_qs(parts.query, keep_blank_values=True)
                sent = {name.lower(): value for name, value in self.headers.items()}
                asked = Request(self.command, parts.path, query, raw, account, headers=sent)
                status, body = answer(state, asked)
                if state.keep is not None and self.command not in ("GET", "HEAD"):
                    state.keep(state)
        except Refused as refused:
            status, body, headers = refused.status, refused.body, refused.headers
        if fault is not None and fault.cut == "after":
            return self._cut()
        if fault is not None and fault.late:
            return self._send(fault.status, fault.body, fault.headers)
        return self._send(status, body, headers)

    def _fault(self) -> Fault | None:
        for fault in self.state.faults:
            if (
                fault.times > 0
                and fault.method in ("*", self.command)
                and re.search(fault.pattern, self.path)
            ):
                fault.times -= 1
                return fault
        return None

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.shutdown(socket.SHUT_RDWR)

    def _send(self, status: int, body: Any, headers: dict[str, str]) -> None:
        is_text = isinstance(body, str) and body.startswith("<")
        if isinstance(body, bytes):
            content = body
        else:
            content = b"" if body is None else body.encode() if is_text else json.dumps(body).encode()
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Type", "text/html; charset=UTF-8" if is_text else "application/json")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if status != 204:
            self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: Any) -> None:
        """Connections that were cut on purpose."""


def fresh(flavour: str) -> State:
    """A Grafana that has just been installed, with one dashboard that it reads from a file."""
    from support import (
        grafana_standin_alerting,
        grafana_standin_dashboards,
        grafana_standin_library,
        grafana_standin_notifications,
    )

    assert grafana_standin_alerting
    assert grafana_standin_library
    assert grafana_standin_notifications
    state = State(flavour)
    grafana_standin_dashboards.provision(state)
    return state


@contextmanager
def standin(flavour: str = "12.4.0") -> Iterator[State]:
    """A Grafana on a free port."""
    state = fresh(flavour)
    with listening(state):
        yield state


@contextmanager
def listening(state: State, port: int = 0) -> Iterator[None]:
    """Answer as this Grafana on a port of the loopback address; 0 for a free one."""
    handler = type("Handler", (_Handler,), {"state": state})
    server = _Server(("127.0.0.1", port), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield
    finally:
        state.gone = True
        server.shutdown()
        server.server_close()
        thread.join()


# ── what it is, and who asks ─────────────────────────────────────────────────


@route("GET", "/api/health")
def _health(state: State, _: Request) -> tuple[int, Any]:
    return 200, {"commit": "NA", "database": "ok", "version": "12.4.0" if state.modern else "9.0.0"}


@route("GET", "/login")
def _login(state: State, _: Request) -> tuple[int, Any]:
    if not state.modern:
        return 200, ""
    return 500, '<!DOCTYPE html>\n<html lang="en"><head><title>Grafana</title></head></html>'


@route("GET", "/api/org")
def _org(state: State, request: Request) -> tuple[int, Any]:
    require(state, request, "orgs:read")
    lines = ("address1", "address2", "city", "country", "state", "zipCode")
    return 200, {"address": dict.fromkeys(lines, ""), "id": 1, "name": "Main Org."}


@route("GET", "/api/user")
def _user(state: State, request: Request) -> tuple[int, Any]:
    body = {"authLabels": [], "avatarUrl": "/public/img/user_profile.png", "createdAt": now(),
            "email": "admin@localhost", "id": 1, "isDisabled": False, "isExternal": False,
            "isGrafanaAdmin": True, "login": request.account.login, "name": "", "orgId": 1, "theme": "",
            "updatedAt": now()}  # fmt: skip
    if state.modern:
        body |= {"isExternallySynced": False, "isGrafanaAdminExternallySynced": False, "isProvisioned": False,
                 "uid": request.account.uid}  # fmt: skip
    return 200, body


@route("GET", "/api/datasources/proxy/uid/([^/]+)(/.*)")
def _proxied(state: State, request: Request) -> tuple[int, Any]:
    """Seen on 12.4: what the data source's server answers, as it is; 404 for a data source that isn't there."""
    uid, path = request.groups
    if uid not in state.behind:
        return 404, {"message": "Unable to find datasource"}
    return state.behind[uid].answer("GET", path, request.query)


@route("GET", "/api/frontend/settings")
def _settings(state: State, _: Request) -> tuple[int, Any]:
    """Seen: 12.4 names the namespace; both list the data sources by name for who may query them."""
    told = {
        found["name"]: {
            "uid": found["uid"],
            "type": found["type"],
            "name": found["name"],
            "meta": {},
            "jsonData": found.get("jsonData") or {},
        }
        for found in state.datasources.values()
    } | {"-- Grafana --": {"uid": "grafana", "type": "datasource", "meta": {"builtIn": True}}}
    body = {
        "datasources": told,
        "defaultDatasource": next(
            (each["name"] for each in state.datasources.values() if each.get("isDefault")), ""
        ),
        "featureToggles": {},
        "appSubUrl": "",
        "unifiedAlertingEnabled": state.modern,
    }
    return 200, body | ({"namespace": "default"} if state.modern else {})


@route("GET", "/api/access-control/user/permissions", modern_only=True)
def _permissions(state: State, request: Request) -> tuple[int, Any]:
    from support.grafana_standin_alerting import ACTIONS

    mine = request.account.permissions
    granted: dict[str, list[str]] = {}
    for action in sorted((EDITOR | ACTIONS | {"datasources:create", "datasources:write", "datasources:delete"}) if mine is None else mine):  # fmt: skip
        kind = action.split(":", 1)[0]
        if action.startswith(("alert.rules:", "library.panels:")):
            granted[action] = ["folders:*"]
        else:
            granted[action] = [f"{kind}:*"] if kind in ("folders", "dashboards", "datasources") else [""]
    return 200, granted


@route("POST", "/api/serviceaccounts", modern_only=True)
def _service_account(state: State, request: Request) -> tuple[int, Any]:
    asked = request.body
    number = state.count("account", 2)
    permissions = {"Editor": EDITOR, "Viewer": VIEWER}.get(asked["role"])
    state.accounts[number] = Account(f"sa-1-{asked['name']}", f"ag{number}", permissions)
    return 201, {"avatarUrl": "", "id": number, "isDisabled": False, "login": f"sa-1-{asked['name']}",
                 "name": asked["name"], "orgId": 1, "role": asked["role"], "tokens": 0, "uid": f"ag{number}"}  # fmt: skip


@route("POST", r"/api/serviceaccounts/(\d+)/tokens", modern_only=True)
def _token(state: State, request: Request) -> tuple[int, Any]:
    number = state.count("token")
    key = f"glsa_standin_{number}"
    state.tokens[key] = state.accounts[int(request.groups[0])]
    return 200, {"id": number, "key": key, "name": request.body["name"]}


# ── data sources ─────────────────────────────────────────────────────────────


def _datasource(state: State, found: dict[str, Any]) -> dict[str, Any]:
    body = {name: value for name, value in found.items() if name != "secrets"}
    body["secureJsonFields"] = {name: True for name, value in found["secrets"].items() if value}
    logo = "public/plugins/prometheus/img/prometheus_logo.svg" if state.modern else ""
    body |= {"typeLogoUrl": logo, "readOnly": found.get("readOnly", False)}
    return body | ({"apiVersion": ""} if state.modern else {"basicAuthPassword": "", "password": ""})


def _settle(state: State, asked: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
    secrets = dict(before["secrets"]) if before else {}
    secrets.update(asked.get("secureJsonData") or {})
    body = {
        "access": asked.get("access") or "proxy", "basicAuth": asked.get("basicAuth", False),
        "basicAuthUser": asked.get("basicAuthUser", ""), "database": asked.get("database", ""),
        "id": before["id"] if before else state.count("datasource"), "isDefault": asked.get("isDefault", False),
        "jsonData": asked.get("jsonData") or {}, "name": asked["name"], "orgId": 1, "type": asked["type"],
        "uid": asked.get("uid") or f"ds{state.count('uid')}", "url": asked.get("url", ""),
        "user": asked.get("user", ""), "version": 1, "withCredentials": asked.get("withCredentials", False),
        "secrets": secrets,
    }  # fmt: skip
    if body["isDefault"]:
        for other in state.datasources.values():
            other["isDefault"] = False
    return body


@route("GET", "/api/datasources")
def _datasources(state: State, request: Request) -> tuple[int, Any]:
    require(state, request, "datasources:read")
    hidden = {
        "apiVersion",
        "basicAuthUser",
        "basicAuthPassword",
        "secureJsonFields",
        "version",
        "withCredentials",
    }
    return 200, [
        {name: value for name, value in _datasource(state, found).items() if name not in hidden}
        | {"typeName": "Prometheus"}
        for found in state.datasources.values()
    ]


@route("GET", "/api/datasources/uid/([^/]+)")
def _get_datasource(state: State, request: Request) -> tuple[int, Any]:
    require(state, request, "datasources:read")
    found = state.datasources.get(request.groups[0])
    if found is None:
        return 404, {"message": "Data source not found"}
    return 200, _datasource(state, found)


@route("POST", "/api/datasources")
def _create_datasource(state: State, request: Request) -> tuple[int, Any]:
    require(state, request, "datasources:create")
    asked = request.body
    if any(found["name"] == asked["name"] for found in state.datasources.values()):
        return 409, old(state, "data source with the same name already exists")
    if asked.get("uid") in state.datasources:
        return 409, old(state, "data source with the same uid already exists")
    stored = _settle(state, asked, None)
    stored["isDefault"] = stored["isDefault"] or not state.datasources  # seen: the first one is the default
    state.datasources[stored["uid"]] = stored
    return 200, {"datasource": _datasource(state, stored), "id": stored["id"], "message": "Datasource added",
                 "name": stored["name"]}  # fmt: skip


@route("PUT", "/api/datasources/uid/([^/]+)")
def _update_datasource(state: State, request: Request) -> tuple[int, Any]:
    require(state, request, "datasources:write")
    asked, before = request.body, state.datasources.get(request.groups[0])
    if before is None:
        return 404, {"message": "Data source not found"}
    if before.get("readOnly"):
        return 403, {"message": "Cannot update read-only data source"}
    if any(found["name"] == asked["name"] and found is not before for found in state.datasources.values()):
        return 409, {"message": f"Failed to update datasource. {asked['name']} already exists"}
    if asked.get("version") and asked["version"] < before["version"]:
        return 409, {
            "message": "Datasource has already been updated by someone else. Please reload and try again"
        }
    stored = _settle(state, asked, before) | {"version": asked.get("version", 0) + 1}
    state.datasources[request.groups[0]] = stored
    return 200, {"datasource": _datasource(state, stored), "id": stored["id"], "message": "Datasource updated",
                 "name": stored["name"]}  # fmt: skip


@route("DELETE", "/api/datasources/uid/([^/]+)")
def _delete_datasource(state: State, request: Request) -> tuple[int, Any]:
    require(state, request, "datasources:delete")
    found = state.datasources.pop(request.groups[0], None)
    if found is None:
        return 404, {"message": "Data source not found"}
    return 200, {"id": found["id"], "message": "Data source deleted"}


def _refusal(url: str) -> str:
    return f'Post "{url}/api/v1/query": dial tcp {urlsplit(url).netloc}: connect: connection refused'


@route("GET", "/api/datasources/uid/([^/]+)/health")
def _datasource_health(state: State, request: Request) -> tuple[int, Any]:
    if not state.modern:
        return 404, old(state, "Not found")
    found = state.datasources[request.groups[0]]
    said = f"{_refusal(found['url'])} - There was an error returned querying the Prometheus API."
    return 400, {"message": said, "status": "ERROR"}


@route("POST", "/api/ds/query")
def _query(state: State, request: Request) -> tuple[int, Any]:
    if not state.modern:
        return 500, old(state, "Query data error")
    results = {
        query["refId"]: {
            "error": _refusal(state.datasources[query["datasource"]["uid"]]["url"]),
            "errorSource": "downstream",
            "frames": [],
            "status": 502,
        }
        for query in request.body["queries"]
    }
    return 400, {"results": results}
