"""Durations, calculations with them, and numbers, as they stand in an expression."""

from __future__ import annotations

from provision.promql.reader import Reader
from provision.promql.tokens import Misplaced, Token

_LONGEST_SECONDS = float(1 << 63) / 1e9
_UNIT_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}


def duration(reader: Reader, *, positive: bool) -> None:
    """A duration or a calculation with durations (Prometheus 3.4); an offset's calculation stands in
    parentheses."""
    start = reader.now
    first = reader.at
    before = len(reader.replacements)
    value = _sum(reader, single=not positive)
    if positive and value is not None and value <= 0:
        raise Misplaced("a range must be longer than 0", start.start)
    end = reader.tokens[reader.at - 1].end
    count = reader.at - first
    signed = not positive and start.text in "+-" and count == 2
    if count > 1 and not signed:
        del reader.replacements[before:]  # those of its parts
        reader.replacements.append((start.start, end, " 5m"))


def _sum(reader: Reader, *, single: bool) -> float | None:
    """Seconds, or None when they are known only when the query runs."""
    value = _part(reader)
    while not single and reader.symbol("+", "-", "*", "/", "%", "^"):
        operator = reader.take()
        right = _part(reader)
        if operator.text in "/%" and right == 0:
            raise Misplaced("division by zero", operator.start)
        value = None
    return value


def _part(reader: Reader) -> float | None:
    sign = 1
    while reader.symbol("+", "-"):
        sign = -sign if reader.take().text == "-" else sign
    if reader.symbol("("):
        reader.take()
        reader.descend()
        value = _sum(reader, single=False)
        reader.expect(")", "an operator or ')'")
        reader.depth -= 1
        return None if value is None else sign * value
    if reader.word("step", "range", "max_of", "min_of"):
        name = reader.take().text.lower()
        reader.expect("(", "'('")
        if name in ("max_of", "min_of"):
            reader.descend()
            _sum(reader, single=False)
            reader.expect(",", "','")
            _sum(reader, single=False)
            reader.depth -= 1
        reader.expect(")", "')'")
        return None
    if reader.now.kind not in ("number", "duration"):
        raise reader.unexpected("a duration such as 5m")
    token = reader.now
    seconds = literal(reader, "a duration such as 5m")
    if abs(seconds) >= _LONGEST_SECONDS:
        raise Misplaced("the duration is longer than 292 years", token.start)
    return sign * seconds


def literal(reader: Reader, wanted: str) -> float:
    """The value of a number, or of a duration in seconds."""
    token = reader.now
    if token.kind == "word" and token.text.lower() in ("inf", "nan"):
        return float(reader.take().text)
    if token.kind not in ("number", "duration"):
        raise reader.unexpected(wanted)
    reader.take()
    if token.kind == "duration":
        seconds = _seconds(token)
        if seconds == 0:  # promql-parser takes none that is 0, not even of an offset
            reader.replacements.append((token.start, token.end, "0"))
        return seconds
    digits = token.text.replace("_", "")
    digits = f"0{digits}" if digits.startswith(".") else digits
    if digits != token.text:
        reader.replacements.append((token.start, token.end, digits))
    value = float(int(digits, 16)) if digits[:2] in ("0x", "0X") else float(digits)
    if value == float("inf"):
        raise Misplaced("the number is too large", token.start)
    return value


def _seconds(token: Token) -> float:
    rest = token.text
    last = float("inf")
    total = 0.0
    while rest:
        digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
        unit = "ms" if rest[len(digits) :].startswith("ms") else rest[len(digits)]
        if _UNIT_SECONDS[unit] >= last:
            raise Misplaced(
                f"{token.text!r} is not a duration: units go from y to ms, each once", token.start
            )
        last = _UNIT_SECONDS[unit]
        total += float(digits) * last
        rest = rest[len(digits) + len(unit) :]
    if total >= _LONGEST_SECONDS:
        raise Misplaced("the duration is longer than 292 years", token.start)
    return total
