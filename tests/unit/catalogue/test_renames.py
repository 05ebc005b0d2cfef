"""What became of a metric, over all tables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from provision.catalogue.renames import all_renames, renamed, renamed_from, renamed_label

ROOT = Path(__file__).parents[3]
VERSIONS = ROOT.parent / "shared" / "schemas" / "traefik" / "traefik-metric-names-by-version.json"


def test_no_table_names_a_metric_twice_and_each_name_comes_to_an_end() -> None:
    for old, rename in all_renames().items():
        assert rename.old == old != rename.new
        chain = renamed(old)
        assert len(chain) == len({each.new for each in chain}) < 5


def test_a_metric_that_was_renamed_twice_has_both_names_the_present_one_last() -> None:
    chain = renamed("traefik_backend_open_connections")
    assert [(each.new, each.version, each.labels) for each in chain] == [
        ("traefik_service_open_connections", "2.0", (("backend", "service"),)),
        ("traefik_open_connections", "3.0", (("backend", "service"),)),
    ]
    assert not chain[-1].same


def test_the_series_of_a_histogram_are_found() -> None:
    (rename,) = renamed("traefik_backend_request_duration_seconds_bucket")
    assert (rename.old, rename.new) == (
        "traefik_backend_request_duration_seconds_bucket",
        "traefik_service_request_duration_seconds_bucket",
    )
    assert renamed("traefik_backend_requests_total_bucket") == ()


def test_what_is_not_an_old_name_became_nothing() -> None:
    assert renamed("traefik_service_requests_total") == ()
    assert renamed("") == ()


def test_the_names_that_a_metric_had_before() -> None:
    assert [each.old for each in renamed_from("traefik_service_requests_total")] == [
        "traefik_backend_requests_total"
    ]
    assert [each.old for each in renamed_from("traefik_service_request_duration_seconds_sum")] == [
        "traefik_backend_request_duration_seconds_sum"
    ]


def test_a_label_that_was_renamed_with_its_metric() -> None:
    (rename,) = renamed_label("traefik_service_requests_total", "backend")
    assert rename.labels == (("backend", "service"),)
    assert renamed_label("traefik_service_requests_total", "code") == ()


@pytest.mark.skipif(not VERSIONS.is_file(), reason=f"needs the names of each Traefik in {VERSIONS}")
def test_every_old_name_of_traefik_leads_to_a_present_one_or_is_gone() -> None:
    names = json.loads(VERSIONS.read_bytes())
    present = set(names.pop("HEAD"))
    old = {name for listed in names.values() for name in listed} - present
    assert old == {name for name, each in all_renames().items() if each.product == "Traefik"}
    assert {renamed(name)[-1].new for name in old} <= present | {""}
