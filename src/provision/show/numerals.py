"""Numbers as Grafana writes them, whatever their unit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal


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


def fixed(value: float, decimals: int | None) -> str:
    """With that many digits behind the point; None: with as many as the number needs."""
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


def scaled(value: float, factor: int, suffixes: Sequence[str], decimals: int | None, steps: int = 0) -> str:
    """Divided by a power of `factor` and with the suffix of that power; `steps` is the suffix that it has as it stands."""
    power = 0 if value == 0 else math.floor(math.log10(abs(value)) / math.log10(factor))
    power = min(max(power, -steps), len(suffixes) - steps - 1)
    return fixed(value / float(factor) ** power, decimals) + suffixes[steps + power]


def hexadecimal(value: float, decimals: int | None) -> str:
    """To the base of 16: `FF.8`."""
    number = float(fixed(value, decimals))
    fraction, whole = math.modf(abs(number))
    digits = f"{int(whole):X}" + ("." if fraction else "")
    while fraction:
        fraction, digit = math.modf(fraction * 16)
        digits += f"{int(digit):X}"
    return ("-" if number < 0 else "") + digits


def hexadecimal_0x(value: float, decimals: int | None) -> str:
    """To the base of 16: `0xFF`."""
    text = hexadecimal(value, decimals)
    return f"-0x{text[1:]}" if text.startswith("-") else f"0x{text}"


def scientific(value: float, decimals: int | None) -> str:
    """With an exponent: `1.2345e+3`."""
    exact = Decimal(repr(value)).normalize() if decimals is None else Decimal(value)
    exponent = exact.adjusted() if value else 0
    mantissa = exact.scaleb(-exponent)
    if decimals is not None:
        mantissa = _half_up(mantissa, decimals)
        if abs(mantissa) >= 10:
            mantissa, exponent = _half_up(mantissa / 10, decimals), exponent + 1
    return f"{mantissa}e{exponent:+d}"


def grouped(value: float, least: int, most: int) -> str:
    """With commas between thousands; `least` to `most` digits behind the point."""
    whole, _, fraction = f"{_half_up(Decimal(repr(value)), most):,}".partition(".")
    fraction = fraction.rstrip("0").ljust(least, "0")
    return f"{whole}.{fraction}" if fraction else whole


def _half_up(number: Decimal, places: int) -> Decimal:
    # As many digits as the largest float has before its point, and more.
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, Context(prec=400))
