"""What may follow an operator, such as `on (job)` and `fill(0)`, and an operand, such as `[5m]`, `offset 1h` and `@ end()`."""

from __future__ import annotations

from provision.promql.durations import duration, literal
from provision.promql.matchers import labels
from provision.promql.reader import Reader
from provision.promql.tokens import Misplaced
from provision.promql.vocabulary import FILL, SELECTORS


def after_operator(reader: Reader) -> None:
    """What may follow an operator: bool, on and ignoring with their groups, fill."""
    if reader.word("bool"):
        reader.take()
    if reader.word("on", "ignoring"):
        reader.take()
        labels(reader)
        if reader.word("group_left", "group_right"):
            reader.take()
            if reader.symbol("("):
                labels(reader)
    fills = 0
    while reader.word("fill", "fill_left", "fill_right") and reader.next.text == "(":
        reader.experimental(f"{reader.now.text}()", FILL, reader.now)
        fills += 1
        both = reader.now.text.lower() == "fill"
        if fills > 2 or (both and fills > 1):
            raise reader.unexpected("an expression")
        reader.take()
        reader.take()
        if reader.symbol("+", "-"):
            reader.take()
        literal(reader, "a number")
        reader.expect(")", "')'")


def after_operand(reader: Reader) -> None:
    """What may follow an operand: a range or subquery, offset, @, and the extended selectors."""
    while True:
        token = reader.now
        if reader.symbol("["):
            reader.take()
            duration(reader, positive=True)
            if reader.symbol(":"):
                if not _is_timed(reader):
                    raise Misplaced("a duration such as 5m must stand before the colon", reader.now.start)
                reader.take()
                if not reader.symbol("]"):
                    duration(reader, positive=True)
            reader.expect("]", "an operator, ':' or ']'")
        elif reader.word("offset"):
            reader.take()
            duration(reader, positive=False)
        elif reader.symbol("@"):
            reader.take()
            _timestamp(reader)
        elif reader.word("anchored", "smoothed"):
            reader.experimental(token.text, SELECTORS, token)
            reader.take()
            reader.replacements.append((token.start, token.end, " " * len(token.text)))
        else:
            return


def _is_timed(reader: Reader) -> bool:
    """Whether a number or duration stands in these brackets, or in any before: Prometheus' lexer forgets none."""
    depth = 0
    for token in reader.tokens[: reader.at]:
        if token.kind in ("number", "duration") and depth:
            return True
        depth += {"[": 1, "]": -1}.get(token.text, 0)
    return False


def _timestamp(reader: Reader) -> None:
    if reader.word("start", "end"):
        reader.take()
        reader.expect("(", "'('")
        reader.expect(")", "')'")
        return
    if reader.symbol("+", "-"):
        reader.take()
    if reader.now.kind not in ("number", "duration") and not reader.word("inf", "nan"):
        raise reader.unexpected("a time in seconds, start() or end()")
    token = reader.now
    if not abs(literal(reader, "a time in seconds")) < float(1 << 63):
        raise Misplaced("the time after @ is out of range", token.start)
