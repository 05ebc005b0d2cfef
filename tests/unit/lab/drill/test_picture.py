"""Pictures: what they show, that colours aren't needed, and that they can be made."""

import re
import sys
from dataclasses import replace

import pytest

from provision.errors import MissingTool
from provision.lab.drill import picture
from provision.lab.drill.comparing import Row
from provision.lab.drill.report import page
from provision.lab.drill.series import Findings
from provision.lab.drill.values import Visit
from support.drilled import outcome


def test_moments_stand_there_in_words_with_their_bounds():
    text = re.sub(r"<[^>]+>", "\n", picture.svg(outcome()))
    for said in (
        "pull-plug",
        "The plug is pulled &amp; put back.",
        "alert fires",
        "+4.0 s (at most 6.0 s)",
        "+13.0 s is 3.0 s after (at most 10.0 s)",
        "seconds from the break",
        "failed/s",
    ):
        assert said in text, said


def test_a_failed_request_has_another_shape():
    requests = picture.chart(outcome())["vconcat"][1]["layer"][-1]
    shape = requests["encoding"]["shape"]
    assert shape["scale"] == {"domain": ["answered", "failed"], "range": ["circle", "cross"]}
    assert [(each["at"], each["answer"]) for each in requests["data"]["values"]] == [
        (-2.0, "answered"), (1.0, "failed"), (1.5, "failed"),
    ]  # fmt: skip
    assert min(each["took"] for each in requests["data"]["values"]) > 0


def test_failures_are_counted_by_the_second():
    failures = picture.chart(outcome())["vconcat"][2]["layer"][1]
    assert failures["data"]["values"] == [{"at": 1, "until": 2, "count": 2}]


def test_words_stay_within_the_chart():
    bounds = {"firing": 1004.0, "resolved": 1030.0}
    *_, left, right = picture.chart(replace(outcome(), bounds=bounds))["vconcat"][0]["layer"]
    assert [left["mark"]["align"], right["mark"]["align"]] == ["left", "right"]
    assert [each["what"] for each in left["data"]["values"]] == [
        "broken", "alert pending", "alert fires", "delivered",
    ]  # fmt: skip
    assert [each["what"] for each in right["data"]["values"]] == ["healed", "end delivered"]


def test_an_end_that_came_before_the_healing_is_told_so():
    found = replace(outcome(), marks={**outcome().marks, "resolved": 1009.0})
    assert "+9.0 s is before it was healed (at most 10.0 s)" in picture.svg(found)


def test_what_was_prepared_isnt_drawn():
    found = replace(outcome(), visits=(Visit(900.0, 0.01, 503), *outcome().visits))
    chart = picture.chart(found)["vconcat"]
    assert chart[1]["layer"][-1]["encoding"]["x"]["scale"]["domain"][0] == -10
    assert len(chart[1]["layer"][-1]["data"]["values"]) == 3
    assert chart[2]["layer"][1]["data"]["values"] == [{"at": 1, "until": 2, "count": 2}]


def test_png():
    assert picture.png(outcome()).startswith(b"\x89PNG")


def test_what_never_came_and_nobody_asked_can_be_drawn():
    marks = {
        name: at for name, at in outcome().marks.items() if name in ("began", "broken", "healed", "ended")
    }
    silent = replace(outcome(), marks=marks, visits=())
    assert "(at most 6.0 s)" in picture.svg(silent)
    assert "at most" not in picture.svg(replace(silent, bounds={}))


def test_without_vl_convert(monkeypatch):
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(
        MissingTool, match=r"isn't installed; install this package with its extra: provision\[lab\]"
    ):
        picture.require()


def test_a_page_needs_nothing_else():
    text = page(Findings([outcome(), replace(outcome(holds=False), bounds={})]))
    assert text.startswith("<!doctype html>")
    assert "of 2 hypotheses 1 held" in text
    assert "All is &lt;well&gt;." in text
    assert "✗ failed" in text
    assert "The hypothesis did not hold." in text
    assert "? unknown" in page(Findings([replace(outcome(), unseen=("webhook",))]))
    assert text.count("data:image/svg+xml;base64,") == 2
    assert set(re.findall(r'(?:src|href)="([^"]{4})', text)) == {"data", "#pul"}
    assert not re.search(r"https?:|<script|<link|@import|url\(", text)
    assert 'alt="pull-plug: began -5.0 s, broken +0.0 s' in text


def test_a_comparison_is_a_table_of_the_page():
    rows = [Row("1 client", 450, 30, 0.0123, 0.02, 0.31, 0.005, 0.0049, True)]
    text = page(Findings([], {"both": rows}), {"both": "One & three"})
    assert "<h2>One &amp; three</h2>" in text
    assert '<td class="number">12.3 ms' in text
