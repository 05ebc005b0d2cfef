"""A sample written in its panel's unit, as Grafana 12.4 writes it; date and time in UTC."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

from provision.show.durations import clock, duration, hours_minutes_seconds
from provision.show.units import BINARY, BOOLEANS, COUNTS, CURRENCIES, CURRENCY_SUFFIXED, DECIMAL, FIXED

_SHORT = ("", " K", " Mil", " Bil", " Tri", " Quadr", " Quint", " Sext", " Sept")
_THOUSANDS = ("", "K", "M", "B", "T")
_PRESSURE = ("psi", "ksi", "Mpsi")
_PREFIXES = ("f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E", "Z", "Y")
_PREFIX_ZERO = _PREFIXES.index("")
# Scaling by a unit or by digits stays within a float's range between one over this and this.
_HUGE = 1e280
_BINARY_PREFIXES = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi")


def format_value(value: float, unit: str, decimals: int | None = None, *, now: float | None = None) -> str:
    """Write a sample as a panel of that unit shows it.

    Args:
        value: the sample.
        unit: a Grafana unit id such as `s`, `percentunit` or `suffix:widgets`; an id that Grafana doesn't know
            is written behind the number, as Grafana does.
        decimals: digits behind the point; None: as many as the number needs.
        now: seconds since 1970 that `dateTimeFromNow` counts from; None: the clock.

    Returns:
        Such as `215 ms`, `0.5%`, `1.2K req/s`. NaN and infinities come without a unit: `NaN`, `∞`, `-∞`.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if abs(value) > _HUGE:
        return number_text(value)
    if abs(value) < 1 / _HUGE:
        value = 0.0
    if unit == "dateTimeFromNow":
        return _from_now(value / 1000 - (time.time() if now is None else now))
    family, colon, rest = unit.partition(":")
    if colon and family in _FAMILIES:
        return _FAMILIES[family](value, rest, decimals)
    return _FORMATS[unit](value, decimals) if unit in _FORMATS else f"{_fixed(value, decimals)} {unit}"


def number_text(value: float) -> str:
    """A number as JavaScript writes it: no `.0`, an exponent only from 1e21 up and below 1e-6."""
    if value == int(value) and abs(value) < 1e21:
        return str(int(value))
    text = repr(float(value))
    if "e" not in text:
        return text
    if 1e-6 <= abs(value) < 1:
        return f"{Decimal(text):f}"
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent):+d}"


def _fixed(value: float, decimals: int | None) -> str:
    places = _places(value) if decimals is None else decimals
    factor = 10.0 ** max(0, places)
    # From 2^52 up every float is whole, and adding a half would round it to its neighbour.
    whole = value * factor if abs(value * factor) >= 2**52 else math.floor(value * factor + 0.5)
    text = number_text(whole / factor)
    if "e" in text:
        return text
    units, _, fraction = text.partition(".")
    return f"{units}.{fraction.ljust(places, '0')}" if places > 0 else units


def _places(value: float) -> int:
    if value == 0 or value == int(value):
        return 0
    places = 1 - math.floor(math.log10(abs(value)))
    return max(0, places + (abs(value) * 10.0**places > 2.25))


def _scaled(value: float, factor: int, suffixes: Sequence[str], decimals: int | None, steps: int = 0) -> str:
    """`steps` is the suffix that the number has as it stands."""
    power = 0 if value == 0 else math.floor(math.log10(abs(value)) / math.log10(factor))
    power = min(max(power, -steps), len(suffixes) - steps - 1)
    return _fixed(value / float(factor) ** power, decimals) + suffixes[steps + power]


def _decimal(value: float, symbol: str, steps: int, decimals: int | None) -> str:
    suffixes = [f" {prefix}{symbol}" for prefix in _PREFIXES]
    return _scaled(value, 1000, suffixes, decimals, _PREFIX_ZERO + steps).rstrip()


def _binary(value: float, symbol: str, steps: int, decimals: int | None) -> str:
    return _scaled(value, 1024, [f" {prefix}{symbol}" for prefix in _BINARY_PREFIXES], decimals, steps)


def _count(value: float, symbol: str, decimals: int | None) -> str:
    return f"{_scaled(value, 1000, _THOUSANDS, decimals)} {symbol}"


def _money(value: float, symbol: str, behind: bool, decimals: int | None) -> str:
    amount = _scaled(abs(value), 1000, _THOUSANDS, decimals)
    return ("-" if value < 0 else "") + (amount + symbol if behind else symbol + amount)


# ── time ─────────────────────────────────────────────────────────────────────
# Each unit: (below this absolute value, divide by, word); years as Grafana divides them.
_Steps = tuple[tuple[float, float, str], ...]
TIMES: dict[str, _Steps] = {
    "ns": ((1e3, 1, "ns"), (1e6, 1e3, "µs"), (1e9, 1e6, "ms"), (6e10, 1e9, "s"), (3.6e12, 6e10, "min"),
           (8.64e13, 3.6e12, "hour"), (math.inf, 8.64e13, "day")),
    "µs": ((1e3, 1, "µs"), (1e6, 1e3, "ms"), (math.inf, 1e6, "s")),
    "ms": ((1e3, 1, "ms"), (6e4, 1e3, "s"), (3.6e6, 6e4, "min"), (8.64e7, 3.6e6, "hour"),
           (3.1536e10, 8.64e7, "day"), (math.inf, 3.1536e10, "year")),
    "s": ((1e-6, 1e-9, "ns"), (1e-3, 1e-6, "µs"), (1, 1e-3, "ms"), (60, 1, "s"), (3600, 60, "min"),
          (86400, 3600, "hour"), (604800, 86400, "day"), (31536000, 604800, "week"), (math.inf, 3.15569e7, "year")),
    "m": ((60, 1, "min"), (1440, 60, "hour"), (10080, 1440, "day"), (604800, 10080, "week"),
          (math.inf, 5.25948e5, "year")),
    "h": ((24, 1, "hour"), (168, 24, "day"), (8760, 168, "week"), (math.inf, 8760, "year")),
    "d": ((7, 1, "day"), (365, 7, "week"), (math.inf, 365, "year")),
}  # fmt: skip
_PLURAL = {"min", "hour", "day", "week", "year"}


def _time(value: float, steps: _Steps, decimals: int | None) -> str:
    if value == 0 and steps is TIMES["s"]:
        return "0 s"
    _, divisor, word = next(step for step in steps if abs(value) < step[0])
    # 1e-9 has no exact float: dividing by it is less exact than multiplying by its inverse.
    scaled = value / divisor if divisor >= 1 else value * round(1 / divisor)
    plural = "s" if word in _PLURAL and abs(scaled) > 1 and (divisor > 1 or word == "day") else ""
    return f"{_fixed(scaled, decimals)} {word}{plural}"


_DATES = {
    "dateTimeAsIso": "YYYY-MM-DD HH:mm:ss",
    "dateTimeAsIsoNoDateIfToday": "YYYY-MM-DD HH:mm:ss",
    "dateTimeAsUS": "MM/DD/YYYY h:mm:ss a",
    "dateTimeAsUSNoDateIfToday": "MM/DD/YYYY h:mm:ss a",
    "dateTimeAsLocal": "YYYY-MM-DD HH:mm:ss",
    "dateTimeAsLocalNoDateIfToday": "YYYY-MM-DD HH:mm:ss",
    "dateTimeAsSystem": "YYYY-MM-DD HH:mm:ss",
}
_TOKENS: dict[str, Callable[[datetime], str]] = {
    "YYYY": lambda when: f"{when.year:04d}",
    "YY": lambda when: f"{when.year % 100:02d}",
    "MMMM": lambda when: f"{when:%B}",
    "MMM": lambda when: f"{when:%b}",
    "MM": lambda when: f"{when.month:02d}",
    "M": lambda when: str(when.month),
    "dddd": lambda when: f"{when:%A}",
    "ddd": lambda when: f"{when:%a}",
    "DD": lambda when: f"{when.day:02d}",
    "D": lambda when: str(when.day),
    "HH": lambda when: f"{when.hour:02d}",
    "H": lambda when: str(when.hour),
    "hh": lambda when: f"{when.hour % 12 or 12:02d}",
    "h": lambda when: str(when.hour % 12 or 12),
    "mm": lambda when: f"{when.minute:02d}",
    "m": lambda when: str(when.minute),
    "ss": lambda when: f"{when.second:02d}",
    "s": lambda when: str(when.second),
    "SSS": lambda when: f"{when.microsecond // 1000:03d}",
    "A": lambda when: "AM" if when.hour < 12 else "PM",
    "a": lambda when: "am" if when.hour < 12 else "pm",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TOKEN = re.compile(r"\[([^\]]*)\]|" + "|".join(sorted(_TOKENS, key=len, reverse=True)))


def _date(milliseconds: float, pattern: str) -> str:
    try:
        when = _EPOCH + timedelta(milliseconds=math.trunc(milliseconds))
    except OverflowError:
        return "Invalid date"

    def written(token: re.Match[str]) -> str:
        return token[1] if token[1] is not None else _TOKENS[token[0]](when)

    return _TOKEN.sub(written, pattern)


def _from_now(seconds: float) -> str:
    """Rounded as Grafana rounds: 45 of one unit already count as one of the next, and so on."""
    distance = abs(seconds)
    minutes, hours, days = (math.floor(distance / unit + 0.5) for unit in (60, 3600, 86400))
    months, years = math.floor(days / 30.436875 + 0.5), math.floor(days / 365.2425 + 0.5)
    words = (
        (distance < 44.5, "a few seconds"),
        (minutes <= 1, "a minute"),
        (minutes < 45, f"{minutes} minutes"),
        (hours <= 1, "an hour"),
        (hours < 22, f"{hours} hours"),
        (days <= 1, "a day"),
        (days < 26, f"{days} days"),
        (months <= 1, "a month"),
        (months < 11, f"{months} months"),
        (years <= 1, "a year"),
        (True, f"{years} years"),
    )
    text = next(word for fits, word in words if fits)
    return f"in {text}" if seconds > 0 else f"{text} ago"


# ── units of their own ───────────────────────────────────────────────────────
def _hexadecimal(value: float, decimals: int | None) -> str:
    number = float(_fixed(value, decimals))
    fraction, whole = math.modf(abs(number))
    digits = f"{int(whole):X}" + ("." if fraction else "")
    while fraction:
        fraction, digit = math.modf(fraction * 16)
        digits += f"{int(digit):X}"
    return ("-" if number < 0 else "") + digits


def _hexadecimal_0x(value: float, decimals: int | None) -> str:
    text = _hexadecimal(value, decimals)
    return f"-0x{text[1:]}" if text.startswith("-") else f"0x{text}"


def _scientific(value: float, decimals: int | None) -> str:
    exact = Decimal(repr(value)).normalize() if decimals is None else Decimal(value)
    exponent = exact.adjusted() if value else 0
    mantissa = exact.scaleb(-exponent)
    if decimals is not None:
        mantissa = _half_up(mantissa, decimals)
        if abs(mantissa) >= 10:
            mantissa, exponent = _half_up(mantissa / 10, decimals), exponent + 1
    return f"{mantissa}e{exponent:+d}"


def _grouped(value: float, least: int, most: int) -> str:
    """With commas between thousands; `least` to `most` digits behind the point."""
    whole, _, fraction = f"{_half_up(Decimal(repr(value)), most):,}".partition(".")
    fraction = fraction.rstrip("0").ljust(least, "0")
    return f"{whole}.{fraction}" if fraction else whole


def _half_up(number: Decimal, places: int) -> Decimal:
    # As many digits as the largest float has before its point, and more.
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, Context(prec=400))


def _si(value: float, rest: str, decimals: int | None) -> str:
    prefix = rest[:1]
    if prefix and prefix in _PREFIXES:
        return _decimal(value, rest[1:], _PREFIXES.index(prefix) - _PREFIX_ZERO, decimals)
    return _decimal(value, rest, 0, decimals)


def _currency(value: float, rest: str, decimals: int | None) -> str:
    if not rest.startswith("financial:"):
        return _money(value, rest, False, decimals)
    symbol, _, side = rest.removeprefix("financial:").partition(":")
    amount = _grouped(value, 0, 1) if decimals is None else _grouped(value, decimals, decimals)
    return amount + symbol if side == "suffix" else symbol + amount


def _boolean(value: float, rest: str) -> str:
    yes, slash, no = rest.partition("/")
    return yes if value else (no if slash else "-")


Format = Callable[[float, int | None], str]


def _with(format_: Callable[..., str], *arguments: object) -> Format:
    return lambda value, decimals: format_(value, *arguments, decimals)


_FORMATS: dict[str, Format] = {
    **{unit: _with(lambda value, symbol, decimals: f"{_fixed(value, decimals)} {symbol}", symbol)
       for unit, symbol in FIXED.items()},
    **{unit: _with(_decimal, *scale) for unit, scale in DECIMAL.items()},
    **{unit: _with(_binary, *scale) for unit, scale in BINARY.items()},
    **{unit: _with(_count, symbol) for unit, symbol in COUNTS.items()},
    **{unit: _with(_money, symbol, unit in CURRENCY_SUFFIXED) for unit, symbol in CURRENCIES.items()},
    **{unit: _with(lambda value, words, _: words[value == 0], words) for unit, words in BOOLEANS.items()},
    **{unit: _with(_time, steps) for unit, steps in TIMES.items()},
    **{unit: _with(lambda value, pattern, _: _date(value, pattern), pattern) for unit, pattern in _DATES.items()},
    "": _fixed,
    "none": _fixed,
    "string": lambda value, _: number_text(value),
    "short": _with(_scaled, 1000, _SHORT),
    "sishort": _with(_decimal, "", 0),
    "percent": lambda value, decimals: f"{_fixed(value, decimals)}%",
    "percentunit": lambda value, decimals: f"{_fixed(value * 100, decimals)}%",
    "hex": _hexadecimal,
    "hex0x": _hexadecimal_0x,
    "sci": _scientific,
    "locale": lambda value, decimals: _grouped(value, 0, 3 if decimals is None else decimals),
    "pressurepsi": _with(_scaled, 1000, _PRESSURE),
    "timeticks": lambda value, decimals: _time(value / 100, TIMES["s"], decimals),
    "dtdurationms": _with(duration, "millisecond"),
    "dtdurations": _with(duration, "second"),
    "dthms": lambda value, _: hours_minutes_seconds(value, days=False),
    "dtdhms": lambda value, _: hours_minutes_seconds(value, days=True),
    "clockms": clock,
    "clocks": lambda value, decimals: clock(value * 1000, decimals),
}  # fmt: skip

_FAMILIES: dict[str, Callable[[float, str, int | None], str]] = {
    "prefix": lambda value, rest, decimals: rest + _fixed(value, decimals),
    "suffix": lambda value, rest, decimals: f"{_fixed(value, decimals)} {rest}",
    "time": lambda value, rest, _: _date(value, rest),
    "si": _si,
    "count": _count,
    "currency": _currency,
    "bool": lambda value, rest, _: _boolean(value, rest),
}
