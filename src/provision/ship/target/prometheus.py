"""A Prometheus and the folder it reads its rule files from.

There is no API to write rules, so files are replaced and the server is told to reload, once for a whole batch. Only
when it runs what was asked for, and has evaluated every group without an error, do the old files go; otherwise they
are put back and it reloads again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from provision.client.prometheus import LoadedGroup, Prometheus
from provision.client.session import Endpoint, open_session
from provision.compile.dialect.header import marked, read_mark
from provision.compile.dialect.prometheus import (
    RULE_FILE,
    PrometheusDialect,
    read_rule_file,
    rule_file_bytes,
    too_new_in_file,
)
from provision.compile.dialect.versions import Version, parse_version, show_version
from provision.errors import ProvisionError, ServerRefused
from provision.model import JSON, Action, Live, Mark, Outcome, Plan, Resource, Verb, decode, digest, encode
from provision.ship.target import rules_in_force, swap
from provision.ship.target.rules_proof import Before, Proof, look, prove, same_for
from provision.tools import promtool

PATIENCE_SECONDS = 150.0
"""How long a push waits for the first evaluation of a group. The expressions of a group that is evaluated less
often are tried as queries instead."""

_HALVES_PATIENCE_SECONDS = 0.0
"""The same while it is found out which file a server refuses: with many files that takes several reloads."""

_UNFINISHED = "the server has not proved that it runs this file"
_NEW_MODE = 0o644
_IN_FORCE = "back and in force"
_NOT_BACK = "and the old files could not be put back"


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
    def identity(self) -> str:
        """What tells it apart from every other target."""
        return f"{self.client.url} {self.folder}"

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
        """The rule files in the folder that carry a mark or are wanted. A file that the server has not proved (a push
        was killed) is shown as what the server runs of it, with a field `unfinished`, so that it is written again.

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
                if running != body or swap.unfinished(file):
                    body = encode({**decode(running), "unfinished": _UNFINISHED})
                    mark = Mark(mark.owner, digest(body))
            yield Live(RULE_FILE, key, body, mark, lock=digest(text), title=f"rule file {key}", beside=text)

    def standing(self, desired: Resource, live: Live | None) -> Live | None:
        """Nothing here is shared with others, and every body is as it was read."""
        del desired
        return live

    def applied(self, live: Live) -> bytes | None:
        """A file knows nothing of what stood in it before."""
        del live
        return None

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

    def begin(self, plan: Plan) -> None:
        """Nothing: every file carries its own mark."""

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
            yield from self._carry_out(able, owner, before, self.patience_seconds)

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
                texts[action.key] = _text(action, owner)
        tool = promtool.find(self.tools_dir)
        if tool is None or not texts or not self._decides(promtool.version(tool)):
            return refused
        return {**_complaints(tool, texts), **refused}

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

    def _carry_out(
        self, actions: Sequence[Action], owner: str, before: Before, patience_seconds: float
    ) -> list[Outcome]:
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
                proof = prove(self.client, intent, before, str(self.folder), patience_seconds)
            if proof.refused:
                proof.suspects.update(self._explained(actions, owner, proof))
        except BaseException:
            self._undo(swapped.values())
            raise
        undone = self._undo(swapped.values()) if proof.faults or proof.refused else None
        if undone is None:
            for one in swapped.values():
                swap.forget(one)
        seconds = (time.perf_counter() - started) / len(actions)
        if undone is not None and proof.refused and undone.said.endswith(_IN_FORCE):
            able = [action for action in actions if action.key in swapped]
            again = self._without_culprits(able, owner, proof, patience_seconds)
            if again is not None:
                done = {outcome.action.key: outcome for outcome in again}
                return [
                    done.get(action.key) or self._outcome(action, failed, proof, undone, seconds)
                    for action in actions
                ]
        if undone is not None and proof.refused:  # it never ran the new ones
            undone = replace(undone, left_behind=undone.said.startswith(_NOT_BACK))
            words = {key: proof.suspects.get(key, f"{proof.refused}; its log says why") for key in swapped}
            proof = replace(proof, faults={**words, **proof.faults})
        return [self._outcome(action, failed, proof, undone, seconds) for action in actions]

    def _without_culprits(
        self, actions: Sequence[Action], owner: str, proof: Proof, patience_seconds: float
    ) -> list[Outcome] | None:
        """A reload that was refused, tried again: without the files that are at fault, each suspect by itself, and
        where there are neither, each half by itself, down to a single file. None when nothing is left to try."""
        rest = [action for action in actions if action.key not in proof.faults]
        if len(rest) + len(proof.faults) == 1:
            return None
        alone = [[action] for action in rest if action.key in proof.suspects]
        others = [action for action in rest if action.key not in proof.suspects]
        if not proof.faults and not alone:
            half = len(others) // 2
            parts, patience_seconds = [others[:half], others[half:]], _HALVES_PATIENCE_SECONDS
        else:
            parts = [others, *alone]
        return [
            outcome
            for part in parts
            if part
            for outcome in self._carry_out(part, owner, look(self.client), patience_seconds)
        ]

    def _explained(self, actions: Sequence[Action], owner: str, proof: Proof) -> dict[str, str]:
        """What promtool, of whatever version, holds against files that the server may have refused."""
        tool = promtool.find(self.tools_dir)
        texts = {
            action.key: _text(action, owner)
            for action in actions
            if action.desired is not None and action.key not in {**proof.faults, **proof.suspects}
        }
        try:
            return {} if tool is None else _complaints(tool, texts)
        except ProvisionError:  # it was only to find words, and files sooner
            return {}

    def _outcome(
        self,
        action: Action,
        failed: Mapping[str, str],
        proof: Proof,
        undone: swap.Undone | None,
        seconds: float,
    ) -> Outcome:
        if action.key in failed:
            return Outcome(action, "failed", failed[action.key], seconds=seconds)
        if undone is not None:
            left = undone.left_behind
            why = proof.faults.get(action.key)
            if why is not None:
                return Outcome(action, "failed", f"{why}; {undone.said}", seconds=seconds, left_behind=left)
            why = f"it was written together with {next(iter(proof.faults))}, which failed; {undone.said}"
            return Outcome(action, "failed" if left else "undone", why, seconds=seconds, left_behind=left)
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
            content = _text(action, owner)
            if action.verb is Verb.ADOPT:  # as it is, with its comments
                content = marked(swap.content_of(file) or b"", action.desired, owner)
            staged = swap.stage(file, content, _NEW_MODE)
        try:
            return swap.swap(
                file,
                staged,
                on_disk=on_disk,
                proved=not swap.unfinished(file) and self._is_running(file, before.loaded),
            )
        except ProvisionError:
            if staged is not None:
                staged.unlink(missing_ok=True)
            raise

    def _undo(self, swapped: Iterable[swap.Swapped]) -> swap.Undone:
        """Put the old files back and reload."""
        faults = []
        for one in swapped:
            try:
                swap.put_back(one)
            except ProvisionError as error:
                faults.append(str(error))
        if faults:
            return swap.Undone(f"{_NOT_BACK}: {'; '.join(faults)}", left_behind=True)
        try:
            self.client.reload()
        except ServerRefused as error:
            if error.status == 403:
                return swap.Undone("the old files are back, and the server never saw the new ones")
            said = f"the old files are back, but it doesn't load them either ({error.what}): its log says why"
            return swap.Undone(said, left_behind=True)
        except ProvisionError as error:
            said = f"the old files are back, but whether it runs them is not known: {error}"
            return swap.Undone(said, left_behind=True)
        return swap.Undone(f"the old files are {_IN_FORCE}")


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


def _complaints(tool: Path, texts: Mapping[str, bytes]) -> dict[str, str]:
    """What promtool refuses, and why: name of a file → sentence."""
    found: dict[str, str] = {}
    for complaint in promtool.check_rules(tool, texts):
        about = f'group "{complaint.group}": ' if complaint.group else ""
        found.setdefault(complaint.file, f"promtool refuses it: {about}{complaint.message}")
    return found


def _text(action: Action, owner: str) -> bytes:
    """What the file is to hold."""
    assert action.desired is not None
    return rule_file_bytes(action.desired, owner) if action.former is None else action.former.beside


def _groups(action: Action) -> list[JSON] | None:
    return None if action.after is None else list(decode(action.after)["groups"])
