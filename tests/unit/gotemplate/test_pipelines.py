"""Pipelines are taken and refused as Go takes and refuses them."""

from __future__ import annotations

import pytest

from support.templates import check_refused, refusal

GOOD = [
    "{{ $labels.job }}",
    "{{$value}}",
    "{{ . }}",
    "{{ $ }}",
    "{{ .Labels.job }}",
    "{{ $.Labels.job }}",
    '{{ index $labels "a-b" }}',
    "{{ ($labels).job }}",
    "{{ $value | humanize }}",
    '{{ printf "%.2f" $value }}',
    "{{ printf `%s` (humanize $value) }}",
    "{{ $x := $labels.job }}{{ $x = `b` }}{{ $x }}",
    "{{ humanize\n  $value }}",
    "{{ not\t$value }}",
    "{{ $value | }}",
]
"""Each was taken by Go 1.26."""

BAD = [
    ("{{ $labels.job }", "an action {{ is closed with }}, not with one }"),
    ("{{ }}", "{{ }} needs a value"),
    ("{{ $label.job }}", "there is no variable $label"),
    ("{{ humanise $value }}", "there is no function 'humanise'"),
    ("{{ job }}", "there is no function 'job'"),
    ("{{ if }}{{ end }}", "if needs a value"),
    ("{{ $value | 5 }}", "what stands after | must be a function"),
    ("{{ $value | . }}", "what stands after | must be a function"),
    ("{{ | humanize }}", "'|' can't stand where a command should"),
    ("{{ () }}", "a parenthesis needs a value"),
    ("{{ /* a */ }}", "'/' can't stand where a command should"),
    ("{{ $a, $b := 1 }}", "a command can't declare so many variables"),
    ("{{ range $a, 5 }}{{ end }}", "range can only declare variables before its :="),
    ("{{ $value == 1 }}", "'=' can't stand where a command should"),
    ("{{ true.a }}", "no field can follow 'true'"),
    ("{{ range }}{{ end }}", "range needs a value"),
    ("{{ {{ $value }} }}", "'{' can't stand where a command should"),
]
"""Each was refused by Go 1.26."""


@pytest.mark.parametrize("text", GOOD)
def test_taken(text: str) -> None:
    assert refusal(text) is None


@pytest.mark.parametrize(("text", "message"), BAD)
def test_refused(text: str, message: str) -> None:
    check_refused(text, message)
