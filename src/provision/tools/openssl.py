"""openssl: a certificate for a server of this machine."""

from __future__ import annotations

from pathlib import Path

from provision.errors import MissingTool, ProvisionError
from provision.tools.run import run

_TIME_LIMIT_SECONDS = 30.0


def self_signed(folder: Path, name: str, days: int) -> tuple[Path, Path]:
    """Make a certificate that vouches for itself, for the loopback address.

    Args:
        folder: where its files go.
        name: its common name.
        days: how long it is valid.

    Returns:
        The files of the certificate and of its key, which only this user may read.

    Raises:
        MissingTool: openssl isn't there, or doesn't do it; says why.
    """
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    key.touch(mode=0o600)
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += [
        "-days",
        str(days),
        "-subj",
        f"/CN={name}",
        "-addext",
        "subjectAltName=IP:127.0.0.1,DNS:localhost",
    ]
    command += ["-out", str(certificate), "-keyout", str(key)]
    try:
        answer = run(command, time_limit_seconds=_TIME_LIMIT_SECONDS)
    except ProvisionError as error:
        raise MissingTool(error.what, where="openssl") from None
    if answer.code != 0:
        said = answer.text.splitlines()
        raise MissingTool(f"makes no certificate: {said[-1] if said else answer.code}", where="openssl")
    return certificate, key
