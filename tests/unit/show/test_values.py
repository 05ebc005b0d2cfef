import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.show.units import BINARY, BOOLEANS, COUNTS, CURRENCIES, DECIMAL, FIXED, unit_in_words
from provision.show.values import format_value

# What Grafana 12.4 itself writes.
GRAFANA = [
    (0, "s", None, "0 s"),
    (0.2, "s", None, "200 ms"),
    (0.0056, "s", None, "5.60 ms"),
    (0.000_012_5, "s", None, "12.5 µs"),
    (3e-9, "s", 0, "3 ns"),
    (59.999, "s", 0, "60 s"),
    (60, "s", None, "1 min"),
    (61.5, "s", None, "1.02 mins"),
    (7200, "s", None, "2 hours"),
    (86400, "s", None, "1 day"),
    (-90061.5, "s", 2, "-1.04 days"),
    (31_536_000, "s", 3, "0.999 year"),
    (215, "ms", None, "215 ms"),
    (61_500, "ms", 1, "1.0 mins"),
    (1234, "µs", 2, "1.23 ms"),
    (1_500_000, "ns", None, "1.50 ms"),
    (59.999, "m", 0, "60 min"),
    (90, "m", None, "1.50 hours"),
    (2, "d", None, "2 days"),
    (0.005, "percentunit", None, "0.500%"),
    (0.01, "percentunit", None, "1%"),
    (99.95, "percent", 1, "100.0%"),
    (1234.5, "reqps", None, "1.23K req/s"),
    (0.25, "reqps", None, "0.250 req/s"),
    (17, "short", None, "17"),
    (123_456_789, "short", None, "123 Mil"),
    (1e-7, "short", 9, "1e-7"),
    (1234.5, "none", None, "1235"),
    (1e22, "none", None, "1e+22"),
    (0.00002, "none", 5, "0.00002"),
    (5_368_709_120, "bytes", None, "5 GiB"),
    (1500, "decbytes", None, "1.50 kB"),
    (0.5, "bytes", None, "0.500 B"),
    (4096, "kbytes", None, "4 MiB"),
    (12_500_000, "Bps", 1, "12.5 MB/s"),
    (1024, "binBps", None, "1 KiB/s"),
    (0.3, "watt", None, "300 mW"),
    (5, "mwatt", None, "5 mW"),
    (21.5, "celsius", None, "21.5 °C"),
    (2500, "pressurepsi", None, "2.50ksi"),
    (-1234, "currencyUSD", None, "-$1.23K"),
    (12, "currencySEK", None, "12kr"),
    (1234.5, "currency:financial:$", 2, "$1,234.50"),
    (1234.5, "currency:financial:€:suffix", None, "1,234.5€"),
    (7, "currency:CHF", None, "CHF7"),
    (1, "bool", None, "True"),
    (0, "bool_on_off", None, "Off"),
    (0, "bool:up/down", None, "down"),
    (0, "bool:up", None, "-"),
    (1_700_000_000_000, "dateTimeAsIso", None, "2023-11-14 22:13:20"),
    (1_700_000_000_000, "dateTimeAsUS", None, "11/14/2023 10:13:20 pm"),
    (1_700_000_000_000, "time:D MMM YY [at] h:mm A", None, "14 Nov 23 at 10:13 PM"),
    (1e15, "dateTimeAsIso", None, "Invalid date"),
    (0, "dtdurations", None, "0 seconds"),
    (3725, "dtdurations", None, "1 hour"),
    (3725, "dtdurations", 2, "1 hour, 2 minutes, 5 seconds"),
    (-90, "dtdurations", 1, "1 minute, 30 seconds ago"),
    (1500, "dtdurationms", 1, "1 second, 500 milliseconds"),
    (3725, "dthms", None, "01:02:05"),
    (-3725, "dthms", None, "01:02:05 ago"),
    (90_061, "dtdhms", None, "1 d 01:01:01"),
    (250, "clockms", None, "250ms"),
    (30.25, "clocks", None, "30s:250ms"),
    (90, "clocks", 0, "01m"),
    (5430, "clocks", 2, "1h:30m:30s"),
    (6000, "timeticks", None, "1 min"),
    (255, "hex", None, "FF"),
    (-255.5, "hex0x", None, "-0xFF"),
    (255.5, "hex", 1, "FF.8"),
    (1234.5, "sci", None, "1.2345e+3"),
    (0, "sci", None, "0e+0"),
    (9.996, "sci", 2, "1.00e+1"),
    (1234567.8912, "locale", None, "1,234,567.891"),
    (1.5, "string", None, "1.5"),
    (12, "suffix:pods", None, "12 pods"),
    (12, "prefix:~", None, "~12"),
    (1500, "count:jobs", None, "1.50K jobs"),
    (5, "si:mW", None, "5 mW"),
    (5000, "si:X", None, "5 kX"),
    (3, "widgets", None, "3 widgets"),
    (3.14159, "", 2, "3.14"),
]


@pytest.mark.parametrize(("value", "unit", "decimals", "written"), GRAFANA)
def test_writes_what_grafana_writes(value, unit, decimals, written):
    assert format_value(value, unit, decimals) == written


def test_time_from_now():
    assert format_value(1_700_000_600_000, "dateTimeFromNow", now=1_700_000_000) == "in 10 minutes"


def test_time_from_now_asks_the_clock():
    assert format_value(0, "dateTimeFromNow").endswith(" years ago")


@pytest.mark.parametrize(("value", "text"), [(math.nan, "NaN"), (math.inf, "∞"), (-math.inf, "-∞")])
@pytest.mark.parametrize("unit", ["s", "bytes", "none", "dateTimeAsIso", "dateTimeFromNow"])
def test_what_is_no_number_has_no_unit(value, text, unit):
    assert format_value(value, unit) == text


UNITS = [*FIXED, *DECIMAL, *BINARY, *COUNTS, *CURRENCIES, *BOOLEANS, "s", "ms", "ns", "µs", "m", "h", "d",
         "none", "short", "sishort", "percent", "percentunit", "hex", "hex0x", "sci", "locale", "string", "clocks",
         "clockms", "dthms", "dtdhms", "dtdurations", "dtdurationms", "timeticks", "dateTimeFromNow",
         "dateTimeAsIso", "currency:financial:$", "si:mW", "count:x", "suffix:x", "prefix:x", "x"]  # fmt: skip


@given(st.floats(), st.sampled_from(UNITS), st.none() | st.integers(0, 20))
def test_every_value_can_be_written(value, unit, decimals):
    assert format_value(value, unit, decimals).strip()


def test_units_in_words():
    assert unit_in_words("s") == "seconds (s)"
    assert unit_in_words("widgets") == "widgets"
