"""The units that Grafana knows, and those that a panel shows its numbers in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.prove.check.bodies import inside, objects, text_of
from provision.prove.check.parts import Panel

_IDS: Final = """
    none string short sishort percent percentunit humidity dB candela hex0x hex sci locale pixel
    accMS2 accFS2 accG degree radian grad arcmin arcsec areaM2 areaF2 areaMI2 acres hectares
    flops mflops gflops tflops pflops eflops zflops yflops
    ppm conppb conngm3 conngNm3 conμgm3 conμgNm3 conmgm3 conmgNm3 congm3 congNm3 conmgdL conmmolL
    currencyUSD currencyGBP currencyEUR currencyJPY currencyRUB currencyUAH currencyBRL currencyDKK currencyISK
    currencyNOK currencySEK currencyCZK currencyCHF currencyPLN currencyBTC currencymBTC currencyμBTC currencyZAR
    currencyINR currencyKRW currencyIDR currencyPHP currencyVND currencyTRY currencyMYR currencyXPF currencyBGN
    currencyPYG currencyUYU currencyILS
    bytes decbytes bits decbits kbytes deckbytes mbytes decmbytes gbytes decgbytes tbytes dectbytes pbytes decpbytes
    pps binBps Bps binbps bps KiBs Kibits KBs Kbits MiBs Mibits MBs Mbits GiBs Gibits GBs Gbits TiBs Tibits TBs Tbits
    PiBs Pibits PBs Pbits
    dateTimeAsIso dateTimeAsIsoNoDateIfToday dateTimeAsUS dateTimeAsUSNoDateIfToday dateTimeAsLocal
    dateTimeAsLocalNoDateIfToday dateTimeAsSystem dateTimeFromNow
    watt kwatt megwatt gwatt mwatt Wm2 voltamp kvoltamp voltampreact kvoltampreact watth watthperkg kwatth kwattm mwatth
    amph kamph mamph joule ev amp kamp mamp volt kvolt mvolt dBm mohm ohm kohm Mohm farad µfarad nfarad pfarad ffarad
    henry mhenry µhenry lumens flowgpm flowcms flowcfs flowcfm litreh flowlpm flowmlpm lux
    forceNm forcekNm forceN forcekN Hs KHs MHs GHs THs PHs EHs massmg massg masslb masskg masst
    lengthmm lengthin lengthft lengthm lengthkm lengthmi
    pressurembar pressurebar pressurekbar pressurepa pressurehpa pressurekpa pressurehg pressurepsi
    radbq radci radgy radrad radsv radmsv radusv radrem radexpckg radr radsvh radmsvh radusvh
    rotrpm rothz rotkhz rotmhz rotghz rotrads rotdegs celsius fahrenheit farenheit kelvin
    hertz ns µs ms s m h d dtdurationms dtdurations dthms dtdhms timeticks clockms clocks
    cps ops reqps rps wps iops eps mps recps rowsps cpm opm reqpm rpm wpm epm mpm recpm rowspm
    velocityms velocitykmh velocitymph velocityknot mlitre litre m3 Nm3 dm3 gallons bool bool_yes_no bool_on_off
"""
UNITS: Final = frozenset(_IDS.split())
"""The ids of Grafana 12.4's units. Source: its packages/grafana-data/src/valueFormats/categories.ts."""

_CUSTOM: Final = frozenset({"prefix", "suffix", "time", "si", "count", "currency", "bool"})
"""What begins an author's own unit, as in `suffix:req/s`."""

_MISTAKEN: Final = {
    "%": "percent", "byte": "bytes", "sec": "s", "second": "s", "seconds": "s", "millisecond": "ms",
    "milliseconds": "ms", "msec": "ms", "microseconds": "µs", "us": "µs", "nanoseconds": "ns", "minutes": "m",
    "hours": "h", "days": "d", "date": "dateTimeAsIso", "req/s": "reqps", "requests/s": "reqps", "ops/s": "ops",
    "bytes/s": "Bps", "b/s": "Bps", "bits/s": "bps", "count": "short", "number": "short", "ratio": "percentunit",
}  # fmt: skip
_LOWER: Final = {unit.lower(): unit for unit in sorted(UNITS)}


def is_known(unit: str) -> bool:
    """Whether Grafana scales numbers of that unit: others stand behind the number as they are."""
    return unit in UNITS or unit.partition(":")[0] in _CUSTOM or "$" in unit or "[[" in unit


def meant(unit: str) -> str:
    """The unit that is meant by what isn't the id of one; empty when it may be an author's own."""
    return _MISTAKEN.get(unit.lower(), "") or _LOWER.get(unit.lower(), "")


def units(panel: Panel) -> Iterator[tuple[str, str]]:
    """Path in the panel and id of each unit that it sets, those of single series and of old panels too."""
    body = panel.body
    config = inside(body, "fieldConfig")
    unit = text_of(inside(config, "defaults"), "unit")
    if unit:
        yield "fieldConfig/defaults/unit", unit
    if config.get("overrides"):
        for pointer, override in objects(config["overrides"], "fieldConfig/overrides"):
            for at, set_ in objects(override.get("properties"), f"{pointer}/properties"):
                if set_.get("id") == "unit" and text_of(set_, "value"):
                    yield f"{at}/value", text_of(set_, "value")
    if "yaxes" in body:
        for pointer, axis in objects(body["yaxes"], "yaxes"):
            if text_of(axis, "format") and axis.get("show") is not False:
                yield f"{pointer}/format", text_of(axis, "format")
    if text_of(body, "format"):
        yield "format", text_of(body, "format")
