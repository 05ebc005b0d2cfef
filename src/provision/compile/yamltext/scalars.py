"""How text and numbers are written as scalars, so that every reader takes them for what they are."""

from __future__ import annotations

import re

# YAML 1.1 (PyYAML quotes these itself), YAML 1.2 and Go's readers differ on what is a number, a boolean or a
# time; text that any of them would take for one is quoted.
_LOOKALIKE = re.compile(
    r"""[-+]?(?:\d[\d_]*)?\.?\d[\d_]*(?:[eE][-+]?\d+)?\.?   # 1, 1.5, .5, 1e3, 1_000
    | [-+]?0[xXoObB][0-9a-fA-F_]+
    | [-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?                 # 1:30, sixty to the hour in YAML 1.1
    | [-+]?\.(?:inf|Inf|INF) | \.(?:nan|NaN|NAN)
    | \d{4}-\d\d?-\d\d?(?:[Tt\s].*)?
    | (?i:y|n|yes|no|on|off|true|false|null|~)|=|<<|""",
    re.VERBOSE,
)

_NOT_BLOCK = re.compile(
    r"[^\n\t\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]|[\u2028\u2029]|[ \t]\n|[ \t]\Z|\A[ \t\n]|\n[ \t]*\t"
)
"""What libyaml can't put into a literal block, or what readers don't agree on there."""


def style_of(text: str) -> str | None:
    """The style in which a text is written, `|` for a literal block and `'` for quotes; None leaves it to libyaml."""
    if "\n" in text and not _NOT_BLOCK.search(text):
        return "|"
    return "'" if _LOOKALIKE.fullmatch(text) else None


def number_text(value: float) -> str:
    """Python writes 1e+20 where YAML 1.1 wants a point; `1.0e+20` is a number to every reader."""
    text = repr(value)
    return text if "e" not in text or "." in text else text.replace("e", ".0e")
