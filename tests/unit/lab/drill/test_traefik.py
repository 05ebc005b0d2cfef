"""What Traefik saw, as it is asked for."""

from dataclasses import replace

import pytest

from provision.compile.load import load
from provision.lab.drill.judged import scrape_seconds
from provision.lab.drill.traefik import codes
from provision.project import open_project
from support.servers import REPOSITORY


@pytest.mark.parametrize(("interval", "window"), [("1s", "3000ms"), ("15s", "45000ms")])
def test_answers_are_counted_over_as_long_as_samples_need(interval, window):
    """Whoever is scraped every 15 s has no two samples within 3 s."""
    project = open_project(REPOSITORY)
    project = replace(project, variables={**project.variables, "scrape_interval": interval})
    definitions = load(project, use_cache=False).definitions
    seconds = scrape_seconds(definitions, "traefik")
    assert f"[{window}]) / {3 * seconds:g} > 0" in codes(seconds)
