"""A Prometheus and the folder it reads its rule files from.

There is no API to write rules, so files are replaced and the server is told to reload, once for a whole batch. Only
when it runs what was asked for, and has evaluated every group without an error, do the old files go; otherwise they
are put back and it reloads again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from provision.client.prometheus import LoadedGroup, Prometheus
from provision.client.session import Endpoint, open_session
from provision.compile.dialect.header import read_mark
from provision.compile.dialect.prometheus import (
    RULE_FILE,
    PrometheusDialect,
    read_rule_file,
    rule_file_bytes,
    too_new_in_file,
)
from provision.compile.dialect.versions import Version, parse_version, show_version
from provision.errors import ProvisionError, ServerRefused
from provision.model import JSON, Action, Live, Mark, Outcome, decode, digest, encode
from provision.ship.target import rules_in_force, swap
from provision.ship.target.rules_proof import Before, Proof, look, prove, same_for
from provision.tools import promtool

PATIENCE_SECONDS = 150.0
"""How long a push waits for the first evaluation of a group. The expressions of a group that is evaluated less
often are tried as queries instead."""

_NEW_MODE = 0o644


@dataclass(frozen=True, slots=True)
class PrometheusTarget:
    """A Prometheus with its rules folder.

    Attributes:
        folder: the rules folder as this machine sees it.
        version: the server's; None when it doesn't know its own.
        tools_dir: where promtool is looked for besides the PATH.
    """

    client: Prometheus
    folder: Path
    version: Version | None = None
    tools_dir: Path | None = None
    patience_seconds: float = PATIENCE_SECONDS

    @property
    def name(self) -> str:
        """What a person calls it."""
        return f"prometheus {self.client.url}"

    @property
    def order(self) -> tuple[str, ...]:
        """Kinds in the order they are written."""
        return (RULE_FILE,)

    @property
    def marks(self) -> frozenset[str]:
        """A rule file carries its mark in a header."""
        return frozenset({RULE_FILE})

    @property
    def dialect(self) -> PrometheusDialect:
        """What the server understands; one that hides its version is taken for the newest."""
        return PrometheusDialect() if self.version is None else PrometheusDialect(self.version)

    def read(self, wanted: frozenset[tuple[str, str]]) -> Iterator[Live]:
        """The rule files in the folder that carry a mark or are wanted. A file that the server doesn't run (a push
        was killed before the reload) is shown as what the server runs of it.

        Raises:
            ProvisionError: the folder or a file can't be read.
            Unreachable, ServerRefused, NotAllowed: as the server answers.
        """
        keys = {key for kind, key in wanted if kind == RULE_FILE}
        loaded = self.client.rules()
        for key in sorted(keys | self._names()):
            file = self.folder / key
            text = swap.content_of(file) if _is_name(key) else None
            if text is None:
                unfinished = self._unfinished_deletion(file) if _is_name(key) else None
                if unfinished is not None:
                    yield unfinished
                continue
            if read_mark(text, key) is None and key not in keys:
                continue
            body, mark = _read(text, key)
            if mark is not None and mark.base == digest(body):
                running = self._running(body, key, loaded)
                if running != body:  # written, and then killed
                    body, mark = running, Mark(mark.owner, digest(running))
            yield Live(RULE_FILE, key, body, mark, lock=digest(text), title=f"rule file {key}")

    def missing_permissions(self, actions: Sequence[Action]) -> tuple[str, ...]:
        """Why files can't be written or the server can't be told to reload."""
        faults = [self._lifecycle_fault()] if actions else []
        if actions and not os.access(self.folder, os.W_OK | os.X_OK, effective_ids=True):
            faults.append(f"{self.folder}: this user may not write into the folder")
        for action in actions:
            fault = swap.owner_fault(self.folder / action.key) if _is_name(action.key) else ""
            faults.append(f"{self.folder / action.key}: {fault}" if fault else "")
        return tuple(fault for fault in faults if fault)

    def obstacles(self, actions: Sequence[Action]) -> tuple[str, ...]:
        """Nothing but what a write itself finds out."""
        del actions
        return ()

    def write(self, batch: Iterable[Action], owner: str) -> Iterator[Outcome]:
        """Replace and remove rule files with one reload for all of them, and prove that the server runs them."""
        actions = list(batch)
        try:
            fault = self._lifecycle_fault()
            before = look(self.client)
            refused = (
                dict.fromkeys((action.key for action in actions), fault)
                if fault
                else self._refused(actions, owner)
            )
        except ProvisionError as error:
            refused = dict.fromkeys((action.key for action in actions), f"nothing was written: {error}")
        for action in actions:
            if action.key in refused:
                yield Outcome(action, "failed", refused[action.key])
        able = [action for action in actions if action.key not in refused]
        if able:
            yield from self._carry_out(able, owner, before)

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────────────

    def _names(self) -> set[str]:
        try:
            names = {entry.name for entry in os.scandir(self.folder) if entry.is_file()}
        except FileNotFoundError:
            raise ProvisionError(
                "there is no such folder",
                where=str(self.folder),
                remedy="make it and name it under rule_files in prometheus.yml, or correct --rules-dir",
            ) from None
        except OSError as error:
            raise ProvisionError(f"can't be read: {error.strerror}", where=str(self.folder)) from None
        hidden = {
            name.removeprefix(".").removesuffix(".provision-old")
            for name in names
            if name.endswith(".provision-old")
        }
        return {name for name in names if not name.startswith(".")} | hidden

    def _unfinished_deletion(self, file: Path) -> Live | None:
        """A file that a killed push took away without proof that the server let go of it."""
        text = swap.content_of(swap.backup_of(file))
        if text is None:
            return None
        _, mark = _read(text, file.name)
        body = encode({"groups": []})
        owned = mark and Mark(mark.owner, digest(body))
        return Live(RULE_FILE, file.name, body, owned, lock=digest(b""), title=f"rule file {file.name}")

    def _running(self, body: bytes, key: str, loaded: Sequence[LoadedGroup]) -> bytes:
        """What the server runs of a file."""
        document = decode(body)
        candidates = rules_in_force.of_file(loaded, key)
        running = rules_in_force.running(document["groups"], candidates, same_for(self.client))
        return encode({**document, "groups": running})

    def _is_running(self, file: Path, loaded: Sequence[LoadedGroup]) -> bool:
        """Whether the server runs all that a file says."""
        text = swap.content_of(file)
        if text is None:
            return False
        body, _ = _read(text, file.name)
        return "unreadable" not in decode(body) and self._running(body, file.name, loaded) == body

    def _lifecycle_fault(self) -> str:
        if self.client.flags().get("web.enable-lifecycle", "true") == "false":
            return (
                f"{self.client.url}: its reload is turned off; start Prometheus with --web.enable-lifecycle"
            )
        return ""

    # ── refusing ────────────────────────────────────────────────────────────────────────────────────────────

    def _refused(self, actions: Sequence[Action], owner: str) -> dict[str, str]:
        """What must not be written, and why: key → sentence."""
        refused: dict[str, str] = {}
        texts: dict[str, bytes] = {}
        for action in actions:
            fault = self._fault(action)
            if fault:
                refused[action.key] = fault
            elif action.desired is not None:
                texts[action.key] = rule_file_bytes(action.desired, owner)
        tool = promtool.find(self.tools_dir)
        if tool is None or not texts or not self._decides(promtool.version(tool)):
            return refused
        for complaint in promtool.check_rules(tool, texts):
            about = f'group "{complaint.group}": ' if complaint.group else ""
            refused.setdefault(complaint.file, f"promtool refuses it: {about}{complaint.message}")
        return refused

    def _decides(self, version: Version | None) -> bool:
        """Whether promtool is at least as new as the server; an older one refuses what the server accepts."""
        return version is not None and self.version is not None and version[:2] >= self.version[:2]

    def _fault(self, action: Action) -> str:
        file = self.folder / action.key
        if not _is_name(action.key):
            return f"{action.key!r} is not the name of a file in {self.folder}"
        if file.is_symlink():
            return f"{file} is a link to {file.readlink()}; remove it, or point --rules-dir at the folder of the real file"
        text = swap.content_of(file)
        read = "" if action.live is None else action.live.lock
        if read != ("" if action.live is None and text is None else digest(text or b"")):
            return f"{file} was changed while this was planned; plan again"
        newer = too_new_in_file(action.after, self.dialect) if action.after else ()
        if newer:
            return (
                f"{newer[0].field} needs Prometheus {show_version(newer[0].since)}, "
                f"and {self.client.url} is {show_version(self.dialect.version)}"
            )
        return ""

    # ── carrying out ────────────────────────────────────────────────────────────────────────────────────────

    def _carry_out(self, actions: Sequence[Action], owner: str, before: Before) -> list[Outcome]:
        started = time.perf_counter()
        swapped: dict[str, swap.Swapped] = {}
        failed: dict[str, str] = {}
        proof = Proof()
        try:
            for action in actions:
                try:
                    swapped[action.key] = self._swap(action, owner, before)
                except ProvisionError as error:
                    failed[action.key] = str(error)
            intent = {action.key: _groups(action) for action in actions if action.key in swapped}
            if intent:
                proof = prove(self.client, intent, before, str(self.folder), self.patience_seconds)
        except BaseException:
            self._undo(swapped.values())
            raise
        undone = self._undo(swapped.values()) if proof.faults else ""
        if not undone:
            for one in swapped.values():
                swap.forget(one)
        seconds = (time.perf_counter() - started) / len(actions)
        return [self._outcome(action, failed, proof, undone, seconds) for action in actions]

    def _outcome(
        self, action: Action, failed: Mapping[str, str], proof: Proof, undone: str, seconds: float
    ) -> Outcome:
        if action.key in failed:
            return Outcome(action, "failed", failed[action.key], seconds=seconds)
        if action.key in proof.faults:
            return Outcome(action, "failed", f"{proof.faults[action.key]}; {undone}", seconds=seconds)
        if proof.faults:
            why = f"it was written together with {next(iter(proof.faults))}, which failed; {undone}"
            return Outcome(action, "undone", why, seconds=seconds)
        return Outcome(action, "done", proof.notes.get(action.key, ""), f"{self.client.url}/rules", seconds)

    def _swap(self, action: Action, owner: str, before: Before) -> swap.Swapped:
        file = self.folder / action.key
        swap.sweep(file)
        # Where the server would read the old file that waits beside, it is only remembered.
        on_disk = not any(
            fnmatchcase(swap.backup_of(file).name, PurePosixPath(pattern).name) for pattern in before.patterns
        )
        staged = None
        if action.desired is not None:
            staged = swap.stage(file, rule_file_bytes(action.desired, owner), _NEW_MODE)
        try:
            return swap.swap(file, staged, on_disk=on_disk, proved=self._is_running(file, before.loaded))
        except ProvisionError:
            if staged is not None:
                staged.unlink(missing_ok=True)
            raise

    def _undo(self, swapped: Iterable[swap.Swapped]) -> str:
        """Put the old files back and reload; what came of it, as half a sentence."""
        faults = []
        for one in swapped:
            try:
                swap.put_back(one)
            except ProvisionError as error:
                faults.append(str(error))
        if faults:
            return f"and the old files could not be put back: {'; '.join(faults)}"
        try:
            self.client.reload()
        except ServerRefused as error:
            if error.status == 403:
                return "the old files are back, and the server never saw the new ones"
            return f"the old files are back, but it doesn't load them either ({error.what}): its log says why"
        except ProvisionError as error:
            return f"the old files are back, but whether it runs them is not known: {error}"
        return "the old files are back and in force"


def connect(endpoint: Endpoint, rules_dir: Path, *, tools_dir: Path | None = None) -> PrometheusTarget:
    """The Prometheus at `endpoint`, which reads rule files from `rules_dir`.

    Raises:
        Unreachable, ServerRefused, NotAllowed: it doesn't answer, or isn't a Prometheus.
    """
    client = Prometheus(open_session(endpoint))
    return PrometheusTarget(client, rules_dir, parse_version(client.version()), tools_dir)


def _is_name(key: str) -> bool:
    return PurePosixPath(key).name == key and not key.startswith(".") and "\0" not in key


def _read(text: bytes, key: str) -> tuple[bytes, Mark | None]:
    """Body and mark of a file, of which nothing is known but that it is there."""
    try:
        return read_rule_file(text, key)
    except ProvisionError as error:
        return encode({"groups": [], "unreadable": error.what}), read_mark(text, key)


def _groups(action: Action) -> list[JSON] | None:
    return None if action.after is None else list(decode(action.after)["groups"])
