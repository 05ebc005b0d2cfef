"""A plan kept as JSON (docs/json.md, provision.plan) and carried out later, as long as nothing has moved.

The file holds what is to be sent and a digest of what was live. A body with a secret in it stands there with
`(secret)` in its place; it is taken from the sources again, which must still give the same. Of such a body nothing
but a slow digest is kept, so that nobody finds a short secret by trying.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from provision.compile.kinds import CONTACT_POINT, DASHBOARD, FOLDER, POLICY
from provision.diff import title_of
from provision.diff.hidden import concealed
from provision.errors import ProvisionError
from provision.model import JSON, Action, Live, Place, Plan, Resource, Verb, decode, digest, encode
from provision.ship.target import Target

FORMAT: Final = "provision.plan/1"
"""Names the JSON format; a change that would break its readers raises the number."""

_PLACE: Final = re.compile(r"(.*?)(?::(\d+))?")
_LARGE: Final = frozenset({DASHBOARD, FOLDER})
"""Kinds of which there are thousands, and that everybody who may look at a Grafana may read."""

_SHARED: Final = frozenset({CONTACT_POINT, POLICY})
"""Kinds of which what is live is compared as it stands to what is desired (`Target.standing`)."""

Name = tuple[str, str]
"""Kind and key."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A plan as its file has it.

    Attributes:
        plan: without what is live, and without bodies that hold a secret.
        live: what was live: digest, owner and base; None for nothing.
        after: digests of what is to be sent.
        concealed: whose body is to be taken from the sources again.
    """

    plan: Plan
    live: Mapping[Name, Mapping[str, Any] | None]
    after: Mapping[Name, str]
    concealed: frozenset[Name]


# ── writing ──────────────────────────────────────────────────────────────────


def action_state(action: Action) -> dict[str, Any]:
    """What a plan's JSON says of an action beside what people read: what it needs, both bodies without secrets,
    and what is live."""
    before, hidden_before = _shown(action.before)
    after, hidden_after = _shown(action.after)
    return {
        "needs": [list(need) for need in action.desired.needs] if action.desired else [],
        "before": before,
        "after": after,
        "concealed": hidden_before or hidden_after,
        "digest": None if action.after is None else fingerprint(action.after, hidden=hidden_after),
        "live": live_state(action.live, hidden=hidden_before),
    }


def kept_state(action: Action, owner: str) -> dict[str, Any]:
    """What a plan's JSON says of what is kept. Where that isn't the owner's, it is told by what was desired, as only
    that says which part of the policies it is, and what a contact point doesn't show."""
    kept = {"kind": action.kind, "key": action.key, "live": live_state(action.live)}
    mark = action.live.mark if action.live is not None else None
    if action.kind not in _SHARED or (mark is not None and mark.owner == owner):
        return kept
    after, hidden = _shown(action.after)
    digested = None if action.after is None else fingerprint(action.after, hidden=hidden)
    return {**kept, "after": after, "concealed": hidden, "digest": digested}


def live_state(live: Live | None, *, hidden: bool | None = None) -> dict[str, Any] | None:
    """What tells whether something has moved.

    Args:
        hidden: whether it holds a secret; None: it is looked for.
    """
    if live is None:
        return None
    if hidden is None:
        hidden = live.kind not in _LARGE and _shown(live.body)[1]
    mark = live.mark
    return {
        "digest": fingerprint(live.body, hidden=hidden),
        "owner": None if mark is None else mark.owner,
        "base": None if mark is None or hidden else mark.base,
        "lock": None if hidden else live.lock,
    }


def fingerprint(body: bytes, *, hidden: bool) -> str:
    """A digest of a body; a slow one (scrypt) where it is `hidden`, as it holds a secret."""
    if not hidden:
        return digest(body)
    found = hashlib.scrypt(body, salt=FORMAT.encode(), n=2**14, r=8, p=1, dklen=16)
    return f"scrypt:{found.hex()}"


def _shown(body: bytes | None) -> tuple[JSON, bool]:
    """The body with its secrets covered, and whether it has any."""
    if body is None:
        return None, False
    value = decode(body)
    shown = concealed(value)
    return shown, shown != value


# ── reading ──────────────────────────────────────────────────────────────────


def read(file: Path) -> list[Saved]:
    """The plans in a file.

    Raises:
        ProvisionError: it can't be read, or isn't a plan of this format, or was changed.
    """
    try:
        document = orjson.loads(file.read_bytes())
    except OSError as error:
        raise ProvisionError(f"can't be read: {error.strerror}", where=str(file)) from None
    except orjson.JSONDecodeError as error:
        raise _unusable(file, f"isn't JSON: {error.msg}") from None
    said = document.get("format") if isinstance(document, dict) else None
    if said != FORMAT:
        raise _unusable(file, f"isn't a plan of the format {FORMAT}" + (f" but {said!r}" if said else ""))
    try:
        return [_saved(plan) for plan in document["plans"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unusable(file, f"isn't a whole plan ({type(error).__name__}: {error})") from None


def resumed(
    saved: Saved, target: Target, sources: Callable[[], Mapping[Name, Resource]]
) -> tuple[Plan, tuple[str, ...]]:
    """The plan as it can be carried out now, and what has moved since it was made, a sentence each.

    Args:
        sources: what the sources ask for now; only asked where a body holds a secret.

    Raises:
        Unreachable, ServerRefused, NotAllowed: as the server answers.
    """
    now = {(found.kind, found.key): found for found in target.read(frozenset(saved.live))}
    asked = sources() if saved.concealed else {}
    for action in saved.plan.actions:
        name = (action.kind, action.key)
        desired = asked.get(name) if name in saved.concealed else action.desired
        found = now.get(name) if desired is None else target.standing(desired, now.get(name))
        if found is not None:
            now[name] = found
    bodies = {(action.kind, action.key): action.after for action in saved.plan.actions}
    moved = [
        f"{_title(name, bodies.get(name), now.get(name))}: {what}"
        for name, was in saved.live.items()
        if (what := _moved(was, now.get(name)))
    ]
    actions = []
    for action in saved.plan.actions:
        name = (action.kind, action.key)
        live, desired = now.get(name), action.desired
        if name in saved.concealed and desired is not None:
            body = asked[name].body if name in asked else b""
            if action.verb is Verb.ADOPT and live is not None:
                body = live.body
            if fingerprint(body, hidden=saved.after[name].startswith("scrypt:")) != saved.after[name]:
                moved.append(
                    f"{_title(name, action.after, live)}: the sources no longer give what was planned"
                )
            desired = Resource(action.kind, action.key, body, desired.places, desired.needs)
        actions.append(Action(action.verb, action.kind, action.key, desired, live, action.reason))
    left = tuple(now[found.kind, found.key] for found in saved.plan.left if (found.kind, found.key) in now)
    plan = saved.plan
    return (
        Plan(
            plan.target, plan.owner, tuple(actions), left, plan.owned, plan.verdict, plan.asked, plan.identity
        ),
        tuple(moved),
    )


def _title(name: Name, body: bytes | None, live: Live | None) -> str:
    return title_of(*name, body or (None if live is None else live.body))


def _moved(was: Mapping[str, Any] | None, live: Live | None) -> str:
    if was is None:
        return "" if live is None else "it is there now"
    if live is None:
        return "it is no longer there"
    hidden = str(was["digest"]).startswith("scrypt:")
    is_now = live_state(live, hidden=hidden)
    assert is_now is not None
    if is_now["digest"] != was["digest"]:
        return "it was changed since"
    if (is_now["owner"], is_now["base"]) != (was["owner"], was["base"]):
        return "it was marked by somebody since"
    return ""


def _saved(value: Mapping[str, Any]) -> Saved:
    actions: list[Action] = []
    live: dict[Name, Mapping[str, Any] | None] = {}
    after: dict[Name, str] = {}
    hidden: set[Name] = set()
    for given in value["actions"]:
        name = (str(given["kind"]), str(given["key"]))
        live[name] = given["live"]
        desired = None
        if given["digest"] is not None:
            after[name] = given["digest"]
            body = encode(given["after"])
            if given["digest"].startswith("scrypt:"):
                hidden.add(name)
            elif digest(body) != given["digest"]:
                raise ValueError(f"{name[0]} {name[1]}: what is to be sent was changed in the file")
            needs = tuple((str(kind), str(key)) for kind, key in given["needs"])
            desired = Resource(*name, body, tuple(_places(given["places"])), needs)
        actions.append(Action(Verb(given["verb"]), *name, desired, None, given["reason"] or ""))
    for kept in value["kept"]:
        name = (str(kept["kind"]), str(kept["key"]))
        live[name] = kept["live"]
        desired = None
        if kept.get("digest") is not None:
            after[name] = kept["digest"]
            desired = Resource(*name, encode(kept["after"]))
            if kept["concealed"]:
                hidden.add(name)
        actions.append(Action(Verb.KEEP, *name, desired, None))
    plan = Plan(
        value["target"],
        value["owner"],
        tuple(actions),
        tuple(Live(found["kind"], found["key"], b"") for found in value["left"]),
        int(value["owned"]),
        value["verdict"] or "",
        tuple(value["asked"]),
        value["identity"],
    )
    return Saved(plan, live, after, frozenset(hidden))


def _places(said: Sequence[str]) -> Iterator[Place]:
    for place in said:
        match = _PLACE.fullmatch(place)
        assert match is not None, "it fits everything"
        yield Place(match[1], int(match[2]) if match[2] else None)


def _unusable(file: Path, what: str) -> ProvisionError:
    return ProvisionError(what, where=str(file), remedy=f"make it again with provision plan -o {file.name}")
