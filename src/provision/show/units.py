"""Grafana's units as tables: which id is written with which symbol, and how it scales.

The ids and symbols are those that Grafana 12.4's unit picker offers (`valueFormats`, "Standard units").
"""

from __future__ import annotations

from typing import Final


def _pairs(text: str) -> dict[str, str]:
    return dict(line.strip().split(" ", 1) for line in text.strip().splitlines())


def _scaled(text: str) -> dict[str, tuple[str, int]]:
    table = {}
    for line in text.strip().splitlines():
        symbol, *units = line.strip().split(" ")
        for unit in units:
            name, _, steps = unit.partition("=")
            table[name] = (symbol, int(steps or 0))
    return table


FIXED: Final = _pairs("""
    humidity %H
    dB dB
    pixel px
    accMS2 m/sec²
    accFS2 f/sec²
    accG g
    degree °
    radian rad
    grad grad
    arcmin arcmin
    arcsec arcsec
    areaM2 m²
    areaF2 ft²
    areaMI2 mi²
    acres ac
    hectares ha
    ppm ppm
    conppb ppb
    conngm3 ng/m³
    conngNm3 ng/Nm³
    conμgm3 μg/m³
    conμgNm3 μg/Nm³
    conmgm3 mg/m³
    conmgNm3 mg/Nm³
    congm3 g/m³
    congNm3 g/Nm³
    conmgdL mg/dL
    conmmolL mmol/L
    flowgpm gpm
    flowcms cms
    flowcfs cfs
    flowcfm cfm
    litreh L/h
    flowlpm L/min
    flowmlpm mL/min
    lux lux
    masslb lb
    masst t
    lengthin in
    lengthft ft
    lengthmi mi
    pressurehpa hPa
    pressurekpa kPa
    pressurehg "Hg
    rotrpm rpm
    rotrads rad/s
    rotdegs °/s
    celsius °C
    fahrenheit °F
    farenheit °F
    kelvin K
    velocityms m/s
    velocitykmh km/h
    velocitymph mph
    velocityknot kn
    m3 m³
    Nm3 Nm³
    dm3 dm³
    gallons gal
""")
"""Units whose numbers never scale: id → symbol."""

COUNTS: Final = _pairs("""
    cps c/s
    ops ops/s
    reqps req/s
    rps rd/s
    wps wr/s
    iops io/s
    eps evt/s
    mps msg/s
    recps rec/s
    rowsps rows/s
    cpm c/m
    opm ops/m
    reqpm req/m
    rpm rd/m
    wpm wr/m
    epm evts/m
    mpm msgs/m
    recpm rec/m
    rowspm rows/m
""")
"""Throughputs, written as thousands (K), millions (M), billions (B) and trillions (T): id → symbol."""

DECIMAL: Final = _scaled("""
    B decbytes deckbytes=1 decmbytes=2 decgbytes=3 dectbytes=4 decpbytes=5
    b decbits
    p/s pps
    B/s Bps KBs=1 MBs=2 GBs=3 TBs=4 PBs=5
    b/s bps Kbits=1 Mbits=2 Gbits=3 Tbits=4 Pbits=5
    cd candela
    FLOPS flops mflops=2 gflops=3 tflops=4 pflops=5 eflops=6 zflops=7 yflops=8
    W watt kwatt=1 megwatt=2 gwatt=3 mwatt=-1
    W/m² Wm2
    VA voltamp kvoltamp=1
    VAr voltampreact kvoltampreact=1
    Wh watth kwatth=1 mwatth=2
    Wh/kg watthperkg
    W-Min kwattm=1
    Ah amph kamph=1 mamph=-1
    J joule
    eV ev
    A amp kamp=1 mamp=-1
    V volt kvolt=1 mvolt=-1
    dBm dBm
    Ω ohm mohm=-1 kohm=1 Mohm=2
    F farad µfarad=-2 nfarad=-3 pfarad=-4 ffarad=-5
    H henry mhenry=-1 µhenry=-2
    Lm lumens
    Nm forceNm forcekNm=1
    N forceN forcekN=1
    H/s Hs KHs=1 MHs=2 GHs=3 THs=4 PHs=5 EHs=6
    g massg massmg=-1 masskg=1
    m lengthm lengthmm=-1 lengthkm=1
    bar pressurebar pressurembar=-1 pressurekbar=1
    Pa pressurepa
    Bq radbq
    Ci radci
    Gy radgy
    rad radrad
    Sv radsv radmsv=-1 radusv=-2
    rem radrem
    C/kg radexpckg
    R radr
    Sv/h radsvh radmsvh=-1 radusvh=-2
    Hz hertz rothz rotkhz=1 rotmhz=2 rotghz=3
    L litre mlitre=-1
""")
"""Units with decimal prefixes: id → (symbol, the number of steps of 1000 that the number already stands at)."""

BINARY: Final = _scaled("""
    B bytes kbytes=1 mbytes=2 gbytes=3 tbytes=4 pbytes=5
    b bits
    B/s binBps KiBs=1 MiBs=2 GiBs=3 TiBs=4 PiBs=5
    b/s binbps Kibits=1 Mibits=2 Gibits=3 Tibits=4 Pibits=5
""")
"""Units with binary prefixes: id → (symbol, the number of steps of 1024 that the number already stands at)."""

CURRENCIES: Final = _pairs("""
    currencyUSD $
    currencyGBP £
    currencyEUR €
    currencyJPY ¥
    currencyRUB ₽
    currencyUAH ₴
    currencyBRL R$
    currencyDKK kr
    currencyISK kr
    currencyNOK kr
    currencySEK kr
    currencyCZK czk
    currencyCHF CHF
    currencyPLN PLN
    currencyBTC ฿
    currencymBTC mBTC
    currencyμBTC μBTC
    currencyZAR R
    currencyINR ₹
    currencyKRW ₩
    currencyIDR Rp
    currencyPHP PHP
    currencyVND đ
    currencyTRY ₺
    currencyMYR RM
    currencyXPF XPF
    currencyBGN BGN
    currencyPYG ₲
    currencyUYU UYU
    currencyILS ₪
""")
"""Money: id → symbol."""

CURRENCY_SUFFIXED: Final = frozenset(
    {"currencyDKK", "currencyISK", "currencyNOK", "currencySEK", "currencyVND", "currencyTRY"}
)
"""Currencies whose symbol stands behind the number."""

BOOLEANS: Final = {"bool": ("True", "False"), "bool_yes_no": ("Yes", "No"), "bool_on_off": ("On", "Off")}
"""What is written for a number that isn't 0, and for 0."""

NAMES: Final = {
    "none": "number",
    "short": "short number",
    "percent": "percent of 100",
    "percentunit": "percent of 1",
    "ns": "nanoseconds",
    "µs": "microseconds",
    "ms": "milliseconds",
    "s": "seconds",
    "m": "minutes",
    "h": "hours",
    "d": "days",
    "dtdurationms": "duration of milliseconds",
    "dtdurations": "duration of seconds",
    "dthms": "duration as hh:mm:ss",
    "dtdhms": "duration as d hh:mm:ss",
    "dateTimeAsIso": "date and time",
    "dateTimeFromNow": "time from now",
    "bytes": "bytes, binary",
    "decbytes": "bytes, decimal",
    "bits": "bits, binary",
    "decbits": "bits, decimal",
    "Bps": "bytes a second, decimal",
    "binBps": "bytes a second, binary",
    "bps": "bits a second, decimal",
    "binbps": "bits a second, binary",
    "pps": "packets a second",
    "cps": "counts a second",
    "ops": "operations a second",
    "reqps": "requests a second",
    "rps": "reads a second",
    "wps": "writes a second",
    "iops": "I/O operations a second",
    "eps": "events a second",
    "mps": "messages a second",
    "reqpm": "requests a minute",
    "opm": "operations a minute",
    "celsius": "degrees Celsius",
    "fahrenheit": "degrees Fahrenheit",
    "hertz": "hertz",
    "bool": "true or false",
    "bool_yes_no": "yes or no",
    "bool_on_off": "on or off",
}
"""Words for the units that monitoring uses most."""


def unit_in_words(unit: str) -> str:
    """What a person calls a unit: `s` → `seconds (s)`; an id that has no words stays as it is."""
    name = NAMES.get(unit)
    return f"{name} ({unit})" if name else unit
