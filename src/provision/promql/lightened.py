"""An expression without its regular expressions: promql-parser compiles each, which takes more time than all the rest,
and what it compiles takes more memory. They are few and written again and again, so each is tried once.
"""

from __future__ import annotations

from functools import lru_cache

import promql_parser

_MATCHES = {"=~": "\ue000", "!~": "\ue001"}
_OPS = {mark: op for op, mark in _MATCHES.items()}
_NOT_HERE = ("\\", "'", "`", "#", "__name__", *_OPS)
"""What a look at the quotation marks alone doesn't understand."""


def lightened(expr: str) -> str | None:
    """The expression with `=` and a mark before the text in place of `=~`, `!=` and another in place of `!~`: it is PromQL
    if and only if the expression is. None when there is nothing to be gained, or it can't be told so quickly."""
    if "~" not in expr or any([part in expr for part in _NOT_HERE]):  # noqa: C419  # a list is made in half the time
        return None
    parts = expr.split('"')
    for at in range(1, len(parts), 2):
        mark = _MATCHES.get(parts[at - 1][-2:])
        if mark is not None:
            if not _is_plain(parts[at]):
                return None
            parts[at - 1] = f"{parts[at - 1][:-2]}{'=' if mark == _MATCHES['=~'] else '!='}"
            parts[at] = mark + parts[at]
    return '"'.join(parts)


def matched(op: str, value: str) -> tuple[str, str]:
    """The operator and text of a matcher as they were before."""
    before = _OPS.get(value[:1])
    return (op, value) if before is None else (before, value[1:])


@lru_cache(maxsize=4096)
def _is_plain(pattern: str) -> bool:
    """Whether it is a regular expression that promql-parser takes and that doesn't match the empty text: a selector
    needs one matcher that doesn't."""
    try:
        promql_parser.parse(f'{{a=~"{pattern}"}}')
    except ValueError:
        return False
    return True
