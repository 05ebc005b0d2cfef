"""Whether an expression is PromQL. The verdict is Prometheus 3.14's, as promtool gives it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import promql_parser

from provision.promql.grammar import plain
from provision.promql.lightened import lightened
from provision.promql.tokens import Misplaced
from provision.promql.vocabulary import ALL_FEATURES, EXPERIMENTAL

_LONGEST = 100_000
_MOST_OPERATORS = 1_000
_DEEPEST = 250
"""promql-parser recurses for operators and brackets: some thousands overflow its stack and end the process."""

_DEEPEST_WALKED = 60
_MOST_OPERATORS_WALKED = 200
"""Far beyond what people write, and far below the calls in one another that Python allows."""

_KEPT = 1024
"""Trees that are kept: an expression is looked at by all who want to before the next, and each takes 27 KB."""

_SMALL = 500
"""Characters; too few for any of these limits."""

_QUOTED = re.compile(
    r""""(?:[^"\\]|\\(?:.|\Z))*(?:"|\Z)|'(?:[^'\\]|\\(?:.|\Z))*(?:'|\Z)|`[^`]*(?:`|\Z)""", re.DOTALL
)
_OPERATOR = re.compile(r"[-+*/%^<>!]|==|(?i:\b(?:and|or|unless|atan2)\b)")
_LENIENT = re.compile(
    rf"\b(?:{'|'.join(sorted(EXPERIMENTAL))})\s*\("  # functions that must be enabled
    r"|(?i:\bfill(?:_left|_right)?\s*\(|\blimitk\b|\blimit_ratio\b)"
    r"|(?:^|[-+*/%^=<>(,]|(?i:\b(?:and|or|unless|atan2|bool)\b))\s*\+"  # a sign before what takes none
    r"|[\"'`]\s*(?i:or)\b"  # {a="b" or c="d"}
    r"|[(,]\s*(?:\"\"|''|``)\s*[,)]"  # by ("")
    r"|[\[:]\s*[0._smhdwy]*\s*[\]:]|[1-9]\d{4}|[1-9]\d\d+[yw]|\d[eE]|(?i:\b(?:inf|nan)\b)"  # ranges, large numbers
)
"""Where promql-parser accepts what Prometheus may refuse, or panics."""

_RARE = (*EXPERIMENTAL, "fill", "limitk", "limit_ratio", "inf", "nan", "+", '""', "''", "``")
_MAYBE_WORDS = [word for word in _RARE if not any(other in word for other in _RARE if other != word)]
_MAYBE = [
    re.compile(each)
    for each in (r"[\"'`]\s*[oO][rR]", r"[\[:]\s*[0._smhdwy]*\s*[\]:]", r"\d(?:[eE]|\d{4}|\d[yw])")
]
"""Where there may be such a place: most expressions have none, and looking for these takes a fifth of the time. Patterns
that begin with few characters are searched for quickest, each alone."""


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Why an expression isn't PromQL.

    Attributes:
        message: what is wrong; no position in it.
        line: the line of the expression where, counted from 1, when it is known.
        column: the column of that line, counted from 1, when it is known.
    """

    message: str
    line: int | None = None
    column: int | None = None


@lru_cache(maxsize=16384)
def parse(expr: str, features: frozenset[str] = frozenset()) -> SyntaxProblem | None:
    """None when `expr` is PromQL, or else what is wrong with it. Grafana variables must be replaced before.

    Args:
        features: names of Prometheus' `--enable-feature` that are on.
    """
    problem = _too_large(expr)
    if problem:
        return problem
    lenient = _is_lenient(expr)
    message = None if lenient else _refused(expr)
    if message is None and not lenient:
        return None
    try:
        words = _words(expr, features)
    except Misplaced as misplaced:
        return SyntaxProblem(misplaced.message, *position(expr, misplaced.start))
    if lenient or words != expr:
        message = _refused(words)
    return None if message is None else SyntaxProblem(_reworded(message), *_position_named(expr, message))


@lru_cache(maxsize=_KEPT)
def tree(expr: str) -> promql_parser.Expr | None:
    """The syntax tree of an expression, None when it isn't PromQL. What is newer than promql-parser stands in
    it in older words, and everything experimental is on."""
    if _too_large(expr):
        return None
    found = None if _is_lenient(expr) else _attempt(expr)[0]
    for features in (frozenset[str](), ALL_FEATURES) if found is None else ():
        try:
            return _attempt(_words(expr, features))[0]
        except Misplaced:
            continue  # it needs a feature, or isn't PromQL
    return found


def light_tree(expr: str) -> promql_parser.Expr | None:
    """`tree`, in a fifth of the time where an expression has regular expressions: matchers may stand in it as
    `provision.promql.lightened` has them."""
    if not _too_large(expr) and not _is_lenient(expr):
        light = lightened(expr)
        if light is not None and (found := _attempt(light)[0]) is not None:
            return found
    return tree(expr)


@lru_cache(maxsize=_KEPT)
def _is_lenient(expr: str) -> bool:
    """Whether promql-parser's verdict alone isn't enough."""
    small = expr.lower()
    # Lists are made in half the time that generators take.
    maybe = any([word in small for word in _MAYBE_WORDS]) or any([each.search(expr) for each in _MAYBE])  # noqa: C419
    return maybe and _LENIENT.search(expr) is not None


@lru_cache(maxsize=1024)
def _words(expr: str, features: frozenset[str]) -> str:
    """`plain`, kept for those who ask next."""
    return plain(expr, features)


def forget_trees() -> None:
    """Free the trees that are kept."""
    tree.cache_clear()
    _attempt.cache_clear()


def is_deep(expr: str) -> bool:
    """Whether its tree may be too deep for a walk that calls itself for each operator and bracket."""
    if len(expr) < _SMALL:
        return False
    brackets, operators = _extent(expr)
    return brackets > _DEEPEST_WALKED or operators > _MOST_OPERATORS_WALKED


def position(text: str, start: int) -> tuple[int, int]:
    """Line and column, both counted from 1, of the character at `start`."""
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)


@lru_cache(maxsize=_KEPT)
def _attempt(expr: str) -> tuple[promql_parser.Expr | None, str]:
    """What promql-parser makes of it, or else why it makes nothing of it. Kept, because the verdict and all that look
    at the tree ask for it."""
    try:
        return promql_parser.parse(expr), ""
    except ValueError as error:
        return None, str(error)
    except BaseException as error:
        # A panic in Rust is no Exception, so that nobody catches it unawares; here it is one expression's fault.
        if type(error).__name__ == "PanicException":
            return None, f"the parser breaks on it: {error}"
        raise


def _refused(expr: str) -> str | None:
    light = lightened(expr)
    if light is not None and _attempt(light)[0] is not None:
        return None
    found, message = _attempt(expr)
    return message if found is None else None


def _too_large(expr: str) -> SyntaxProblem | None:
    if len(expr) < _SMALL:
        return None
    if len(expr) > _LONGEST:
        return SyntaxProblem(f"{len(expr)} characters; an expression of more than {_LONGEST} isn't checked")
    brackets, operators = _extent(expr)
    if brackets > _DEEPEST:
        return SyntaxProblem(f"{brackets} brackets in one another; at most {_DEEPEST} are checked")
    if operators > _MOST_OPERATORS:
        return SyntaxProblem(
            f"{operators} operators; an expression with more than {_MOST_OPERATORS} isn't checked"
        )
    return None


def _extent(expr: str) -> tuple[int, int]:
    """How many brackets stand in one another, and how many operators there are."""
    bare = _QUOTED.sub("", expr)
    depth = deepest = 0
    for character in re.findall(r"[()\[\]]", bare):
        depth += 1 if character in "([" else -1
        deepest = max(deepest, depth)
    return deepest, sum(1 for _ in _OPERATOR.finditer(bare))


_TYPES = {
    "matrix": "a range vector",
    "vector": "an instant vector",
    "scalar": "a number",
    "string": "a string",
}
_TYPE_MESSAGE = re.compile(r"expected type (\w+) in (.+), got (\w+)")
_NAMED = re.compile(
    r"(?:in call to function|function with name|in call to|metric name must not be set twice:) '([^']+)'"
)


def _reworded(message: str) -> str:
    """promql-parser's message without what it gives away of its insides."""
    types = _TYPE_MESSAGE.fullmatch(message)
    if types:
        wanted, got = (_TYPES.get(kind, kind) for kind in (types[1], types[3]))
        where = re.sub(r"call to function '([^']+)'", r"\1()", types[2])
        where = where.replace("aggregation expression", "an aggregation")
        return f"{where} takes {wanted}, not {got}"
    return message[:300]


def _position_named(expr: str, message: str) -> tuple[int, int] | tuple[None, None]:
    """Where the function that the message names stands, when it stands only once."""
    named = _NAMED.search(message)
    if named is None:
        return None, None
    found = list(re.finditer(rf"(?<![\w:]){re.escape(named[1])}(?![\w:])", expr))
    return position(expr, found[0].start()) if len(found) == 1 else (None, None)
