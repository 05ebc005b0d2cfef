"""What goes wrong outside, seen from outside: one sentence, the documented exit code, nothing half-written, and
no secret, however much is said.

Every case is run as it is and with `-vv`, with credentials by token, by user and password, and in the URL.
"""

from __future__ import annotations

import base64
import errno
import itertools
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from provision.client import retries, session
from provision.errors import MissingTool
from provision.ship.target import swap
from provision.tools.openssl import self_signed
from support.commands import ROUTES, Ran, Shell, alone, environment, project, spawned, tree, write
from support.grafana_standin import EDITOR, VIEWER, Fault, standin
from support.prometheus_standin import AlertmanagerState, PrometheusState, serving

TOKEN = "glsa_t0ken-of-the-night"
PASSWORD = "pa55word-of-the-night"
SECRETS = (TOKEN, PASSWORD, base64.b64encode(f"keeper:{PASSWORD}".encode()).decode())

CREDENTIALS = {
    "token": {f"{prefix}_TOKEN": TOKEN for prefix in ("GRAFANA", "PROMETHEUS", "ALERTMANAGER")},
    "password": {
        f"{prefix}_{name}": value
        for prefix in ("GRAFANA", "PROMETHEUS", "ALERTMANAGER")
        for name, value in (("USER", "keeper"), ("PASSWORD", PASSWORD))
    },
    "url": {},
}


class Night:
    """A shop at night: its project, and its command line, whose every run is looked through for secrets."""

    def __init__(self, root: Path, shell: Shell, way: str) -> None:
        self.root = root
        self.rules = root / "run" / "rules"
        self.config = root / "run" / "alertmanager.yml"
        self._shell = shell
        self._way = way

    def __call__(self, *arguments: object, log: bool = False) -> Ran:
        ran = self._shell(*arguments, *(["-vv"] if log else []))
        for secret in SECRETS:
            assert secret not in ran.out + ran.err
        return ran

    def failing(self, code: int, *arguments: object) -> str:
        """The one sentence of a run that fails with `code` and changes no file, the same with `-vv`."""
        before = self.files()
        quiet = self(*arguments)
        loud = self(*arguments, log=True)
        assert (quiet.code, loud.code) == (code, code), quiet
        assert quiet.out == loud.out == ""
        assert loud.err.endswith(quiet.err)
        assert quiet.err.count("\n") == 1, quiet
        assert self.files() == before
        return quiet.sentence

    def files(self) -> dict[str, bytes]:
        """All files but the cache of compiled sources."""
        return {name: text for name, text in tree(self.root).items() if not name.startswith(".provision/")}

    def address(self, url: str) -> str:
        """The URL as the user writes it."""
        return url.replace("://", f"://keeper:{PASSWORD}@") if self._way == "url" else url

    def servers(self, grafana: str = "", prometheus: str = "", alertmanager: str = "") -> list[object]:
        """The options that name these servers."""
        named: list[object] = []
        if grafana:
            named += ["--grafana", self.address(grafana)]
        if prometheus:
            named += ["--prometheus", self.address(prometheus), "--rules-dir", self.rules]
        if alertmanager:
            named += ["--alertmanager", self.address(alertmanager), "--config-file", self.config]
        return named


@pytest.fixture(params=CREDENTIALS)
def night(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Iterator[Night]:
    root = project(tmp_path / "shop", **{"provisioning/routes.py": ROUTES})
    (root / "run" / "rules").mkdir(parents=True)
    write(root, {"run/alertmanager.yml": "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"})
    monkeypatch.chdir(root)
    with alone(monkeypatch, tmp_path / "logs"):
        for name, value in CREDENTIALS[request.param].items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(retries, "PAUSES_SECONDS", (0.0, 0.0))
        yield Night(root, Shell(capfd), request.param)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are waited for only so long."""
    monkeypatch.setitem(session.endpoint_from.__kwdefaults__, "timeout_seconds", 0.3)


once = pytest.mark.parametrize("night", ["token"], indirect=True)
"""For what has nothing to do with how credentials are given."""

# ── servers that aren't what they should be ──────────────────────────────────

Say = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def server(say: Say, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[str]:
    """A server on a free port that answers every request with `say`; its URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def handle_one(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            say(self)

        do_GET = do_POST = do_PUT = do_DELETE = handle_one

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def get_request(self) -> tuple[socket.socket, object]:
            connection, address = super().get_request()
            if tls is not None:
                connection.settimeout(60)
                connection = tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
            return connection, address

        def handle_error(self, *_: object) -> None:
            pass

    one = Server((host, 0), Handler)
    thread = threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http{'s' if tls else ''}://{host}:{one.server_port}"
    finally:
        one.shutdown()
        one.server_close()
        thread.join()


def saying(status: int, body: object = b"", **headers: str) -> Say:
    """An answer."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def say(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        sent = {"Content-Type": "application/json"} | {k.replace("_", "-"): v for k, v in headers.items()}
        for name, value in sent.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return say


def page(text: bytes) -> Say:
    return saying(
        200,
        b"<!DOCTYPE html><html><body>" + text + b"</body></html>",
        Content_Type="text/html; charset=UTF-8",
    )


def half(handler: BaseHTTPRequestHandler) -> None:
    """The beginning of an answer, and no more."""
    handler.wfile.write(
        b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"data'
    )
    handler.wfile.flush()
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def cut(handler: BaseHTTPRequestHandler) -> None:
    """No answer at all."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def repeating(handler: BaseHTTPRequestHandler) -> None:
    """A refusal with the credentials in it, as they were sent or as they were meant."""
    scheme, _, sent = handler.headers["Authorization"].partition(" ")
    meant = base64.b64decode(sent).decode().partition(":")[2] if scheme == "Basic" else sent
    saying(401, {"message": f"no {meant if handler.path == '/api/health' else sent} for you"})(handler)


SIGN_IN = "set GRAFANA_TOKEN, or GRAFANA_USER and GRAFANA_PASSWORD"

WRONG: dict[str, tuple[Say, int, str]] = {
    "a login page": (
        page(b"<form>Please log in</form>"), 1,
        f"a login page answered instead of the API; {SIGN_IN}, and check that no proxy asks people to log in",
    ),
    "a page": (
        page(b"Welcome to nginx!"), 1,
        "a web page answered instead of the API; check the URL, its sub-path above all",
    ),
    "no JSON": (
        saying(200, b'{"database": "o'), 1,
        "an answer was cut short or isn't JSON; check the URL and what stands between",
    ),
    "nothing": (
        saying(200, b""), 1,
        "an answer was empty where JSON is wanted; check the URL and what stands between",
    ),
    "other JSON": (
        saying(200, ["something else"]), 1,
        "what answers there isn't a Grafana; check the URL, its sub-path above all",
    ),
    "nobody of that name": (
        saying(404, {"message": "Not found"}), 1,
        "what answers there isn't a Grafana; check the URL, its sub-path above all",
    ),
    "half an answer": (half, 1, "the connection was closed in the middle; check the server and try again"),
    "no answer": (cut, 1, "the connection was closed in the middle; check the server and try again"),
    "wrong credentials": (
        saying(401, {"message": "Invalid username or password"}), 3,
        f"the credentials were refused: Invalid username or password; check them: {SIGN_IN}",
    ),
    "a server that repeats what it was sent": (
        repeating, 3, f"the credentials were refused: no *** for you; check them: {SIGN_IN}",
    ),
    "forbidden": (
        saying(403, {"message": "You may not"}), 3,
        "GET /api/health isn't allowed: You may not; give the account that permission or use another",
    ),
    "a broken server": (
        saying(500, {"message": "database is down"}), 1,
        "GET /api/health was answered with 500: database is down; check the URL, and the server's log",
    ),
    "a proxy without it": (
        saying(502, b"<html>Bad Gateway</html>", Content_Type="text/html"), 1,
        "GET /api/health was answered with 502: a proxy before it can't reach it",
    ),
    "a server that has too much to do": (
        saying(429, {"message": "later"}, Retry_After="3600"), 1,
        "GET /api/health was answered with 429: later",
    ),
    "a redirect to another host": (
        saying(302, Location="https://sso.example.org/start"), 1,
        "it redirects to another server (https://sso.example.org/start); use that URL, if it is the right one",
    ),
    "a redirect to a login page": (
        saying(302, Location="/login"), 1,
        f"it asks to log in (redirects to {{url}}/login); {SIGN_IN}",
    ),
    "a redirect in circles": (
        saying(302, Location="/api/health"), 1,
        "GET /api/health is redirected in circles; check the URL",
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_a_grafana_that_is_none(night: Night, wrong: str) -> None:
    say, code, expected = WRONG[wrong]
    with server(say) as url:
        for command in (("plan",), ("push", "--yes"), ("push", "--dry-run")):
            said = night.failing(code, *command, *night.servers(grafana=url))
            assert said == f"{url}: {expected.format(url=url)}"


@pytest.mark.parametrize("kind", ["prometheus", "alertmanager"])
@pytest.mark.parametrize("wrong", [name for name in WRONG if "redirect" not in name])
@once
def test_another_server_that_is_none(night: Night, wrong: str, kind: str) -> None:
    say, code, expected = WRONG[wrong]
    probe = "/api/v1/status/buildinfo" if kind == "prometheus" else "/api/v2/status"
    with server(say) as url:
        said = night.failing(code, "plan", *night.servers(**{kind: url}))
    known = expected.replace("GRAFANA", kind.upper()).replace("/api/health", probe)
    known = known.replace("a Grafana", f"a{'n' if kind == 'alertmanager' else ''} {kind.capitalize()}")
    assert said == f"{url}: {known}"


@once
def test_a_server_that_is_silent(night: Night, impatient: None) -> None:
    over = threading.Event()
    with server(lambda _: over.wait(30) and None) as url:
        said = night.failing(1, "push", "--yes", *night.servers(grafana=url))
        over.set()
    assert said == f"{url}: no answer within 0.3 s; check the server"


@once
def test_a_server_that_falls_silent_in_the_middle_of_an_answer(night: Night, impatient: None) -> None:
    over = threading.Event()

    def begin(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(
            b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"data'
        )
        handler.wfile.flush()
        over.wait(30)
        handler.close_connection = True

    with server(begin) as url:
        said = night.failing(1, "plan", *night.servers(grafana=url))
        over.set()
    assert said == f"{url}: no answer within 0.3 s; check the server"


def test_a_server_that_is_not_there(night: Night) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        for named in (
            night.servers(grafana=url),
            night.servers(prometheus=url),
            night.servers(alertmanager=url),
        ):
            said = night.failing(1, "push", "--yes", *named)
            assert (
                said
                == f"{url}: nothing listens there (connection refused); start the server or check the port"
            )


def test_a_name_that_nobody_knows(night: Night) -> None:
    said = night.failing(1, "plan", *night.servers(grafana="https://grafana.nowhere.invalid"))
    assert said == (
        "https://grafana.nowhere.invalid: no address is known for 'grafana.nowhere.invalid'; check the host's name"
    )


@pytest.mark.parametrize(
    ("url", "code", "sentence"),
    [
        ("http://gra fana", 2, "'http://gra fana' isn't the URL of a server; write it as http://HOST:PORT or https://HOST"),
        ("http://*", 2, "'http://*' isn't the URL of a server; write it as http://HOST:PORT or https://HOST"),
        ("http://..", 1, "http://..: that isn't the address of a server; write it as http://HOST:PORT or https://HOST"),
        (f"http://{'a' * 70}", 1, f"http://{'a' * 70}: that isn't the address of a server; "
         "write it as http://HOST:PORT or https://HOST"),
        (f"http://keeper:1/{PASSWORD}@grafana", 2,
         "'grafana' comes after credentials with a character of its own meaning in URLs; "
         "write it as %2F, %3F or %23, or give the credentials as variables of the environment"),
        (f"http://keeper:1?{PASSWORD}@grafana", 2,
         "'grafana' comes after credentials with a character of its own meaning in URLs; "
         "write it as %2F, %3F or %23, or give the credentials as variables of the environment"),
        (f"http://keeper:{PASSWORD}/1@grafana", 2,
         "'grafana' has a port or address that isn't one; write it as http://HOST:PORT or https://HOST"),
    ],
)  # fmt: skip
@once
def test_addresses_that_are_none(night: Night, url: str, code: int, sentence: str) -> None:
    assert night.failing(code, "plan", "--grafana", url).removeprefix("Error: ") == sentence


@once
def test_credentials_that_cannot_be_sent(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    for token in ("tökën", "to\nken"):
        monkeypatch.setenv("GRAFANA_TOKEN", token)
        said = night.failing(2, "plan", "--grafana", "http://127.0.0.1:1")
        assert said == "GRAFANA_TOKEN holds a line break or another character that can't be sent"


@pytest.mark.parametrize(
    ("expected", "found"), list(itertools.permutations(("grafana", "prometheus", "alertmanager"), 2))
)
@once
def test_a_server_of_another_kind(night: Night, expected: str, found: str) -> None:
    with (
        standin("12.4.0") as grafana,
        serving(PrometheusState(night.root / "run")) as prometheus,
        serving(AlertmanagerState(night.config)) as alertmanager,
    ):
        url = {"grafana": grafana.url, "prometheus": prometheus, "alertmanager": alertmanager}[found]
        said = night.failing(1, "push", "--yes", *night.servers(**{expected: url}))
        assert grafana.writes == []
    names = {"grafana": "a Grafana", "prometheus": "a Prometheus", "alertmanager": "an Alertmanager"}
    assert said == f"{url}: {names[found]} answers there, not {names[expected]}; check the URL and the port"


# ── in the middle of a conversation ──────────────────────────────────────────


@pytest.mark.parametrize(
    ("fault", "code", "sentence"),
    [
        (Fault("GET", "/apis/dashboard.grafana.app/v0alpha1/namespaces", 9, cut="before"), 1,
         "the connection was closed in the middle"),
        (Fault("GET", "/folders", 9, status=403, body={"message": "no folders for you"}), 3, "no folders for you"),
        (Fault("GET", "/api/datasources", 9, status=200, body="<html>Log in</html>"), 1, "a login page answered"),
        (Fault("GET", "/api/frontend/settings", 9, status=500, body={"message": "gone"}), 1, "answered with 500: gone"),
        (Fault("GET", "/api/org", 9, status=401, body={"message": "expired"}), 3, "refused: expired"),
    ],
)  # fmt: skip
@once
def test_a_grafana_that_goes_wrong_while_it_is_read(
    night: Night, fault: Fault, code: int, sentence: str
) -> None:
    with standin("12.4.0") as grafana:
        grafana.tokens[TOKEN] = grafana.admin
        grafana.faults.append(fault)
        said = night.failing(code, "push", "--yes", *night.servers(grafana=grafana.url))
        assert grafana.writes == []
    assert said.startswith(f"{grafana.url}: ")
    assert sentence in said


@pytest.mark.parametrize("flavour", ["12.4.0", "9.0"])
@once
def test_a_grafana_that_is_cut_off_while_it_is_written(night: Night, flavour: str) -> None:
    with standin(flavour) as grafana:
        grafana.tokens[TOKEN] = grafana.admin
        grafana.faults.append(Fault("POST", "dashboards", 1, cut="before"))
        ran = night("push", "--yes", *night.servers(grafana=grafana.url), log=True)
        if flavour == "9.0":  # where the ledger is the first write, and nothing is begun without it
            assert (ran.code, grafana.folders) == (1, {})
            assert 'skipped folder "Sales"' in ran.out
            assert "the connection was closed in the middle" in ran.err
        else:
            assert ran.code == 4
            assert 'failed dashboard "Orders" in folder "Sales"' in ran.out
            assert "the connection was closed in the middle" in ran.out
        assert night("push", "--yes", *night.servers(grafana=grafana.url)).code == 0
        assert night("plan", "--exit-code", *night.servers(grafana=grafana.url)).code == 0


@once
def test_missing_permissions_are_listed_by_resource_before_the_first_write(night: Night) -> None:
    with standin("12.4.0") as grafana:
        grafana.grant(TOKEN, EDITOR - {"folders:create", "dashboards:create"})
        ran = night("push", "--yes", *night.servers(grafana=grafana.url), log=True)
        assert grafana.writes == []
    assert ran.code == 3
    assert "the credentials lack permissions, so nothing was written:" in ran.err
    assert '\n  folder "Sales": needs folders:create' in ran.err
    assert '\n  dashboard "Orders": needs dashboards:create' in ran.err


@once
def test_what_only_a_write_finds_not_allowed_is_not_allowed(night: Night) -> None:
    with standin("9.0") as grafana:  # which can't be asked what the credentials may do
        grafana.grant(TOKEN, VIEWER)
        ran = night("push", "--yes", *night.servers(grafana=grafana.url), log=True)
        assert (ran.code, grafana.folders) == (3, {})
    assert "isn't allowed" in ran.err
    assert 'skipped dashboard "Orders" in folder "Sales"' in ran.out


# ── TLS ──────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that nobody trusts, and a server's context with it."""
    try:
        file, key = self_signed(tmp_path_factory.mktemp("tls"), "nobody", 1)
    except MissingTool as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return file, context


def test_a_certificate_that_nobody_trusts_until_it_is_given(
    night: Night, certificate: tuple[Path, ssl.SSLContext]
) -> None:
    file, context = certificate
    with server(saying(404, {}), tls=context) as url:
        said = night.failing(1, "push", "--yes", *night.servers(grafana=url))
        assert (
            said
            == f"{url}: its certificate isn't trusted; give --ca-file FILE with the authority that signed it"
        )
        for kind in ("grafana", "prometheus", "alertmanager"):
            said = night.failing(1, "plan", *night.servers(**{kind: url}), "--ca-file", file)
            assert said.startswith(f"{url}: what answers there isn't a")
        other = night.root.parent / "other"
        other.mkdir()
        elsewhere, _ = self_signed(other, "somebody", 1)
        said = night.failing(1, "plan", *night.servers(grafana=url), "--ca-file", elsewhere)
        assert (
            said == f"{url}: its certificate isn't trusted; the authority that signed it isn't in {elsewhere}"
        )


@once
def test_with_its_certificate_a_grafana_is_pushed_to(
    night: Night, certificate: tuple[Path, ssl.SSLContext]
) -> None:
    file, context = certificate
    with standin("12.4.0") as grafana, terminator(context, grafana.url) as url:
        grafana.tokens[TOKEN] = grafana.admin
        ran = night("push", "--yes", *night.servers(grafana=url), "--ca-file", file, log=True)
        assert ran.code == 0, ran
        assert "sales-orders" in grafana.dashboards


@contextmanager
def terminator(context: ssl.SSLContext, url: str) -> Iterator[str]:
    """A port that speaks TLS and passes everything on to `url`."""
    host, port = url.removeprefix("http://").split(":")
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"https://127.0.0.1:{listener.getsockname()[1]}"
    open_: list[socket.socket] = []

    def pass_on(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(65536):
                sink.sendall(chunk)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def connect(connection: socket.socket) -> None:
        with suppress(OSError):
            secure = context.wrap_socket(connection, server_side=True)
            behind = socket.create_connection((host, int(port)))
            open_.extend((secure, behind))
            threading.Thread(target=pass_on, args=(secure, behind), daemon=True).start()
            pass_on(behind, secure)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=connect, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield address
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for one in open_:
            one.close()


def test_a_certificate_for_another_name(night: Night, certificate: tuple[Path, ssl.SSLContext]) -> None:
    file, context = certificate
    try:
        with server(saying(200, {}), tls=context, host="127.0.0.2") as url:
            said = night.failing(1, "plan", *night.servers(grafana=url), "--ca-file", file)
    except OSError as error:
        pytest.skip(f"127.0.0.2: {error}")
    assert said == f"{url}: its certificate is made out to another name; use the name in the certificate"


@once
def test_a_ca_file_that_holds_no_certificate(night: Night, certificate: tuple[Path, ssl.SSLContext]) -> None:
    _, context = certificate
    write(night.root, {"run/ca.pem": "not a certificate\n"})
    with server(saying(200, {}), tls=context) as url:
        said = night.failing(1, "plan", *night.servers(grafana=url), "--ca-file", "run/ca.pem")
    assert said == f"{url}: the CA file or client certificate isn't in PEM format; check it"
    assert night.failing(2, "plan", *night.servers(grafana=url), "--ca-file", "run") == (
        "run: there is no such file; name a certificate in PEM format"
    )


@once
def test_certificates_that_the_environment_names(
    night: Night, certificate: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, context = certificate
    with server(saying(404, {}), tls=context) as url:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
        said = night.failing(1, "plan", *night.servers(grafana=url))
        assert said == (
            f"{url}: the certificates that the environment names aren't there; "
            "check REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE"
        )
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(night.root / "pyproject.toml"))
        said = night.failing(1, "plan", *night.servers(grafana=url))
        assert said.endswith("isn't in PEM format; check REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
        assert "isn't a Grafana" in night.failing(1, "plan", *night.servers(grafana=url))


def test_a_redirect_to_plain_http(night: Night, certificate: tuple[Path, ssl.SSLContext]) -> None:
    file, context = certificate
    asked: list[str] = []

    def listen(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        saying(200, {"database": "ok"})(handler)

    with server(listen) as plain:
        redirect = saying(301, Location=f"{plain}/api/health")
        with server(redirect, tls=context) as url:
            said = night.failing(1, "push", "--yes", *night.servers(grafana=url), "--ca-file", file)
    assert said == (
        f"{url}: it redirects to plain http ({plain}/api/health), where credentials would be read by others; "
        "check the server's own root URL"
    )
    assert asked == []


def test_a_redirect_to_https(night: Night, certificate: tuple[Path, ssl.SSLContext]) -> None:
    _, context = certificate
    with server(saying(200, {"database": "ok"}), tls=context) as secure:
        with server(saying(308, Location=f"{secure}/api/health")) as url:
            said = night.failing(1, "plan", *night.servers(grafana=url))
    assert said == f"{url}: it redirects to https; write the URL with https://"


def test_tls_spoken_to_a_port_that_speaks_plain_http(night: Night) -> None:
    with server(saying(200, {})) as url:
        secure = url.replace("http://", "https://")
        said = night.failing(1, "plan", *night.servers(grafana=secure))
    assert said == f"{secure}: what listens there speaks plain http, not TLS; write the URL with http://"


@once
def test_plain_http_spoken_to_a_port_that_speaks_tls(
    night: Night, certificate: tuple[Path, ssl.SSLContext]
) -> None:
    _, context = certificate
    with server(saying(200, {}), tls=context) as secure:
        url = secure.replace("https://", "http://")
        said = night.failing(1, "plan", *night.servers(grafana=url))
    assert said == f"{url}: the connection was closed in the middle; check the server and try again"
    told = saying(400, b"Client sent an HTTP request to an HTTPS server.\n", Content_Type="text/plain")
    with server(told) as url:  # as Go's servers say it
        said = night.failing(1, "plan", *night.servers(grafana=url))
    assert said == f"{url}: it speaks TLS, not plain http; write the URL with https://"


# ── files and folders ────────────────────────────────────────────────────────


@pytest.fixture
def prometheus(night: Night) -> Iterator[tuple[str, PrometheusState]]:
    state = PrometheusState(night.root / "run")
    with serving(state) as url:
        yield url, state


@pytest.fixture
def alertmanager(night: Night) -> Iterator[tuple[str, AlertmanagerState]]:
    state = AlertmanagerState(night.config)
    with serving(state) as url:
        yield url, state


@once
def test_a_rules_folder_that_is_none(night: Night, prometheus: tuple[str, PrometheusState]) -> None:
    url, _ = prometheus
    folder = night.root / "run" / "nowhere"
    said = night.failing(1, "push", "--yes", "--prometheus", url, "--rules-dir", folder)
    assert said == (
        f"{folder}: there is no such folder; "
        "make it and name it under rule_files in prometheus.yml, or correct --rules-dir"
    )
    said = night.failing(1, "plan", "--prometheus", url, "--rules-dir", "pyproject.toml")
    assert said == f"{night.root / 'pyproject.toml'}: can't be read: Not a directory"


@once
def test_a_configuration_file_that_is_none(night: Night, alertmanager: tuple[str, AlertmanagerState]) -> None:
    url, _ = alertmanager
    said = night.failing(1, "plan", "--alertmanager", url, "--config-file", "nowhere/a.yml")
    assert said == f"{night.root / 'nowhere'}: there is no such folder; correct --config-file"
    said = night.failing(1, "plan", "--alertmanager", url, "--config-file", "run")
    assert said == f"{night.root / 'run'}: can't be read: Is a directory"


def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that has no room for the last byte of a file."""

    def fsync(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(swap.os, "fsync", fsync)


@once
def test_a_disk_that_is_full_while_rules_are_written(
    night: Night, prometheus: tuple[str, PrometheusState], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, state = prometheus
    before = night.files()
    with monkeypatch.context() as patch:
        full(patch)
        ran = night("push", "--yes", *night.servers(prometheus=url))
    assert ran.code == 1
    assert f"{night.rules / 'shop.yml'}: can't be written: No space left on device" in ran.out
    assert night.files() == before
    assert ("POST", "/-/reload") not in state.requests
    assert night("push", "--yes", *night.servers(prometheus=url)).code == 0


@once
def test_a_disk_that_is_full_while_a_configuration_is_written(
    night: Night, alertmanager: tuple[str, AlertmanagerState], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, state = alertmanager
    before = night.files()
    with monkeypatch.context() as patch:
        full(patch)
        ran = night("push", "--yes", "--overwrite", *night.servers(alertmanager=url))
    assert ran.code == 1
    assert f"{night.config}: can't be written: No space left on device" in ran.out
    assert night.files() == before
    assert ("POST", "/-/reload") not in state.requests


@once
def test_a_reload_that_is_refused_puts_the_old_files_back(
    night: Night, prometheus: tuple[str, PrometheusState], alertmanager: tuple[str, AlertmanagerState]
) -> None:
    before = night.files()
    prometheus[1].broken["/-/reload"] = 500
    alertmanager[1].broken["/-/reload"] = 500
    ran = night("push", "--yes", "--overwrite", *night.servers("", prometheus[0], alertmanager[0]), log=True)
    assert ran.code == 4  # the old files are back, and nobody knows what the servers run
    assert ran.out.count("the old file") == 2
    assert night.files() == before


# ── interrupted ──────────────────────────────────────────────────────────────


@contextmanager
def signals(numbers: tuple[signal.Signals, ...], when: Callable[[], bool]) -> Iterator[None]:
    """Send this process the signals, one after the other, as soon as `when()` is true."""
    over = threading.Event()

    def send() -> None:
        while not when():
            if over.wait(0.005):
                return
        for number in numbers:
            os.kill(os.getpid(), number)
            over.wait(0.05)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@once
def test_an_interrupted_push_of_rules_finishes_what_is_in_flight(
    night: Night, prometheus: tuple[str, PrometheusState], alertmanager: tuple[str, AlertmanagerState]
) -> None:
    url, state = prometheus
    with signals((signal.SIGTERM,), lambda: ("POST", "/-/reload") in state.requests):
        ran = night("push", "--yes", "--overwrite", *night.servers("", url, alertmanager[0]))
    assert ran.code == 130
    assert ran.err == "Interrupted: finishing what is in flight.\n"
    assert "✓ created" in ran.out
    assert "interrupted before it was begun" in ran.out
    assert (night.rules / "shop.yml").exists()
    assert ("POST", "/-/reload") not in alertmanager[1].requests
    assert "nobody" in night.config.read_text()


@once
def test_a_push_that_is_interrupted_twice_puts_the_old_files_back(
    night: Night, prometheus: tuple[str, PrometheusState]
) -> None:
    url, state = prometheus
    state.evaluates = False  # so that it waits for an evaluation until it is told not to
    before = night.files()
    with signals((signal.SIGINT, signal.SIGTERM), lambda: ("POST", "/-/reload") in state.requests):
        ran = night("push", "--yes", *night.servers(prometheus=url))
    assert ran.code == 130
    assert ran.err == "Interrupted: finishing what is in flight.\n\nInterrupted.\n"
    assert night.files() == before
    assert state.requests.count(("POST", "/-/reload")) == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@once
def test_an_interrupted_plan_is_one_word(night: Night, number: signal.Signals) -> None:
    asked, over = threading.Event(), threading.Event()

    def wait(_: BaseHTTPRequestHandler) -> None:
        asked.set()
        over.wait(30)

    with server(wait) as url, signals((number,), asked.is_set):
        ran = night("plan", *night.servers(grafana=url))
        over.set()
    assert (ran.code, ran.out, ran.err.strip()) == (130, "", "Interrupted.")


def test_ctrl_c_in_a_process_of_its_own(tmp_path: Path) -> None:
    root = project(tmp_path / "shop")
    asked, over = threading.Event(), threading.Event()

    def wait(_: BaseHTTPRequestHandler) -> None:
        asked.set()
        over.wait(60)

    with server(wait) as url:
        process = spawned(
            "push", "--yes", "-vv", "--grafana", url, cwd=root, env=environment(GRAFANA_TOKEN=TOKEN)
        )
        assert asked.wait(60)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        over.set()
    assert process.returncode == 130
    assert (out, err.strip()) == ("", "Interrupted.")


@pytest.mark.parametrize("moment", [0.0, 0.02, 0.05, 0.1, 0.2, 0.4])
def test_a_build_that_is_killed_at_any_moment_leaves_whole_files_and_can_be_repeated(
    tmp_path: Path, moment: float
) -> None:
    root = project(tmp_path / "shop")
    for number in range(40):
        write(root, {f"dashboards/sales/d{number}.json": json.dumps({"title": f"D{number}", "panels": []})})
    process = spawned("build", cwd=root)
    with suppress(subprocess.TimeoutExpired):
        process.wait(moment)
    process.kill()
    process.communicate(timeout=60)
    for name, text in tree(root / "build").items():
        if name.endswith(".json") and not Path(name).name.startswith("."):
            assert json.loads(text)
    again = spawned("build", cwd=root)
    out, err = again.communicate(timeout=60)
    assert (again.returncode, err) == (0, ""), out
    whole = {
        name: text for name, text in tree(root / "build").items() if re.search(r"/[^./][^/]*$", f"/{name}")
    }
    fresh = spawned("build", "-o", "fresh", cwd=root)
    fresh.communicate(timeout=60)
    assert whole == {name: text for name, text in tree(root / "fresh").items() if name != ".provision.json"}
