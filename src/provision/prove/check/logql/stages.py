"""The stages of a pipeline: what lines and labels are searched for, and what is made of them."""

from __future__ import annotations

from typing import Final

from provision.prove.check.logql.reader import NotLogQL, Reader

LINE_FILTERS: Final = frozenset({"|=", "|~", "|>", "!=", "!~", "!>"})
MATCHES: Final = frozenset({"=", "!=", "=~", "!~"})
_COMPARES: Final = MATCHES | {"==", ">", ">=", "<", "<="}
_WITH_TEXT: Final = frozenset({"line_format", "pattern", "regexp"})
_BARE: Final = frozenset({"decolorize", "unpack"})
_FREE: Final = frozenset({"distinct", "drop", "json", "keep", "label_format", "logfmt", "unwrap"})


def line_filter(reader: Reader) -> None:
    """A filter of lines, such as `|= "error"`."""
    reader.take()
    while True:
        if reader.text == "ip":
            reader.take()
            reader.expect("(", "after ip")
            reader.take()
            reader.expect(")", "after the address")
        elif reader.kind in ("text", "variable"):
            reader.take()
        else:
            raise NotLogQL("what a line is searched for must stand in quotes")
        if reader.text != "or" or reader.tokens[reader.at + 1][0] != "text":
            return
        reader.take()


def stage(reader: Reader) -> None:
    """What stands after a `|`."""
    word = reader.text
    if word in _WITH_TEXT:
        reader.take()
        if reader.kind not in ("text", "variable"):
            raise NotLogQL(f"{word} takes a text in quotes")
        reader.take()
    elif word in _BARE:
        reader.take()
    elif word in _FREE or reader.kind == "variable":
        reader.take()
        while reader.kind != "end" and reader.text not in ("|", "[", ")") and not _is_filter(reader):
            if reader.text == "(":
                _skip_parentheses(reader)
            else:
                reader.take()
    elif reader.kind == "word" or word == "(":
        _label_filter(reader)
    else:
        raise NotLogQL(f"{word!r} stands where a stage such as json should" if word else "it ends after a |")


def _is_filter(reader: Reader) -> bool:
    return reader.text in LINE_FILTERS and reader.tokens[reader.at - 1][0] != "word"


def _skip_parentheses(reader: Reader) -> None:
    depth = 0
    while reader.kind != "end":
        depth += (reader.text == "(") - (reader.text == ")")
        reader.take()
        if depth == 0:
            return
    raise NotLogQL("nothing closes a '('")


def _label_filter(reader: Reader) -> None:
    """Conditions on labels, such as `status >= 500 and method="GET"`."""
    while True:
        if reader.text == "(":
            _skip_parentheses(reader)
        elif reader.kind == "variable":
            reader.take()
        else:
            label = reader.take()
            if reader.text not in _COMPARES:
                raise NotLogQL(f"there is no stage {label!r}, and no comparison follows it")
            reader.take()
            if reader.kind == "end":
                raise NotLogQL(f"nothing is compared with {label!r}")
            if reader.take() in ("ip", "bytes", "duration") and reader.text == "(":
                _skip_parentheses(reader)
        if reader.text in ("and", "or", ","):
            reader.take()
        elif reader.kind != "word":
            return
