import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from provision.errors import MissingTool
from provision.tools import openssl


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    monkeypatch.setenv("PATH", str(tmp_path))

    def script(body: str, mode: int = 0o755) -> None:
        file = tmp_path / "openssl"
        file.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{body}\n")
        file.chmod(mode)

    return script


def test_a_certificate_vouches_for_the_loopback_address(tmp_path: Path) -> None:
    try:
        certificate, key = openssl.self_signed(tmp_path, "lab", 30)
    except MissingTool as error:
        pytest.skip(str(error))
    assert key.stat().st_mode & 0o077 == 0
    context = ssl.create_default_context(cafile=str(certificate))
    (found,) = context.get_ca_certs()
    assert found["subject"] == ((("commonName", "lab"),),)
    assert ("IP Address", "127.0.0.1") in found["subjectAltName"]
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)


def test_without_openssl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingTool, match="^openssl: there is no such program$"):
        openssl.self_signed(tmp_path, "lab", 1)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("echo 'one' >&2; echo 'unknown option -addext' >&2; exit 1", "makes no certificate: unknown option"),
        ("exit 3", "makes no certificate: 3"),
        ("exec sleep 60", "openssl took longer than 0.05 s"),
    ],
)
def test_an_openssl_that_fails(
    tmp_path: Path, script: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, body: str, told: str
) -> None:
    script(body)
    monkeypatch.setattr(openssl, "_TIME_LIMIT_SECONDS", 1 if "sleep" not in body else 0.05)
    with pytest.raises(MissingTool, match=f"^openssl: {told}"):
        openssl.self_signed(tmp_path, "lab", 1)
