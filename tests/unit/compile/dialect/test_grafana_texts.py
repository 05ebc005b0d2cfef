"""Go templates: what is certainly wrong with them, and Prometheus' in Grafana's terms."""

from __future__ import annotations

import pytest

from provision.compile.dialect import grafana_texts
from provision.compile.dialect.grafana_alert_texts import Untranslatable, names_all_labels, translated


@pytest.mark.parametrize(
    "text",
    ["", "plain }} text", '{{ define "a" }}{{ if .X }}{{ "{{" }}{{ else }}b{{ end }}{{ end }}', "{{/* {{ */}}", "{{- `}}` -}}",
     '{{ range $i, $e := .Alerts }}{{ $e.Labels.job }}{{ end }}', '{{ block "x" . }}{{ end }}'],
)  # fmt: skip
def test_nothing_is_certainly_wrong(text):
    assert grafana_texts.fault(text) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ .X", "an action {{ isn't closed with }}"),
        ('{{ "x }}', "an action {{ isn't closed with }}"),
        ('{{ define "x" }}', "a block isn't closed with {{ end }}"),
        ("{{ if .X }}{{ end }}{{ end }}", "an {{ end }} closes nothing"),
    ],
)
def test_what_is_certainly_wrong(text, said):
    assert grafana_texts.fault(text) == said


def test_names_defined_and_used():
    text = '{{ define "a.b" }}{{ template "c" . }}{{ end }}{{- block `d` . }}{{ end }}'
    assert grafana_texts.defined(text) == {"a.b", "d"}
    assert grafana_texts.used(text) == {"c"}


@pytest.mark.parametrize(
    ("prometheus", "grafana"),
    [
        ("plain", "plain"),
        ("{{ $labels.job }} is down", '{{ index $labels "job" }} is down'),
        ("{{ .Labels.job | toUpper }}", '{{ (index $labels "job") | toUpper }}'),
        ("{{$value}}", "{{$values.A.Value}}"),
        ("{{ .Value | humanize }}", "{{ $values.A.Value | humanize }}"),
        ('{{ printf "%.2f of $value" $value }}', '{{ printf "%.2f of $value" $values.A.Value }}'),
        ("{{ if gt $value 5.0 }}a{{ end }}", "{{ if gt $values.A.Value 5.0 }}a{{ end }}"),
        ('{{ with $labels.x }}{{ . }}{{ end }}', '{{ with (index $labels "x") }}{{ . }}{{ end }}'),
        ("{{ $externalURL }}/x", "{{ externalURL }}/x"),
        ('{{ index $labels "a.b" }}', '{{ index $labels "a.b" }}'),
        ("{{/* $value */}}x", "{{/* $value */}}x"),
        ("{{ $x := $value }}{{ $x }} {{ $valued }}", "{{ $x := $values.A.Value }}{{ $x }} {{ $valued }}"),
        ("{{ $other.Labels.x }} {{ $other.Value }}", "{{ $other.Labels.x }} {{ $other.Value }}"),
        ("$value outside", "$value outside"),
    ],
)  # fmt: skip
def test_a_text_in_grafana_s_terms(prometheus, grafana):
    assert translated(prometheus) == grafana


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '{{ with query "up" }}{{ . | first | value }}{{ end }}',
            "asks Prometheus while it is printed (query)",
        ),
        ("{{ $externalLabels.region }}", "labels of a Prometheus server"),
        ("{{ $value", "isn't closed"),
    ],
)
def test_what_has_no_equal_is_told(text, said):
    with pytest.raises(Untranslatable) as told:
        translated(text)
    assert said in str(told.value)


def test_all_labels_are_told_from_one():
    assert names_all_labels("{{ $labels }}")
    assert names_all_labels("{{ range $k, $v := $labels }}{{ end }}")
    assert not names_all_labels("{{ $labels.job }}")
    assert not names_all_labels('{{ index $labels "job" }}')
