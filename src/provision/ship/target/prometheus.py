"""A Prometheus and the folder it reads its rule files from.

There is no API to write rules, so files are replaced and the server is told to reload, once for a whole batch. Only
when it runs what was asked for, and has evaluated every group without an error, do the old files go; otherwise they
are put back and it reloads again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from provision.client.prometheus import Prometheus
from provision.client.session import Endpoint, open_session
from provision.compile.dialect.prometheus import RULE_FILE, PrometheusDialect
from provision.compile.dialect.versions import Version, parse_version
from provision.errors import ProvisionError
from provision.model import Action, Live, Outcome, Plan, Resource
from provision.ship.target import rules_folder, swap
from provision.ship.target.rules_folder import RulesFolder, is_name
from provision.ship.target.rules_proof import look
from provision.ship.target.rules_rollout import roll_out
from provision.ship.target.rules_validation import lifecycle_fault, refused

PATIENCE_SECONDS = 150.0
"""How long a push waits for the first evaluation of a group. The expressions of a group that is evaluated less
often are tried as queries instead."""


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
        return self._rules.dialect

    @property
    def _rules(self) -> RulesFolder:
        return RulesFolder(self.client, self.folder, self.version, self.tools_dir)

    def read(self, wanted: frozenset[tuple[str, str]]) -> Iterator[Live]:
        """The rule files in the folder that carry a mark or are wanted. A file that the server has not proved (a push
        was killed) is shown as what the server runs of it, with a field `unfinished`, so that it is written again.

        Raises:
            ProvisionError: the folder or a file can't be read.
            Unreachable, ServerRefused, NotAllowed: as the server answers.
        """
        return rules_folder.read(self._rules, frozenset(key for kind, key in wanted if kind == RULE_FILE))

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
        faults = [lifecycle_fault(self.client)] if actions else []
        if actions and not os.access(self.folder, os.W_OK | os.X_OK, effective_ids=True):
            faults.append(f"{self.folder}: this user may not write into the folder")
        for action in actions:
            fault = swap.owner_fault(self.folder / action.key) if is_name(action.key) else ""
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
            fault = lifecycle_fault(self.client)
            before = look(self.client)
            faults = (
                dict.fromkeys((action.key for action in actions), fault)
                if fault
                else refused(self._rules, actions, owner)
            )
        except ProvisionError as error:
            faults = dict.fromkeys((action.key for action in actions), f"nothing was written: {error}")
        for action in actions:
            if action.key in faults:
                yield Outcome(action, "failed", faults[action.key])
        able = [action for action in actions if action.key not in faults]
        if able:
            yield from roll_out(self._rules, able, owner, before, self.patience_seconds)


def connect(endpoint: Endpoint, rules_dir: Path, *, tools_dir: Path | None = None) -> PrometheusTarget:
    """The Prometheus at `endpoint`, which reads rule files from `rules_dir`.

    Raises:
        Unreachable, ServerRefused, NotAllowed: it doesn't answer, or isn't a Prometheus.
    """
    client = Prometheus(open_session(endpoint))
    return PrometheusTarget(client, rules_dir, parse_version(client.version()), tools_dir)
