"""Lines: a selector, and the stages and the range that may follow it."""

from __future__ import annotations

from provision.prove.check.logql.reader import NotLogQL, Reader
from provision.prove.check.logql.stages import LINE_FILTERS, MATCHES, line_filter, stage


def lines(reader: Reader) -> str:
    """A selector, and what follows it."""
    reader.take()
    if reader.text == "}":
        raise NotLogQL('a selector needs a matcher, such as {job="shop"}')
    while True:
        if reader.kind == "variable":
            reader.take()
        elif reader.kind == "word" and reader.tokens[reader.at + 1][1] in MATCHES:
            reader.take()
            reader.take()
            if reader.kind not in ("text", "variable"):
                raise NotLogQL("the value of a matcher must stand in quotes")
            reader.take()
        else:
            raise NotLogQL(f'{reader.text!r} is no matcher such as job="shop"')
        if reader.text != ",":
            break
        reader.take()
        if reader.text == "}":
            break
    reader.expect("}", "after the matchers")
    return pipeline(reader) or "lines"


def pipeline(reader: Reader) -> str:
    """The stages and the range that may follow lines; `ranged` if there is one."""
    given = ""
    while True:
        if reader.text in LINE_FILTERS and reader.tokens[reader.at + 1][0] in ("text", "variable", "word"):
            line_filter(reader)
        elif reader.text == "|":
            reader.take()
            stage(reader)
        elif reader.text == "[":
            reader.take()
            written = []
            while reader.text not in ("]", ""):
                written.append(reader.take())
            reader.expect("]", "after the range")
            if not written:
                raise NotLogQL("a range needs a duration, such as [$__auto]")
            reader.ranges.append("".join(written))
            given = "ranged"
        elif reader.text in ("offset", "@"):
            reader.take()
            reader.take()
        elif reader.kind == "variable":  # it may hold any stages
            reader.take()
        else:
            return given
