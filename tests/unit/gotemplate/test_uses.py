"""What a template uses of an alert."""

from __future__ import annotations

import pytest

from provision.gotemplate.functions import FUNCTIONS, GO, PROMETHEUS
from provision.gotemplate.parse import parse
from provision.gotemplate.uses import VARIABLES, Call, Uses, joined, uses


def used(text: str) -> Uses:
    return uses(parse(text, FUNCTIONS, VARIABLES))


@pytest.mark.parametrize(
    "text",
    [
        "{{ $labels.job }}",
        "{{ .Labels.job }}",
        "{{ $.Labels.job }}",
        '{{ index $labels "job" }}',
        '{{ index .Labels "job" }}',
        "{{ $labels.job | toUpper }}",
        "{{ printf `%s` $labels.job }}",
        "{{ toUpper (title $labels.job) }}",
        "{{ $x := $labels.job }}",
        "{{ range query `up` }}{{ $labels.job }}{{ end }}",
        "{{ with $value }}{{ $.Labels.job }}{{ end }}",
        "{{ if $value }}{{ .Labels.job }}{{ end }}",
        "{{ with $value }}{{ else }}{{ .Labels.job }}{{ end }}",
        '{{ template "a" $labels.job }}',
    ],
)
def test_labels(text: str) -> None:
    assert [use.name for use in used(text).labels] == ["job"]


@pytest.mark.parametrize(
    "text",
    [
        "{{ $labels }}",
        "{{ range query `up` }}{{ .Labels.job }}{{ end }}",
        "{{ with query `up` }}{{ .Labels.job }}{{ end }}",
        '{{ define "a" }}{{ .Labels.job }}{{ end }}',
        "{{ $externalLabels.job }}",
        "{{ $value }}",
    ],
)
def test_what_is_no_label_of_the_series(text: str) -> None:
    assert used(text).labels == []


def test_labels_that_may_be_missing() -> None:
    found = used(
        "{{ if $labels.job }}{{ $labels.job }}{{ end }}{{ with .Labels.pod }}{{ . }}{{ end }}{{ $labels.a }}"
    )
    assert found.asked == {"job", "pod"}


def test_external_labels() -> None:
    assert [use.name for use in used("{{ $externalLabels.a }}{{ .ExternalLabels.b }}").external] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "values", "bare"),
    [
        ("{{ $value }}", 1, 1),
        ("{{ .Value }}", 1, 1),
        ("{{ $value | humanize }}", 1, 0),
        ("{{ humanize $value }}", 1, 0),
        ("{{ printf `%f` (humanize $value) }}", 1, 0),
        ("{{ if gt $value 5.0 }}much{{ end }}", 0, 0),
        ("{{ $x := $value }}", 0, 0),
        ("{{ range query `up` }}{{ .Value }}{{ end }}", 0, 0),
    ],
)
def test_values(text: str, values: int, bare: int) -> None:
    found = used(text)
    assert (len(found.values), len(found.bare)) == (values, bare)


def test_calls() -> None:
    assert used("{{ $value | humanize }}").calls == [Call("humanize", 1, 12)]
    assert used("{{ label `job` . }}").calls == [Call("label", 2, 3)]
    assert used("{{ . | label `job` | toUpper }}").calls == [Call("label", 2, 7), Call("toUpper", 1, 21)]
    assert used("{{ printf `%s` externalURL }}").calls == [Call("externalURL", 0, 15), Call("printf", 2, 3)]


def test_queries() -> None:
    assert [
        use.name for use in used("{{ query `up` }}{{ `down` | query }}{{ query (printf `a`) }}").queries
    ] == ["up", "down"]


def test_fields_that_an_alert_does_not_have() -> None:
    text = (
        "{{ .Annotations.summary }}{{ $.Status }}{{ .Labels.a }}{{ range query `up` }}{{ .Metric }}{{ end }}"
    )
    assert [use.name for use in used(text).fields] == ["Annotations", "Status"]


def test_functions_have_one_meaning() -> None:
    assert not GO.keys() & PROMETHEUS.keys()
    assert all(each.most is None or each.least <= each.most for each in FUNCTIONS.values())


def test_what_several_texts_use_is_joined() -> None:
    first, second = (
        "{{ $labels.a }}",
        "{{ index $labels `b` | toUpper }}{{ query `up` }}{{ .Nothing }}{{ $value }}",
    )
    both = joined([(0, used(first)), (len(first), used(second))])
    assert both == used(first + second)
