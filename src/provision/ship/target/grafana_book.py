"""The ledgers of one Grafana as they were last read, and the writes that keep a project's own.

Reading them costs nothing where list pages bring them along. A project's ledger is written before the first write
of a push (`ahead`), locked like any dashboard, so that of two pushes of one project at once the later one is
refused; and once more after what several requests have written (`after`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from provision.compile.kinds import CONTACT_POINT, DASHBOARD, GRAFANA_RULE_GROUP, POLICY
from provision.model import Action, Live, Mark, Resource, Verb, decode, digest
from provision.ship.target.grafana_hidden import References
from provision.ship.target.grafana_ledger import PREFIX, Bases, Ledger, Name, body_of, ledger_in, uid_of
from provision.ship.target.grafana_pending import ELSEWHERE, fits, pending_of, references_of


class Book:
    """What the ledgers of one Grafana say, and what was read along with them.

    Attributes:
        live: the resources whose marks lie in ledgers, as they were read.
        read_kinds: the kinds that were read.
        rules: uid of each alert rule that was read → key of its group.
        moving: uid of each alert rule that the push under way writes → key of its group.
        tree: the notification policies as they were read.
        asked: contact point → uid of an integration → its settings that the sources have behind a reference.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Ledger, Live | None]] = {}
        self.live: dict[Name, Live] = {}
        self.read_kinds: set[str] = set()
        self.rules: dict[str, str] = {}
        self.moving: dict[str, str] = {}
        self.tree: dict[str, Any] | None = None
        self.asked: dict[str, dict[str, frozenset[str]]] = {}

    # ── reading ──────────────────────────────────────────────────────────────

    def forget(self) -> None:
        """Begin to read anew."""
        for known in (self._kept, self.live, self.read_kinds, self.rules, self.moving):
            known.clear()
        self.tree = None

    def learn(self, dashboard: Live) -> bool:
        """Whether a dashboard is a ledger, or was one; what it says is remembered."""
        found = ledger_in(dashboard.key, dashboard.body)
        if found is not None:
            self._kept[found.owner] = (found, dashboard)
        return dashboard.key.startswith(PREFIX)

    def of(self, owner: str) -> Ledger:
        """The ledger of a project; an empty one where there is none."""
        return self._kept[owner][0] if owner in self._kept else Ledger(owner)

    def is_known(self, owner: str) -> bool:
        """Whether a project's ledger was read."""
        return owner in self._kept

    def keys(self, kind: str, owner: str) -> frozenset[str]:
        """What a project has of a kind."""
        ledger = self.of(owner)
        return frozenset(key for of, key in (*ledger.entries, *ledger.leaving) if of == kind)

    def others(self, owner: str) -> list[Ledger]:
        """The ledgers of other projects."""
        return [ledger for name, (ledger, _) in sorted(self._kept.items()) if name != owner]

    def hidden(self, owner: str, contact_point: str) -> References:
        """The settings of a contact point that stand behind a reference, in the ledger or in the sources."""
        name, ledger = (CONTACT_POINT, contact_point), self.of(owner)
        known = ledger.secure.get(name, {})
        found: dict[str, dict[str, Any]] = {uid: dict(secure) for uid, secure in known.items()}
        pending = (ledger.pending.get(name) or {}).get("hidden") or {}
        for settings in (pending, self.asked.get(contact_point, {})):
            for uid, names in settings.items():
                for setting in names:
                    found.setdefault(uid, {}).setdefault(setting, ELSEWHERE)
        return found

    def marked(self, found: Live, owner: str) -> Live:
        """A resource with the mark that a ledger has for it; the project's own comes first."""
        name = (found.kind, found.key)
        self.live[name] = found
        if found.mark is not None:
            return found  # Grafana itself reads it from a file
        mark = self._mark(name, found, owner)
        return found if mark is None else replace(found, mark=mark)

    def _mark(self, name: Name, found: Live, owner: str) -> Mark | None:
        base, own = digest(found.body), self.of(owner)
        mark = own.mark(name, base)
        if (mark is None or mark.base != base) and found.kind == CONTACT_POINT:
            known = name in own.entries or name in own.leaving
            if known and fits(found, own.pending.get(name)):
                return Mark(owner, base)
        if mark is not None or found.kind == POLICY:  # each project has policies of its own
            return mark
        return next((theirs for one in self.others(owner) if (theirs := one.mark(name, base))), None)

    # ── writing ──────────────────────────────────────────────────────────────

    def ahead(self, owner: str, actions: Sequence[Action]) -> Ledger:
        """The ledger as it is to be before these actions, all of kinds whose marks lie in it, are carried out."""
        before = self._compact(self.of(owner))
        entries, leaving = dict(before.entries), dict(before.leaving)
        secure, pending = dict(before.secure), dict(before.pending)
        routes = before.routes
        for action in actions:
            name, live = (action.kind, action.key), digest(action.before) if action.before else ""
            known = entries.pop(name, ())
            leaving.pop(name, None)
            if action.after is None or _goes_back_to_another(action, owner):
                leaving[name] = (live,)
            else:
                own = live in known or (action.live is not None and action.live.mark == Mark(owner, live))
                entries[name] = tuple(dict.fromkeys([live] * own + [digest(action.after)]))
            if action.kind == CONTACT_POINT:
                pending.pop(name, None)
                steps = pending_of(action)
                if steps is not None:
                    pending[name] = steps
                elif action.after is not None:
                    secure[name] = references_of(action.after)
            elif action.kind == POLICY:
                pending.pop(name, None)
                routes = (_routes(action.after),)
                if action.verb is not Verb.ADOPT:
                    pending[name] = {}
                    routes = (_routes(action.before), *routes)
        secure = {name: found for name, found in secure.items() if found}
        return Ledger(owner, entries, leaving, secure, pending, routes)

    def after(self, owner: str, actions: Iterable[Action]) -> Ledger:
        """The ledger once these actions are done: what several requests wrote is no longer pending."""
        before = self.of(owner)
        entries, leaving = dict(before.entries), dict(before.leaving)
        secure, pending, routes = dict(before.secure), dict(before.pending), before.routes
        for action in actions:
            name = (action.kind, action.key)
            if name not in pending:
                continue
            del pending[name]
            if action.kind == POLICY:
                routes = (_routes(action.after),)
            secure.pop(name, None)
            if action.after is None:
                leaving.pop(name, None)
            else:
                entries[name] = (digest(action.after),)
                if action.kind == CONTACT_POINT:
                    secure[name] = references_of(action.after)
        secure = {name: found for name, found in secure.items() if found}
        return Ledger(owner, entries, leaving, secure, pending, routes)

    def action(self, ledger: Ledger, live: Live | None = None) -> Action | None:
        """What writes a ledger; None where it is written already.

        Args:
            live: the dashboard that holds it now, where that isn't what was read.
        """
        now = live if live is not None else self._kept.get(ledger.owner, (ledger, None))[1]
        key, body = uid_of(ledger.owner), body_of(ledger)
        if now is not None and now.body == body:
            return None
        return Action(
            Verb.CREATE if now is None else Verb.UPDATE, DASHBOARD, key, Resource(DASHBOARD, key, body), now
        )

    def written(self, ledger: Ledger) -> None:
        """Remember a ledger as it was written; its lock isn't known."""
        self._kept[ledger.owner] = (ledger, None)

    def expect(self, actions: Iterable[Action]) -> None:
        """Remember which rules a push is about to write, as they leave the groups that they are in."""
        self.moving = {
            rule["uid"]: action.key
            for action in actions
            if action.kind == GRAFANA_RULE_GROUP and action.after is not None
            for rule in decode(action.after)["rules"]
            if rule.get("uid")
        }

    def _compact(self, ledger: Ledger) -> Ledger:
        """Without what is gone, and with one base for what is there as one of its bases says."""

        def kept(by_name: Bases, *, certain: bool) -> dict[Name, tuple[str, ...]]:
            result: dict[Name, tuple[str, ...]] = {}
            for name, bases in by_name.items():
                live = self.live.get(name)
                if live is not None:
                    base = digest(live.body)
                    if base in bases:
                        result[name] = (base,)
                    elif certain or name in ledger.pending:
                        result[name] = bases
                elif name[0] not in self.read_kinds:
                    result[name] = bases
            return result

        entries, leaving = kept(ledger.entries, certain=True), kept(ledger.leaving, certain=False)
        there = entries.keys() | leaving.keys()

        def of_these(by_name: Any) -> dict[Name, Any]:
            return {name: value for name, value in by_name.items() if name in there}

        routes = ledger.routes if any(kind == POLICY for kind, _ in there) else ()
        return Ledger(
            ledger.owner, entries, leaving, of_these(ledger.secure), of_these(ledger.pending), routes
        )


def _goes_back_to_another(action: Action, owner: str) -> bool:
    """Whether an action puts back what wasn't the project's before."""
    former = action.former
    return former is not None and (former.mark is None or former.mark.owner != owner)


def _routes(body: bytes | None) -> tuple[dict[str, Any], ...]:
    return tuple(decode(body)["routes"]) if body else ()
