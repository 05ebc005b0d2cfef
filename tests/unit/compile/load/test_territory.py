from __future__ import annotations

import os
from pathlib import Path

import orjson
import pytest

import provision
from provision.compile.load.territory import TOOLKIT, Territory
from provision.model import Place


@pytest.fixture
def territory() -> Territory:
    return Territory("/srv/project")


@pytest.mark.parametrize(
    ("file", "relative"),
    [
        ("/srv/project/dashboards/a.py", "dashboards/a.py"),
        ("/srv/project/dashboards/../rules/a.py", "rules/a.py"),
        ("rules/a.py", "rules/a.py"),
        ("/srv/project2/a.py", None),
        ("/srv/project", None),
        ("/srv/project/.venv/lib/python3.11/site-packages/grafanalib/core.py", None),
        ("/usr/lib/python3/dist-packages/x.py", None),
        ("<string>", None),
        ("<frozen importlib._bootstrap>", None),
    ],
)
def test_what_lies_in_the_project(territory: Territory, file: str, relative: str | None) -> None:
    assert territory.relative(file) == relative


def test_installed_packages_the_library_and_the_toolkit_are_settled(territory: Territory) -> None:
    assert territory.is_settled(orjson.__file__)
    assert territory.is_settled(os.__file__)
    assert territory.is_settled(provision.__file__)
    assert territory.is_settled("/srv/project/.venv/lib/python3.11/site-packages")
    assert not territory.is_settled("/srv/project/rules/a.py")
    assert not territory.is_settled("/home/me/editable/src/mine.py")


def test_the_toolkit_is_settled_in_its_own_project() -> None:
    checkout = Territory(str(Path(TOOLKIT).parents[1]))
    assert checkout.relative(provision.__file__) is None
    assert checkout.relative(f"{checkout.root}/rules/traefik.py") == "rules/traefik.py"


def test_a_project_inside_an_installed_package_is_no_package() -> None:
    gallery = Territory(f"{TOOLKIT}/lab/gallery")
    assert gallery.relative(f"{TOOLKIT}/lab/gallery/rules/a.py") == "rules/a.py"
    assert gallery.relative(f"{TOOLKIT}/model/body.py") is None
    assert Territory("/x/site-packages/p").relative("/x/site-packages/p/rules/a.py") == "rules/a.py"


def test_places(territory: Territory) -> None:
    assert territory.locate(("/srv/project/rules/a.py", 7)) == Place("rules/a.py", 7)
    assert territory.locate(("/elsewhere/a.py", 7)) is None


@pytest.mark.parametrize("path", ["/srv/project/rules/a.py", "/etc/hosts"])
def test_short_paths_lead_back(territory: Territory, path: str) -> None:
    assert territory.full(territory.short(path)) == path
