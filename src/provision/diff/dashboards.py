"""What changed in a dashboard: panels matched wherever they went, variables, annotations, links, settings."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from provision.diff.folding import folded
from provision.diff.leaves import (
    MISSING,
    Kept,
    Shape,
    change,
    is_renamed,
    kept,
    leaves,
    renamed,
    same,
    sentence,
)
from provision.diff.naming import field, numbered
from provision.diff.pairs import Pairs, by, by_nth, paired
from provision.diff.panels import LINKS, is_row, panel_changes, panel_likeness, query_text
from provision.diff.places import FOLDED, Move, is_place, told
from provision.diff.words import counted, quoted, words
from provision.model import Change, encode

_HOLDERS: Final = ("panels", "rows")


@dataclass(frozen=True, slots=True)
class _Panel:
    """A panel, or a row.

    Attributes:
        body: without the panels of a row.
        holder: position of the row whose `panels` it lies in, or None.
        row: position of the row it is seen under, or None.
    """

    body: dict[str, Any]
    holder: int | None
    row: int | None


def dashboard_changes(path: str, before: Any, after: Any) -> Iterator[Change]:
    """Every change between two dashboards as Grafana's JSON."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        yield from leaves(path, before, after)
        return
    odd = tuple(name for name in _HOLDERS if not (_readable(before.get(name)) and _readable(after.get(name))))
    read = tuple(name for name in _HOLDERS if name not in odd)
    yield from leaves(path, _without(before, read), _without(after, read), _DASHBOARD)
    for name in read:
        old, new = before.get(name, MISSING), after.get(name, MISSING)
        if not (before.get(name) or after.get(name) or same(old, new)):
            yield change(name, old, new)
    yield from _panels(_flat(_held(before, read)), _flat(_held(after, read)))


def _without(spec: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {key: value for key, value in spec.items() if key not in names}


def _held(spec: dict[str, Any], names: Sequence[str]) -> list[dict[str, Any]]:
    return [item for name in names for item in spec.get(name) or ()]


def _readable(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(item, dict) for item in value))


def _flat(items: Sequence[dict[str, Any]]) -> list[_Panel]:
    """Rows and panels in one list; a panel outside a row's `panels` is seen under the row above it."""
    found: list[_Panel] = []
    row: int | None = None
    for item in items:
        if not is_row(item):
            found.append(_Panel(item, None, row))
            continue
        row, inside = len(found), item.get("panels")
        if isinstance(inside, list) and all(isinstance(panel, dict) for panel in inside):
            found.append(_Panel({**item, "panels": []}, None, None))
            found.extend(_Panel(panel, row, row) for panel in inside)
        else:
            found.append(_Panel(item, None, None))
    return found


def _panels(before: list[_Panel], after: list[_Panel]) -> Iterator[Change]:
    left, right = [panel.body for panel in before], [panel.body for panel in after]
    pairs = paired(left, right, _PASSES, panel_likeness)
    old_names, new_names = _names(left), _names(right)
    yield from _numbers([(new_names[j], left[i], right[j]) for i, j in pairs.pairs])
    within: list[tuple[str, Change]] = []
    for i, j in pairs.pairs:
        old, new = dict(left[i]), right[j]
        if is_renamed("title", old, new):
            yield renamed("", old_names[i], "title", old, new)
            old["title"] = new["title"]
        if "id" in old and "id" in new:
            old["id"] = new["id"]
        if is_place(old.get("gridPos")) and is_place(new.get("gridPos")):
            old["gridPos"] = new["gridPos"]
        within += [(new_names[j], found) for found in panel_changes(new_names[j], old, new)]
    yield from folded(within)
    for i in pairs.removed:
        yield change(old_names[i], left[i], MISSING)
    for j in pairs.added:
        yield change(new_names[j], MISSING, right[j])
    moves = list(_moves(before, after, pairs, old_names, new_names))
    yield from told(moves)
    if pairs.reordered and not moves:
        yield sentence("panels in another order", {"order": old_names}, {"order": new_names})


# ── which panel became which ─────────────────────────────────────────────────
def _content(panel: dict[str, Any]) -> Hashable:
    return encode({key: value for key, value in panel.items() if key not in ("id", "gridPos")})


def _id_and_title(panel: dict[str, Any]) -> Hashable | None:
    return encode([panel["id"], panel.get("title")]) if "id" in panel else None


def _title(panel: dict[str, Any]) -> Hashable | None:
    title = panel.get("title")
    return (title, is_row(panel)) if isinstance(title, str) and title else None


def _id_and_kind(panel: dict[str, Any]) -> Hashable | None:
    """An id alone says little: generators number panels anew when one is inserted."""
    return encode([panel["id"], panel.get("type")]) if "id" in panel and not panel.get("targets") else None


def _id_and_query(panel: dict[str, Any]) -> Hashable | None:
    targets = panel.get("targets")
    texts = [query_text(target) for target in targets] if isinstance(targets, list) else []
    return encode([panel["id"], texts[0]]) if "id" in panel and texts and texts[0] is not None else None


_PASSES: Final = (
    by(_id_and_title),
    by(_content),
    by(_title),
    by(_id_and_query),
    by(_id_and_kind),
    by_nth(_content),
)


def _names(panels: Sequence[dict[str, Any]]) -> list[str]:
    """A name for each panel that no other has: by title, else by type; the id where that isn't enough."""
    plain = [_name(panel) for panel in panels]
    with_id = [
        name if plain.count(name) == 1 or "id" not in panel else f"{name} (id {words(panel['id'])})"
        for name, panel in zip(plain, panels, strict=True)
    ]
    return [
        name if with_id.count(name) == 1 else f"{name} #{with_id[: index + 1].count(name)}"
        for index, name in enumerate(with_id)
    ]


def _name(panel: dict[str, Any]) -> str:
    noun = "row" if is_row(panel) else "panel"
    title = panel.get("title")
    if isinstance(title, str) and title:
        return f"{noun} {quoted(title, always=True)}"
    kind = panel.get("type")
    return f"untitled {kind} panel" if noun == "panel" and isinstance(kind, str) else f"untitled {noun}"


def _numbers(pairs: Sequence[tuple[str, dict[str, Any], dict[str, Any]]]) -> Iterator[Change]:
    """Panels that have another id: one by one, or together when there are many."""
    changed = [
        (name, old["id"], new["id"])
        for name, old, new in pairs
        if "id" in old and "id" in new and encode(old["id"]) != encode(new["id"])
    ]
    if len(changed) < FOLDED:
        for name, old, new in changed:
            yield change(f"{name}: id", old, new)
        return
    yield sentence(
        f"{counted(len(changed), 'panel')} renumbered",
        {name: old for name, old, _ in changed},
        {name: new for name, _, new in changed},
    )


# ── where panels went ────────────────────────────────────────────────────────
def _moves(
    before: list[_Panel], after: list[_Panel], pairs: Pairs, old_names: list[str], new_names: list[str]
) -> Iterator[Move]:
    became = dict(pairs.pairs)
    for i, j in pairs.pairs:
        old, new = before[i], after[j]
        there, here = _place(old), _place(new)
        if not (there and here):
            there, here = {}, {}
        way = _row_change(old, new, became, before, after, new_names)
        if way:
            there |= {
                "row": None if old.row is None else old_names[old.row],
                "inside": old.holder is not None,
            }
            here |= {"row": None if new.row is None else new_names[new.row], "inside": new.holder is not None}
        if there != here:
            yield Move(new_names[j], there, here, way)


def _place(panel: _Panel) -> dict[str, Any]:
    place = panel.body.get("gridPos", {})
    return dict(place) if is_place(place) else {}


def _row_change(
    old: _Panel,
    new: _Panel,
    became: dict[int, int],
    before: list[_Panel],
    after: list[_Panel],
    names: list[str],
) -> str:
    """How a panel came under another row; empty when it didn't."""
    if _follow(old.row, became) != new.row:
        return "out of its row" if new.row is None else f"into {names[new.row]}"
    if _follow(old.holder, became) == new.holder or old.row is None or new.row is None:
        return ""
    # A row that was folded or unfolded takes its panels in or lets them out; that is said of the row.
    if before[old.row].body.get("collapsed") != after[new.row].body.get("collapsed"):
        return ""
    return f"inside {names[new.row]}" if new.holder is not None else f"beside {names[new.row]}"


def _follow(position: int | None, became: dict[int, int]) -> int | None:
    """The later position of a row; -1 for one that is gone."""
    return None if position is None else became.get(position, -1)


# ── the rest ─────────────────────────────────────────────────────────────────
def _variable(path: str, before: Any, after: Any) -> Iterator[Change]:
    yield from leaves(path, before, after, Shape({("datasource",): "data source"}))


_VARIABLES: Final = kept(
    Kept(
        "variables",
        numbered("variable", "name", bare=False),
        _variable,
        (
            by_nth(encode),
            by_nth(field("name")),
            by(lambda item: encode([item.get("type"), item.get("query")])),
        ),
        label=lambda _: "name",
    )
)
_ANNOTATIONS: Final = kept(
    Kept(
        "annotations",
        numbered("annotation", "name", bare=False),
        _variable,
        (by_nth(encode), by_nth(field("name")), by(field("expr")), by(field("target"))),
        label=lambda _: "name",
    )
)
_DASHBOARD: Final = Shape(
    {
        ("templating",): "",
        ("templating", "list"): "",
        ("annotations",): "",
        ("annotations", "list"): "",
        ("links",): "",
        ("time",): "time range",
    },
    {("templating", "list"): _VARIABLES, ("annotations", "list"): _ANNOTATIONS, ("links",): LINKS},
)
