"""A sample written in its panel's unit, as Grafana 12.4 writes it; date and time in UTC."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from provision.show.dates import date_text, from_now
from provision.show.durations import clock, duration, hours_minutes_seconds
from provision.show.numerals import (
    fixed,
    grouped,
    hexadecimal,
    hexadecimal_0x,
    number_text,
    scaled,
    scientific,
)
from provision.show.times import TIMES, time_text
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
        return from_now(value / 1000 - (time.time() if now is None else now))
    family, colon, rest = unit.partition(":")
    if colon and family in _FAMILIES:
        return _FAMILIES[family](value, rest, decimals)
    return _FORMATS[unit](value, decimals) if unit in _FORMATS else f"{fixed(value, decimals)} {unit}"


def _decimal(value: float, symbol: str, steps: int, decimals: int | None) -> str:
    suffixes = [f" {prefix}{symbol}" for prefix in _PREFIXES]
    return scaled(value, 1000, suffixes, decimals, _PREFIX_ZERO + steps).rstrip()


def _binary(value: float, symbol: str, steps: int, decimals: int | None) -> str:
    return scaled(value, 1024, [f" {prefix}{symbol}" for prefix in _BINARY_PREFIXES], decimals, steps)


def _count(value: float, symbol: str, decimals: int | None) -> str:
    return f"{scaled(value, 1000, _THOUSANDS, decimals)} {symbol}"


def _money(value: float, symbol: str, behind: bool, decimals: int | None) -> str:
    amount = scaled(abs(value), 1000, _THOUSANDS, decimals)
    return ("-" if value < 0 else "") + (amount + symbol if behind else symbol + amount)


def _si(value: float, rest: str, decimals: int | None) -> str:
    prefix = rest[:1]
    if prefix and prefix in _PREFIXES:
        return _decimal(value, rest[1:], _PREFIXES.index(prefix) - _PREFIX_ZERO, decimals)
    return _decimal(value, rest, 0, decimals)


def _currency(value: float, rest: str, decimals: int | None) -> str:
    if not rest.startswith("financial:"):
        return _money(value, rest, False, decimals)
    symbol, _, side = rest.removeprefix("financial:").partition(":")
    amount = grouped(value, 0, 1) if decimals is None else grouped(value, decimals, decimals)
    return amount + symbol if side == "suffix" else symbol + amount


def _boolean(value: float, rest: str) -> str:
    yes, slash, no = rest.partition("/")
    return yes if value else (no if slash else "-")


_DATES = {
    "dateTimeAsIso": "YYYY-MM-DD HH:mm:ss",
    "dateTimeAsIsoNoDateIfToday": "YYYY-MM-DD HH:mm:ss",
    "dateTimeAsUS": "MM/DD/YYYY h:mm:ss a",
    "dateTimeAsUSNoDateIfToday": "MM/DD/YYYY h:mm:ss a",
    "dateTimeAsLocal": "YYYY-MM-DD HH:mm:ss",
    "dateTimeAsLocalNoDateIfToday": "YYYY-MM-DD HH:mm:ss",
    "dateTimeAsSystem": "YYYY-MM-DD HH:mm:ss",
}

Format = Callable[[float, int | None], str]


def _with(format_: Callable[..., str], *arguments: object) -> Format:
    return lambda value, decimals: format_(value, *arguments, decimals)


_FORMATS: dict[str, Format] = {
    **{unit: _with(lambda value, symbol, decimals: f"{fixed(value, decimals)} {symbol}", symbol)
       for unit, symbol in FIXED.items()},
    **{unit: _with(_decimal, *scale) for unit, scale in DECIMAL.items()},
    **{unit: _with(_binary, *scale) for unit, scale in BINARY.items()},
    **{unit: _with(_count, symbol) for unit, symbol in COUNTS.items()},
    **{unit: _with(_money, symbol, unit in CURRENCY_SUFFIXED) for unit, symbol in CURRENCIES.items()},
    **{unit: _with(lambda value, words, _: words[value == 0], words) for unit, words in BOOLEANS.items()},
    **{unit: _with(time_text, steps) for unit, steps in TIMES.items()},
    **{unit: _with(lambda value, pattern, _: date_text(value, pattern), pattern) for unit, pattern in _DATES.items()},
    "": fixed,
    "none": fixed,
    "string": lambda value, _: number_text(value),
    "short": _with(scaled, 1000, _SHORT),
    "sishort": _with(_decimal, "", 0),
    "percent": lambda value, decimals: f"{fixed(value, decimals)}%",
    "percentunit": lambda value, decimals: f"{fixed(value * 100, decimals)}%",
    "hex": hexadecimal,
    "hex0x": hexadecimal_0x,
    "sci": scientific,
    "locale": lambda value, decimals: grouped(value, 0, 3 if decimals is None else decimals),
    "pressurepsi": _with(scaled, 1000, _PRESSURE),
    "timeticks": lambda value, decimals: time_text(value / 100, TIMES["s"], decimals),
    "dtdurationms": _with(duration, "millisecond"),
    "dtdurations": _with(duration, "second"),
    "dthms": lambda value, _: hours_minutes_seconds(value, days=False),
    "dtdhms": lambda value, _: hours_minutes_seconds(value, days=True),
    "clockms": clock,
    "clocks": lambda value, decimals: clock(value * 1000, decimals),
}  # fmt: skip

_FAMILIES: dict[str, Callable[[float, str, int | None], str]] = {
    "prefix": lambda value, rest, decimals: rest + fixed(value, decimals),
    "suffix": lambda value, rest, decimals: f"{fixed(value, decimals)} {rest}",
    "time": lambda value, rest, _: date_text(value, rest),
    "si": _si,
    "count": _count,
    "currency": _currency,
    "bool": lambda value, rest, _: _boolean(value, rest),
}
