"""How the faults of a replica are seen and set by others than itself, and the token that this takes.

The token is made with a lab and kept in its state folder, in a file that only its owner can read.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from provision.errors import NotAllowed, ProvisionError, ServerRefused, Unreachable
from provision.lab import secret
from provision.lab.asking import ask

FILE = "admin-token"
_TIMEOUT_SECONDS = 5.0


def token_file(folder: Path) -> Path:
    """Where the lab in that state folder keeps its token."""
    return folder / FILE


def make_token(folder: Path) -> Path:
    """Write a new token; the file.

    Raises:
        OSError: there is one already, or it can't be written.
    """
    file = token_file(folder)
    secret.generated(file)
    return file


def read_token(folder: Path) -> str:
    """The token of the lab in that state folder.

    Raises:
        ProvisionError: it can't be read.
    """
    file = token_file(folder)
    try:
        return file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ProvisionError(f"can't be read: {error.strerror}", where=str(file)) from None


def get(url: str, token: str) -> dict[str, Any]:
    """The faults of the replica whose faults are at `url` (`http://HOST:PORT/admin/faults`): `slow_seconds`,
    `error_ratio`, `hang`, `healthy`.

    Raises:
        Unreachable: it doesn't answer.
        NotAllowed: it wants another token.
        ServerRefused: it refuses for another reason.
    """
    return _asked(url, token, None)


def set(url: str, token: str, **faults: Any) -> dict[str, Any]:  # noqa: A001  # faults.set reads as what it does
    """Change those faults that are given, and return all of them. Raises what `get` does."""
    return _asked(url, token, json.dumps(faults))


def _asked(url: str, token: str, body: str | None) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    try:
        answer = ask(url, body, headers, timeout_seconds=_TIMEOUT_SECONDS)
        found = json.loads(answer.body)
    except (OSError, ValueError) as error:
        raise Unreachable(f"no answer of a gallery: {error or type(error).__name__}", where=url) from None
    if answer.status >= 400:
        refusal = NotAllowed if answer.status in (401, 403) else ServerRefused
        raise refusal(str(found.get("error", answer.reason)), status=answer.status, where=url)
    return dict(found)
