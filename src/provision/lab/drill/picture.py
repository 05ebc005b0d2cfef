"""A drill as a picture: when what happened, and what users saw meanwhile, in one chart over the same seconds.

Nothing is told by colour alone: what failed has another shape, what happened stands there in words, and bounds are
drawn as lines up to a tick.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from provision.errors import MissingTool
from provision.lab.drill.values import Outcome

WIDTH: Final = 760
_VEGA_LITE: Final = "5.20"
_SCALE: Final = 2.0
"""PNG pixels for each of the chart's."""

_WORDS: Final = {
    "broken": "broken",
    "pending": "alert pending",
    "firing": "alert fires",
    "delivered": "delivered",
    "healed": "healed",
    "resolved": "end delivered",
}
_LEAST_SECONDS: Final = 0.001
_BEFORE_SECONDS: Final = 10.0
"""How much of the time before the break is drawn: what was prepared then is no part of it."""

_RIGHT: Final = 0.6
"""What is further to the right than this share of the chart has its words to its left, above its line."""

_INK, _FAINT = "#1f2328", "#8c959f"
_FAULT: Final = "#ececec"


def require() -> None:
    """Make sure that pictures can be made.

    Raises:
        MissingTool: vl-convert-python isn't installed.
    """
    _converter()


def svg(outcome: Outcome) -> str:
    """The picture as SVG.

    Raises:
        MissingTool: vl-convert-python isn't installed.
    """
    text: str = _converter().vegalite_to_svg(chart(outcome), vl_version=_VEGA_LITE)
    return text


def png(outcome: Outcome) -> bytes:
    """The same as PNG.

    Raises:
        MissingTool: vl-convert-python isn't installed.
    """
    content: bytes = _converter().vegalite_to_png(chart(outcome), vl_version=_VEGA_LITE, scale=_SCALE)
    return content


def chart(outcome: Outcome) -> dict[str, Any]:
    """The picture in Vega-Lite: moments with their bounds, how long each request took, and how many failed a second;
    in seconds from the break."""
    start = outcome.marks["broken"]
    first = max(min((visit.due for visit in outcome.visits), default=start) - start, -_BEFORE_SECONDS)
    last = outcome.marks["ended"] - start
    x = {
        "field": "at",
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [first, last], "nice": False},
    }
    titled = {**x, "title": "seconds from the break"}
    return {
        "title": {"text": outcome.drill.name, "subtitle": outcome.drill.summary, "anchor": "start"},
        "background": "white",
        "config": {"font": "sans-serif", "axis": {"grid": False}, "view": {"stroke": _FAINT}},
        "spacing": 10,
        "vconcat": [
            {"width": WIDTH, "height": {"step": 24}, "layer": [_fault(outcome, x), *_moments(outcome, x)]},
            {
                "width": WIDTH,
                "height": 170,
                "layer": [_fault(outcome, x), _rules(outcome, x), _requests(outcome, x)],
            },
            {
                "width": WIDTH,
                "height": 70,
                "layer": [_fault(outcome, titled), _failures(outcome, titled), _rules(outcome, titled)],
            },
        ],
    }


def _fault(outcome: Outcome, x: dict[str, Any]) -> dict[str, Any]:
    return {
        "data": {"values": [{"at": 0, "until": _offset(outcome, "healed")}]},
        "mark": {"type": "rect", "color": _FAULT},
        "encoding": {"x": x, "x2": {"field": "until"}},
    }


def _moments(outcome: Outcome, x: dict[str, Any]) -> list[dict[str, Any]]:
    """A row for each moment, in order: where it is, in words, and until when it may be."""
    names = [name for name in _WORDS if name in outcome.marks or name in outcome.bounds]
    rows: list[dict[str, Any]] = [
        {"at": _offset(outcome, name), "what": _WORDS[name]} for name in names if name in outcome.marks
    ]
    last = _offset(outcome, "ended")
    bounds: list[dict[str, Any]] = [
        {
            "what": _WORDS[name],
            "at": _since(outcome, name),
            "until": min(outcome.bounds[name] - outcome.marks["broken"], last),
        }
        for name in names
        if name in outcome.bounds
    ]
    furthest: dict[str, float] = {each["what"]: each["at"] for each in rows}
    furthest |= {bound["what"]: max(bound["until"], furthest.get(bound["what"], 0.0)) for bound in bounds}
    begin, end = x["scale"]["domain"]
    said = [
        {
            "what": _WORDS[name],
            "at": furthest[_WORDS[name]],
            "text": _said(outcome, name),
            "right": furthest[_WORDS[name]] > begin + _RIGHT * (end - begin),
        }
        for name in names
    ]
    order = [_WORDS[name] for name in names]
    y = {"field": "what", "type": "nominal", "sort": order, "title": None, "axis": {"ticks": False}}
    until = {"x": {**x, "field": "until"}, "y": y}
    return [
        {
            "data": {"values": bounds},
            "mark": {"type": "rule", "color": _FAINT, "clip": True},
            "encoding": {"x": x, "x2": {"field": "until"}, "y": y},
        },
        {
            "data": {"values": bounds},
            "mark": {"type": "tick", "color": _INK, "clip": True},
            "encoding": until,
        },
        {
            "data": {"values": rows},
            "mark": {"type": "point", "shape": "diamond", "filled": True, "size": 70, "color": _INK},
            "encoding": {"x": x, "y": y},
        },
        *(
            {
                "data": {"values": [each for each in said if each["right"] is right]},
                "mark": {"type": "text", "align": align, "dx": dx, "dy": dy, "color": _INK},
                "encoding": {"x": x, "y": y, "text": {"field": "text"}},
            }
            for right, align, dx, dy in ((False, "left", 8, -1), (True, "right", -6, -8))
        ),
    ]


def _offset(outcome: Outcome, name: str) -> float:
    return outcome.marks[name] - outcome.marks["broken"]


def _since(outcome: Outcome, name: str) -> float:
    """From when on a bound counts: of the end, from the healing."""
    return _offset(outcome, "healed") if name == "resolved" else 0.0


def _said(outcome: Outcome, name: str) -> str:
    since = _since(outcome, name)
    words = []
    if name in outcome.marks:
        words.append(f"{_offset(outcome, name):+.1f} s")
        if since:
            after = _offset(outcome, name) - since
            words.append(f"is {after:.1f} s after" if after >= 0 else "is before it was healed")
    if name in outcome.bounds:
        words.append(f"(at most {outcome.bounds[name] - outcome.marks['broken'] - since:.1f} s)")
    return " ".join(words)


def _rules(outcome: Outcome, x: dict[str, Any]) -> dict[str, Any]:
    start = outcome.marks["broken"]
    moments = [{"at": outcome.marks[name] - start} for name in _WORDS if name in outcome.marks]
    return {
        "data": {"values": moments},
        "mark": {"type": "rule", "strokeDash": [3, 3], "color": _FAINT},
        "encoding": {"x": x},
    }


def _requests(outcome: Outcome, x: dict[str, Any]) -> dict[str, Any]:
    start = outcome.marks["broken"]
    answers = ["answered", "failed"]
    first = x["scale"]["domain"][0]
    values = [
        # On a scale of powers of ten there is no zero.
        {"at": visit.due - start, "took": max(visit.seconds, _LEAST_SECONDS), "answer": answers[visit.failed]}
        for visit in outcome.visits
        if visit.due - start >= first
    ]
    return {
        "data": {"values": values},
        "mark": {"type": "point", "size": 24, "strokeWidth": 1.3},
        "encoding": {
            "x": x,
            "y": {
                "field": "took",
                "type": "quantitative",
                "scale": {
                    "type": "log",
                    "domain": [_LEAST_SECONDS, max([1.0, *(2 * visit.seconds for visit in outcome.visits)])],
                },
                "title": "a request takes (s)",
                "axis": {"format": "~g", "values": [0.001, 0.01, 0.1, 1, 10, 100]},
            },
            "shape": {
                "field": "answer",
                "type": "nominal",
                "scale": {"domain": answers, "range": ["circle", "cross"]},
                "legend": {"title": None, "orient": "top"},
            },
            "color": {
                "field": "answer",
                "type": "nominal",
                "scale": {"domain": answers, "range": ["#4878a8", "#b0281a"]},
                "legend": {"title": None, "orient": "top"},
            },
        },
    }


def _failures(outcome: Outcome, x: dict[str, Any]) -> dict[str, Any]:
    start = outcome.marks["broken"]
    first = x["scale"]["domain"][0]
    counts = Counter(
        _second(visit.due - start)
        for visit in outcome.visits
        if visit.failed and _second(visit.due - start) >= first
    )
    values = [{"at": second, "until": second + 1, "count": count} for second, count in sorted(counts.items())]
    return {
        "data": {"values": values},
        "mark": {"type": "rect", "color": "#b0281a", "stroke": "white"},
        "encoding": {
            "x": x,
            "x2": {"field": "until"},
            "y": {
                "field": "count",
                "type": "quantitative",
                "title": "failed/s",
                "scale": {"domain": [0, max([*counts.values(), 1])]},
                "axis": {"tickMinStep": 1, "tickCount": min(4, max([*counts.values(), 1])), "format": "d"},
            },
            "y2": {"datum": 0},
        },
    }


def _second(seconds: float) -> int:
    return int(seconds // 1)


def _converter() -> Any:
    try:
        import vl_convert
    except ImportError:
        raise MissingTool(
            "pictures need vl-convert-python, which isn't installed",
            remedy="install this package with its extra: provision[lab]",
        ) from None
    return vl_convert
