import click
import pytest

from provision.model import Change
from provision.show.changes import change_lines


def lines(*changes, everything=False):
    return [click.unstyle(line) for line in change_lines(changes, everything=everything)]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (Change("refresh", "30s", "1m"), ["~ refresh: 30s → 1m"]),
        (Change("refresh", None, "1m"), ["+ refresh: 1m"]),
        (Change("refresh", "1m", None), ["− refresh: 1m"]),
        (Change('panel "A": unit', "s", "ms"), ['~ panel "A": unit: seconds (s) → milliseconds (ms)']),
        (Change('panel "A": unit', None, "widgets"), ['+ panel "A": unit: widgets']),
        (Change("12 panels moved down by 8", {"a": 1}, {"a": 9}), ["~ 12 panels moved down by 8"]),
        (Change('row "A"', None, {"type": "row", "panels": []}), ['+ row "A"']),
        (Change('panel "A"', {"type": "stat", "gridPos": {}}, None), ['− panel "A": stat']),
        (Change("password", "(secret)", "(secret)"), ["~ password: another secret"]),
        (Change("x", "5", 5), ['~ x: "5" → 5']),
        (Change("x", True, [True]), ["~ x: true (a number) → true (a list)"]),
        (Change("query", "up", {"query": "up", "refId": "A"}), ["~ query: up (a text) → up (an object)"]),
        (Change("text", "a\nb", "a\nc"), ["~ text: a b → a c"]),
        (Change("text", "a b", "a\nb"), ['~ text: a b → "a\\nb"']),
        (Change("text", "", "a\n"), ['~ text: "" → "a\\n"']),
    ],
)
def test_one_change(change, told):
    assert lines(change) == told


def test_a_long_expression_shows_what_differs():
    long = 'sum by (job) (rate(traefik_entrypoint_requests_total{job="$job"}[5m]))'
    assert lines(Change("expr", f"{long} > 0.2", f"{long} > 0.3")) == [
        "~ expr: …}[5m])) > 0.2 → …}[5m])) > 0.3"
    ]
    other = 'histogram_quantile(0.95, sum by (le) (rate(some_other_metric_seconds_bucket{service="x"}[1m])))'
    assert lines(Change("expr", long, other)) == ["~ expr:", f"    − {long}", f"    + {other}"]


def test_a_very_long_expression_is_cut():
    before, after = (" + ".join(f"{name}{n}" for n in range(200)) for name in "ab")
    told = lines(Change("expr", before, after))
    assert max(map(len, told)) < 420


def options(owner, *names, after=None):
    return [Change(f"{owner}: options.{name}", 1, after) for name in names]


def test_many_fields_of_one_panel_are_folded_but_what_matters():
    changes = [
        *options('panel "A: b"', *"abcdefg"),
        Change('panel "A: b": query A: expr', "up", "down"),
        Change('panel "B"', None, {"type": "stat", "gridPos": {}}),
    ]
    assert lines(*changes) == [
        '~ panel "A: b": 7 other fields: options.a, options.b, options.c, …',
        '~ panel "A: b": query A: expr: up → down',
        '+ panel "B": stat',
    ]
    assert len(lines(*changes, everything=True)) == 9


def test_few_fields_are_not_folded():
    assert len(lines(*options('panel "A"', *"abcdef"))) == 6


def test_a_field_that_changed_in_many_panels_is_folded():
    panels = [f'panel "{name}"' for name in "ABCD"]
    assert lines(*(Change(f"{name}: options.x", n, n + 1) for n, name in enumerate(panels))) == [
        "~ 4 panels: options.x, in each another value"
    ]
    assert lines(*(Change(f"{name}: options.x", n, None) for n, name in enumerate(panels))) == [
        "− 4 panels: options.x, in each another value"
    ]
    assert lines(*(Change(f"{name}: options.x", None, n) for n, name in enumerate(panels))) == [
        "+ 4 panels: options.x, in each another value"
    ]
    assert lines(*(Change(f"{name}: x set to null", {}, {"value": None}) for name in panels)) == [
        "~ 4 panels: x set to null, in each another value"
    ]


def test_what_changed_in_the_same_panels_stands_under_their_names():
    names = 'panels "A, and", "B" and "C"'
    told = lines(
        Change(f"{names}: thresholds: red: 1 → 2", {"a": 1}, {"a": 2}),
        Change(f"{names}: x added, 1", {}, {"a": 1}),
    )
    assert told == [f"~ {names}:", "    thresholds: red: 1 → 2", "    x added, 1"]
    assert lines(Change(f"{names}: x: 1 → 2", {"a": 1}, {"a": 2})) == [f"~ {names}: x: 1 → 2"]


def test_settings_of_many_panels_are_folded():
    told = lines(*(Change(f"{n} panels: options.x{n} added, 1", {}, {"a": 1}) for n in range(3, 12)))
    assert told == [
        "~ several panels: 9 other fields: options.x3 added, 1, options.x4 added, 1, options.x5 added, 1, …"
    ]
