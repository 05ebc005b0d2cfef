"""What the server's own configuration says against what is written for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.model import Definition
from provision.project import Project
from provision.prove.check.reading import estate_of
from provision.prove.check.tools import Tools
from provision.prove.verify.configuration import Configuration, configuration, remarks
from support.checking import dashboard, group, panel

TEXT = """\
global: {scrape_interval: 1m, external_labels: {cluster: eu}}
scrape_configs: [{job_name: a, scrape_interval: 30s}, {job_name: b}]
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (TEXT, Configuration(30.0, {"cluster": "eu"})),
        ("global: {}", Configuration(60.0)),
        ("global: {evaluation_interval: 15s}", Configuration(60.0, evaluation_seconds=15.0)),
        ("scrape_configs: [{job_name: a, scrape_interval: 5s}]", Configuration(5.0)),
        ("global: {external_labels: [a]}", Configuration(60.0)),
        ("{", None),
        ("text", None),
        ("", None),
    ],
)
def test_what_matters_of_a_configuration(text, found):
    assert configuration(text) == found


def said(*definitions: Definition, scrape: float = 15.0) -> list[str]:
    estate = estate_of(definitions, Project(root=Path("/nowhere"), name="test"), Tools())
    return list(remarks(estate, Configuration(60.0, {"cluster": "eu"}), scrape))


def test_a_data_source_that_says_too_often():
    assert said(dashboard(panel("up"))) == [
        "dashboards take it that targets are scraped every 15s, and the server scrapes every 1m: set the data source's "
        "scrape interval, or $__rate_interval is too short"
    ]
    assert said(dashboard(panel("up")), scrape=60.0) == said() == []


def test_labels_that_the_server_has_or_has_not():
    rules = group(
        {"alert": "A", "expr": "up", "labels": {"cluster": "us", "team": "x"}},
        {
            "alert": "B",
            "expr": "up",
            "annotations": {"summary": "{{ $externalLabels.region }} {{ $externalLabels.cluster }}"},
        },
    )
    assert said(rules) == [
        'rules/shop.py:5: rule group "shop", alert "A": its label cluster takes the place of the server\'s external label cluster=\'eu\'',
        'rules/shop.py:5: rule group "shop", alert "B": it names the external label region, and the server has none of that name',
    ]
