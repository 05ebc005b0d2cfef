"""openssl: a certificate for a server of this machine."""

from __future__ import annotations

import subprocess
from pathlib import Path

from provision.errors import MissingTool

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
        answer = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIME_LIMIT_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise MissingTool("not found on the PATH", where="openssl") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MissingTool(f"can't be run: {error}", where="openssl") from None
    if answer.returncode != 0:
        said = answer.stderr.strip().splitlines()
        raise MissingTool(f"makes no certificate: {said[-1] if said else answer.returncode}", where="openssl")
    return certificate, key
