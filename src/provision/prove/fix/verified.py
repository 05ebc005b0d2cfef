"""What `provision verify` would have to write so that expressions read what their server has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Final

from provision.catalogue.rename import Rename
from provision.compile.kinds import RULE_GROUP
from provision.model import JSON, Definition, decode, encode
from provision.promql.edits import Corrected, Edit, edited
from provision.promql.facts import facts
from provision.promql.renaming import (
    corrected,
    corrected_legend,
    corrected_regex,
    corrected_template,
    corrected_variable,
)
from provision.promql.variable_queries import variable_query
from provision.promql.variables import placeholder
from provision.prove.fix.fixing import Wanted
from provision.prove.fix.outcome import value_at
from provision.prove.verify.verdicts import Asked, Result

_THROUGH: Final = 5
"""So many records are read through: one reads another."""


@dataclass(frozen=True, slots=True)
class Correction:
    """An expression that is to be corrected, with the texts beside it that name its labels.

    Attributes:
        wanted: the expression first, then what stands beside it.
        renames: what is called otherwise in it.
        record: the metric that it records; empty when it records none.
        through: the records that it reads, where it is to be corrected only because their labels change.
    """

    asked: Asked
    wanted: tuple[Wanted, ...]
    renames: tuple[Rename, ...] = ()
    record: str = ""
    through: frozenset[str] = frozenset()


def corrections(results: Sequence[Result], definitions: Sequence[Definition]) -> tuple[Correction, ...]:
    """What is to be corrected: names of which nothing else can have been meant, and where an expression reads a record
    whose labels change with that, the labels there.

    Args:
        results: of all expressions.
        definitions: that they are of.
    """
    bodies = _Bodies({(each.kind, each.key, each.place.path): each for each in definitions})
    renames = {
        number: result.verdict.renames
        for number, result in enumerate(results)
        if result.verdict.is_sure and result.verdict.renames and not result.fine
    }
    found: dict[int, Correction] = {}
    through: dict[int, frozenset[str]] = {}
    for _ in range(_THROUGH):
        before = len(found)
        for number in renames.keys() - found.keys():
            made = _correction(results[number].asked, renames[number], bodies)
            if made is not None:
                found[number] = replace(made, through=through.get(number, frozenset()))
        if len(found) == before:
            break
        changed = dict(chain.from_iterable(_records(each) for each in found.values()))
        read = {number: _read(result.asked.text) & changed.keys() for number, result in enumerate(results)}
        through = {number: names for number, names in read.items() if names and number not in found}
        renames = {
            number: tuple(changed[name] for name in sorted(names)) for number, names in through.items()
        }
    for number, each in _of_variables(found, results, bodies):
        found[number] = replace(found[number], wanted=(*found[number].wanted, each))
    return tuple(found[number] for number in sorted(found))


def with_corrections(
    definitions: Iterable[Definition], found: Iterable[Correction]
) -> tuple[Definition, ...]:
    """The definitions as they would be."""
    wanted: dict[int, list[Wanted]] = {}
    for each in chain.from_iterable(correction.wanted for correction in found):
        wanted.setdefault(id(each.definition), []).append(each)
    return tuple(
        replace(definition, body=_changed(definition, wanted[id(definition)]))
        if id(definition) in wanted
        else definition
        for definition in definitions
    )


def _changed(definition: Definition, wanted: Iterable[Wanted]) -> bytes:
    body = decode(definition.body)
    for each in wanted:
        outer, _, key = each.pointer.rpartition("/")
        holder = value_at(body, outer)
        holder[int(key) if isinstance(holder, list) else key] = each.after.text
    return encode(body)


@dataclass(slots=True)
class _Bodies:
    """Definitions, of which the last one is kept decoded."""

    definitions: Mapping[tuple[str, str, str], Definition]
    last: tuple[Definition, JSON] | None = None

    def of(self, asked: Asked) -> tuple[Definition, Any] | None:
        """The definition that holds an expression, and its body."""
        part = asked.part
        definition = self.definitions.get((part.kind, part.key, part.path))
        if definition is None:
            return None
        if self.last is None or self.last[0] is not definition:
            self.last = (definition, decode(definition.body))
        return self.last


def _correction(asked: Asked, renames: Sequence[Rename], bodies: _Bodies) -> Correction | None:
    """None when it can't be said for sure what would become of the expression."""
    held = bodies.of(asked)
    if held is None:
        return None
    definition, body = held
    pointer, text = asked.part.pointer, value_at(body, asked.part.pointer)
    if isinstance(text, dict):
        pointer, text = f"{pointer}/query", text.get("query")
    if not isinstance(text, str):
        return None
    is_plain = text.strip() == asked.text.strip()
    after = corrected(text, renames) if is_plain else corrected_variable(text, renames)
    if after is None:
        return None
    beside = (
        Wanted(definition, at, before, now)
        for at, before, now in _beside(body, asked.part.pointer, text, asked.text, renames)
        if now is not None
    )
    holder = value_at(body, asked.part.pointer.rpartition("/")[0])
    record = holder.get("record") if isinstance(holder, dict) and definition.kind == RULE_GROUP else None
    return Correction(
        asked,
        (Wanted(definition, pointer, text, after), *beside),
        tuple(renames),
        record if isinstance(record, str) else "",
    )


def _beside(
    body: JSON, pointer: str, query: str, expr: str, renames: Sequence[Rename]
) -> Iterator[tuple[str, str, Corrected | None]]:
    """Pointer, text and correction of what stands beside an expression and names its labels."""
    outer, _, _ = pointer.rpartition("/")
    holder = value_at(body, outer)
    for name, text in holder.items() if isinstance(holder, dict) else ():
        at = f"{outer}/{name}"
        if name in ("annotations", "labels") and isinstance(text, dict):
            for key, template in text.items():
                if isinstance(template, str):
                    place = f"{at}/{key.replace('~', '~0').replace('/', '~1')}"
                    yield place, template, corrected_template(template, expr, renames)
        elif not isinstance(text, str) or at == pointer:
            continue
        elif name == "legendFormat":
            yield at, text, corrected_legend(text, expr, renames)
        elif name == "regex":
            yield at, text, corrected_regex(text, query, renames)
        elif name == "definition" and text.strip() == query.strip():
            yield at, text, corrected_variable(text, renames)


def _records(correction: Correction) -> Iterator[tuple[str, Rename]]:
    """The record that a correction changes the labels of, and how."""
    labels = _relabelled(correction)
    if correction.record and labels:
        yield correction.record, Rename(correction.record, correction.record, labels=labels)


def _relabelled(correction: Correction) -> tuple[tuple[str, str], ...]:
    """Old and new name of each label that a correction renames."""
    before, after = correction.wanted[0].before, correction.wanted[0].after
    metrics = _read(correction.asked.text)
    words = ((before[edit.start : edit.end], edit.text) for edit in after.edits)
    return tuple(
        dict.fromkeys(
            (old, new)
            for old, new in words
            if old.isidentifier() and new.isidentifier() and old not in metrics
        )
    )


def _of_variables(
    found: Mapping[int, Correction], results: Sequence[Result], bodies: _Bodies
) -> Iterator[tuple[int, Wanted]]:
    """For variables that ask for a label of any metric, `label_values(backend)`: the label's new name, where the
    expressions of the dashboard that have it are all corrected. With each, the number of a correction it goes with."""
    renamed: dict[tuple[str, str, str], dict[str, str]] = {}
    first: dict[tuple[str, str, str], int] = {}
    for number, correction in found.items():
        owner = _owner(correction.asked)
        renamed.setdefault(owner, {}).update(_relabelled(correction))
        first.setdefault(owner, number)
    for owner, labels in renamed.items():
        rest = [
            each.asked.text
            for at, each in enumerate(results)
            if at not in found and _owner(each.asked) == owner
        ]
        held = bodies.of(found[first[owner]].asked)
        for pointer, text in _texts(held[1], "") if held is not None else ():
            asked = variable_query(text)
            new = labels.get(asked.label, "")
            if asked.expr or not new or any(re.search(rf"\b{asked.label}\b", each) for each in rest):
                continue
            now = edited(text, [Edit(asked.label_start, asked.label_start + len(asked.label), new)])
            if held is not None and now is not None:
                yield first[owner], Wanted(held[0], pointer, text, now)


def _owner(asked: Asked) -> tuple[str, str, str]:
    return asked.part.kind, asked.part.key, asked.part.path


def _texts(value: JSON, pointer: str) -> Iterator[tuple[str, str]]:
    """Pointer and text of each `label_values(…)` in a body."""
    if isinstance(value, str):
        if value.lstrip().startswith("label_values("):
            yield pointer, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{pointer}/{index}")


def _read(expr: str) -> frozenset[str]:
    """The names of the metrics that an expression reads."""
    found = facts(placeholder(expr))
    return frozenset(each.name for each in (found.selectors if found else ()) if each.name)
