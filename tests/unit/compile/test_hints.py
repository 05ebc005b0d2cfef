from __future__ import annotations

import pytest

from provision.compile.hints import hint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: {{ .Values.a }}", "Helm"),
        ("{{- if eq 1 1 -}}", "Helm"),
        ('{{ include "a" . }}', "Helm"),
        ("{{/* a comment */}}", "Helm"),
        ("a: '{{`{{ $labels.job }}`}}'", "Helm"),
        ("{% raw %}{{ $value }}{% endraw %}", "Jinja"),
        ("{# a comment #}", "Jinja"),
        ("a\n<<<<<<< HEAD\nb", "merge conflict"),
        ("version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
        ("  <!DOCTYPE HTML>\n", "web page"),
        ("local g = import 'g.libsonnet';\n", "Jsonnet"),
    ],
)
def test_what_a_file_is_shows_in_its_text(text: str, said: str) -> None:
    assert said in hint(text)


@pytest.mark.parametrize(
    "text",
    ["a: {{ $labels.instance }} is down", "{{ $value | humanize }}", '{"title": "version"}', "<<: *base", ""],
)
def test_templates_of_prometheus_and_plain_text_are_nothing_else(text: str) -> None:
    assert hint(text) == ""
