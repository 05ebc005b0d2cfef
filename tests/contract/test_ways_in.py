"""TLS with client certificates, forward proxies and headers, for real: by flags, by settings, by the environment."""

from __future__ import annotations

import ssl
import subprocess

import pytest
from niquests import utils

from provision.errors import MissingTool
from provision.tools.openssl import self_signed
from support.commands import Shell, alone, project
from support.grafana_standin import Fault, standin
from support.ways_in import forward_proxy, gate

SECRET = "k3y-of-the-gate"  # a test's
NAME = "X-Gateway-Key"


@pytest.fixture
def provision(capfd, monkeypatch, tmp_path):
    with alone(monkeypatch, tmp_path / "logs"):
        monkeypatch.setenv("GRAFANA_USER", "admin")
        monkeypatch.setenv("GRAFANA_PASSWORD", "admin")
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.lower(), raising=False)
        yield Shell(capfd)


@pytest.fixture
def environment(monkeypatch):
    """Sets variables that name proxies; the HTTP library reads them once in the life of a process."""

    def set_(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        for known in (utils.getproxies, utils.getproxies_environment):
            known.cache_clear()

    yield set_
    monkeypatch.undo()
    set_()


@pytest.fixture
def shop(tmp_path, monkeypatch):
    root = project(tmp_path / "shop")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def grafana():
    with standin("12.4.0") as state:
        yield state


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """A server's and a client's certificate, each its own authority: (certificate, key) twice."""
    try:
        return [self_signed(tmp_path_factory.mktemp(name), name, 2) for name in ("server", "client")]
    except MissingTool as missing:
        pytest.skip(str(missing))


@pytest.fixture
def mutual(certificates):
    """TLS that wants the client's certificate."""
    server, client = certificates
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*server)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(client[0])
    return context


def settings(root, **values):
    lines = [f"{name} = {value}" for name, value in values.items()]
    text = '[tool.provision]\nname = "shop"\n[tool.provision.grafana]\n' + "\n".join(lines) + "\n"
    (root / "pyproject.toml").write_text(text)


# ── TLS ──────────────────────────────────────────────────────────────────────


def test_a_client_certificate_by_flags(provision, shop, grafana, certificates, mutual):
    (authority, _), (cert, key) = certificates
    with gate(grafana.url, context=mutual) as way:
        named = ("--grafana", way.url, "--ca-file", authority)
        ran = provision("push", *named)
        assert ran.code == 1
        assert way.passed == []
        ran = provision("push", *named, "--client-cert", cert, "--client-key", key)
        assert ran.code == 0, ran
        assert f"{way.url}/d/sales-orders/orders" in ran.out
        assert ("POST", "/apis/folder.grafana.app/v1beta1/namespaces/default/folders") in way.passed
        ran = provision("plan", *named, "--client-cert", cert, "--client-key", key, "--exit-code")
        assert ran.code == 0, ran


def test_a_client_certificate_by_settings(
    provision, shop, grafana, certificates, mutual, monkeypatch, tmp_path
):
    (authority, _), (cert, key) = certificates
    (shop / "tls").mkdir()
    (shop / "tls" / "ca.pem").write_bytes(authority.read_bytes())
    (shop / "tls" / "both.pem").write_bytes(cert.read_bytes() + key.read_bytes())
    with gate(grafana.url, context=mutual) as way:
        settings(shop, url=f'"{way.url}"', ca_file='"tls/ca.pem"', client_cert='"tls/both.pem"')
        monkeypatch.chdir(tmp_path)
        ran = provision("push", "--project", shop)
        assert ran.code == 0, ran
    assert "sales-orders" in grafana.dashboards


def test_what_is_wrong_with_a_client_certificate_is_said(provision, shop, grafana, certificates, mutual):
    (authority, server_key), (cert, key) = certificates
    locked = shop / "locked.pem"
    subprocess.run(
        ["openssl", "pkey", "-in", key, "-aes256", "-passout", "pass:x", "-out", locked],
        check=True, capture_output=True,
    )  # fmt: skip
    with gate(grafana.url, context=mutual) as way:
        named = ("plan", "--grafana", way.url, "--ca-file", authority)
        ran = provision(*named, "--client-key", key)
        assert (ran.code, ran.sentence) == (
            2,
            f"{key}: there is a client key and no certificate; "
            "name the certificate too: --client-cert FILE, or client_cert",
        )
        ran = provision(*named, "--client-cert", cert, "--client-key", locked)
        assert (ran.code, ran.sentence) == (
            2,
            f"{locked}: the key in it is encrypted; name one without a passphrase",
        )
        ran = provision(*named, "--client-cert", shop / "none.pem")
        assert ran.code == 2
        assert "there is no such file" in ran.sentence
        ran = provision(*named, "--client-cert", cert, "--client-key", server_key)
        assert ran.code == 1
        assert "the client certificate and its key don't belong together; check both" in ran.sentence
    assert way.passed == []


# ── proxies ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("by", ["flag", "setting", "secret setting", "environment"])
def test_a_proxy(provision, shop, grafana, environment, by):
    with forward_proxy("me", "hunter22") as proxy:
        address = proxy.url.replace("http://", "http://me:hunter22@")
        flags = ()
        if by == "flag":
            settings(shop, url=f'"{grafana.url}"')
            flags = ("--proxy", address)
            environment(NO_PROXY="127.0.0.1")  # a proxy that is named is meant
        elif by == "setting":
            settings(shop, url=f'"{grafana.url}"', proxy=f'"{proxy.url}"')
        elif by == "secret setting":
            settings(shop, url=f'"{grafana.url}"', proxy_env='"OUR_PROXY"')
            environment(OUR_PROXY=address, HTTP_PROXY="http://127.0.0.1:1")
        else:
            settings(shop, url=f'"{grafana.url}"')
            environment(HTTP_PROXY=address)
        ran = provision("push", *flags, "-vv")
        assert "hunter22" not in ran.out + ran.err
        if by == "setting":  # without the credentials that it wants
            assert ran.code != 0
            assert (proxy.passed, grafana.requests) == ([], [])
            return
        assert ran.code == 0, ran
        assert ("GET", f"{grafana.url}/api/health") in proxy.passed
        assert len(proxy.passed) == len(grafana.requests)


def test_a_proxy_of_the_environment_isnt_used_where_no_proxy_says_so(provision, shop, grafana, environment):
    environment(HTTP_PROXY="http://127.0.0.1:1")
    ran = provision("plan", "--grafana", grafana.url)
    assert ran.code == 1
    assert "the proxy that the environment names doesn't pass requests on" in ran.sentence
    environment(NO_PROXY="127.0.0.1")
    assert provision("plan", "--grafana", grafana.url).code == 0


def test_a_proxy_that_is_down_is_named_without_its_credentials(provision, shop, grafana):
    ran = provision("plan", "--grafana", grafana.url, "--proxy", "http://me:hunter22@127.0.0.1:1")
    assert ran.code == 1
    assert "the proxy http://127.0.0.1:1 doesn't pass requests on; check it" in ran.sentence
    assert "hunter22" not in ran.err
    ran = provision("plan", "--grafana", grafana.url, "--proxy", "127.0.0.1:1")
    assert ran.code == 2
    assert "isn't the URL of a proxy" in ran.sentence


def test_tls_with_a_client_certificate_through_a_proxy(provision, shop, grafana, certificates, mutual):
    (authority, _), (cert, key) = certificates
    with gate(grafana.url, context=mutual) as way, forward_proxy("me", "hunter22") as proxy:
        address = proxy.url.replace("http://", "http://me:hunter22@")
        ran = provision(
            "push", "--grafana", way.url, "--ca-file", authority, "--client-cert", cert, "--client-key", key,
            "--proxy", address,
        )  # fmt: skip
        assert ran.code == 0, ran
        assert {method for method, _ in proxy.passed} == {"CONNECT"}
        assert "proxy-authorization" not in way.seen
    assert "sales-orders" in grafana.dashboards


# ── headers ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("by", ["flag", "variable", "setting by variable", "setting by file"])
def test_a_header(provision, shop, grafana, monkeypatch, by):
    with gate(grafana.url, header=(NAME, SECRET)) as way:
        flags = ()
        settings(shop, url=f'"{way.url}"')
        assert provision("plan").code == 3
        assert way.passed == []
        if by == "flag":
            flags = ("--header", f"{NAME}: {SECRET}")
        elif by == "variable":
            flags = ("--header", f"{NAME}: $GATE")
            monkeypatch.setenv("GATE", SECRET)
        elif by == "setting by variable":
            settings(shop, url=f'"{way.url}"', headers=f'{{ {NAME} = {{ env = "GATE" }} }}')
            monkeypatch.setenv("GATE", SECRET)
        else:
            settings(shop, url=f'"{way.url}"', headers=f'{{ {NAME} = {{ file = "gate" }} }}')
            (shop / "gate").write_text(f"{SECRET}\n")
        ran = provision("push", *flags, "-vv")
        assert ran.code == 0, ran
        assert SECRET not in ran.out + ran.err
        assert "sales-orders" in grafana.dashboards


def test_a_header_that_the_server_says_back_is_no_secret_told(provision, shop, grafana):
    body = {"message": f"the key {SECRET} may not do that"}
    grafana.faults.append(Fault("POST", "/folders", status=400, body=body))
    ran = provision("push", "--grafana", grafana.url, "--header", f"{NAME}: {SECRET}")
    assert ran.code == 1
    assert "the key *** may not do that" in ran.out
    assert SECRET not in ran.out + ran.err


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("X-Key", "--header wants 'Name: value', or 'Name: $VARIABLE'"),
        ("X-Key: $NOWHERE", "--header X-Key: the variable NOWHERE isn't set"),
        ("X Key: v", "--header: 'X Key' can't be the name of a header"),
        ("X-Key:", "--header: the value of the header X-Key is empty or can't be sent"),
        ("X-Key: a\nB: c", "--header: the value of the header X-Key is empty or can't be sent"),
        (
            "x-grafana-org-id: 2",
            "--header: the header x-grafana-org-id is the toolkit's own; use --org N, or organisation",
        ),
    ],
)
def test_a_header_that_cannot_be_sent(provision, shop, header, sentence):
    ran = provision("plan", "--grafana", "http://127.0.0.1:1", "--header", header)
    assert (ran.code, ran.sentence) == (2, sentence)
