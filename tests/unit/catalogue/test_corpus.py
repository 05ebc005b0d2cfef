"""The names that others' dashboards and rules read, misspelt and missing."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest

from provision.catalogue.advice import Live, metric_advice
from provision.catalogue.renames import renamed

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"needs the corpus in {CORPUS}")


@pytest.fixture(scope="module")
def names() -> list[str]:
    """Words that end like metrics do, which are all but a few metrics."""
    found: set[str] = set()
    for file in (CORPUS / "dashboards").glob("*.json"):
        found.update(
            re.findall(r"\b[a-z]+(?:_\w+)+_(?:total|bytes|seconds|count|sum|bucket|info)\b", file.read_text())
        )
    return sorted(name for name in found if not renamed(name) and len(name) > 12)


def test_a_slip_of_the_pen_is_recognised(names: list[str]) -> None:
    live, chance = Live.of(names), Random(1)
    right = sure = asked = 0
    for name in chance.sample(names, 300):
        at = chance.randrange(1, len(name) - 1)
        wrong = chance.choice([
            name[:at] + name[at + 1 :],
            name[:at] + chance.choice("aeiort") + name[at:],
            name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :],
        ])  # fmt: skip
        if wrong in live.known:
            continue
        asked += 1
        candidates = metric_advice(wrong, live).candidates
        right += bool(candidates) and candidates[0].name == name
        sure += any(each.sure for each in candidates)
        assert not any(each.sure and each.name != name for each in candidates), wrong
    assert right > 0.98 * asked
    assert sure > 0.6 * asked


def test_a_name_that_is_right_and_only_missing_is_not_taken_for_another(names: list[str]) -> None:
    asked = Random(2).sample(names, 120)
    sure = []
    for name in asked:
        live = Live.of(other for other in names if other != name)
        sure += [(name, each.name) for each in metric_advice(name, live).candidates if each.sure]
    assert len(sure) <= len(asked) // 40, sure
