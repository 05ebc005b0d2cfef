"""An Alertmanager and the file it reads its configuration from.

The file is replaced and the server told to reload. Only when the server shows that exactly this file is in force does
the old one go; otherwise it is put back and the server reloads again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from provision.client.alertmanager import Alertmanager, hash_of
from provision.client.session import Endpoint, open_session
from provision.compile.dialect.alertmanager import (
    CONFIG,
    CONFIG_KEY,
    AlertmanagerDialect,
    config_bytes,
    read_config,
    too_new_in_config,
)
from provision.compile.dialect.header import marked, read_mark
from provision.compile.dialect.versions import Version, parse_version, show_version
from provision.compile.yamltext.errors import YamlError
from provision.compile.yamltext.reading import load
from provision.diff.hidden import without_secrets_of
from provision.errors import NotAllowed, ProvisionError
from provision.model import JSON, Action, Live, Mark, Outcome, Plan, Resource, Verb, decode, digest, encode
from provision.ship.target import swap
from provision.tools import amtool

_NEW_MODE = 0o640
"""Of a file that wasn't there: it may hold the addresses of webhooks, which are secrets."""


@dataclass(frozen=True, slots=True)
class AlertmanagerTarget:
    """An Alertmanager with its configuration file.

    Attributes:
        file: its configuration as this machine sees it; where it is a link, the real file.
        version: the server's; None when it doesn't know its own.
        tools_dir: where amtool is looked for besides the PATH.
    """

    client: Alertmanager
    file: Path
    version: Version | None = None
    tools_dir: Path | None = None

    @property
    def name(self) -> str:
        """What a person calls it."""
        return f"alertmanager {self.client.url}"

    @property
    def identity(self) -> str:
        """What tells it apart from every other target."""
        return f"{self.client.url} {self.file}"

    @property
    def order(self) -> tuple[str, ...]:
        """Kinds in the order they are written."""
        return (CONFIG,)

    @property
    def marks(self) -> frozenset[str]:
        """The file carries its mark in a header."""
        return frozenset({CONFIG})

    @property
    def dialect(self) -> AlertmanagerDialect:
        """What the server understands; one that hides its version is taken for the newest."""
        return AlertmanagerDialect() if self.version is None else AlertmanagerDialect(self.version)

    def read(self, wanted: frozenset[tuple[str, str]]) -> Iterator[Live]:
        """The configuration in the file. One that is ours and not in force (a push was killed before the reload) is
        shown as empty, so that it is written again.

        Raises:
            ProvisionError: the file can't be read, or its folder isn't there.
            Unreachable, ServerRefused, NotAllowed: as the server answers.
        """
        if not self.file.parent.is_dir():
            raise ProvisionError(
                "there is no such folder", where=str(self.file.parent), remedy="correct --config-file"
            )
        text = swap.content_of(self.file)
        if text is None:
            return
        body, mark = _read(text)
        if mark is None and (CONFIG, CONFIG_KEY) not in wanted:
            return
        if mark is not None and mark.base == digest(body) and not self._in_force(text):
            body = encode({})
            mark = Mark(mark.owner, digest(body))
        yield Live(CONFIG, CONFIG_KEY, body, mark, lock=digest(text), title=self.file.name, beside=text)

    def standing(self, desired: Resource, live: Live | None) -> Live | None:
        """Nothing here is shared with others, and every body is as it was read."""
        del desired
        return live

    def applied(self, live: Live) -> bytes | None:
        """A file knows nothing of what stood in it before."""
        del live
        return None

    def missing_permissions(self, actions: Sequence[Action]) -> tuple[str, ...]:
        """Why the file can't be written."""
        if not actions:
            return ()
        if not os.access(self.file.parent, os.W_OK | os.X_OK, effective_ids=True):
            return (f"{self.file.parent}: this user may not write into the folder",)
        fault = swap.owner_fault(self.file)
        return (f"{self.file}: {fault}",) if fault else ()

    def obstacles(self, actions: Sequence[Action]) -> tuple[str, ...]:
        """Nothing but what a write itself finds out."""
        del actions
        return ()

    def begin(self, plan: Plan) -> None:
        """Nothing: every file carries its own mark."""

    def write(self, batch: Iterable[Action], owner: str) -> Iterator[Outcome]:
        """Replace the file, have the server reload, and prove that the file is in force."""
        for action in batch:
            started = time.perf_counter()
            left_behind = False
            try:
                fault, left_behind = self._carry_out(action, owner)
            except ProvisionError as error:
                fault = str(error)
            # amtool and the server may quote what they can't read.
            fault = without_secrets_of(decode(action.after or b"{}"), fault)
            seconds = time.perf_counter() - started
            if fault:
                yield Outcome(action, "failed", fault, seconds=seconds, left_behind=left_behind)
            else:
                yield Outcome(action, "done", "", f"{self.client.url}/#/status", seconds)

    def _carry_out(self, action: Action, owner: str) -> tuple[str, bool]:
        """What failed, as a sentence, empty when it is done; and whether something of it may be left behind.

        Raises:
            ProvisionError: nothing was written.
        """
        if action.desired is None:
            raise ProvisionError(
                "an Alertmanager can't run without a configuration; replace the file instead of deleting it"
            )
        text = swap.content_of(self.file)
        if ("" if text is None else digest(text)) != ("" if action.live is None else action.live.lock):
            raise ProvisionError(f"{self.file} was changed while this was planned; plan again")
        proved = text is not None and self._in_force(text)
        newer = too_new_in_config(action.desired.body, self.dialect)
        if newer:
            raise ProvisionError(
                f"{newer[0].field} needs Alertmanager {show_version(newer[0].since)}, "
                f"and {self.client.url} is {show_version(self.dialect.version)}"
            )
        content = config_bytes(action.desired, owner) if action.former is None else action.former.beside
        if action.verb is Verb.ADOPT:  # as it is, with its comments
            content = marked(text or b"", action.desired, owner)
        swap.sweep(self.file)
        staged = swap.stage(self.file, content, _NEW_MODE)
        try:
            complaints = self._complaints(staged)
            if complaints:
                raise ProvisionError(f"amtool refuses it: {'; '.join(complaints)}")
            swapped = swap.swap(self.file, staged, on_disk=True, proved=proved)
        finally:
            staged.unlink(missing_ok=True)
        try:
            fault = self._proved(content)
        except BaseException:
            self._undo(swapped)
            raise
        if fault:
            undone = self._undo(swapped)
            return f"{fault}; {undone.said}", undone.left_behind
        swap.forget(swapped)
        return "", False

    def _complaints(self, staged: Path) -> tuple[str, ...]:
        """What amtool refuses, when there is one at least as new as the server: an older one refuses what the server
        accepts."""
        tool = amtool.find(self.tools_dir)
        if tool is None or self.version is None:
            return ()
        version = amtool.version(tool)
        if version is None or version[:2] < self.version[:2]:
            return ()
        return amtool.check_config_file(tool, staged)

    def _proved(self, content: bytes) -> str:
        """Reload and compare; what failed, as a sentence."""
        try:
            self.client.reload()
            if self._in_force(content):
                return ""
        except ProvisionError as error:
            return str(error)
        return (
            f"it reloaded, but {self.file} is not what it reads; compare with its --config.file "
            "(a single file mounted into a container stays the old one: mount its folder)"
        )

    def _in_force(self, content: bytes) -> bool:
        """Whether the server runs these bytes; where it doesn't tell, whether its routes and receivers are these."""
        found = self.client.config_hash()
        if found is not None:
            return found == hash_of(content)
        try:
            running = load(self.client.status().config.encode(), "the configuration in force")
            return bool(_outline(decode(read_config(content)[0])) == _outline(running))
        except YamlError:
            return False

    def _undo(self, swapped: swap.Swapped) -> swap.Undone:
        """Put the old file back and reload."""
        try:
            swap.put_back(swapped)
        except ProvisionError as error:
            return swap.Undone(f"and the old file could not be put back: {error}", left_behind=True)
        if swapped.before is None and swapped.backup is None:
            return swap.Undone("the new file is gone again")
        try:
            self.client.reload()
        except ProvisionError as error:
            # Who isn't allowed to reload wasn't before either: the server never saw the new file.
            left_behind = not isinstance(error, NotAllowed)
            return swap.Undone(f"the old file is back, but the reload of it failed: {error}", left_behind)
        return swap.Undone("the old file is back and in force")


def connect(endpoint: Endpoint, config_file: Path, *, tools_dir: Path | None = None) -> AlertmanagerTarget:
    """The Alertmanager at `endpoint`, which reads `config_file`.

    Raises:
        Unreachable, ServerRefused, NotAllowed: it doesn't answer, or isn't an Alertmanager.
    """
    client = Alertmanager(open_session(endpoint))
    return AlertmanagerTarget(
        client, config_file.resolve(), parse_version(client.status().version), tools_dir
    )


def _read(text: bytes) -> tuple[bytes, Mark | None]:
    """Body and mark of a file, of which nothing is known but that it is there."""
    try:
        return read_config(text)
    except ProvisionError as error:
        return encode({"unreadable": error.what}), read_mark(text, CONFIG_KEY)


def _outline(config: JSON) -> JSON:
    """What a configuration and the server's own version of it, with all defaults written out, have in common: who
    is told, along which branches."""
    receivers = sorted(str(receiver.get("name")) for receiver in config.get("receivers") or ())
    return [receivers, _branches(config.get("route") or {})]


def _branches(route: JSON) -> JSON:
    return [route.get("receiver"), [_branches(child) for child in route.get("routes") or ()]]
