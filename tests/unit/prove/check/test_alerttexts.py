"""Texts of alerts, and what they use."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provision.gotemplate.functions import FUNCTIONS
from provision.gotemplate.parse import parse
from provision.gotemplate.tokens import Broken
from provision.gotemplate.uses import VARIABLES, Uses, uses
from provision.prove.check.alerttexts import AlertText, alert_texts
from provision.prove.check.parts import Group, Rule
from support.checking import group


def examined(text: str) -> Uses | Broken | None:
    """What is found of a text; None when it isn't taken for a template."""
    rule = Rule("/group/rules/0", {"annotations": {"text": text}}, "alert", "Down")
    found = list(alert_texts(Group(group(), "shop.yml", 0, {}, (rule,)), rule))
    return found[0].found if found else None


def whole(text: str) -> Uses | Broken:
    try:
        return uses(parse(text, FUNCTIONS, VARIABLES))
    except Broken as broken:
        return broken


PIECES = st.sampled_from([
    "{{ $labels.job }}", "{{ $value | humanize }}", "{{ .Value }}", "{{ foo }}", "{{ if $value }}", "{{ end }}", "{{{", "}}}",
    "{{", "}}", "{", " ", "a", "{{ $x := 1 }}", "{{ $x }}", "{{/* a */}}", "{{- $labels.pod -}}", "{{ query `up` }}", "{{ else }}",
    "{{ $labels.a-b }}", '{{ "{{" }}', "{{ define `a` }}", "{{ 1 }", "\n",
])  # fmt: skip


@given(st.lists(PIECES, min_size=1, max_size=6).map("".join))
def test_actions_that_are_parsed_alone_say_the_same_as_the_whole(text: str) -> None:
    found, wanted = examined(text), whole(text)
    if found is None:
        assert "{{" not in text
    elif isinstance(found, Broken) or isinstance(wanted, Broken):
        assert isinstance(found, Broken)
        assert isinstance(wanted, Broken)
        assert (found.message, found.start) == (wanted.message, wanted.start)
    else:
        assert found == wanted


def test_what_nobody_wrote_uses_nothing() -> None:
    assert examined("{{ if 1 }}" * 200 + "{{ $labels.a }}" + "{{ end }}" * 200) == Uses()


def test_where_a_position_is() -> None:
    text = AlertText("a", is_label=False, text="one\n{{ $labels.b }}", pointer="", found=Uses())
    assert (text.line_at(7), text.at(7), text.span(7)) == (2, "line 2, column 4", (7, 16))
    assert AlertText("a", is_label=False, text="{{ + }}", pointer="", found=Uses()).span(3) == (3, 4)
