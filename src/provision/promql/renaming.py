"""An expression with a metric and its labels called otherwise, and all else in it as it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Protocol

from provision.promql.aligned import Aligned, aligned
from provision.promql.edits import Corrected, Edit, edited
from provision.promql.names import selectors
from provision.promql.outline import Matching, Part, outline
from provision.promql.parse import parse
from provision.promql.rescaling import rescaled
from provision.promql.tokens import Token
from provision.promql.unsaid import Unsaid
from provision.promql.variable_queries import variable_query
from provision.promql.variables import placeholder


class Renamed(Protocol):
    """What is called otherwise; `provision.catalogue.rename.Rename` is one."""

    @property
    def old(self) -> str:
        """The metric's old name."""
        ...

    @property
    def new(self) -> str:
        """Its new name, or the same."""
        ...

    @property
    def labels(self) -> Sequence[tuple[str, str]]:
        """Old and new name of each label that is renamed; the new one is empty where it is gone."""
        ...

    @property
    def matchers(self) -> Sequence[tuple[str, str]]:
        """Label and value of the matchers that the new name needs."""
        ...

    @property
    def values(self) -> Sequence[tuple[str, str, str]]:
        """Label (its old name), pattern and replacement of values that are written otherwise."""
        ...

    @property
    def factor(self) -> float:
        """How many times the new value the old one is."""
        ...

    @property
    def bounds(self) -> float:
        """How many times the new bounds of buckets the old ones are."""
        ...


_LABEL_ARGUMENTS: Final = {
    "label_replace": (1, 3),
    "label_join": (1,),
    "sort_by_label": (),
    "sort_by_label_desc": (),
}
"""Which arguments of a function name labels; of the last three, those from the fourth or second on do, too."""
_LABELS_FROM: Final = {"label_join": 3, "sort_by_label": 1, "sort_by_label_desc": 1}


def corrected(expr: str, renames: Sequence[Renamed]) -> Corrected | None:
    """The expression with the new names; None when none of the old ones stands in it literally, when it can't be said
    for sure what would become of it, or when it isn't PromQL before or after.

    Args:
        expr: as it was written, Grafana variables included.
    """
    by_name = {rename.old: rename for rename in renames if rename.new}
    if not any(name in expr for name in by_name):
        return None
    text = aligned(expr)
    root = outline(text.text)
    if root is None or parse(text.text) is not None:
        return None
    try:
        found = edited(expr, [*_edits(root, text, by_name)])
    except Unsaid:
        return None
    if found is None or not found.edits or parse(placeholder(found.text)) is not None:
        return None
    return found if _reads(found.text) == [_after(name, by_name) for name in _reads(expr)] else None


def corrected_label(label: str, expr: str, renames: Sequence[Renamed]) -> str | None:
    """What a label of the result of `expr`, such as that of a legend, is called when the expression is corrected; None
    when it can't be said."""
    root = outline(placeholder(expr))
    try:
        return None if root is None else _now_called(label, root, {rename.old: rename for rename in renames})
    except Unsaid:
        return None


_IN_LEGEND: Final = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}", re.ASCII)


def corrected_legend(legend: str, expr: str, renames: Sequence[Renamed]) -> Corrected | None:
    """A legend such as `{{backend}}` of that expression with the new names of its labels; None when nothing changes.

    Args:
        expr: as it was before.
    """
    edits = []
    for match in _IN_LEGEND.finditer(legend):
        now = corrected_label(match[1], expr, renames)
        if now is not None and now != match[1]:
            edits.append(Edit(*match.span(1), now))
    return edited(legend, edits) if edits else None


_IN_TEMPLATE: Final = re.compile(
    r"(?:\$labels|\.Labels)\.(?P<field>[A-Za-z_]\w*)|(?:\$labels|\.Labels)\s+\"(?P<index>[A-Za-z_]\w*)\"",
    re.ASCII,
)


def corrected_template(template: str, expr: str, renames: Sequence[Renamed]) -> Corrected | None:
    """A text of an alert of that expression, such as `{{ $labels.backend }} is down`, with the new names of its labels;
    None when nothing changes.

    Args:
        expr: as it was before.
    """
    edits = []
    for match in _IN_TEMPLATE.finditer(template):
        group = "field" if match["field"] else "index"
        now = corrected_label(match[group], expr, renames)
        if now is not None and now != match[group]:
            edits.append(Edit(*match.span(group), now))
    return edited(template, edits) if edits else None


def corrected_variable(query: str, renames: Sequence[Renamed]) -> Corrected | None:
    """The query of a Grafana variable, such as `label_values(traefik_backend_requests_total, backend)`, with the new
    names; None as `corrected`."""
    asked = variable_query(query)
    within = corrected(asked.expr, renames)
    if within is None:
        return None
    edits = [Edit(edit.start + asked.start, edit.end + asked.start, edit.text) for edit in within.edits]
    if asked.label:
        label = corrected_label(asked.label, asked.expr, renames)
        if label is None:
            return None
        if label != asked.label:
            edits.append(Edit(asked.label_start, asked.label_start + len(asked.label), label))
    return edited(query, edits)


_IN_REGEX: Final = re.compile(r"([A-Za-z_]\w*)(?==\\?\"|=~|!=)", re.ASCII)


def corrected_regex(regex: str, query: str, renames: Sequence[Renamed]) -> Corrected | None:
    """The regular expression by which a variable takes its values out of what `query` finds, such as
    `/backend="([^"]+)"/`, with the new names of metrics and labels; None when nothing changes."""
    expr = variable_query(query).expr
    edits = []
    for match in _IN_REGEX.finditer(regex):
        now = corrected_label(match[1], expr, renames)
        if now is not None and now != match[1]:
            edits.append(Edit(*match.span(1), now))
    for rename in renames:
        for match in re.finditer(rf"(?<![\w:]){re.escape(rename.old)}(?![\w:])", regex):
            edits.append(Edit(*match.span(), rename.new))
    return edited(regex, edits) if edits else None


def _edits(root: Part, text: Aligned, by_name: Mapping[str, Renamed]) -> Iterator[Edit]:
    for part, around in root.walk():
        if part.kind == "selector" and (rename := by_name.get(_name(part.name))) is not None:
            yield from _of_selector(part, rename, text)
            for start, end, words in rescaled(part, around, rename.factor, rename.bounds):
                yield _edit(text, start, end, words)
        for token in (*part.labels, *_named_labels(part)):
            label = _name(token)
            now = _now_called(label, part, by_name)
            if now != label:
                yield _edit(text, token.start, token.end, token.text.replace(label, now))


def _of_selector(part: Part, rename: Renamed, text: Aligned) -> Iterator[Edit]:
    assert part.name is not None
    if rename.new != rename.old:
        yield _edit(text, part.name.start, part.name.end, part.name.text.replace(rename.old, rename.new))
    labels = dict(rename.labels)
    for matcher in part.matchers:
        label = _name(matcher.label)
        if matcher.op and label in labels:
            if not labels[label]:
                raise Unsaid
            yield _edit(
                text, matcher.label.start, matcher.label.end, matcher.label.text.replace(label, labels[label])
            )
        yield from _of_value(matcher, label, rename, text)
    yield from _added(part, rename, text)


def _of_value(matcher: Matching, label: str, rename: Renamed, text: Aligned) -> Iterator[Edit]:
    token = matcher.value
    for about, pattern, replacement in rename.values:
        if about == label and matcher.op:
            value = token.text[1:-1]
            now = re.sub(pattern, replacement, value)
            if now != value:
                if text.holds_variable(token.start, token.end) or {"\\", token.text[0]} & {*value, *now}:
                    raise Unsaid
                yield _edit(text, token.start + 1, token.end - 1, now)


def _added(part: Part, rename: Renamed, text: Aligned) -> Iterator[Edit]:
    """The matchers that the new name needs."""
    now = {
        dict(rename.labels).get(label, label): matcher
        for matcher in part.matchers
        for label in [_name(matcher.label)]
    }
    missing = []
    for label, value in rename.matchers:
        if label not in now:
            missing.append((label, value))
        elif (now[label].op, _name(now[label].value)) != ("=", value):
            raise Unsaid
    if missing:
        quote = next(
            (matcher.value.text[0] for matcher in part.matchers if matcher.value.text[0] in "\"'"), '"'
        )
        words = ",".join(f"{label}={quote}{value}{quote}" for label, value in missing)
        if part.braces is None:
            assert part.name is not None
            yield _edit(text, part.name.end, part.name.end, f"{{{words}}}")
        else:
            at = part.braces[0] + 1
            yield _edit(text, at, at, f"{words}," if part.matchers else words)


def _named_labels(part: Part) -> Iterator[Token]:
    """The strings that name labels among a function's arguments."""
    if part.kind == "call" and part.name is not None and part.name.text in _LABEL_ARGUMENTS:
        first = _LABELS_FROM.get(part.name.text, len(part.parts))
        for at, argument in enumerate(part.parts):
            named = at in _LABEL_ARGUMENTS[part.name.text] or at >= first
            if named and argument.kind == "literal" and argument.name is not None:
                yield argument.name


def _now_called(label: str, part: Part, by_name: Mapping[str, Renamed]) -> str:
    """What a label is called that all series within a part share.

    Raises:
        Unsaid: in some of them it is called otherwise than in others, or it is gone.
    """
    found = set()
    for inner, _ in part.walk():
        if inner.kind == "selector":
            rename = by_name.get(_name(inner.name))
            found.add(dict(rename.labels).get(label, label) if rename is not None else label)
    if len(found) > 1 or "" in found:
        raise Unsaid
    return found.pop() if found else label


def _name(token: Token | None) -> str:
    """What a token names, in quotes or not."""
    if token is None:
        return ""
    return token.text[1:-1] if token.kind == "string" else token.text


def _edit(text: Aligned, start: int, end: int, words: str) -> Edit:
    """The change in the text as it was written.

    Raises:
        Unsaid: a variable stands in the way.
    """
    written = text.written(start, end)
    if written is None or text.holds_variable(start, end):
        raise Unsaid
    return Edit(*written, words)


def _reads(expr: str) -> list[str | None]:
    return [selector.name for selector in selectors(placeholder(expr))]


def _after(name: str | None, by_name: Mapping[str, Renamed]) -> str | None:
    return by_name[name].new if name is not None and name in by_name else name
