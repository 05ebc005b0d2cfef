"""External labels that a server doesn't have."""

from __future__ import annotations

from typing import Any

import pytest

from support.checking import found, group, other

SERVER = other("prometheus", "global", **{"global": {"external_labels": {"cluster": "a"}}})


def said(text: str, *definitions: Any, **options: Any) -> list[tuple[str, str]]:
    alert = {"alert": "Down", "expr": "up == 0", "annotations": {"summary": text}}
    findings = found(group(alert), *definitions, ids={"alerts-external-labels"}, **options)
    return [(each.message, each.remedy) for each in findings]


def test_a_label_that_the_server_does_not_have() -> None:
    assert said("{{ $externalLabels.clusters }}", SERVER) == [
        (
            "summary prints $externalLabels.clusters (column 4), and Prometheus has no external label clusters: it stays empty",
            'did you mean "cluster"?',
        )
    ]
    ((_, remedy),) = said("{{ .ExternalLabels.site }}", SERVER)
    assert remedy == "set it: PrometheusGlobal(external_labels={'site': …})"


@pytest.mark.parametrize(
    "text", ["{{ $externalLabels.cluster }}", "{{ $labels.site }}", "{{ $externalLabels.", "site"]
)
def test_quiet(text: str) -> None:
    assert said(text, SERVER) == []


def test_nothing_is_known_of_a_server_that_is_not_the_project_s() -> None:
    assert said("{{ $externalLabels.site }}") == []
    assert said("{{ $externalLabels.site }}", SERVER, guests=["rules/shop.py"]) == []
