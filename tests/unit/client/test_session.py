"""The one HTTP layer: where it goes, what it sends, and how it tells what went wrong."""

from __future__ import annotations

import errno
import socket
import ssl
import threading
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice

import niquests
import pytest

from provision.client.failures import lost
from provision.client.session import (
    Credentials,
    Endpoint,
    endpoint_from,
    open_session,
)
from provision.errors import (
    Late,
    MissingTool,
    NotAllowed,
    ServerRefused,
    TooLarge,
    Unreachable,
    UsageError,
)
from provision.tools.openssl import self_signed
from support.scripted_server import serving
from support.sessions import TOKEN, failing, free_port, session, to

# ── where it goes ────────────────────────────────────────────────────────────


def test_credentials_show_nothing():
    shown = repr(Credentials(token="t0ken", user="me", password="passw0rd"))
    assert not any(part in shown for part in ("t0ken", "me'", "passw0rd"))
    assert not Credentials()
    assert Credentials(user="me").authorization == "Basic bWU6"
    assert Credentials().authorization is None


@pytest.mark.parametrize(
    ("environ", "url", "expected"),
    [
        ({"GRAFANA_URL": "http://g:3000/"}, None, ("http://g:3000", None)),
        ({"GRAFANA_SERVER": "http://s"}, None, ("http://s", None)),
        ({"GRAFANA_URL": "http://env"}, "https://flag/grafana/", ("https://flag/grafana", None)),
        ({"GRAFANA_TOKEN": " t \n", "GRAFANA_USER": "u"}, "http://g", ("http://g", "Bearer t")),
        ({"GRAFANA_USER": "u", "GRAFANA_PASSWORD": "p"}, "http://g", ("http://g", "Basic dTpw")),
        (
            {"GRAFANA_USER": "u", "GRAFANA_PASSWORD": "", "GRAFANA_TOKEN": ""},
            "http://g",
            ("http://g", "Basic dTo="),
        ),
        ({"GRAFANA_USER": "u"}, "http://a:b@g", ("http://g", "Basic YTpi")),
        ({"GRAFANA_TOKEN": "t"}, "http://a%40b:p%2Fq@g:1", ("http://g:1", "Basic YUBiOnAvcQ==")),
        ({}, "http://[::1]:3000", ("http://[::1]:3000", None)),
    ],
)
def test_an_endpoint_from_the_environment(environ, url, expected):
    endpoint = endpoint_from(environ, "GRAFANA", url)
    assert (endpoint.url, endpoint.credentials.authorization) == expected


def test_an_endpoints_other_settings():
    endpoint = endpoint_from({"GRAFANA_ORG_ID": "7"}, "GRAFANA", "http://g", ca_file="ca", client_cert=("c", "k"),
                             insecure=True, headers={"X-Proxy-Key": "k3y-of-proxy"}, timeout_seconds=3)  # fmt: skip
    assert endpoint.headers == {"X-Proxy-Key": "k3y-of-proxy", "X-Grafana-Org-Id": "7"}
    assert (endpoint.ca_file, endpoint.client_cert, endpoint.insecure) == ("ca", ("c", "k"), True)
    assert (endpoint.timeout_seconds, endpoint.prefix) == (3, "GRAFANA")
    assert "k3y-of-proxy" in endpoint.secrets
    assert "k3y-of-proxy" not in repr(endpoint)
    assert "X-Grafana-Org-Id" not in endpoint_from({"GRAFANA_ORG_ID": "7"}, "PROMETHEUS", "http://p").headers


@pytest.mark.parametrize(
    ("environ", "url", "said"),
    [
        ({}, None, "no Grafana to talk to; give --grafana URL or set GRAFANA_URL"),
        ({}, "localhost:3000", "'localhost:3000' isn't the URL of a server"),
        ({}, "ftp://h", "isn't the URL of a server"),
        ({}, "http://", "isn't the URL of a server"),
        ({}, "http://h:port", "a port or address that isn't one"),
        ({}, "http://u:s3cr3t@h/?a=1", "http://h: a server's URL has no ? or # part"),
        ({}, "u:s3cr3t@host", "'host' isn't the URL"),
        ({"GRAFANA_TOKEN": "a\x07b"}, "http://h", "GRAFANA_TOKEN holds a line break"),
        ({"GRAFANA_USER": "u"}, "http://h", "GRAFANA_PASSWORD isn't set, and GRAFANA_USER is; set it"),
        ({"GRAFANA_ORG_ID": "main"}, "http://h", "GRAFANA_ORG_ID must be a whole number"),
    ],
)
def test_what_is_no_endpoint(environ, url, said):
    with pytest.raises(UsageError) as caught:
        endpoint_from(environ, "GRAFANA", url)
    assert said in str(caught.value)
    assert "s3cr3t" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("prefix", ["PROMETHEUS", "ALERTMANAGER"])
def test_a_user_of_any_server_wants_a_password(prefix):
    with pytest.raises(UsageError, match=f"{prefix}_PASSWORD isn't set"):
        endpoint_from({f"{prefix}_USER": "u", "GRAFANA_PASSWORD": "p"}, prefix, "http://h")
    assert (
        endpoint_from({f"{prefix}_USER": "u", f"{prefix}_PASSWORD": ""}, prefix, "http://h").credentials.user
        == "u"
    )


def test_an_endpoint_itself_takes_no_credentials_in_its_url():
    with pytest.raises(UsageError, match="http://h: a URL with credentials in it"):
        Endpoint("http://u:p@h")


def test_files_with_certificates_must_be_there(tmp_path):
    pem = tmp_path / "some.pem"
    pem.write_text("-")
    for fields in (
        {"ca_file": "/no/ca.pem"},
        {"client_cert": "/no/c.pem"},
        {"client_cert": (str(pem), "/no/k.pem")},
    ):
        with pytest.raises(UsageError, match="/no/.*there is no such file"):
            open_session(Endpoint("https://h", **fields))


# ── what it sends ────────────────────────────────────────────────────────────


def test_a_request_and_its_answer():
    with serving((201, {"id": 1}, {"X-Two-Words": "yes"})) as script, session(script.url + "/sub/") as opened:
        answer = opened.request(
            "post", "/api/things", params={"a": [1, 2], "b": None, "c": "ü/"}, json={"x": 1.5}
        )
    assert (answer.status, answer.json(), answer.headers["x-two-words"]) == (201, {"id": 1}, "yes")
    ((method, path, headers, body),) = script.requests
    assert (method, path, body) == ("POST", "/sub/api/things?a=1&a=2&c=%C3%BC%2F", b'{"x":1.5}')
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["Content-Type"] == headers["Accept"] == "application/json"
    assert headers["User-Agent"].startswith("provision/")


def test_bytes_and_headers_are_sent_as_they_are():
    with serving((200, b"pong")) as script, session(script.url, headers={"X-Org": "7"}) as opened:
        opened.request(
            "PUT", "/a%2Fb", body=b"raw", headers={"Content-Type": "text/plain"}, timeout_seconds=5
        )
    ((method, path, headers, body),) = script.requests
    assert (method, path, body, headers["Content-Type"], headers["X-Org"]) == (
        "PUT",
        "/a%2Fb",
        b"raw",
        "text/plain",
        "7",
    )


def test_credentials_of_another_file_are_not_used(tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login other password theirs\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    with serving((200, {})) as script, session(script.url, credentials=Credentials()) as opened:
        opened.request("GET", "/")
    assert "Authorization" not in script.requests[0][2]


def test_threads_share_a_session():
    with serving((200, {})) as script, session(script.url) as opened:
        threads = [threading.Thread(target=opened.request, args=("GET", "/")) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(script.requests) == 20


def test_every_request_is_logged_without_credentials(caplog):
    with serving((200, {})) as script, session(script.url) as opened, caplog.at_level("DEBUG", "provision"):
        opened.request("GET", "/api/x")
    assert f"GET {script.url}/api/x → 200" in caplog.text
    assert TOKEN not in caplog.text


# ── answers that are errors ──────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"message": "the folder has been changed."}, ": the folder has been changed"),
        ({"status": "error", "error": "bad_data", "message": ""}, ": bad_data"),
        ("just text", ": just text"),
        ([1], ""),
        (b"plain\n  text", ": plain text"),
        (b"<html>no</html>", ""),
        ({"message": "x" * 400}, ": " + "x" * 299 + "…"),
        ({"message": f"token {TOKEN} and hunter2"}, ": token *** and ***"),
    ],
)
def test_a_refusal_quotes_the_server_in_one_line(body, said):
    with serving((412, body)) as script:
        error = failing(script.url, "POST", "/api/folders", secrets=("hunter2",))
    assert isinstance(error, ServerRefused)
    assert (error.status, error.exit_code) == (412, 1)
    assert str(error) == f"{script.url}: POST /api/folders was answered with 412{said}"


def test_statuses_that_are_answers():
    with serving((404, {"message": "no"})) as script, session(script.url) as opened:
        assert opened.request("GET", "/x", allow={404}).status == 404


def test_credentials_that_are_refused_or_missing():
    with serving((401, {"message": "Invalid API key"})) as script:
        error = failing(script.url)
        assert isinstance(error, NotAllowed)
        assert error.exit_code == 3
        assert (
            "the credentials were refused: Invalid API key; check them: set GRAFANA_TOKEN, or GRAFANA_USER"
            in str(error)
        )
        assert "it wants credentials" in str(failing(script.url, credentials=Credentials()))
        assert "give a token, or a user and a password" in str(failing(script.url, prefix=""))


def test_what_the_credentials_may_not_do():
    with serving((403, {"message": "Permissions needed: folders:create"})) as script:
        error = failing(script.url, "POST", "/api/folders")
    assert isinstance(error, NotAllowed)
    assert "POST /api/folders isn't allowed: Permissions needed: folders:create" in str(error)


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (b"<html><body>Please log in</body></html>", "a login page answered instead of the API"),
        (b"<html><body>Welcome to nginx</body></html>", "a web page answered instead of the API"),
    ],
)
def test_a_page_instead_of_an_answer(page, said):
    with serving((200, page, {"Content-Type": "text/html; charset=utf-8"})) as script:
        error = failing(script.url)
    assert isinstance(error, Unreachable)
    assert said in str(error)


def test_a_proxys_errors():
    with serving((407, {})) as script:
        assert "the proxy wants credentials" in str(failing(script.url))
    with serving((502, b"<html>bad gateway</html>", {"Content-Type": "text/html"})) as script:
        assert str(failing(script.url, "POST")).endswith("502: a proxy before it can't reach it")


def test_plain_http_to_a_port_that_speaks_tls():
    with serving((400, b"Client sent an HTTP request to an HTTPS server.\n")) as script:
        error = failing(script.url)
    assert isinstance(error, Unreachable)
    assert "it speaks TLS, not plain http; write the URL with https://" in str(error)


# ── answers that don't come ──────────────────────────────────────────────────


def test_nothing_listens():
    error = failing(f"http://127.0.0.1:{free_port()}")
    assert isinstance(error, Unreachable)
    assert "nothing listens there (connection refused)" in str(error)


def test_a_name_without_an_address():
    assert "no address is known for 'no-such-host.invalid'" in str(
        failing("http://no-such-host.invalid:3000")
    )


def test_an_answer_that_takes_too_long_is_not_asked_for_again():
    with serving("hang") as script:
        error = failing(script.url, timeout_seconds=0.2)
        assert len(script.requests) == 1
    assert "no answer within 0.2 s" in str(error)


def test_no_connection_within_the_limit():
    """A listener whose queue is full lets a new connection wait."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        crowd = []
        for _ in range(3):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(address)
            crowd.append(one)
        error = failing(f"http://127.0.0.1:{address[1]}", timeout_seconds=0.3)
        for one in crowd:
            one.close()
    assert isinstance(error, Unreachable)
    assert "within" in str(error)


@pytest.fixture
def fresh_proxies():
    """The HTTP library asks for the environment's proxies once in a process."""
    from niquests import utils

    def forget():
        utils.getproxies.cache_clear()
        utils.getproxies_environment.cache_clear()

    forget()
    yield
    forget()


def test_a_proxy_that_isnt_there(fresh_proxies, monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://user:{TOKEN}@127.0.0.1:{free_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    error = failing("http://grafana.invalid")
    assert "proxy" in str(error)
    assert "HTTP_PROXY" in str(error)


def test_a_header_that_cant_be_sent():
    with serving((200, {})) as script:
        error = failing(script.url, headers={"X-Bad": "a\nb"})
    assert "a character that can't be sent" in str(error)


# ── TLS ──────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    try:
        return self_signed(tmp_path_factory.mktemp("tls"), "127.0.0.1", 2)
    except MissingTool as missing:
        pytest.skip(str(missing))


@pytest.fixture
def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


def test_a_certificate_that_isnt_trusted(tls):
    with serving((200, {}), context=tls) as script:
        error = failing(script.url)
        assert script.requests == []
    assert isinstance(error, Unreachable)
    assert "its certificate isn't trusted; give --ca-file FILE with the authority that signed it" in str(
        error
    )


def test_a_certificate_that_the_given_file_vouches_for(tls, certificate):
    with serving((200, {"ok": 1}), context=tls) as script:
        with session(script.url, ca_file=str(certificate[0])) as opened:
            assert opened.request("GET", "/").json() == {"ok": 1}
        with session(script.url, insecure=True) as opened:
            assert opened.request("GET", "/").json() == {"ok": 1}


def test_a_certificate_that_the_given_file_doesnt_vouch_for(tls, certificate, tmp_path):
    other, _ = self_signed(tmp_path, "127.0.0.1", 2)
    with serving((200, {}), context=tls) as script:
        error = failing(script.url, ca_file=str(other))
    assert f"the authority that signed it isn't in {other}" in str(error)


def test_a_certificate_of_another_name(tls, certificate):
    with serving((200, {}), context=tls, host="127.0.0.2") as script:
        error = failing(script.url, ca_file=str(certificate[0]))
    assert "its certificate is made out to another name" in str(error)


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (OSError(errno.EHOSTUNREACH, "No route to host"), "there is no way to that host"),
        (ssl.SSLError(1, "certificate has expired"), "its certificate has expired; renew it"),
        (ssl.SSLError(1, "tlsv13 alert certificate required"), "it wants a client certificate"),
        (ssl.SSLError(1, "no shared cipher"), "TLS could not be agreed on; check"),
        (
            ssl.SSLError(1, "[SSL: NO_SHARED_CIPHER] no shared cipher (_ssl.c:1006)"),
            "TLS could not be agreed on (NO_SHARED_CIPHER); check the certificates of both sides",
        ),
    ],
)
def test_what_is_rarely_met(cause, said):
    assert said in str(lost(niquests.exceptions.ConnectionError(cause), Endpoint("https://h"), 30))


def test_a_connection_that_ends_while_tls_is_agreed_on_is_tried_again(tls, certificate, monkeypatch):
    monkeypatch.setattr("provision.client.retries.PAUSES_SECONDS", (0.0, 0.0))

    def one_after_another(times: int) -> Iterator[None]:
        for _ in range(times):
            connection, _ = listener.accept()
            connection.recv(1)
            # The rest of what the client says is read before the end, or it would be told of a reset.
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
            connection.close()
            yield
        connection, _ = listener.accept()
        with tls.wrap_socket(connection, server_side=True) as spoken:
            spoken.recv(65536)
            spoken.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\n{"ok": 1}')
            yield

    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with ThreadPoolExecutor(1) as pool:
            played = pool.submit(list, one_after_another(2))
            with session(url, ca_file=str(certificate[0])) as opened:
                assert opened.request("GET", "/").json() == {"ok": 1}
            assert len(played.result()) == 3
            played = pool.submit(lambda: list(islice(one_after_another(3), 3)))
            error = failing(url, ca_file=str(certificate[0]))
            played.result()
    assert "the connection was closed while TLS was spoken; check the server and try again" in str(error)


def test_a_redirect_from_https_to_http_is_never_followed(tls, certificate):
    with serving((200, {})) as plain, serving((200, {}), context=tls) as script:
        script.answers = [to(plain.url)]
        error = failing(script.url, ca_file=str(certificate[0]))
        assert plain.requests == []
    assert "it redirects to plain http" in str(error)


def test_tls_to_a_port_that_speaks_plain_http():
    with serving((200, {})) as script:
        error = failing(script.url.replace("http:", "https:"))
    assert "what listens there speaks plain http, not TLS; write the URL with http://" in str(error)


def test_a_server_that_wants_a_client_certificate(tls, certificate):
    tls.verify_mode = ssl.CERT_REQUIRED
    tls.load_verify_locations(certificate[0])
    with serving((200, {"ok": 1}), context=tls) as script:
        failing(script.url, ca_file=str(certificate[0]))
        pair = (str(certificate[0]), str(certificate[1]))
        with session(script.url, ca_file=str(certificate[0]), client_cert=pair) as opened:
            assert opened.request("GET", "/").json() == {"ok": 1}


def test_a_file_that_isnt_in_pem_format(tls, tmp_path):
    odd = tmp_path / "ca.pem"
    odd.write_text("hello")
    with serving((200, {}), context=tls) as script:
        error = failing(script.url, ca_file=str(odd))
    assert "isn't in PEM format" in str(error)


# ── how large and how late an answer may be ──────────────────────────────────


def test_an_answer_that_is_too_large_is_not_read_to_its_end():
    with serving((200, b"x" * 300_000)) as script, session(script.url) as opened:
        assert len(opened.request("GET", "/", most_bytes=300_000).body) == 300_000
        with pytest.raises(TooLarge, match="an answer has more than 0 MiB") as error:
            opened.request("GET", "/deep?a=b", most_bytes=100_000)
        assert error.value.where == f"{script.url}/deep"
        assert len(opened.request("GET", "/", most_bytes=300_000).body) == 300_000


def test_who_takes_too_long_over_one_answer():
    with serving("hang") as script, session(script.url) as opened:
        with pytest.raises(Late, match=r"no answer within 0\.2 s"):
            opened.request("GET", "/", timeout_seconds=0.2)


def test_an_answer_that_drips_in_is_late_all_the_same():
    with dripping() as url, session(url) as opened, pytest.raises(Late, match=r"no answer within 0\.5 s"):
        opened.request("GET", "/", timeout_seconds=0.5, most_bytes=1000)


@contextmanager
def dripping():
    """A server that sends a letter at a time."""
    stop = threading.Event()

    def serve(listener):
        connection, _ = listener.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
            while not stop.wait(0.02):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        stop.set()
        thread.join()
