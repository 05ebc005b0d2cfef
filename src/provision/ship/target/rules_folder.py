"""The folder that a Prometheus reads its rule files from: what is live there, and what a file is to hold."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from provision.client.prometheus import LoadedGroup, Prometheus
from provision.compile.dialect.header import read_mark
from provision.compile.dialect.prometheus import (
    RULE_FILE,
    PrometheusDialect,
    read_rule_file,
    rule_file_bytes,
)
from provision.compile.dialect.versions import Version
from provision.errors import ProvisionError
from provision.model import Action, Live, Mark, decode, digest, encode
from provision.ship.target import rules_in_force, swap
from provision.ship.target.rules_proof import same_for

_UNFINISHED = "the server has not proved that it runs this file"


@dataclass(frozen=True, slots=True)
class RulesFolder:
    """A folder of rule files and the Prometheus that reads it.

    Attributes:
        path: the folder as this machine sees it.
        version: the server's; None when it doesn't know its own.
        tools_dir: where promtool is looked for besides the PATH.
    """

    client: Prometheus
    path: Path
    version: Version | None
    tools_dir: Path | None

    @property
    def dialect(self) -> PrometheusDialect:
        """What the server understands; one that hides its version is taken for the newest."""
        return PrometheusDialect() if self.version is None else PrometheusDialect(self.version)


def is_name(key: str) -> bool:
    """Whether a key is the name of a file in the folder, and of none that is hidden."""
    return PurePosixPath(key).name == key and not key.startswith(".") and "\0" not in key


def read(rules: RulesFolder, keys: frozenset[str]) -> Iterator[Live]:
    """The rule files that carry a mark or are among `keys`. A file that the server has not proved (a push was killed)
    is shown as what the server runs of it, with a field `unfinished`, so that it is written again.

    Raises:
        ProvisionError: the folder or a file can't be read.
        Unreachable, ServerRefused, NotAllowed: as the server answers.
    """
    loaded = rules.client.rules()
    for key in sorted(keys | _names(rules.path)):
        file = rules.path / key
        text = swap.content_of(file) if is_name(key) else None
        if text is None:
            unfinished = _unfinished_deletion(file) if is_name(key) else None
            if unfinished is not None:
                yield unfinished
            continue
        if read_mark(text, key) is None and key not in keys:
            continue
        body, mark = _read(text, key)
        if mark is not None and mark.base == digest(body):
            running = _running(rules.client, body, key, loaded)
            if running != body or swap.unfinished(file):
                body = encode({**decode(running), "unfinished": _UNFINISHED})
                mark = Mark(mark.owner, digest(body))
        yield Live(RULE_FILE, key, body, mark, lock=digest(text), title=f"rule file {key}", beside=text)


def is_running(client: Prometheus, file: Path, loaded: Sequence[LoadedGroup]) -> bool:
    """Whether the server runs all that a file says.

    Raises:
        ProvisionError: the file can't be read, or the server doesn't answer.
    """
    text = swap.content_of(file)
    if text is None:
        return False
    body, _ = _read(text, file.name)
    return "unreadable" not in decode(body) and _running(client, body, file.name, loaded) == body


def text_of(action: Action, owner: str) -> bytes:
    """What a file is to hold."""
    assert action.desired is not None
    return rule_file_bytes(action.desired, owner) if action.former is None else action.former.beside


def _names(folder: Path) -> set[str]:
    try:
        names = {entry.name for entry in os.scandir(folder) if entry.is_file()}
    except FileNotFoundError:
        raise ProvisionError(
            "there is no such folder",
            where=str(folder),
            remedy="make it and name it under rule_files in prometheus.yml, or correct --rules-dir",
        ) from None
    except OSError as error:
        raise ProvisionError(f"can't be read: {error.strerror}", where=str(folder)) from None
    hidden = {
        name.removeprefix(".").removesuffix(".provision-old")
        for name in names
        if name.endswith(".provision-old")
    }
    return {name for name in names if not name.startswith(".")} | hidden


def _unfinished_deletion(file: Path) -> Live | None:
    """A file that a killed push took away without proof that the server let go of it."""
    text = swap.content_of(swap.backup_of(file))
    if text is None:
        return None
    _, mark = _read(text, file.name)
    body = encode({"groups": []})
    owned = mark and Mark(mark.owner, digest(body))
    return Live(RULE_FILE, file.name, body, owned, lock=digest(b""), title=f"rule file {file.name}")


def _running(client: Prometheus, body: bytes, key: str, loaded: Sequence[LoadedGroup]) -> bytes:
    """What the server runs of a file."""
    document = decode(body)
    candidates = rules_in_force.of_file(loaded, key)
    running = rules_in_force.running(document["groups"], candidates, same_for(client))
    return encode({**document, "groups": running})


def _read(text: bytes, key: str) -> tuple[bytes, Mark | None]:
    """Body and mark of a file, of which nothing is known but that it is there."""
    try:
        return read_rule_file(text, key)
    except ProvisionError as error:
        return encode({"groups": [], "unreadable": error.what}), read_mark(text, key)
