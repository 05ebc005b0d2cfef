"""Templates are taken and refused as Go takes and refuses them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.gotemplate.functions import FUNCTIONS
from provision.gotemplate.nodes import Action, Constant, Control, Dot, Function, Pipeline, Text, Variable
from provision.gotemplate.parse import parse
from provision.gotemplate.reader import TooDeep
from provision.gotemplate.uses import VARIABLES
from support.templates import check_refused, refusal

GOOD = [
    "",
    "plain } text { without",
    "{{- $labels.job -}}",
    "{{ if gt $value 90.0 }}much{{ else if gt $value 50.0 }}some{{ else }}little{{ end }}",
    "{{ with query `up` }}{{ . | first | value }}{{ else with $value }}{{ . }}{{ end }}",
    "{{ with $x := query `up` }}{{ len $x }}{{ end }}",
    "{{ range query `up` }}{{ .Labels.job }}{{ break }}{{ continue }}{{ end }}",
    "{{ range $i, $e := query `up` }}{{ $i }}{{ $e }}{{ end }}",
    '{{ define "a" }}{{ . }}{{ end }}{{ template "a" $labels }}',
    '{{ block "a" . }}{{ . }}{{ end }}',
    '{{ template "a" }}',
    "{{/* a comment }} */}}",
    "{{- /* a comment */ -}}",
    "{{ `}}` }}",
    '{{ "}}" }}',
    "{{ if nil }}{{ end }}",
    "}}",
    "{{ $labels.größe }}",
]
"""Each was taken by Go 1.26."""

BAD = [
    ("{{", "an action {{ isn't closed with }}"),
    ("{{ $labels.job} }}", "unexpected character '}' in a name"),
    ("{{ $labels.a-b }}", "unexpected character '-' in a name"),
    ("{{ if $value }}", "{{ if }} isn't closed with {{ end }}"),
    ("{{ end }}", "an {{ end }} without an if, with or range before it"),
    ("{{ else }}", "an {{ else }} without an if, with or range before it"),
    (
        "{{ if $value }}{{ else }}{{ else }}{{ end }}",
        "{{ if }}: a second {{ else }} where {{ end }} should be",
    ),
    ("{{ with $value }}{{ else if $value }}{{ end }}", "'if' can't stand where else should"),
    ("{{ end if }}", "'if' can't stand where end should"),
    ("{{ if $value }}{{ $x := 1 }}{{ end }}{{ $x }}", "there is no variable $x"),
    ('{{ define "a" }}{{ $labels }}{{ end }}', "there is no variable $labels"),
    ('{{ if $value }}{{ define "a" }}{{ end }}{{ end }}', "{{ define }} can't stand in another block"),
    ("{{ template a }}", "{{ template }} needs a name in quotes"),
    ('{{ block "a" }}{{ end }}', "block needs a value"),
    ('{{ define "a" }}', "{{ define }} isn't closed with {{ end }}"),
    ("{{ break }}", "{{ break }} outside a range"),
    ("{{ (humanize $value }}", "a parenthesis isn't closed"),
    ("{{ humanize $value) }}", "a parenthesis is closed that wasn't opened"),
    ('{{ "a }}', 'nothing closes the text that begins with this "'),
    ("{{ `a }}", "nothing closes the text that begins with this `"),
    ("{{ 5m }}", "'5m' is not a number"),
    ("{{/* a }}", "a comment isn't closed with */"),
    ("{{/* a */ $value }}", "a comment must stand alone in its {{ }}"),
    ("{{ $x : 1 }}", "':' must be followed by '='"),
    ("{{ 1.a }}", "'1.a' is not a number"),
    ("{{ § }}", "unexpected character '§'"),
]
"""Each was refused by Go 1.26."""


@pytest.mark.parametrize("text", GOOD)
def test_taken(text: str) -> None:
    assert refusal(text) is None


@pytest.mark.parametrize(("text", "message"), BAD)
def test_refused(text: str, message: str) -> None:
    check_refused(text, message)


def test_the_tree() -> None:
    value = Pipeline((), ((Variable("$value", (), 7),), (Function("humanize", 16),)))
    assert parse("a {{   $value | humanize }} b", FUNCTIONS, VARIABLES) == (
        Text("a "),
        Action(value),
        Text(" b"),
    )
    assert parse("{{ if .Labels.a }}x{{ end }}", FUNCTIONS) == (
        Control("if", Pipeline((), ((Dot(("Labels", "a"), 6),),)), (Text("x"),), ()),
    )


def test_spaces_are_trimmed_where_the_marks_say_so() -> None:
    assert parse("a \n {{- 1 -}} \t b", ()) == (
        Text("a"),
        Action(Pipeline((), ((Constant("number", "1"),),))),
        Text("b"),
    )
    assert parse("a {{-1}} b", ()) == (
        Text("a "),
        Action(Pipeline((), ((Constant("number", "-1"),),))),
        Text(" b"),
    )


def test_what_nobody_wrote_is_not_looked_into() -> None:
    deep = "{{ if 1 }}" * 200 + "{{ end }}" * 200
    with pytest.raises(TooDeep):
        parse(deep, ())


# ── laws ─────────────────────────────────────────────────────────────────────
PIECES = st.sampled_from([
    "{{", "}}", "{{- ", " -}}", "-", "$labels", ".job", "$value", "$x", "$", ".", "|", " ", "\n", "humanize", "foo",
    "if ", "else ", "end", "range ", "with ", 'define "a"', 'block "a" ', 'template "a" ', "break", "nil", "true", '"a"',
    "`b`", "'c'", '"', "`", "'", "5", "1.5", "5m", ":=", "=", ",", "(", ")", "/*", "*/", "\\", "ü", "\x00",
])  # fmt: skip


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=30))
def test_any_text_gets_a_verdict(text: str) -> None:
    for each in (text, f"{{{{ {text} }}}}"):
        broken = refusal(each)
        assert broken is None or 0 <= broken.start <= len(each)


@given(st.text(max_size=40).filter(lambda text: "{{" not in text))
def test_text_without_an_action_is_printed_as_it_is(text: str) -> None:
    assert parse(text, ()) == ((Text(text),) if text else ())


NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,5}", fullmatch=True)
TERMS = st.one_of(
    NAMES.map(lambda name: f"$labels.{name}"),
    NAMES.map(lambda name: f".Labels.{name}"),
    st.just("$value"),
    st.integers(0, 999).map(str),
    st.text(st.characters(codec="ascii", exclude_characters="`\r"), max_size=5).map(lambda text: f"`{text}`"),
)
PIPELINES = st.builds(
    lambda term, calls: " | ".join([term, *calls]), TERMS, st.lists(st.sampled_from(["humanize", "toUpper", "title"]), max_size=3)
)  # fmt: skip
TEMPLATES = st.recursive(
    st.text(st.characters(exclude_characters="{}"), max_size=5)
    | PIPELINES.map(lambda inner: f"{{{{ {inner} }}}}"),
    lambda inner: (
        st.builds(
            lambda word, pipeline, body, other: (
                f"{{{{ {word} {pipeline} }}}}{body}{{{{ else }}}}{other}{{{{ end }}}}"
            ),
            st.sampled_from(["if", "with", "range"]),
            PIPELINES,
            inner,
            inner,
        )
        | st.lists(inner, max_size=3).map("".join)
    ),
    max_leaves=8,
)


@given(TEMPLATES)
def test_what_is_made_by_the_rules_is_a_template(text: str) -> None:
    assert refusal(text) is None


@given(TEMPLATES, st.integers(0, 200))
def test_half_a_template_is_none_or_another(text: str, length: int) -> None:
    broken = refusal(text[:length])
    assert broken is None or broken.start <= length
