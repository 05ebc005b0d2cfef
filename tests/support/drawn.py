"""Expressions drawn from PromQL's grammar and a little beside it, for comparing verdicts: about a fifth is PromQL."""

from __future__ import annotations

from random import Random

NAMES = ["up", "a_total", "job:a", "inf1", "by", "on", "sum", "rate", "offset", "start", "bool", "ignoring", "group_left", "anchored",
         "NaN", "fill", "step", "range", "atan2x", "limitk", "max_of", '{"a.b"}', '{"a.b",c="d"}', '{__name__="x"}']  # fmt: skip
DURATIONS = ["5m", "1h30m", "0s", "90s", "1y", "1ms", "1d2h", "5", "0.5", "1_0", "1e2", "0x10", "5m+1m", "2*5m", "(5m)", "-5m",
             "max_of(1m,5m)", "step()", "range()", "1w1d", "1m1h", "5m^2", "+5m", "5M", "300ms", "1h 5m"]  # fmt: skip
STRINGS = [
    '"a"',
    "'a'",
    "`a`",
    '".*"',
    '"\\\\d"',
    '"\\d"',
    "'\\''",
    '"("',
    '"é"',
    '"\\u00e9"',
    '"\\x41"',
    "`\\`",
    '""',
]
NUMBERS = ["1", "0", "-1", ".5", "5.", "1e3", "0x1F", "1_000", "Inf", "+Inf", "NaN", "5m", "1e400", "0b1", "017", "1__0", "1.2.3", "0x",
           "1e"]  # fmt: skip
OF_RANGES = ["rate", "irate", "increase", "delta", "deriv", "avg_over_time", "sum_over_time", "absent_over_time", "changes", "resets",
             "last_over_time", "count_over_time", "idelta", "mad_over_time", "present_over_time"]  # fmt: skip
OF_VECTORS = ["abs", "absent", "ceil", "sort", "timestamp", "ln", "hour", "histogram_count", "sgn", "sort_desc", "exp", "info", "scalar",
              "vector", "start", "end"]  # fmt: skip
AGGREGATIONS = ["sum", "avg", "min", "max", "count", "group", "stddev", "stdvar", "topk", "bottomk", "quantile", "count_values", "limitk",
                "limit_ratio"]  # fmt: skip
GROUPINGS = ["", "", " by (job)", " by (a, b)", " without (le)", " by ()", " by (a,)", ' by ("a b")', " by (on)", " by (a b)",
             ' without ("")']  # fmt: skip
OPERATORS = ["+", "-", "*", "/", "%", "^", "==", "!=", ">", "<", ">=", "<=", "and", "or", "unless", "atan2", "AND", "> bool", "== bool",
             "</", ">/", "and bool"]  # fmt: skip
MATCHINGS = [*[""] * 5, " on (job)", " ignoring (a, b)", " on () group_left", " on (a) group_left (b)", " on (a) group_right (a)",
             " group_left", " ignoring (x) group_right (y)", " on (a) fill (0)", " fill_left (1) fill_right(2)",
             " on (a) group_left (b) fill (0)", " by (a)"]  # fmt: skip
TIMES = ["end()", "start()", "1.5", "-3", "5m", "1e3", "end", "inf"]


def expression(random: Random) -> str:
    """One expression."""
    kind = random.choice([vector, vector, vector, ranged, number])
    return kind(random, random.randint(0, 4))


def selector(random: Random) -> str:
    name = random.choice(NAMES)
    if name.startswith("{") or random.random() < 0.4:
        return name
    matchers = (_matcher(random) for _ in range(random.randint(0, 3)))
    return f"{name}{{{random.choice([',', ' ,', ', ']).join(matchers)}{random.choice(['', '', ','])}}}"


def _matcher(random: Random) -> str:
    label = random.choice(["a", "job", "le", "__name__", '"a b"', "on", "a:b", "é", "0a"])
    return f"{label}{random.choice(['=', '!=', '=~', '!~', '=', '==', '~'])}{random.choice(STRINGS)}"


def _modifier(random: Random) -> str:
    fixed = [" offset 5m @ 3", " @ 3 offset -5m", " anchored", " smoothed"]
    return random.choice(
        [*[""] * 8, f" offset {random.choice(DURATIONS)}", f" @ {random.choice(TIMES)}", *fixed]
    )


def vector(random: Random, depth: int) -> str:
    if depth <= 0:
        return selector(random) + _modifier(random)
    kinds = [
        _plain,
        _plain,
        _of_range,
        _of_range,
        _of_vector,
        _of_several,
        _aggregated,
        _aggregated,
        _joined,
        _joined,
        _signed,
    ]
    return random.choice(kinds)(random, depth - 1)


def _plain(random: Random, _: int) -> str:
    return selector(random) + _modifier(random)


def _of_range(random: Random, depth: int) -> str:
    return f"{random.choice(OF_RANGES)}({ranged(random, depth)})"


def _of_vector(random: Random, depth: int) -> str:
    return f"{random.choice(OF_VECTORS)}({vector(random, depth)})"


def _of_several(random: Random, depth: int) -> str:
    inner, text, count = vector(random, depth), random.choice(STRINGS), number(random, 0)
    other = random.choice(STRINGS)
    return random.choice([
        f"histogram_quantile({count}, {inner})", f"label_replace({inner}, {text}, {other}, {text}, {other})",
        f"label_join({inner}, {text}, {other})", f"clamp({inner}, {count}, 1)", f"vector({count})", "time()", "hour()",
        f"round({inner})", f"quantile_over_time({count}, {ranged(random, depth)})", "pi()", f"max_of({count},1)",
        f"predict_linear({ranged(random, depth)}, {count})", f"sort_by_label({inner}, {text})", f"histogram_fraction(0, 1, {inner})",
        f"double_exponential_smoothing({ranged(random, depth)}, 0.5, 0.5)",
    ])  # fmt: skip


def _aggregated(random: Random, depth: int) -> str:
    name, by = random.choice(AGGREGATIONS), random.choice(GROUPINGS)
    parameter = ""
    if name in ("topk", "bottomk", "quantile", "limitk", "limit_ratio"):
        parameter = f"{number(random, 0)}, "
    elif name == "count_values":
        parameter = f"{random.choice(STRINGS)}, "
    inner = f"({parameter}{vector(random, depth)})"
    return random.choice([f"{name}{by} {inner}", f"{name}{inner}{by}"]) + _modifier(random)


def _joined(random: Random, depth: int) -> str:
    left, operator, matching = vector(random, depth), random.choice(OPERATORS), random.choice(MATCHINGS)
    right = random.choice([vector, number])(random, depth)
    return random.choice([
        f"{left} {operator}{matching} {right}", f"({left}) {operator}{matching} {right}", f"{left} {operator}{matching} ({right})"
    ])  # fmt: skip


def _signed(random: Random, depth: int) -> str:
    return f"{random.choice(['-', '+', '(', '- -', '# c' + chr(10)])}{vector(random, depth)}"


def ranged(random: Random, depth: int) -> str:
    duration = random.choice(DURATIONS)
    step = random.choice(["", "1m", "5", "0s", "step()"])
    return random.choice([
        f"{selector(random)}[{duration}]{_modifier(random)}", f"{selector(random)}[{duration}]",
        f"{vector(random, depth)}[{duration}:{step}]{_modifier(random)}", f"({vector(random, depth)})[{duration}:]",
    ])  # fmt: skip


def number(random: Random, depth: int) -> str:
    composed = (
        [f"scalar({vector(random, depth - 1)})", "time()", "1 + 2", "-(3)", "1 > bool 2", "1 > 2", "2 ^ -1"]
        if depth > 0
        else []
    )
    return random.choice([*NUMBERS, *NUMBERS, *composed])
