"""How soon a sudden fault shows in a value that looks back over windows.

A value that changes at once from one level to another is seen through windows as their average over it. One window
W after another (`sum_over_time(increase(x[10s])[2m])` has two, 10 s and 2 m) is a chain of moving averages; its
response to a step is the integral of the response before it, taken over the window:

    r₀(t) = 1 for t ≥ 0,    rₙ(t) = (1 / Wₙ) ∫ rₙ₋₁ from t − Wₙ to t

and written out, with S over all subsets of the windows and |S| the number of windows in it:

    rₙ(t) = (1 / (n! W₁…Wₙ)) Σ (−1)^|S| · max(t − ΣS, 0)ⁿ

That is the step response of a cascade of boxcar filters, as any text on signal processing has it; it supposes that
the traffic is even. The outermost window of servers that are young isn't full: it averages over what there is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

_HALVINGS = 60


def share(seconds: float, windows: Sequence[float], history: float = math.inf) -> float:
    """How much of a step is seen after so many seconds, from 0 to 1.

    Args:
        windows: their lengths in seconds, the innermost first.
        history: for how many seconds before the step there is anything for the outermost window to see.
    """
    if seconds <= 0:
        return 0.0 if windows or seconds < 0 else 1.0
    if seconds >= sum(windows):
        return 1.0
    *inner, outer = windows
    seen = _area(seconds, inner) - _area(seconds - outer, inner)
    return min(seen / min(outer, history + seconds), 1.0)


def crossing(fraction: float, windows: Sequence[float], history: float = math.inf) -> float:
    """After how many seconds that fraction of a step is seen; infinite when it never is (a fraction above 1)."""
    if fraction <= 0:
        return 0.0
    if fraction > 1:
        return math.inf
    low, high = 0.0, float(sum(windows))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if share(middle, windows, history) >= fraction else (middle, high)
    return high


def _area(seconds: float, windows: Sequence[float]) -> float:
    """The integral of the response up to that moment."""
    power = len(windows) + 1
    total = math.fsum(
        (-1) ** count * max(seconds - math.fsum(chosen), 0.0) ** power
        for count in range(len(windows) + 1)
        for chosen in combinations(windows, count)
    )
    return total / (math.factorial(power) * math.prod(windows))
