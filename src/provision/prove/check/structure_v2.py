"""Whether a dashboard of Grafana's second generation has the structure that a server takes.

Types of fields are those of the tables in `provision.schemas`. What those don't say, the words that stand for one another,
is here. A server refuses a value of another type, and outside of elements another word and a part without its `kind`; a field
that it doesn't know it drops. Source: the answers of a Grafana 12.4, and its apps/dashboard/kinds/v2beta1/dashboard_spec.cue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from provision.model import JSON
from provision.prove.check.explain import Fault
from provision.schemas import schema as table_of

_HIDE: Final = ("dontHide", "hideLabel", "hideVariable", "inControlsMenu")
_REFRESH: Final = ("never", "onDashboardLoad", "onTimeRangeChanged")
_VARIABLES: Final = (
    "QueryVariableSpec", "TextVariableSpec", "ConstantVariableSpec", "DatasourceVariableSpec", "IntervalVariableSpec",
    "CustomVariableSpec", "SwitchVariableSpec", "GroupByVariableSpec", "AdhocVariableSpec",
)  # fmt: skip
_WORDS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("Spec", "cursorSync"): ("Off", "Crosshair", "Tooltip"),
    ("DashboardLink", "type"): ("link", "dashboards"),
    ("DashboardLink", "placement"): ("inControlsMenu",),
    ("AnnotationQuerySpec", "placement"): ("inControlsMenu",),
    ("DataTransformerConfig", "topic"): ("series", "annotations", "alertStates"),
    ("FieldConfig", "nullValueMode"): ("null", "connected", "null as zero"),
    ("ThresholdsConfig", "mode"): ("absolute", "percentage"),
    ("FieldColor", "seriesBy"): ("min", "max", "last"),
    ("TimeSettingsSpec", "weekStart"): ("saturday", "monday", "sunday"),
    ("RepeatOptions", "mode"): ("variable",),
    ("RepeatOptions", "direction"): ("h", "v"),
    ("RowRepeatOptions", "mode"): ("variable",),
    ("TabRepeatOptions", "mode"): ("variable",),
    ("AutoGridRepeatOptions", "mode"): ("variable",),
    ("AutoGridLayoutSpec", "columnWidthMode"): ("narrow", "standard", "wide", "custom"),
    ("AutoGridLayoutSpec", "rowHeightMode"): ("short", "standard", "tall", "custom"),
    ("QueryVariableSpec", "refresh"): _REFRESH,
    ("QueryVariableSpec", "sort"): (
        "disabled", "alphabeticalAsc", "alphabeticalDesc", "numericalAsc", "numericalDesc",
        "alphabeticalCaseInsensitiveAsc", "alphabeticalCaseInsensitiveDesc", "naturalAsc", "naturalDesc",
    ),
    ("DatasourceVariableSpec", "refresh"): _REFRESH,
    ("IntervalVariableSpec", "refresh"): ("onTimeRangeChanged",),
    ("ConditionalRenderingGroupSpec", "visibility"): ("show", "hide"),
    ("ConditionalRenderingGroupSpec", "condition"): ("and", "or"),
    ("ConditionalRenderingVariableSpec", "operator"): ("equals", "notEquals", "matches", "notMatches"),
    **{(spec, "hide"): _HIDE for spec in _VARIABLES},
}  # fmt: skip

_TEXT_OR_NUMBER: Final = ("MetricFindValue", "value")
_MAPPINGS: Final = {
    "ValueMap": "value",
    "RangeMap": "range",
    "RegexMap": "regex",
    "SpecialValueMap": "special",
}

_PLAIN: Final[Mapping[str, tuple[Callable[[JSON], bool], str]]] = {
    "text": (lambda value: isinstance(value, str), "text"),
    "texts": (
        lambda value: all(isinstance(each, str) for each in (value if isinstance(value, list) else [value])),
        "text, or a list of texts",
    ),
    "number": (lambda value: isinstance(value, int | float) and not isinstance(value, bool), "a number"),
    "flag": (lambda value: isinstance(value, bool), "true or false"),
}

_Table = Mapping[str, Mapping[str, str]]


def faults(spec: JSON, schema: str) -> Iterator[Fault]:
    """What a server refuses of a dashboard's `spec`, from its top to its end; the subject is empty.

    Args:
        schema: `v2` or `v2beta1`.
    """
    yield from _of_part(spec, "Spec", table_of(f"dashboard_{schema}"), "", words=True)
    if not spec.get("title"):
        yield Fault("", "", "'title' must be set")


def _of_part(part: dict[str, Any], name: str, table: _Table, pointer: str, *, words: bool) -> Iterator[Fault]:
    """What is wrong with a part of that name.

    Args:
        words: whether the server looks at words, and at what is missing: it does so outside of elements.
    """
    for field, kind in table[name].items():
        value = part.get(field)
        at = f"{pointer}/{field}"
        allowed = _allowed(name, field, table) if words else ()
        if allowed and not (value is None and kind.endswith("?")):
            if value not in allowed:
                shown = "" if value is None else f", not {value!r:.60}"
                yield Fault(at, "", f"{field!r} must be {' or '.join(map(repr, allowed))}{shown}")
        elif value is not None and (name, field) != _TEXT_OR_NUMBER:
            inside = words and (name, field) != ("Spec", "elements")
            yield from _of_value(value, kind.removesuffix("?"), table, at, repr(field), words=inside)
        elif words and kind[:2] not in ("[]", "{}") and kind.endswith("Kind"):
            yield Fault(pointer, "", f"{field!r} must be set")
        elif words and kind in table:
            yield from _of_part({}, kind, table, pointer, words=words)


def _of_value(
    value: JSON, kind: str, table: _Table, pointer: str, called: str, *, words: bool
) -> Iterator[Fault]:
    if kind[:2] in ("[]", "{}"):
        yield from _of_items(value, kind, table, pointer, called, words=words)
    elif kind in _PLAIN:
        is_one, meant = _PLAIN[kind]
        if value is not None and not is_one(value):
            yield Fault(pointer, "", f"{called} must be {meant}")
    elif "|" in kind or kind in table:
        if not isinstance(value, dict):
            yield Fault(pointer, "", f"{called} must be a mapping")
        elif "|" in kind:
            yield from _of_one(value, kind.split("|"), table, pointer, called, words=words)
        else:
            yield from _of_part(value, kind, table, pointer, words=words)


def _of_items(
    value: JSON, kind: str, table: _Table, pointer: str, called: str, *, words: bool
) -> Iterator[Fault]:
    """Of a list or a mapping."""
    if kind[0] == "[" and isinstance(value, list):
        for number, item in enumerate(value):
            told = f"{called} number {number + 1}"
            yield from _of_value(item, kind[2:], table, f"{pointer}/{number}", told, words=words)
    elif kind[0] == "{" and isinstance(value, dict):
        for key, item in value.items():
            at = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
            yield from _of_value(item, kind[2:], table, at, f"{called}: {key!r:.60}", words=words)
    else:
        yield Fault(pointer, "", f"{called} must be {'a list' if kind[0] == '[' else 'a mapping'}")


def _of_one(
    value: dict[str, Any], names: Sequence[str], table: _Table, pointer: str, called: str, *, words: bool
) -> Iterator[Fault]:
    """Of several parts, the one that has the value's `kind`, or `type`."""
    by = "kind" if "kind" in table[names[0]] else "type"
    known = {_said(name): name for name in names}
    said = value.get(by)
    if isinstance(said, str) and said in known:
        yield from _of_part(value, known[said], table, pointer, words=words)
        return
    if said is None and by == "type":
        return  # of a value mapping, which is in an element
    shown = "" if said is None else f", not {said!r:.60}"
    yield Fault(pointer, "", f"{called}: {by!r} must be {' or '.join(map(repr, known))}{shown}")


def _allowed(name: str, field: str, table: _Table) -> tuple[str, ...]:
    """The words that a field may be; empty where it may be any, as the name of a transformation in v2beta1."""
    if field != "kind":
        return _WORDS.get((name, field), ())
    if name == "TransformationKind" and "group" not in table[name]:
        return ()
    return (_said(name),)


def _said(name: str) -> str:
    """How a part of that name calls itself."""
    return _MAPPINGS.get(name) or name.removesuffix("Kind")
